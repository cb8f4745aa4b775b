"""Where a company's retention rules cannot all be meant: a clear error, never a guess which one holds."""

from collections.abc import Iterator
from itertools import combinations

from law.durations import Period
from policies.load import Controller
from policies.problems import Problem
from policies.promises import RetentionRule

POLICY = "policy.yaml"


def contradictions(controller: Controller) -> Iterator[Problem]:
    """Rules that deny themselves or each other, each with file and line (Art. 5(1)(e), 13(2)(a) GDPR).

    Promises that count from different events do not contradict: the shorter is kept. Nor do a promise and a statute.
    """
    rules = controller.policy.retention
    for place, rule in enumerate(rules):
        for field, found, expected in _in_itself(rule):
            yield _problem(controller, place, field, found, expected)
    for (_, one), (place, other) in combinations(enumerate(rules), 2):
        kinds = sorted({*one.data} & {*other.data})
        if kinds and _same_promise(one, other) and one.period != other.period:
            found = f"{other.period} for {', '.join(kinds)} from {', '.join(other.from_)}"
            yield _problem(controller, place, "period", found, f"{one.period} as rule {one.id} says, or one of them")
        if kinds and _same_people(one, other) and one.action != other.action:
            found = f"{other.action} for {', '.join(kinds)}"
            yield _problem(controller, place, "action", found, f"{one.action} as rule {one.id} says, or one of them")
    for place, derived in enumerate(controller.policy.derived_dates):
        if derived.name == derived.from_:
            marked, path = controller.marks[POLICY], ("derived_dates", place)
            yield Problem(marked.file, marked.line(path), f"derived_dates.{place}", f"{derived.name} from itself",
                          "a date that follows from another")


def _problem(controller: Controller, place: int, field: str, found: str, expected: str) -> Problem:
    marked, path = controller.marks[POLICY], ("retention", place, field)
    return Problem(marked.file, marked.line(path), f"retention.{place}.{field}", found, expected)


def _in_itself(rule: RetentionRule) -> Iterator[tuple[str, str, str]]:
    never = sorted({*rule.without} & {*rule.from_})
    if never:
        yield "without", ", ".join(never), "an event the period does not count from: it would never begin"
    if rule.range and _length(rule.range[0]) > _length(rule.range[1]):
        yield "range", f"{rule.range[0]} to {rule.range[1]}", "the shorter period first"
    elif rule.range and rule.period not in (None, "P0D"):
        low, high = map(_length, rule.range)
        if not low <= _length(rule.period or "") <= high:
            yield "period", str(rule.period), f"{rule.range[0]} to {rule.range[1]}, the range beside it"
    if rule.cap and rule.period and rule.from_ == (rule.cap.from_,) and _length(rule.cap.period) < _length(rule.period):
        yield "cap", f"{rule.cap.period} from {rule.cap.from_}", f"at least {rule.period}, or no cap"


def _length(period: str) -> tuple[int, int]:
    parsed = Period.parse(period)
    return parsed.months, parsed.days


def _same_promise(one: RetentionRule, other: RetentionRule) -> bool:
    """Both promise a period, from the same events to the same people; neither is a statute."""
    if not (one.period and other.period):
        return False
    counted = ({*one.from_}, one.rounding, one.every)
    return _same_people(one, other) and counted == ({*other.from_}, other.rounding, other.every)


def _same_people(one: RetentionRule, other: RetentionRule) -> bool:
    """Both promise, about the same people, as specifically as each other; a statute stands above a promise."""
    if "statute" in (one.status, other.status):
        return False
    people = not one.subjects or not other.subjects or {*one.subjects} & {*other.subjects}
    general = bool(one.subjects) == bool(other.subjects)  # else the more specific one holds
    return bool(people and general) and {*one.without} == {*other.without}
