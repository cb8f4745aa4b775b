"""When the time of one rule is up."""

from datetime import UTC, date, datetime

import pytest

from law.expiry import Expiry, Running, expiry, fiscal_year_end_after
from law.reasons import Undetermined
from law.retention import Rule
from law.rules import Fact, Rounding
from tests.law.rows import each

ON = date(2026, 11, 22)


def rule(**changes: object) -> Rule:
    return Rule(**({"id": "r", "data": ("x",), "period": "P1Y", "trigger": ("paid",)} | changes))  # type: ignore[arg-type]


@each(
    ("rounding", "year_end", "period", "keep_through"),
    [
        ("none", "12-31", "P1Y", "2024-03-15"),
        ("calendar_year_end", "06-30", "P1Y", "2024-12-31"),
        ("fiscal_year_end", "12-31", "P1Y", "2024-12-31"),
        ("fiscal_year_end", "06-30", "P1Y", "2024-06-30"),
        ("fiscal_year_end", "01-31", "P1Y", "2025-01-31"),
        ("fiscal_year_end", "06-30", "P3Y6M", "2026-12-31"),  # from 1 July, three years and six whole months
        ("fiscal_year_end", "02-28", "P5Y", "2029-02-28"),
        ("calendar_year_of_fiscal_year_end", "01-31", "P7Y", "2031-12-31"),
        ("calendar_year_of_fiscal_year_end", "12-31", "P7Y", "2030-12-31"),
    ],
)
def test_the_year_a_period_starts_from(rounding: Rounding, year_end: str, period: str, keep_through: str) -> None:
    state = expiry(
        rule(rounding=rounding, period=period), facts={"paid": date(2023, 3, 15)}, on=ON, fiscal_year_end=year_end
    )
    assert isinstance(state, Expiry)
    assert (state.ended, state.keep_through) == (date(2023, 3, 15), date.fromisoformat(keep_through))


@each(
    ("day", "year_end", "expected"),
    [
        (date(2023, 12, 31), "12-31", date(2023, 12, 31)),
        (date(2023, 5, 1), "04-30", date(2024, 4, 30)),
        (date(2023, 4, 30), "04-30", date(2023, 4, 30)),
        (date(2024, 2, 10), "02-29", date(2024, 2, 29)),
        (date(2023, 2, 10), "02-29", date(2023, 2, 28)),
    ],
)
def test_financial_year(day: date, year_end: str, expected: date) -> None:
    assert fiscal_year_end_after(day, year_end=year_end) == expected


def test_the_year_a_record_belongs_to_may_be_told_with_it() -> None:
    """A company that moved its financial year: the record says which year was its own."""
    own: dict[str, Fact] = {"paid": date(2023, 3, 15), "fiscal_year_end": date(2023, 9, 30)}
    state = expiry(rule(rounding="fiscal_year_end"), facts=own, on=ON)
    assert isinstance(state, Expiry) and state.keep_through == date(2024, 9, 30)
    alone = expiry(rule(rounding="fiscal_year_end"), facts={"fiscal_year_end": date(2023, 12, 31)}, on=ON)
    assert isinstance(alone, Expiry) and alone.keep_through == date(2024, 12, 31)
    assert isinstance(expiry(rule(), facts={"fiscal_year_end": date(2023, 12, 31)}, on=ON), Undetermined)


def test_a_malformed_year_end_is_refused() -> None:
    with pytest.raises(ValueError):
        fiscal_year_end_after(ON, year_end="13-31")


@each("value", ["2023-03-15", True, datetime(2023, 3, 15, tzinfo=UTC)])
def test_a_trigger_must_be_a_plain_date(value: object) -> None:
    with pytest.raises(TypeError, match="paid"):
        expiry(rule(), facts={"paid": value}, on=ON)  # type: ignore[dict-item]


def test_without_a_period_nothing_is_guessed() -> None:
    state = expiry(rule(period=None, source="S2:117"), facts={"paid": ON}, on=ON)
    assert isinstance(state, Undetermined)
    assert state.source == "S2:117"


def test_absent_is_unknown_and_none_has_not_happened() -> None:
    assert isinstance(expiry(rule(), facts={}, on=ON), Undetermined)
    assert isinstance(expiry(rule(), facts={"paid": None}, on=ON), Running)
    assert isinstance(expiry(rule(trigger=()), facts={}, on=ON), Undetermined)


def test_the_last_of_several_events_counts() -> None:
    both = rule(trigger=("paid", "delivered"))
    state = expiry(both, facts={"paid": date(2023, 1, 1), "delivered": date(2023, 2, 1)}, on=ON)
    assert isinstance(state, Expiry)
    assert state.ended == date(2023, 2, 1)
    one = expiry(both, facts={"paid": date(2023, 1, 1)}, on=ON)
    assert isinstance(one, Expiry)
    every = rule(trigger=("paid", "delivered"), every=True)
    assert isinstance(expiry(every, facts={"paid": date(2023, 1, 1)}, on=ON), Undetermined)
    assert isinstance(expiry(every, facts={"paid": date(2023, 1, 1), "delivered": None}, on=ON), Running)


def test_a_cap_cuts_short_what_ends_later_and_leaves_the_rest() -> None:
    capped = rule(period="P5Y", cap_period="P2Y", cap_trigger="delivered")
    late = expiry(capped, facts={"paid": date(2024, 6, 1), "delivered": date(2021, 1, 1)}, on=ON)
    assert isinstance(late, Expiry)
    assert (late.ended, late.keep_through) == (date(2023, 1, 1), date(2023, 1, 1))
    early = expiry(capped, facts={"paid": date(2020, 6, 1), "delivered": date(2024, 1, 1)}, on=ON)
    assert isinstance(early, Expiry)
    assert early.keep_through == date(2025, 6, 1)


def test_a_cap_that_is_over_ends_even_what_nobody_knows_the_start_of() -> None:
    capped = rule(cap_period="P2Y", cap_trigger="delivered")
    over = expiry(capped, facts={"delivered": date(2024, 11, 21)}, on=ON)
    assert isinstance(over, Expiry) and over.keep_through == date(2026, 11, 21)
    assert isinstance(expiry(capped, facts={"delivered": date(2024, 11, 22)}, on=ON), Undetermined)


def test_a_warranty_already_known_is_not_derived() -> None:
    facts = {"delivered": date(2024, 1, 1), "warranty_period": "P7Y", "warranty_end": date(2025, 1, 1)}
    state = expiry(rule(trigger=("warranty_end",), period="P0D"), facts=facts, on=ON)
    assert isinstance(state, Expiry)
    assert state.keep_through == date(2025, 1, 1)


@each("length", [None, "", "lifetime"])
def test_a_warranty_of_no_stated_length_is_not_guessed(length: str | None) -> None:
    facts = {"delivered": date(2024, 1, 1), "warranty_period": length}
    assert isinstance(expiry(rule(trigger=("warranty_end",)), facts=facts, on=ON), Undetermined)
