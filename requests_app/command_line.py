"""What the commands that ask the law share: a wrong question ends with exit code 2, an answer carries its steps."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.core.management.base import CommandError

from law.citations import cite
from law.reasons import Reason, say
from policies.facts import Wrong

LANGUAGES = ("da", "sv", "nb", "en")
OPTIONS = frozenset(
    {"country", "received", "pause", "extended", "today", "controller", "data", "facts", "subject", "on"}
)


@contextmanager
def plainly() -> Iterator[None]:
    """Wrong words become an error of the command: field, found, expected; exit code 2."""
    try:
        yield
    except Wrong as wrong:
        raise CommandError(_where(wrong), returncode=2) from None


def _where(wrong: Wrong) -> str:
    """The option it stands in: a fact by its name; a place in a policy is written as in the file."""
    if "." in wrong.field:
        return str(wrong)
    return f"--{wrong}" if wrong.field in OPTIONS else f"--facts {wrong}"


def steps(reasons: Iterable[Reason], language: str) -> list[dict[str, str]]:
    """Each reason as {code, article, text}: the sentence in the language, the provision as it is cited there."""
    return [
        {"code": reason.code, "article": cite(reason.article, language), "text": say(reason, language)}
        for reason in reasons
    ]


def printed(answer: Mapping[str, Any], *, as_json: bool) -> str:
    """The answer as JSON, or a line for each value and a numbered line for each step."""
    if as_json:
        return json.dumps(answer, ensure_ascii=False, indent=2, default=str)
    head = [f"{name}: {'-' if value is None else value}" for name, value in answer.items() if name != "steps"]
    told = [f"  {place}. {step['text']}" for place, step in enumerate(answer["steps"], start=1)]
    return "\n".join([*head, *told])
