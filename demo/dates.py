"""The one day the sample data is made around. No wall clock: the same rows come out every year."""

import calendar
from datetime import date, datetime, time

REFERENCE_DATE = date(2026, 11, 22)


def months_before(day: date, months: int) -> date:
    """The same day number `months` earlier, clamped to the month's end (as law.deadlines counts)."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    month += 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def months_after(day: date, months: int) -> date:
    return months_before(day, -months)


def around(day: date) -> tuple[date, date, date]:
    """The day before, the day itself and the day after: what a boundary is tried with."""
    return date.fromordinal(day.toordinal() - 1), day, date.fromordinal(day.toordinal() + 1)


def at(day: date, hour: int = 12, minute: int = 0) -> datetime:
    """Naive UTC, as most shop databases keep it."""
    return datetime.combine(day, time(hour, minute))
