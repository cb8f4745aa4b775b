"""Facts as somebody types them (`delivery=2021-06-10`), read into what the law counts with, or refused with a reason.

An impossible order of events, a day that has not come yet, facts that cannot both be true: an error, never a guess.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from law.durations import Period, add_months
from law.rules import Fact
from policies.aliases import (
    BOUGHT,
    FACTS,
    FACTS_OF_KIND,
    FLAGS,
    HAPPENED,
    MAY_LIE_AHEAD,
    NEVER_BOUGHT,
    OBLIGATIONS,
    ORDER,
    PERIODS,
)
from policies.problems import nearest

YES, NO = frozenset({"true", "yes", "on"}), frozenset({"false", "no", "off"})
NEVER = frozenset({"none", "null", "never", "not_yet"})
YEAR_END = "fiscal_year_end"
_MONTH_DAY = re.compile(r"\d\d-\d\d")
# A record belongs to the financial year it is dated in; the longest year the acts allow is one of 18 months.
_LONGEST_YEAR = 18


class Wrong(ValueError):
    """A question that cannot be answered as it was put: which field, what was found, what was expected."""

    def __init__(self, field: str, found: str, expected: str) -> None:
        super().__init__(f"{field}: found {found}; expected {expected}")
        self.field, self.found, self.expected = field, found, expected


@dataclass(frozen=True)
class Facts:
    """`known`: name → value, None where it has not happened. `undated`: happened on a day nobody has told.

    `year_end`: "MM-DD" where another end of the financial year than the company's was given.
    """

    known: Mapping[str, Fact]
    undated: frozenset[str]
    year_end: str | None


def read_day(field: str, text: str) -> date:
    """A calendar day written as 2026-11-22. Raises `Wrong` for anything else."""
    try:
        day = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        day = None
    if day is None or not 1900 <= day.year < 2200:
        raise Wrong(field, repr(text), "a date such as 2026-11-22")
    return day


def read(
    pairs: Sequence[str], *, kind: str, own: Collection[str], on: date, year_end: str, never: Collection[str] = ()
) -> Facts:
    """Facts from "name=value" pairs about one record of this kind, as they stand on the day `on`.

    `own`: further events the company's rules count from. `year_end`: "MM-DD" of the company. `never`: what the word for
    the data says has not happened. Raises `Wrong` for an unknown name, a broken value and a contradiction.
    """
    typed: dict[str, Fact] = {}
    undated: set[str] = set()
    for pair in pairs:
        name, value = _pair(pair, kind=kind, own=own)
        fact = _value(name, value, year_end=year_end)
        if fact is True and name not in FLAGS:
            undated.add(name)
            fact = on
        if name in typed and typed[name] != fact:
            raise Wrong(name, f"{typed[name]} and {fact}", "one value")
        typed[name] = fact
    own_end = typed.pop(YEAR_END) if isinstance(typed.get(YEAR_END), str) else None
    if typed.pop("never_bought", False):
        never = NEVER_BOUGHT
    for name in never:
        if typed.get(name) is not None:
            raise Wrong(name, str(typed[name]), "nothing, for somebody who never bought anything")
        typed[name] = None
    _possible(typed, kind=kind, on=on)
    return Facts(_spelled_out(typed), frozenset(undated), str(own_end) if own_end else None)


def _pair(pair: str, *, kind: str, own: Collection[str]) -> tuple[str, str]:
    name, equals, value = pair.partition("=")
    word = name.strip().lower().replace("-", "_")
    if not equals or not word or not value.strip():
        raise Wrong("facts", repr(pair), "name=value, such as delivered=2021-06-10")
    known = {*HAPPENED, *MAY_LIE_AHEAD, *FLAGS, *PERIODS, *own}
    meant = FACTS_OF_KIND.get(kind, {}).get(word) or (word if word in known else FACTS.get(word, ""))
    if not meant:
        spoken = sorted({*known, *FACTS})
        raise Wrong("facts", repr(word), f"a known fact{nearest(word, spoken)}: {', '.join(spoken)}")
    return meant, value.strip()


def _value(name: str, text: str, *, year_end: str) -> Fact:
    word = text.lower()
    if name in FLAGS:
        return _flag(name, text)
    if name in PERIODS:
        return None if word in NEVER | NO else _period(name, text)
    if name == YEAR_END:
        return _year_end(text, year_end=year_end)
    if word in NEVER | NO:
        return None
    return True if word in YES else read_day(name, text)


def _flag(name: str, text: str) -> Fact:
    word = text.lower()
    if word in YES | NO | NEVER:
        return word in YES
    if name == "open_balance":
        try:
            return Decimal(text)
        except InvalidOperation:
            raise Wrong(name, repr(text), "true, false or an amount such as 812.50") from None
    if name == "legal_claim":  # the reference of a concrete claim: a blanket one holds nothing (DT 2019-32-0709)
        return text
    raise Wrong(name, repr(text), "true or false")


def _period(name: str, text: str) -> str:
    try:
        Period.parse(text.upper())
    except ValueError:
        raise Wrong(name, repr(text), "an ISO 8601 period such as P7Y or P18M") from None
    return text.upper()


def _year_end(text: str, *, year_end: str) -> Fact:
    """The end of the record's own year as a date; "04-30": the company's year ends so; "2023": its year 2023."""
    if _MONTH_DAY.fullmatch(text):
        read_day(YEAR_END, f"2024-{text}")
        return text
    if re.fullmatch(r"\d{4}", text):
        if year_end != "12-31":
            raise Wrong(YEAR_END, repr(text), f"the date it ended, since this company's years end on {year_end}")
        return read_day(YEAR_END, f"{text}-12-31")
    return read_day(YEAR_END, text)


def _possible(facts: Mapping[str, Fact], *, kind: str, on: date) -> None:
    """Refuse what cannot be: events to come, events in the wrong order, facts that deny each other."""
    days = {name: value for name, value in facts.items() if isinstance(value, date)}
    for name, day in days.items():
        if name not in MAY_LIE_AHEAD and day > on:
            raise Wrong(name, f"{day}, which lies ahead of {on}", "a day that has come: it tells what has happened")
    for first, then in ORDER:
        if first in days and then in days and days[then] < days[first]:
            raise Wrong(then, f"{days[then]}, before {first}={days[first]}", f"{first} or a later day")
    _one_warranty(facts)
    _same_year(days)
    _no_denial(facts, days, kind=kind, on=on)


def _one_warranty(facts: Mapping[str, Fact]) -> None:
    start, length, end = (facts.get(name) for name in ("delivered", "warranty_period", "warranty_end"))
    last = facts.get("obligations_end")
    if not (isinstance(start, date) and isinstance(length, str)):
        return
    counted = Period.parse(length).after(start)
    if isinstance(end, date) and end != counted:
        raise Wrong("warranty_end", str(end), f"{counted}, {length} after delivered={start}")
    if isinstance(last, date) and last < counted and not facts.get("warranty_waived"):
        raise Wrong("obligations_end", str(last), f"{counted} or later: the warranty runs until then")


def _same_year(days: Mapping[str, date]) -> None:
    end = days.get(YEAR_END)
    for name in ("transaction_date", "invoice_date", "document_date"):
        day = days.get(name)
        if end and day and not (day <= end < add_months(day, _LONGEST_YEAR)):
            raise Wrong(YEAR_END, str(end), f"the end of the financial year that contains {name}={day}")


def _no_denial(facts: Mapping[str, Fact], days: Mapping[str, date], *, kind: str, on: date) -> None:
    if "balance_settled" in days and facts.get("open_balance"):
        settled = days["balance_settled"]
        raise Wrong("open_balance", str(facts["open_balance"]), f"false or 0 since balance_settled={settled}")
    bought = next((event for event in BOUGHT if event in days), None)
    if "last_purchase" in facts and facts["last_purchase"] is None and bought:
        raise Wrong("last_purchase", "none", f"a date, since {bought}={days[bought]}")
    for flag, end, whole in (("open_case", "case_closed", "case"), ("open_order", "order_completed", "order")):
        if kind == whole and facts.get(flag) and end in days:
            raise Wrong(flag, "true", f"false, since {end}={days[end]}")
    over = days.get("obligations_end")
    for name in ("order_completed", "delivered", "paid"):
        if over and over <= on and name in facts and facts[name] is None:
            raise Wrong(name, "none", f"a date up to obligations_end={over}")


def _spelled_out(facts: Mapping[str, Fact]) -> dict[str, Fact]:
    """The single events that a summary stands for: the last obligation, a balance that has been settled."""
    known = dict(facts)
    over = known.get("obligations_end")
    if isinstance(over, date):
        told = {name: fact for name, fact in known.items() if fact is not None}
        known = {**dict.fromkeys(OBLIGATIONS, over), **told}
    if isinstance(known.get("balance_settled"), date):
        known["open_balance"] = False
    return known
