"""What follows, and when, where nobody shows who is asking (Art. 11(2), 12(2), 12(4) and 12(6) GDPR).

No further measures are owed on a request whose question stays unanswered (IMY DI-2020-10538). But the person hears by
the last day of the first month, counted as if no question had been asked, why nothing has been done (Art. 12(4)).
"""

from dataclasses import dataclass
from datetime import date, timedelta

from law.deadlines import is_working_day
from law.durations import Period
from law.reasons import Reason

ART_11_2, ART_12_2, ART_12_4 = "Art. 11(2) GDPR", "Art. 12(2) GDPR", "Art. 12(4) GDPR"
ANSWER_WITHIN = timedelta(days=14)
WRITE_AGAIN_AFTER = timedelta(days=7)
TELL_BEFORE = timedelta(days=7)
"""Before the last day and before the end: time to answer, and for a letter that bounces to go by post."""
WARNED = timedelta(days=3)
"""Nobody is closed out sooner after we wrote again, however long a worker lay still."""


@dataclass(frozen=True)
class Unanswered:
    """All days are the controller's. `answer_by`: what the question names. `remind_on`: the reminder, None = the notice
    does its work. `tell_on`: the notice of Art. 12(4), None = told before. `open_until`: the last day of an answer
    before the request is closed.
    """

    answer_by: date
    remind_on: date | None
    tell_on: date | None
    open_until: date


def unanswered(
    asked: date,
    *,
    unpaused: date,
    told: bool,
    close_after: Period,
    country: str,
    extra_non_working_days: frozenset[date] = frozenset(),
) -> Unanswered:
    """What follows where nothing comes, from the day the question was sent; `asked` may be after a first answer failed.

    `unpaused`: last day of the month as if nothing had been asked (`Deadline.unpaused`). `told`: the notice has gone.
    The person's time, too, ends on a working day (1182/71 Art. 3(4)); the notice never slips past `unpaused`.
    """

    def works(day: date) -> bool:
        return day not in extra_non_working_days and is_working_day(day, country=country)

    def on(day: date, *, step: int = 1) -> date:
        while not works(day):
            day += timedelta(days=step)
        return day

    end = close_after.after(asked)
    half = timedelta(days=(end - asked).days // 2)
    again = asked + min(WRITE_AGAIN_AFTER, half)
    tell = None if told else _tell_on(asked, again, unpaused=unpaused, end=on(end))
    if tell is not None:
        back = on(tell, step=-1)
        tell = back if back >= asked else on(tell)
    soon = tell is not None and tell < again + WRITE_AGAIN_AFTER
    return Unanswered(on(min(asked + ANSWER_WITHIN, end)), None if soon else on(again), tell, on(end))


def _tell_on(asked: date, again: date, *, unpaused: date, end: date) -> date:
    """A week before the last day, or a week after the question where that is later; asked too late, it is late."""
    return again if asked > unpaused else max(min(unpaused, end) - TELL_BEFORE, min(again, unpaused))


def why_closed(asked: date, *, until: date, something_came: bool) -> tuple[Reason, ...]:
    """The facts of the closing letter: what was asked, and that nothing came, or not enough (Art. 11(2), 12(2))."""
    code = "identity.not_enough" if something_came else "identity.no_answer"
    return (Reason(code, ART_11_2, {"asked": asked, "until": until}), Reason("identity.nothing_owed", ART_12_2))
