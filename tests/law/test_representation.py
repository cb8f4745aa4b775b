"""Whoever asks for somebody else shows the right to act and who they are; the person is asked where that can be."""

from datetime import date

import pytest

from law.reasons import LANGUAGES, say
from law.representation import Authority, Part, after_death, needed
from tests.law.rows import each


@each("authority", list(Authority))
def test_both_people_are_checked_whatever_the_authority(authority: Authority) -> None:
    asked = needed(authority)
    assert asked.parts[:2] == (Part.authority, Part.speaker)
    assert all(say(reason, language) for reason in asked.reasons for language in LANGUAGES)


@each("authority", [Authority.power_of_attorney, Authority.lawyer])
def test_who_can_be_asked_is_asked(authority: Authority) -> None:
    assert Part.person in needed(authority).parts
    assert needed(authority).reasons[-1].code == "speaker.person_asked"


@each("authority", [Authority.guardian, Authority.parent, Authority.estate])
def test_who_cannot_be_asked_is_not_and_it_says_why(authority: Authority) -> None:
    assert Part.person not in needed(authority).parts
    assert needed(authority).reasons[-1].code == f"speaker.not_asked_{authority}"


def test_a_lawyer_is_looked_up() -> None:
    assert "speaker.register" in {reason.code for reason in needed(Authority.lawyer).reasons}


@each(("today", "protected"), [(date(2026, 3, 1), True), (date(2026, 3, 2), False)])
def test_denmark_protects_the_dead_for_ten_years(today: date, protected: bool) -> None:
    answer = after_death("DK", died=date(2016, 3, 1), today=today)
    assert answer.protected is protected
    assert answer.reasons[0].params["until"] == date(2026, 3, 1)


@each("country", ["SE", "NO"])
def test_elsewhere_a_person_decides(country: str) -> None:
    assert after_death(country, died=date(2025, 1, 1), today=date(2026, 1, 1)).protected is None


def test_nobody_has_died_tomorrow() -> None:
    with pytest.raises(ValueError, match="not been yet"):
        after_death("DK", died=date(2026, 1, 2), today=date(2026, 1, 1))
