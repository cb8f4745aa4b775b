"""Is one policy.yaml sound in itself: languages, names, sources of every value, all nine rights."""

from collections.abc import Iterator, Sequence

from pydantic import BaseModel

from law.rights import Right
from policies.load import Controller
from policies.parts import Sourced, Text
from policies.problems import Problem, nearest

POLICY, SOURCES = "policy.yaml", "sources.yaml"
Path = tuple[str | int, ...]
_PLAIN = ("legal_name", "display_name", "country", "tz", "languages", "reg_no", "address", "fiscal_year_end")
_LISTS = ("purposes", "recipients", "transfers", "retention", "channels", "automated_decisions", "open_questions")


def unsound(controller: Controller) -> Iterator[Problem]:
    """Everything in policy.yaml (and the words of sources.yaml) that is missing or stands for nothing."""
    for check in (_languages, _issues, _rules, _kinds, _ids, _facts, _provenance, _rights, _roles):
        yield from check(controller)


def said(path: Path) -> str:
    return ".".join(map(str, path))


def parts(value: object, path: Path = ()) -> Iterator[tuple[Path, BaseModel]]:
    """Every part inside a policy with its path as written in the file."""
    if isinstance(value, BaseModel):
        if path:
            yield path, value
        for name, field in type(value).model_fields.items():
            yield from parts(getattr(value, name), (*path, field.alias or name))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from parts(item, (*path, str(key)))
    elif isinstance(value, tuple):
        for place, item in enumerate(value):
            yield from parts(item, (*path, place))


def _problem(controller: Controller, path: Path, found: str, expected: str, *, file: str = POLICY) -> Problem:
    marked = controller.marks[file]
    return Problem(marked.file, marked.line(path), said(path), found, expected)


def _unknown(controller: Controller, path: Path, found: str, known: Sequence[str], *, what: str) -> Problem:
    return _problem(controller, path, found, what + nearest(found, known))


def _languages(controller: Controller) -> Iterator[Problem]:
    """House rule 10: a missing language is an error, never silent English."""
    files = ((POLICY, parts(controller.policy)), (SOURCES, parts(dict(controller.sources), ("sources",))))
    for file, found in files:
        for path, part in found:
            if isinstance(part, Text):
                missing = [code for code in controller.policy.languages if code not in part.languages()]
                if missing:
                    only, also = f"only {', '.join(part.languages())}", f"also {', '.join(missing)}"
                    yield _problem(controller, path, only, also, file=file)


def _issues(controller: Controller) -> Iterator[Problem]:
    questions = [question.id for question in controller.policy.questions()]
    for path, part in parts(controller.policy):
        for place, issue in enumerate(part.issue if isinstance(part, Sourced) else ()):
            if issue not in questions:
                yield _unknown(controller, (*path, "issue", place), issue, questions, what="the id of an open question")


def _rules(controller: Controller) -> Iterator[Problem]:
    rules = [rule.id for rule in controller.policy.retention]
    for place, purpose in enumerate(controller.policy.purposes):
        for index, rule in enumerate(purpose.retention):
            if rule not in rules:
                path = ("purposes", place, "retention", index)
                yield _unknown(controller, path, rule, rules, what="the id of a retention rule")


def _kinds(controller: Controller) -> Iterator[Problem]:
    kinds = sorted(controller.policy.kinds())
    policy = controller.policy
    named: list[tuple[Path, tuple[str, ...]]] = [
        (("retention", place, "data"), rule.data) for place, rule in enumerate(policy.retention)]
    named += [(("recipients", place, "kinds"), one.kinds) for place, one in enumerate(policy.recipients)]
    named += [(("transfers", place, "kinds"), one.kinds) for place, one in enumerate(policy.transfers)]
    for path, words in named:
        for index, kind in enumerate(words):
            if kind not in kinds:
                yield _unknown(controller, (*path, index), kind, kinds, what="a known kind of data")


def _ids(controller: Controller) -> Iterator[Problem]:
    for key in _LISTS:
        seen: set[str] = set()
        for place, item in enumerate(getattr(controller.policy, key)):
            if item.id in seen:
                yield _problem(controller, (key, place, "id"), f"{item.id} a second time", "every id once")
            seen.add(item.id)


def _facts(controller: Controller) -> Iterator[Problem]:
    for name in _PLAIN:
        if name not in controller.policy.facts:
            yield _problem(controller, ("facts", name), "nothing", f"where the value of {name} comes from")


def _provenance(controller: Controller) -> Iterator[Problem]:
    """Every value is from the published text (``src``), from the law, asked of the company, or marked as ours."""
    wanted = "src, status: statute, status: required_config or confirm: true"
    for path, part in parts(controller.policy):
        if not isinstance(part, Sourced) or path == ("complaint",):
            continue
        if not (part.src or part.confirm or part.status in {"statute", "required_config"}):
            yield _problem(controller, path, "no source", wanted)


def _roles(controller: Controller) -> Iterator[Problem]:
    """One company has one role for the same processing (Art. 4(7)-(8)); until it is known the company is asked."""
    for place, recipient in enumerate(controller.policy.recipients):
        if len({*recipient.role}) > 1 and not recipient.issue:
            yield _problem(controller, ("recipients", place, "role"), " and ".join(recipient.role),
                           "one of them, or issue: the open question that asks which")


def _rights(controller: Controller) -> Iterator[Problem]:
    missing = [right for right in Right if right not in controller.policy.rights]
    if missing:
        yield _problem(controller, ("rights",), f"no {', '.join(missing)}", "all nine rights")
