"""The month of Art. 12(3) GDPR: worked examples, and what must hold for every date."""

import json
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from law.deadlines import (
    Deadline,
    Pause,
    Question,
    conservative,
    deadline,
    is_working_day,
    local_day,
    may_extend,
    may_pause,
    may_refuse,
    pause_counts,
    received_by,
)
from law.durations import add_months
from law.rights import Right
from tests.law.rows import each

ROWS = json.loads((Path(__file__).parent / "data" / "deadlines.json").read_text("utf-8"))
DAYS = st.dates(date(2024, 1, 1), date(2039, 1, 1))


def iso(text: str) -> date:
    return date.fromisoformat(text)


def codes(clock: Deadline) -> list[str]:
    return [step.code for step in clock.steps]


@each("row", ROWS)
def test_worked_examples(row: dict) -> None:
    pauses = [Pause(iso(start), iso(end)) for start, end in row["pauses"]]
    clock = deadline(iso(row["received"]), country=row["country"], pauses=pauses, extended=row["months"] == 3)
    assert clock.due == iso(row["due"])
    methods = [iso(row[key]) for key in ("method_a", "method_b") if row[key]]
    assert min(methods) == iso(row["raw"])
    assert clock.due >= iso(row["raw"])


@each(
    ("received", "country", "extended", "due"),
    [
        ("2026-01-31", "DK", False, "2026-03-02"),
        ("2026-01-31", "DK", True, "2026-04-30"),
        ("2028-01-31", "DK", False, "2028-02-29"),
        ("2028-01-31", "NO", False, "2028-02-29"),
        ("2028-01-31", "DK", True, "2028-05-01"),
        ("2028-01-31", "SE", True, "2028-05-02"),
        ("2028-01-31", "NO", True, "2028-05-02"),
        ("2026-03-06", "SE", False, "2026-04-07"),
        ("2026-03-06", "NO", False, "2026-04-07"),
        ("2026-03-02", "DK", False, "2026-04-07"),
        ("2028-05-05", "DK", False, "2028-06-06"),
        ("2028-05-05", "SE", False, "2028-06-05"),
        ("2026-03-05", "SE", False, "2026-04-07"),  # EDPB ex. 32: 5 April, here Easter Sunday
        ("2025-03-05", "SE", False, "2025-04-07"),  # 5 April 2025 is a Saturday
        ("2024-03-05", "SE", False, "2024-04-05"),
    ],
)
def test_more_worked_examples(received: str, country: str, extended: bool, due: str) -> None:
    assert deadline(iso(received), country=country, extended=extended).due == iso(due)


def test_the_day_is_the_controllers_and_not_that_of_utc() -> None:
    late_evening = datetime(2026, 10, 6, 22, 15, tzinfo=UTC)
    assert local_day(late_evening, tz="Europe/Copenhagen") == date(2026, 10, 7)
    assert deadline(local_day(late_evening, tz="Europe/Copenhagen"), country="DK").due == date(2026, 11, 9)
    with pytest.raises(ValueError, match="time zone"):
        local_day(datetime(2026, 10, 6, 22, 15), tz="Europe/Oslo")  # noqa: DTZ001


def test_every_step_is_explained_in_order() -> None:
    clock = deadline(iso("2026-01-31"), country="DK")
    assert codes(clock) == ["deadline.received", "deadline.one_month", "deadline.short_month", "deadline.saturday"]
    assert clock.steps[-1].params == {"from": iso("2026-02-28"), "day": iso("2026-03-02")}


@each(
    ("received", "country", "code"),
    [
        ("2026-09-11", "DK", "deadline.sunday"),
        ("2026-09-10", "DK", "deadline.saturday"),
        ("2026-11-25", "NO", "deadline.holiday"),
        ("2026-11-26", "NO", "deadline.holiday"),  # a holiday that is also a Saturday is named as the holiday
    ],
)
def test_the_reason_for_rolling_forward(received: str, country: str, code: str) -> None:
    assert codes(deadline(iso(received), country=country))[-1] == code


def test_days_the_controller_adds_count_as_closed() -> None:
    closed = frozenset({iso("2026-06-05")})
    clock = deadline(iso("2026-05-05"), country="DK", extra_non_working_days=closed)
    assert clock.due == iso("2026-06-08")
    assert codes(clock)[-1] == "deadline.closed_day"


def test_extension_keeps_the_first_month_for_its_notice() -> None:
    clock = deadline(iso("2026-11-30"), country="NO", extended=True)
    assert (clock.notice_by, clock.due) == (iso("2026-12-30"), iso("2027-03-01"))
    assert "deadline.notice_by" in codes(clock)


