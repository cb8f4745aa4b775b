"""Time that stands still while a question to the person is open (EDPB 01/2022 para. 159)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from law.durations import add_months


@dataclass(frozen=True)
class Pause:
    """Time that does not count: from the day the question was sent to the day the answer came; None = still open."""

    start: date
    end: date | None = None


@dataclass(frozen=True)
class Closed:
    """A pause with both ends, and the days that counted before it."""

    start: date
    end: date
    ran: int

    @property
    def days(self) -> int:
        return (self.end - self.start).days


def close(received: date, *, pauses: Sequence[Pause], today: date | None) -> tuple[Closed, ...]:
    """Pauses in order; of overlapping ones the later counts from the end of the earlier; open ones end today.

    EDPB 01/2022 para. 159. Two questions one upon the other stay two: the second adds its own days and nothing more.
    ValueError for an open pause without `today`, and for one that starts before receipt or ends before it starts.
    """
    closed: list[Closed] = []
    ran, since = 0, received
    for start, end in sorted(_span(received, pause, today) for pause in pauses):
        if closed and end <= since:  # within an earlier one
            continue
        start = max(start, since)
        ran += (start - since).days
        closed.append(Closed(start, end, ran))
        since = end
    return tuple(closed)


def _span(received: date, pause: Pause, today: date | None) -> tuple[date, date]:
    end = pause.end or today
    if end is None:
        raise ValueError("an open pause needs today")
    if pause.start < received or end < pause.start:
        raise ValueError(f"a pause from {pause.start} to {end} does not fit a request received {received}")
    return pause.start, end


def shifted_by(last: date, *, months: int, pause: Closed) -> date:
    """The last day after one more pause: the period shifted, or started again at the answer where that is earlier.

    The first is the plain reading of a suspension, the second IMY's counting in IMY-2022-9442 (SJ), which takes off the
    days that had run: the earlier of them is safe under both. A pause adds its own days at most and takes none away;
    the last day is not the day the answer came: until then the time stood still (EDPB 01/2022 para. 159), and the day
    of an event is not counted (1182/71 Art. 3(1)).
    """
    shifted = last + timedelta(days=pause.days)
    restarted = add_months(pause.end, months) - timedelta(days=pause.ran)
    return min(shifted, max(restarted, last, pause.end + timedelta(days=1)))
