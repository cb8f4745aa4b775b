"""Reasons: what every answer of this package carries, and the sentences they become."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from law.citations import cite, spell_date

Value: TypeAlias = str | int | date

LANGUAGES = ("da", "sv", "nb", "en")
_WORDING = Path(__file__).parent / "wording"


class Params(Mapping[str, Value]):
    """An immutable, hashable and picklable mapping, so that a reason can live in a set or a frozen plan."""

    def __init__(self, values: Mapping[str, Value]) -> None:
        self._items = dict(sorted(values.items()))

    def __getitem__(self, key: str) -> Value:
        return self._items[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __hash__(self) -> int:
        return hash(tuple(self._items.items()))

    def __repr__(self) -> str:
        return repr(self._items)


@dataclass(frozen=True)
class Reason:
    """One step of an answer: a code with words in four languages, the provision, and the values of this case.

    Accountability, Art. 5(2) GDPR: the desk shows it, the event keeps it, the letter quotes it.
    """

    code: str
    article: str
    params: Mapping[str, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "params", Params(self.params))

    def to_json(self) -> dict[str, Any]:
        """A JSON-safe dict; dates become {"date": "2026-11-22"} so that they come back as dates."""
        params = {k: {"date": v.isoformat()} if isinstance(v, date) else v for k, v in self.params.items()}
        return {"code": self.code, "article": self.article, "params": params}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Reason":
        """The reason that `to_json` wrote. KeyError or ValueError where the dict is something else."""
        params = {k: date.fromisoformat(v["date"]) if isinstance(v, dict) else v for k, v in data["params"].items()}
        return cls(data["code"], data["article"], params)


@dataclass(frozen=True)
class Undetermined:
    """The answer where nobody has promised anything: a task for a person, never a guess (Art. 5(2) GDPR)."""

    reason: Reason
    source: str = ""


@dataclass(frozen=True)
class Answer:
    """Yes or no, why, and whether a person must look before it is acted upon (Art. 12(4) and 24 GDPR)."""

    allowed: bool
    reasons: tuple[Reason, ...] = ()
    review: bool = False


@cache
def wording(language: str) -> Mapping[str, Any]:
    """The sentences and terms of one language. KeyError where the language is not da, sv, nb or en."""
    if language not in LANGUAGES:
        raise KeyError(language)
    loaded: Mapping[str, Any] = json.loads((_WORDING / f"{language}.json").read_text("utf-8"))
    return loaded


def say(reason: Reason, language: str) -> str:
    """The reason as one whole sentence in da, sv, nb or en: concise and in plain language, Art. 12(1) GDPR."""
    words = wording(language)
    sentence = words["sentences"][reason.code]
    if isinstance(sentence, dict):
        sentence = sentence["one" if reason.params["days"] == 1 else "other"]
    values = {key: _spell(key, value, language) for key, value in reason.params.items()}
    return str(sentence.format(article=cite(reason.article, language), **values))


def _spell(key: str, value: Value, language: str) -> str:
    if isinstance(value, date):
        return spell_date(value, language)
    terms: Mapping[str, str] = wording(language)["terms"]
    return terms.get(f"{key}.{value}", str(value))
