"""The days on which no time limit ends."""

import json
from datetime import date

import pytest

from law.deadlines import is_working_day
from law.national import COUNTRIES
from tests.law import computus
from tests.law.rows import each

FROZEN = json.loads(computus.TABLE.read_text("utf-8"))


def test_the_frozen_table_is_what_the_statutes_give() -> None:
    assert computus.table() == FROZEN


@each("country", COUNTRIES)
def test_holidays_equal_the_frozen_table_for_2024_to_2040(country: str) -> None:
    calendar = COUNTRIES[country].HOLIDAYS
    found = {str(year): [f"{day:%m-%d}" for day in sorted(calendar.of_year(year))] for year in computus.YEARS}
    assert found == FROZEN[country]


@each(
    ("year", "expected"),
    [(2024, "2024-03-31"), (2025, "2025-04-20"), (2026, "2026-04-05"), (2027, "2027-03-28"), (2028, "2028-04-16")],
)
def test_easter_sunday(year: int, expected: str) -> None:
    assert computus.easter(year) == date.fromisoformat(expected)


@each(
    ("country", "day", "name"),
    [
        ("DK", date(2026, 5, 14), "Kristi himmelfartsdag"),
        ("SE", date(2026, 6, 20), "Midsommardagen"),
        ("NO", date(2026, 5, 17), "Grunnlovsdag"),
    ],
)
def test_holidays_are_named_in_the_countrys_own_language(country: str, day: date, name: str) -> None:
    assert COUNTRIES[country].HOLIDAYS.of_year(day.year)[day] == name


@each(
    ("country", "day"),
    [
        ("DK", date(2026, 6, 5)),  # Grundlovsdag is no helligdag
        ("DK", date(2024, 4, 26)),  # Store bededag is gone
        ("DK", date(2026, 5, 1)),
        ("DK", date(2026, 12, 24)),
        ("SE", date(2026, 6, 19)),  # Midsummer Eve
        ("SE", date(2026, 12, 24)),
        ("SE", date(2026, 4, 2)),  # Maundy Thursday
        ("SE", date(2026, 5, 25)),  # Whit Monday
        ("NO", date(2026, 12, 24)),
    ],
)
def test_days_off_that_are_not_public_holidays_are_working_days(country: str, day: date) -> None:
    assert is_working_day(day, country=country)


def test_weekends_are_no_working_days() -> None:
    assert not is_working_day(date(2026, 11, 21), country="DK")
    assert not is_working_day(date(2026, 11, 22), country="DK")
    assert is_working_day(date(2026, 11, 23), country="DK")


def test_an_unknown_country_has_no_calendar() -> None:
    with pytest.raises(KeyError):
        is_working_day(date(2026, 11, 23), country="FI")
