"""Words the texts share: each right in each language, dates as people read them."""

from datetime import date
from typing import get_args

import pytest

from law.rights import Right
from letters.kinds import LANGUAGES, ToldWhat
from letters.words import listed, notice_status, number, right, spell, told_about


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_right_has_words_of_its_own(language: str) -> None:
    assert len({right(code, language) for code in Right}) == len(Right)


def test_words_differ_between_languages() -> None:
    for code in Right:
        said = {right(code, language) for language in LANGUAGES}
        assert len(said) == len(LANGUAGES) or code == Right.portability


def test_dates_are_spelled() -> None:
    assert [spell(date(2027, 5, 3), language) for language in LANGUAGES] == [
        "3. maj 2027",
        "3 maj 2027",
        "3. mai 2027",
        "3 May 2027",
    ]


def test_thousands_are_parted_as_each_country_does() -> None:
    assert [number(1234567, language) for language in LANGUAGES] == [
        "1.234.567",
        "1\u00a0234\u00a0567",
        "1\u00a0234\u00a0567",
        "1,234,567",
    ]


def test_no_silent_english() -> None:
    with pytest.raises(KeyError):
        right("access", "fi")
    with pytest.raises(KeyError):
        spell(date(2027, 5, 3), "fi")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_notice_to_recipients_has_words(language: str) -> None:
    assert len({told_about(code, language) for code in get_args(ToldWhat)}) == 5
    assert (
        len({notice_status(code, language) for code in ("waiting", "sent", "confirmed", "failed", "impossible")}) == 5
    )


def test_labels_are_listed_as_a_sentence_would() -> None:
    labels = ["Dine ordrer", "Dine fakturaer", "BankID", "Ægte spor"]
    assert listed(labels, "da") == "Dine ordrer, dine fakturaer, BankID og ægte spor"
    assert [listed(labels[:2], language) for language in ("sv", "en")] == [
        "Dine ordrer och dine fakturaer",
        "Dine ordrer and dine fakturaer",
    ]
    assert listed(labels[:1], "nb") == "Dine ordrer"
