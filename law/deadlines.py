"""The month of Art. 12(3) GDPR, counted under Regulation (EEC, Euratom) 1182/71."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

from law.durations import add_months
from law.national import COUNTRIES
from law.pauses import Closed, Pause, close, shifted_by
from law.reasons import Answer, Reason
from law.rights import IMMEDIATE, Right

__all__ = ["Answer", "Deadline", "Pause", "deadline", "is_working_day", "local_day", "may_extend", "may_refuse"]
__all__ += ["may_pause", "pause_counts", "Question", "conservative", "received_by"]

Question: TypeAlias = Literal["identity", "clarification"]

ART_12_3 = "Art. 12(3) GDPR"
ART_12_4 = "Art. 12(4) GDPR"
SAME_DAY_NUMBER = "Art. 3(2)(c) Regulation 1182/71"
NEXT_WORKING_DAY = "Art. 3(4) Regulation 1182/71"
PAUSE = "EDPB 01/2022 para. 159"
# Six days from receipt to the question were accepted in IMY-2022-9442 (SJ); seven is this portal's setting.
ASK_WITHIN_DAYS = 7


@dataclass(frozen=True)
class Deadline:
    """When the answer is due and how that was counted. All days are inclusive: they end at 24:00 local time.

    `due`: last day to answer. `notice_by`: last day of the first month, for telling of an extension (Art. 12(3)) or a
    refusal (Art. 12(4)). `unpaused`: `notice_by` as if no question had been asked; a person who never answers the
    question still hears from the controller by then. `paused`: a question is open today.
    """

    received: date
    country: str
    due: date
    notice_by: date
    unpaused: date
    steps: tuple[Reason, ...]
    paused: bool = False
    extended: bool = False


def local_day(instant: datetime, *, tz: str) -> date:
    """The calendar day an instant falls on where the controller is; the hour does not matter (EDPB 01/2022 para. 159).

    ValueError for an instant without a time zone: its day cannot be known.
    """
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone to fall on a day")
    return instant.astimezone(ZoneInfo(tz)).date()


def is_working_day(day: date, *, country: str) -> bool:
    """Neither Saturday, Sunday nor public holiday of the country (1182/71 Art. 3(4), EDPB 01/2022 para. 161).

    KeyError for a country other than DK, SE and NO.
    """
    return day.weekday() < 5 and day not in COUNTRIES[country].HOLIDAYS.of_year(day.year)


def deadline(
    received: date,
    *,
    country: str,
    pauses: Sequence[Pause] = (),
    extended: bool = False,
    today: date | None = None,
    extra_non_working_days: frozenset[date] = frozenset(),
) -> Deadline:
    """When the answer is due: one month, or three when extended, from the day of receipt (Art. 12(3) GDPR).

    The extension counts from the original day number: 31 January gives 30 April. An open pause needs `today`.
    ValueError for an open pause without `today` and for a pause that starts before receipt or ends before it starts.
    """
    closed = close(received, pauses=pauses, today=today)

    def roll(day: date) -> tuple[date, tuple[Reason, ...]]:
        return _roll(day, country=country, closed_days=extra_non_working_days)

    last, month_steps = _count(received, months=1, pauses=closed)
    notice_by, month_roll = roll(last)
    steps, due = (*month_steps, *month_roll), notice_by
    if extended:
        last, long_steps = _count(received, months=3, pauses=closed)
        due, long_roll = roll(last)
        steps = (Reason("deadline.notice_by", ART_12_3, {"day": notice_by}), *long_steps, *long_roll)
    still_open = [pause.start for pause in pauses if pause.end is None and pause.start <= last]
    if still_open:
        steps += (Reason("deadline.still_paused", PAUSE, {"since": min(still_open)}),)
    first = Reason("deadline.received", ART_12_3, {"day": received})
    unpaused = roll(add_months(received, 1))[0] if closed else notice_by
    return Deadline(received, country, due, notice_by, unpaused, (first, *steps), bool(still_open), extended)


def _count(received: date, *, months: int, pauses: Sequence[Closed]) -> tuple[date, tuple[Reason, ...]]:
    raw = add_months(received, months)
    steps = [Reason("deadline.one_month" if months == 1 else "deadline.three_months", SAME_DAY_NUMBER, {"day": raw})]
    if raw.day != received.day:
        steps.append(Reason("deadline.short_month", SAME_DAY_NUMBER, {"number": received.day, "day": raw}))
    last, days = raw, 0
    for pause in pauses:
        if pause.start > last:  # asked when the time was already up: nothing is left to stand still
            steps.append(Reason("deadline.pause_too_late", PAUSE, {"asked": pause.start, "day": last}))
            break
        last, days = shifted_by(last, months=months, pause=pause), days + pause.days
    if days:
        shifted = raw + timedelta(days=days)
        steps.append(Reason("deadline.paused", PAUSE, {"days": days, "day": shifted}))
        if last < shifted:
            steps.append(Reason("deadline.restarted", PAUSE, {"day": last}))
    return last, tuple(steps)


def _roll(day: date, *, country: str, closed_days: frozenset[date]) -> tuple[date, tuple[Reason, ...]]:
    """Forward to the end of the next working day (1182/71 Art. 3(4)); holidays on the way do not stop the clock."""
    last = day
    while last in closed_days or not is_working_day(last, country=country):
        last += timedelta(days=1)
    if last == day:
        return day, ()
    name: Mapping[date, str] = COUNTRIES[country].HOLIDAYS.of_year(day.year)
    if day in name:
        return last, (Reason("deadline.holiday", NEXT_WORKING_DAY, {"from": day, "holiday": name[day], "day": last}),)
    code = {5: "deadline.saturday", 6: "deadline.sunday"}.get(day.weekday(), "deadline.closed_day")
    return last, (Reason(code, NEXT_WORKING_DAY, {"from": day, "day": last}),)


def conservative(clock: Deadline) -> tuple[Reason, ...]:
    """An extension counted on from the end of the first month, where that is earlier (Art. 12(3) GDPR).

    Three months from 31 January end on 30 April, and that holds; two months from 28 February end on 28 April, and who
    answers by then is on time under every reading. Empty where both are the same day.
    """
    chained = add_months(add_months(clock.received, 1), 2)
    if not clock.extended or chained >= add_months(clock.received, 3):
        return ()
    return (Reason("deadline.chained", SAME_DAY_NUMBER, {"day": chained}),)


def may_extend(clock: Deadline, *, today: date) -> Answer:
    """Whether an extension may still be told: its notice must leave within the first month (Art. 12(3) GDPR).

    IMY DI-2021-10488: told after about two months and without reasons, it is no extension at all.
    """
    if clock.extended:
        return Answer(False, (Reason("extend.already", ART_12_3, {"day": clock.due}),))
    if today > clock.notice_by:
        return Answer(False, (Reason("extend.too_late", ART_12_3, {"day": clock.notice_by}),))
    return Answer(True, (Reason("extend.in_time", ART_12_3, {"day": clock.notice_by}),))


def may_refuse(clock: Deadline, *, today: date) -> Answer:
    """Whether a refusal is in time: one month at the latest, which an extension does not move (Art. 12(4) GDPR).

    A late one is a breach to be recorded with its reason (`law.decisions.check`); the person is answered all the same.
    """
    if today > clock.notice_by:
        return Answer(False, (Reason("refuse.too_late", ART_12_4, {"day": clock.notice_by}),))
    return Answer(True, (Reason("refuse.in_time", ART_12_4, {"day": clock.notice_by}),))


def received_by(day: date, *, country: str, extra_non_working_days: frozenset[date] = frozenset()) -> date:
    """The last day of receipt from which a month without any pause has ended by `day` (Art. 12(3)-(4) GDPR).

    Whoever never answers the question about their identity still hears from the controller by the unpaused day
    (IMY DI-2020-10538): what was received up to this day and still waits for proof is to be told now.
    """
    received = add_months(day, -1) + timedelta(days=4)  # 31 days at most, and it rolls forward, never back

    def heard_by(received: date) -> date:
        last, _ = _roll(add_months(received, 1), country=country, closed_days=extra_non_working_days)
        return last

    while heard_by(received) > day:
        received -= timedelta(days=1)
    return received


def pause_counts(received: date, asked: date, *, within_days: int = ASK_WITHIN_DAYS) -> Answer:
    """Whether the question was asked soon enough to stop the clock: without undue delay (EDPB 01/2022 para. 159).

    ValueError where it was asked before receipt.
    """
    days = (asked - received).days
    if days < 0:
        raise ValueError("a question cannot be asked before the request is received")
    if days > within_days:
        return Answer(False, (Reason("pause.too_late", PAUSE, {"days": days, "limit": within_days}),))
    return Answer(True, (Reason("pause.counts", PAUSE, {"day": asked}),))


def may_pause(right: Right, *, question: Question, large_quantity: bool = False) -> Answer:
    """Whether a question may stop the clock of this right at all (EDPB 01/2022 para. 159; recital 63 GDPR).

    Never for a marketing objection or a withdrawn consent (Art. 21(3) and 7(3) GDPR). A clarification only for access
    to a large quantity of data; the person may insist on everything, and then the clock runs on.
    """
    if right in IMMEDIATE:
        return Answer(False, (Reason("pause.never", right.article, {"right": right}),))
    if question == "clarification" and not (right is Right.access and large_quantity):
        return Answer(False, (Reason("pause.large_access_only", PAUSE),))
    return Answer(True, (Reason("pause.allowed", PAUSE),))
