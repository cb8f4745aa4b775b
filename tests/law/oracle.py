"""Time limits worked out a second time, from the text of the rules alone (R-02, R-22 to R-32), nothing of `law`.

Where the rules are silent the reading is written at the line: several questions one after another, and the floor.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache

from tests.law import computus

DAY = timedelta(days=1)
holidays = cache(computus.of)


def on_the_wall(instant: datetime) -> date:
    """R-02: the local calendar day. All three countries keep Central European Time: +2 from the last Sunday of March to
    that of October, 01:00 UTC, else +1."""

    def last_sunday(month: int) -> datetime:
        end = datetime(instant.year, month, 31, 1, tzinfo=instant.tzinfo)
        return end - timedelta(days=(end.weekday() + 1) % 7)

    summer = last_sunday(3) <= instant < last_sunday(10)
    return (instant + timedelta(hours=2 if summer else 1)).date()


def months_on(day: date, months: int) -> date:
    """R-23: the same day number; no such day, the last of that month. Found by walking back from the 31st."""
    year, month = day.year + (day.month - 1 + months) // 12, (day.month - 1 + months) % 12 + 1
    number = day.day
    while True:
        try:
            return date(year, month, number)
        except ValueError:
            number -= 1


def working_day_from(day: date, country: str) -> date:
    """R-24: never a Saturday, a Sunday or a public holiday of the controller's country."""
    while day.isoweekday() > 5 or day in holidays(country, day.year):
        day += DAY
    return day


@dataclass
class Clock:
    """One claim, told what happens in the order it happens."""

    received: date
    country: str
    large_access: bool
    pauses: list[list[date | None]] = field(default_factory=list)
    extended: bool = False

    def ask(self, day: date, *, question: str) -> bool:
        """R-27, R-29, R-30: later than seven days no pause is granted; clarification only of a large access request."""
        waiting = bool(self.pauses) and self.pauses[-1][1] is None
        if waiting or (day - self.received).days > 7 or (question == "clarification" and not self.large_access):
            return False
        self.pauses.append([day, None])
        return True

    def answer(self, day: date) -> None:
        if self.pauses and self.pauses[-1][1] is None:
            self.pauses[-1][1] = day

    def extend(self, day: date) -> bool:
        """R-25, R-26: once, and the notice leaves within the first month as it stands on that day."""
        if self.extended or day > self.due(day, months=1):
            return False
        self.extended = True
        return True

    def refuse(self, day: date) -> bool:
        """R-32: an extension does not cover a refusal."""
        return day <= self.due(day, months=1)

    def due(self, today: date, *, months: int = 0) -> date:
        months = months or (3 if self.extended else 1)
        return working_day_from(self._last(months, today), self.country)

    def _last(self, months: int, today: date) -> date:
        """R-28: the earlier of A (shifted) and B (restarted at the answer, less the days that ran). With several
        questions each moves the day the one before has left. No question takes time away, and the time does not end
        on the day of the answer while A allows more: so walk from the day as it stood towards A, up to B."""
        last, ran, since = months_on(self.received, months), 0, self.received
        for asked, answered in self.pauses:
            assert asked
            if asked > last:  # the time was up
                break
            end = answered or today
            ran += (asked - since).days
            shifted, restarted = last + (end - asked), months_on(end, months) - ran * DAY
            while last < shifted and (last < restarted or last <= end):
                last += DAY
            since = end
        return last
