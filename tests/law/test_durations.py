"""Periods in calendar units."""

from datetime import date

import pytest

from law.durations import Period, add_months
from tests.law.rows import each


@each(
    ("text", "period"),
    [
        ("P5Y", Period(60, 0)),
        ("P3Y6M", Period(42, 0)),
        ("P12M", Period(12, 0)),
        ("P2W", Period(0, 14)),
        ("P0D", Period(0, 0)),
        ("P1Y2M3W4D", Period(14, 25)),
    ],
)
def test_periods_are_read(text: str, period: Period) -> None:
    assert Period.parse(text) == period


@each("text", ["", "P", "5Y", "PT1H", "P1D1Y", "P-1Y", "P5Y ", "per_product"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="ISO 8601"):
        Period.parse(text)


def test_months_keep_the_day_number_or_take_the_last_day() -> None:
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2028, 1, 31), 1) == date(2028, 2, 29)
    assert add_months(date(2026, 11, 30), 3) == date(2027, 2, 28)
    assert add_months(date(2026, 12, 5), 1) == date(2027, 1, 5)
    assert Period.parse("P1Y1D").after(date(2024, 2, 29)) == date(2025, 3, 1)
