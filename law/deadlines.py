"""The month of Art. 12(3) GDPR, counted under Regulation (EEC, Euratom) 1182/71."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from law.reasons import Answer, Reason


@dataclass(frozen=True)
class Pause:
    """Time that does not count: from the day the question was sent to the day the answer came; None = still open."""

    start: date
    end: date | None = None


@dataclass(frozen=True)
class Deadline:
    """The last day to answer, the last day to tell of an extension or a refusal, and how both were counted."""

    received: date
    country: str
    due: date
    notice_by: date
    unpaused: date
    steps: tuple[Reason, ...]
    paused: bool = False
    extended: bool = False


def local_day(instant: datetime, *, tz: str) -> date:
    """The calendar day an instant falls on where the controller is."""
    return instant.astimezone(ZoneInfo(tz)).date()


def deadline(
    received: date,
    *,
    country: str,
    pauses: Sequence[Pause] = (),
    extended: bool = False,
    today: date | None = None,
    extra_non_working_days: frozenset[date] = frozenset(),
) -> Deadline:
    """When the answer is due."""
    raise NotImplementedError


def may_extend(clock: Deadline, *, today: date) -> Answer:
    """Whether an extension may still be told."""
    raise NotImplementedError


def may_refuse(clock: Deadline, *, today: date) -> Answer:
    """Whether a refusal is still in time."""
    raise NotImplementedError


def pause_counts(received: date, asked: date) -> Answer:
    """Whether the question came soon enough to stop the clock."""
    raise NotImplementedError


def is_working_day(day: date, *, country: str) -> bool:
    """Neither Saturday, Sunday nor public holiday."""
    raise NotImplementedError
