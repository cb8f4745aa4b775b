"""When the time of one rule is up, for the facts of one record."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TypeAlias

from law.durations import Period
from law.reasons import Reason, Undetermined
from law.rules import Derive, Fact, Rule

STORAGE = "Art. 5(1)(e) GDPR"
_ONE_DAY = timedelta(days=1)
_END_OF_FEBRUARY = {(2, 28), (2, 29)}
_FISCAL = frozenset({"fiscal_year_end", "calendar_year_of_fiscal_year_end"})
YEAR_END = "fiscal_year_end"
_WARRANTY = Derive("warranty_end", "delivered", "warranty_period")


@dataclass(frozen=True)
class Expiry:
    """`ended`: the last day of what the data was for. `keep_through`: the last day it may be kept. Both inclusive."""

    ended: date
    keep_through: date
    reasons: tuple[Reason, ...]
    waived: bool = False  # by the person: the day is no period's end, only the day before they were heard


@dataclass(frozen=True)
class Running:
    """The purpose lives on: something that starts the period has not happened yet."""

    reasons: tuple[Reason, ...]


State: TypeAlias = Expiry | Running | Undetermined


def expiry(rule: Rule, *, facts: Mapping[str, Fact], on: date, fiscal_year_end: str = "12-31") -> State:
    """When the rule's time is up (Art. 5(1)(e) GDPR).

    A fact that is None has not happened; a fact that is absent is unknown. `fiscal_year_end` is "MM-DD"; "02-28"
    is the end of February. A fact of that name is a date: the last day of the financial year this record belongs to,
    where the company's years have not always ended on the same day. ValueError for a malformed period or year end,
    TypeError for a trigger that is not a date.
    """
    if rule.period is None:
        return Undetermined(Reason("retention.no_period", STORAGE), rule.source)
    known = _derived(rule, facts)
    if known.get("warranty_waived") and "warranty_end" in rule.trigger:
        return _waived(rule, known, on, fiscal_year_end)
    return _capped(rule, known, _counted(rule, known, fiscal_year_end), on=on)


def _derived(rule: Rule, facts: Mapping[str, Fact]) -> Mapping[str, Fact]:
    """The facts, and the dates that follow from them: the end of a warranty from its length."""
    known = dict(facts)
    for derive in (_WARRANTY, *rule.derive):
        start, length = known.get(derive.start), known.get(derive.period, derive.period)
        if known.get(derive.name) is None and start is not None and isinstance(length, str) and length.startswith("P"):
            known[derive.name] = Period.parse(length).after(_day(derive.start, start))
    return known


def _waived(rule: Rule, known: Mapping[str, Fact], on: date, fiscal_year_end: str) -> State:
    """A person may give up the warranty to be forgotten sooner; the other events still count."""
    note = Reason("retention.waived", "Art. 17(1)(a) GDPR")
    others = tuple(name for name in rule.trigger if name != "warranty_end")
    if not others:
        yesterday = on - _ONE_DAY
        return Expiry(yesterday, yesterday, (note,), waived=True)
    state = expiry(replace(rule, trigger=others), facts=known, on=on, fiscal_year_end=fiscal_year_end)
    return state if isinstance(state, Undetermined) else replace(state, reasons=(note, *state.reasons))


def _counted(rule: Rule, known: Mapping[str, Fact], fiscal_year_end: str) -> State:
    happened = {name: _day(name, known[name]) for name in rule.trigger if known.get(name) is not None}
    year = known.get(YEAR_END) if rule.rounding in _FISCAL else None
    if year is not None and not happened:
        happened = {YEAR_END: _day(YEAR_END, year)}
    unknown = [name for name in rule.trigger if name not in known]
    pending = [name for name in rule.trigger if name in known and known[name] is None]
    if (unknown and rule.every) or not (happened or pending):
        names = {"event": unknown[0]} if unknown else {"event": "unstated"}
        return Undetermined(Reason("retention.missing_fact", STORAGE, names), rule.source)
    if (pending and rule.every) or not happened:
        return Running((Reason("retention.running", STORAGE, {"event": pending[0]}),))
    event = max(happened, key=lambda name: happened[name])
    ended = happened[event]
    last = _last_day(rule, ended, year=_year_of(ended, year, fiscal_year_end))
    return Expiry(ended, last, (Reason("retention.counted", STORAGE, {"event": event, "from": ended, "day": last}),))


def _year_of(day: date, given: Fact, year_end: str) -> date:
    return fiscal_year_end_after(day, year_end=year_end) if given is None else _day(YEAR_END, given)


def _last_day(rule: Rule, ended: date, *, year: date) -> date:
    """A rounded period starts with the day after the year, so that half-year periods end with a whole month."""
    period = Period.parse(rule.period or "")
    if rule.rounding == "none":
        return period.after(ended)
    start = ended if rule.rounding == "calendar_year_end" else year
    if rule.rounding != "fiscal_year_end":
        start = date(start.year, 12, 31)
    return period.after(start + _ONE_DAY) - _ONE_DAY


def fiscal_year_end_after(day: date, *, year_end: str) -> date:
    """The last day of the financial year that contains the day (bogføringsloven § 12; bokföringslagen 3 kap.)."""
    month, number = (int(part) for part in year_end.split("-"))
    ends = (
        date(year, 3, 1) - _ONE_DAY if (month, number) in _END_OF_FEBRUARY else date(year, month, number)
        for year in (day.year, day.year + 1)
    )
    return next(end for end in ends if end >= day)


def _capped(rule: Rule, known: Mapping[str, Fact], state: State, *, on: date) -> State:
    """The hard limit, which also ends what is still running, and once it is over what nobody knows the start of."""
    start = known.get(rule.cap_trigger or "")
    if rule.cap_period is None or start is None:
        return state
    cap = Period.parse(rule.cap_period).after(_day(rule.cap_trigger or "", start))
    limit = Reason("retention.capped", STORAGE, {"day": cap})
    if isinstance(state, Undetermined):
        return state if on <= cap else Expiry(cap, cap, (limit,))
    if isinstance(state, Expiry) and state.keep_through <= cap:
        return state
    ended = min(state.ended, cap) if isinstance(state, Expiry) else cap
    return Expiry(ended, cap, (*state.reasons, limit))


def _day(name: str, value: Fact) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise TypeError(f"the fact {name} must be a date, found {type(value).__name__}")
    return value
