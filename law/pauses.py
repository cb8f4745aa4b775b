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
    """Pauses in order, overlapping ones joined, open ones ended today (EDPB 01/2022 para. 159).

    ValueError for an open pause without `today`, and for one that starts before receipt or ends before it starts.
    """
    spans: list[tuple[date, date]] = []
    for pause in sorted(pauses, key=lambda pause: pause.start):
        end = pause.end or today
        if end is None:
            raise ValueError("an open pause needs today")
        if pause.start < received or end < pause.start:
            raise ValueError(f"a pause from {pause.start} to {end} does not fit a request received {received}")
        if spans and pause.start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((pause.start, end))
    closed, ran, since = [], 0, received
    for start, end in spans:
        ran += (start - since).days
        closed.append(Closed(start, end, ran))
        since = end
    return tuple(closed)


def shifted_by(raw: date, *, months: int, pauses: Sequence[Closed]) -> date:
    """The earliest of shifting the period and of restarting it at an answer, less the days that had run.

    The first is the plain reading of a suspension, the second IMY's counting in IMY-2022-9442 (SJ): the earlier of them
    is safe under both. It is never before the unpaused day, nor on the day the answer came: until then the time stood
    still (EDPB 01/2022 para. 159), and the day of an event is not counted (1182/71 Art. 3(1)).
    """
    shifted = raw + timedelta(days=sum(pause.days for pause in pauses))
    ends = [shifted]
    for number, pause in enumerate(pauses, start=1):
        later = sum(other.days for other in pauses[number:])
        ends.append(add_months(pause.end, months) + timedelta(days=later - pause.ran))
    floor = min(shifted, max(raw, pauses[-1].end + timedelta(days=1)))
    return max(min(ends), floor)
