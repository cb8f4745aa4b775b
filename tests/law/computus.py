"""Public holidays worked out from the statutes alone, so that the library is held against something it does not know.

DK: the church holidays without Store bededag (abolished from 2024). SE: SFS 1989:253. NO: LOV-1995-02-24-12 § 2 and
LOV-1947-04-26-1 § 1. Run this file to write data/holidays.json anew.
"""

import json
from datetime import date, timedelta
from pathlib import Path

TABLE = Path(__file__).parent / "data" / "holidays.json"
YEARS = range(2024, 2041)


def easter(year: int) -> date:
    """Easter Sunday by the anonymous Gregorian computus (Meeus/Jones/Butcher)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    length = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * length) // 451
    month, day = divmod(h + length - 7 * m + 114, 31)
    return date(year, month, day + 1)


def saturday_from(day: date) -> date:
    return day + timedelta(days=(5 - day.weekday()) % 7)


def of(country: str, year: int) -> set[date]:
    sunday = easter(year)

    def after(days: int) -> date:
        return sunday + timedelta(days=days)

    days = {date(year, 1, 1), after(-2), sunday, after(1), after(39), after(49)}
    days |= {date(year, 12, 25), date(year, 12, 26)}
    if country in ("DK", "NO"):
        days |= {after(-3), after(50)}
    if country == "NO":
        days |= {date(year, 5, 1), date(year, 5, 17)}
    if country == "SE":
        days |= {date(year, 1, 6), date(year, 5, 1), date(year, 6, 6)}
        days |= {saturday_from(date(year, 6, 20)), saturday_from(date(year, 10, 31))}
    return days


def table() -> dict[str, dict[str, list[str]]]:
    return {
        country: {str(year): [f"{day:%m-%d}" for day in sorted(of(country, year))] for year in YEARS}
        for country in ("DK", "SE", "NO")
    }


if __name__ == "__main__":
    rows = [
        f' "{country}": {{\n' + ",\n".join(f'  "{year}": {json.dumps(days)}' for year, days in years.items()) + "\n }"
        for country, years in table().items()
    ]
    TABLE.write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")
