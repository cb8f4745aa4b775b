"""Nobody answers: reminder, notice by the unpaused day, end; through weekends and holidays of three countries."""

from datetime import date, timedelta

from law.deadlines import deadline, is_working_day
from law.doubts import DOUBTS, told
from law.durations import Period
from law.reasons import LANGUAGES, say
from law.unanswered import WARNED, unanswered, why_closed
from tests.law.rows import each

MONTH = Period.parse("P30D")


def of(received, asked, *, country="DK", close_after=MONTH, told=False, closed=frozenset()):
    clock = deadline(received, country=country, extra_non_working_days=closed)
    return unanswered(
        asked, unpaused=clock.unpaused, told=told, close_after=close_after, country=country,
        extra_non_working_days=closed,
    )  # fmt: skip


@each(
    ("country", "received", "asked", "answer_by", "remind", "tell", "until"),
    [
        # by the receipt, on a Monday; the month ends Wed 2 Dec
        ("SE", "2026-11-02", "2026-11-02", "2026-11-16", "2026-11-09", "2026-11-25", "2026-12-02"),
        # on a doubt two days later (D10): the notice keeps to the unpaused month, the closing to the question
        ("SE", "2026-11-02", "2026-11-04", "2026-11-18", "2026-11-11", "2026-11-25", "2026-12-04"),
        # asked so late that the notice does the reminder's work
        ("SE", "2026-11-02", "2026-11-20", "2026-12-04", None, "2026-11-27", "2026-12-21"),
        # asked on the last evening: the notice leaves the same day
        ("SE", "2026-11-02", "2026-12-02", "2026-12-16", None, "2026-12-02", "2027-01-01+"),
        # asked when the month is over: told late, since that is our delay
        ("SE", "2026-11-02", "2026-12-03", "2026-12-17", None, "2026-12-10", "2027-01-04"),
        # Maundy Thursday to Easter Monday 2026 (D4): a holiday in DK and NO, not in SE; raw day 2 April
        ("DK", "2026-03-02", "2026-03-03", "2026-03-17", "2026-03-10", "2026-03-31", "2026-04-07"),
        ("NO", "2026-03-02", "2026-03-03", "2026-03-17", "2026-03-10", "2026-03-31", "2026-04-07"),
        ("SE", "2026-03-02", "2026-03-03", "2026-03-17", "2026-03-10", "2026-03-26", "2026-04-02"),
        # 1 and 17 May: working days in DK (1 May 2026 a Friday), holidays in NO
        ("DK", "2026-04-17", "2026-04-17", "2026-05-01", "2026-04-24", "2026-05-11", "2026-05-18"),
        ("NO", "2026-04-17", "2026-04-17", "2026-05-04", "2026-04-24", "2026-05-11", "2026-05-18"),
        # Swedish national day, Sat 6 June 2026, and Midsummer Eve, which is a working day
        ("SE", "2026-05-22", "2026-05-22", "2026-06-05", "2026-05-29", "2026-06-15", "2026-06-22"),
        # 31 January: the month ends Mon 2 March (D1)
        ("DK", "2026-01-31", "2026-01-31", "2026-02-16", "2026-02-09", "2026-02-23", "2026-03-02"),
    ],
)
def test_worked_examples(country, received, asked, answer_by, remind, tell, until):
    given = of(date.fromisoformat(received), date.fromisoformat(asked), country=country)
    assert (given.answer_by.isoformat(), given.remind_on and given.remind_on.isoformat()) == (answer_by, remind)
    assert given.tell_on.isoformat() == tell
    assert given.open_until.isoformat() == ("2027-01-04" if until.endswith("+") else until)


@each("country", ["DK", "SE", "NO"])
def test_the_notice_never_slips_past_the_unpaused_day_and_always_comes_first(country):
    for start in range(0, 366, 3):
        received = date(2026, 1, 1) + timedelta(days=start)
        unpaused = deadline(received, country=country).unpaused
        for late in (0, 1, 6, 7, 13, 14, 20, 24, 27):
            asked = received + timedelta(days=late)
            given = of(received, asked, country=country)
            assert asked <= given.tell_on <= unpaused
            assert given.remind_on is None or asked < given.remind_on < given.tell_on
            assert given.open_until >= asked + timedelta(days=30)
            assert given.tell_on + WARNED < given.open_until or late > 20
            for day in (given.answer_by, given.open_until, given.remind_on or given.answer_by):
                assert is_working_day(day, country=country)


def test_once_told_only_the_reminder_is_left():
    given = of(date(2026, 11, 2), date(2026, 12, 10), told=True)
    assert (given.tell_on, given.remind_on, given.open_until) == (None, date(2026, 12, 17), date(2027, 1, 11))


def test_a_company_that_closes_sooner_tells_sooner_and_promises_no_later_day():
    given = of(date(2026, 11, 2), date(2026, 11, 2), close_after=Period.parse("P10D"))
    assert (given.remind_on, given.tell_on) == (None, date(2026, 11, 6))
    assert given.answer_by == given.open_until == date(2026, 11, 12)


def test_nobody_is_told_before_they_were_asked():
    """However little time a company gives: asked on Saturday, told on Monday and not on the Friday before."""
    given = of(date(2026, 11, 2), date(2026, 11, 7), close_after=Period.parse("P1D"))
    assert given.tell_on == given.open_until == date(2026, 11, 9)


def test_a_companys_own_closed_days_count():
    given = of(date(2026, 11, 2), date(2026, 11, 2), closed=frozenset({date(2026, 11, 16)}))
    assert given.answer_by == date(2026, 11, 17)


@each("language", LANGUAGES)
def test_every_doubt_and_every_end_can_be_told(language):
    """To somebody who may be a stranger: that a source knows them, or does not, stands in none of the sentences."""
    said = [say(told(code), language) for code in DOUBTS]
    assert len(set(said)) == len(DOUBTS)
    for sentence in said:
        assert not any(word in sentence.lower() for word in ("kunde", "customer", "register", "on file", "system"))
    nothing, short = (why_closed(date(2026, 11, 4), until=date(2026, 12, 4), something_came=one) for one in (0, 1))
    assert say(nothing[0], language) != say(short[0], language) and say(nothing[1], language) == say(short[1], language)