def test_extension_told_in_time_and_too_late() -> None:
    clock = deadline(iso("2026-11-30"), country="NO")
    assert may_extend(clock, today=iso("2026-12-30")).allowed
    assert may_extend(clock, today=iso("2026-12-31")).reasons[0].code == "extend.too_late"
    extended = deadline(iso("2026-11-30"), country="NO", extended=True)
    assert may_extend(extended, today=iso("2026-12-01")).reasons[0].code == "extend.already"


def test_a_refusal_belongs_to_the_first_month_even_when_extended() -> None:
    clock = deadline(iso("2026-11-30"), country="NO", extended=True)
    assert may_refuse(clock, today=iso("2026-12-30")).allowed
    assert not may_refuse(clock, today=iso("2026-12-31")).allowed


def test_pause_moves_both_dates_and_is_explained() -> None:
    pauses = [Pause(iso("2026-07-21"), iso("2026-08-03"))]
    clock = deadline(iso("2026-07-20"), country="DK", pauses=pauses, extended=True)
    assert (clock.notice_by, clock.due) == (iso("2026-09-02"), iso("2026-11-02"))
    assert clock.unpaused == iso("2026-08-20")
    assert [step.params["days"] for step in clock.steps if step.code == "deadline.paused"] == [13]
    assert not clock.paused


def test_an_open_pause_ends_today_and_says_so() -> None:
    clock = deadline(iso("2026-11-02"), country="SE", pauses=[Pause(iso("2026-11-04"))], today=iso("2026-11-16"))
    assert clock.due == iso("2026-12-14")
    assert clock.paused
    assert codes(clock)[-1] == "deadline.still_paused"


def test_a_pause_must_fit_the_request() -> None:
    received = iso("2026-11-02")
    with pytest.raises(ValueError, match="needs today"):
        deadline(received, country="SE", pauses=[Pause(iso("2026-11-04"))])
    with pytest.raises(ValueError, match="does not fit"):
        deadline(received, country="SE", pauses=[Pause(iso("2026-11-01"), iso("2026-11-04"))])
    with pytest.raises(ValueError, match="does not fit"):
        deadline(received, country="SE", pauses=[Pause(iso("2026-11-05"), iso("2026-11-04"))])


def test_overlapping_pauses_count_once() -> None:
    one = [Pause(iso("2026-11-04"), iso("2026-11-16"))]
    two = [Pause(iso("2026-11-06"), iso("2026-11-10")), Pause(iso("2026-11-04"), iso("2026-11-16"))]
    three = [Pause(iso("2026-11-04"), iso("2026-11-10")), Pause(iso("2026-11-10"), iso("2026-11-16"))]
    dues = {deadline(iso("2026-11-02"), country="SE", pauses=pauses).due for pauses in (one, two, three)}
    assert dues == {iso("2026-12-14")}


def test_a_second_question_shifts_what_the_first_has_left() -> None:
    """The restart of a February month stays in force: a day more is a day more, not four."""
    first = Pause(iso("2027-01-10"), iso("2027-02-10"))
    clock = deadline(iso("2027-01-10"), country="DK", pauses=[first, Pause(iso("2027-03-01"), iso("2027-03-02"))])
    assert clock.due == iso("2027-03-11")


def test_a_question_after_the_last_day_changes_nothing() -> None:
    asked_late = [Pause(iso("2026-12-10"))]
    clock = deadline(iso("2026-11-02"), country="SE", pauses=asked_late, today=iso("2026-12-20"))
    assert clock.due == iso("2026-12-02")
    assert not clock.paused
    assert "deadline.pause_too_late" in codes(clock)


def test_an_answer_never_comes_after_the_last_day() -> None:
    """Restarting a 28-day month after 29 days have run would put the last day before the answer itself."""
    clock = deadline(iso("2026-01-10"), country="DK", pauses=[Pause(iso("2026-02-08"), iso("2026-02-20"))])
    assert clock.due == iso("2026-02-23")  # Saturday 21 February, the day after the answer, rolled forward


@each(("asked", "allowed"), [("2022-02-09", True), ("2022-02-16", True), ("2022-02-17", False)])
def test_the_question_must_come_within_seven_days(asked: str, allowed: bool) -> None:
    assert pause_counts(iso("2022-02-09"), iso(asked)).allowed is allowed


def test_a_controller_may_promise_to_ask_sooner() -> None:
    assert not pause_counts(iso("2022-02-09"), iso("2022-02-15"), within_days=5).allowed


