"""Calendar arithmetic: ISO 8601 periods in years, months, weeks and days."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

_ISO = re.compile(r"P(?=\d)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?")


@dataclass(frozen=True)
class Period:
    """A length of calendar time; months and days are kept apart because a month has no fixed length."""

    months: int = 0
    days: int = 0

    @classmethod
    def parse(cls, text: str) -> "Period":
        """Read "P3Y6M", "P4W" or "P13D" (ISO 8601, dates only). ValueError for anything else."""
        years, months, weeks, days = parts(text)
        return cls(years * 12 + months, weeks * 7 + days)

    def after(self, day: date) -> date:
        """The day of the same number at the end of the period, or the last of that month (1182/71 Art. 3(2)(c))."""
        return add_months(day, self.months) + timedelta(days=self.days)


def parts(text: str) -> tuple[int, int, int, int]:
    """(years, months, weeks, days) as the text has them, to tell a period in words (Art. 13(2)(a), 15(1)(d) GDPR).

    "P24M" stays 24 months. ValueError for anything but an ISO 8601 period.
    """
    found = _ISO.fullmatch(text)
    if not found:
        raise ValueError(f"not an ISO 8601 period in years, months, weeks or days: {text!r}")
    years, months, weeks, days = (int(part or 0) for part in found.groups())
    return years, months, weeks, days


def add_months(day: date, months: int) -> date:
    """Same day number `months` later; no such day gives the last of that month (1182/71 Art. 3(2)(c))."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if day.day <= 28:  # every month has it
        return date(year, month + 1, day.day)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
