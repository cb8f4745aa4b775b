"""Art. 18: four grounds, storage only, and told before it ends."""

from datetime import date

import pytest

from law.durations import Period
from law.outcomes import Outcome
from law.reasons import LANGUAGES, say
from law.restriction import (
    GROUNDS,
    earliest_lifting,
    ended,
    may_announce,
    may_delete,
    may_lift,
    storage_only,
)
from tests.law.rows import each

TODAY, WEEK = date(2026, 11, 22), Period.parse("P7D")


def test_each_ground_cites_its_letter() -> None:
    assert {code: reason.article for code, reason in GROUNDS.items()} == {
        code: f"Art. 18(1)({code}) GDPR" for code in "abcd"
    }
    assert [reason.article for reason in storage_only()] == ["Art. 18(2) GDPR", "Art. 18(3) GDPR", "Art. 19 GDPR"]


@each(("notice", "earliest"), [("P7D", date(2026, 11, 29)), ("P1M", date(2026, 12, 22)), ("P0D", date(2026, 11, 23))])
def test_a_restriction_ends_after_the_person_was_told_and_never_the_same_day(notice: str, earliest: date) -> None:
    period = Period.parse(notice)
    assert earliest_lifting(today=TODAY, notice=period) == earliest
    assert may_announce(today=TODAY, lift_on=earliest, notice=period).allowed
    too_soon = may_announce(today=TODAY, lift_on=date.fromordinal(earliest.toordinal() - 1), notice=period)
    assert not too_soon.allowed and too_soon.reasons[0].params["day"] == earliest


def test_it_ends_on_the_day_that_was_told_and_not_before() -> None:
    day = earliest_lifting(today=TODAY, notice=WEEK)
    assert may_lift(today=day, told_on=TODAY, lift_on=day).allowed
    assert may_lift(today=date(2026, 11, 28), told_on=TODAY, lift_on=day).reasons[0].code == "restriction.too_soon"
    for told, lift in ((None, None), (TODAY, None), (day, day)):
        assert may_lift(today=day, told_on=told, lift_on=lift).reasons[0].code == "restriction.not_announced"


def test_routine_deletes_nothing_that_is_restricted() -> None:
    codes = {ground: may_delete(ground).reasons[0].code for ground in GROUNDS}
    assert codes == {
        "a": "restriction.waits",
        "b": "restriction.kept",
        "c": "restriction.kept",
        "d": "restriction.waits",
    }
    assert not any(may_delete(ground).allowed for ground in GROUNDS)
    with pytest.raises(KeyError):
        may_delete("e")


def test_what_came_by_itself_says_why_it_ends() -> None:
    assert ended("accuracy", outcome=Outcome.partly_granted).code == "restriction.ended_corrected"
    assert ended("accuracy", outcome=Outcome.refused).code == "restriction.ended_accurate"
    assert ended("objection", outcome=Outcome.refused).code == "restriction.ended_objection"
    assert ended("objection", outcome=Outcome.withdrawn).code == "restriction.ended_withdrawn"


@each("language", LANGUAGES)
def test_the_ground_is_a_sentence_with_its_article(language: str) -> None:
    assert all("18" in say(reason, language) for reason in GROUNDS.values())