@each(
    ("right", "question", "large", "code"),
    [
        (Right.marketing_objection, "identity", True, "pause.never"),
        (Right.withdraw_consent, "clarification", True, "pause.never"),
        (Right.erasure, "identity", False, "pause.allowed"),
        (Right.access, "clarification", True, "pause.allowed"),
        (Right.access, "clarification", False, "pause.large_access_only"),
        (Right.erasure, "clarification", True, "pause.large_access_only"),
    ],
)
def test_which_questions_may_stop_the_clock(right: Right, question: Question, large: bool, code: str) -> None:
    answer = may_pause(right, question=question, large_quantity=large)
    assert (answer.allowed, answer.reasons[0].code) == (code == "pause.allowed", code)


def test_no_question_before_receipt() -> None:
    with pytest.raises(ValueError, match="before"):
        pause_counts(iso("2022-02-09"), iso("2022-02-08"))


# --- what must hold for every date, country and number of questions ---

COUNTRIES = st.sampled_from(["DK", "SE", "NO"])
FEW = settings(max_examples=30, deadline=None, database=None, derandomize=True)


@st.composite
def lives(draw: st.DrawFn) -> tuple[date, str, list[Pause], bool]:
    """A receipt, a country, up to three questions one after another with their answers, and whether it is extended."""
    received = day = draw(DAYS)
    pauses = []
    for _ in range(draw(st.integers(0, 3))):
        start = day + timedelta(days=draw(st.integers(0, 12)))
        day = start + timedelta(days=draw(st.integers(0, 90)))
        pauses.append(Pause(start, day))
    return received, draw(COUNTRIES), pauses, draw(st.booleans())


def rolled(day: date, country: str) -> date:
    while not is_working_day(day, country=country):
        day += timedelta(days=1)
    return day


@FEW
@given(lives())
def test_a_time_limit_never_ends_on_a_day_off_and_extending_never_shortens(
    life: tuple[date, str, list[Pause], bool],
) -> None:
    received, country, pauses, _ = life
    short = deadline(received, country=country, pauses=pauses)
    long = deadline(received, country=country, pauses=pauses, extended=True)
    for day in (short.due, long.due, short.notice_by, short.unpaused):
        assert is_working_day(day, country=country)
    assert short.due == short.notice_by == long.notice_by <= long.due
    assert add_months(received, 1) <= short.unpaused <= add_months(received, 1) + timedelta(days=5)
    assert short.unpaused <= short.due  # no question makes the time shorter


@FEW
@given(lives())
def test_a_pause_never_lengthens_by_more_than_itself(life: tuple[date, str, list[Pause], bool]) -> None:
    """Each question adds its own days at most; then the day is rolled forward like any other."""
    received, country, pauses, extended = life
    before = deadline(received, country=country, extended=extended).due
    for number, pause in enumerate(pauses, start=1):
        after = deadline(received, country=country, pauses=pauses[:number], extended=extended).due
        assert before <= after <= rolled(before + (pause.end - pause.start), country)  # type: ignore[operator]
        before = after


@FEW
@given(lives(), st.randoms(use_true_random=False))
def test_the_same_facts_give_the_same_answer_in_whatever_order_they_are_told(
    life: tuple[date, str, list[Pause], bool], dice: Random
) -> None:
    received, country, pauses, extended = life
    first = deadline(received, country=country, pauses=pauses, extended=extended)
    shuffled = dice.sample(pauses, len(pauses))
    assert deadline(received, country=country, pauses=shuffled, extended=extended) == first


@FEW
@given(DAYS, st.integers(0, 7))
def test_while_the_answer_is_awaited_the_last_day_never_moves_back(received: date, ran: int) -> None:
    start = received + timedelta(days=ran)
    todays = [start + timedelta(days=step) for step in range(0, 60, 5)]
    clocks = [deadline(received, country="SE", pauses=[Pause(start)], today=today) for today in todays]
    assert all(earlier.due <= later.due for earlier, later in pairwise(clocks))
    assert all(today < clock.due for today, clock in zip(todays, clocks, strict=True))


@FEW
@given(DAYS, COUNTRIES)
def test_what_was_received_up_to_that_day_is_to_be_told_by_now(day: date, country: str) -> None:
    """R-20: the unpaused day of everybody who has not proved who they are."""
    last = received_by(day, country=country)
    assert deadline(last, country=country).unpaused <= day
    assert deadline(last + timedelta(days=1), country=country).unpaused > day


def test_the_chained_date_is_told_where_it_is_earlier() -> None:
    """R-25: three months from 31 January hold; two months from 28 February are safe under every reading."""
    chained = conservative(deadline(iso("2026-01-31"), country="DK", extended=True))
    assert [reason.params["day"] for reason in chained] == [iso("2026-04-28")]
    assert conservative(deadline(iso("2026-01-31"), country="DK")) == ()
    assert conservative(deadline(iso("2026-01-15"), country="DK", extended=True)) == ()
