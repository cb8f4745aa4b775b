"""Every reason has a whole sentence in every language."""

import json
import pickle
import re
import string
from datetime import date
from pathlib import Path

import pytest

import law
from law.decisions import GROUNDS
from law.identification import Level
from law.outcomes import Outcome
from law.reasons import LANGUAGES, Params, Reason, Undetermined, say, wording
from law.rights import Right
from tests.law.rows import each

ROOM = Path(law.__file__).parent
AREAS = (
    "balancing|deadline|extend|refuse|pause|identity|document|access|portability|decision|suggest|retention|restriction"
    "|review|speaker"
)
IN_CODE = re.compile(rf'"((?:{AREAS})\.[a-z_]+)"')


def codes_in_code() -> set[str]:
    found = {code for file in ROOM.rglob("*.py") for code in IN_CODE.findall(file.read_text("utf-8"))}
    found |= {f"ground.{code}" for code in GROUNDS}
    found |= {f"decision.{outcome}" for outcome in Outcome if outcome not in (Outcome.refused, Outcome.partly_granted)}
    return found | {"portability.provided", "portability.observed"}


def variants(sentence: str | dict[str, str]) -> list[str]:
    return list(sentence.values()) if isinstance(sentence, dict) else [sentence]


def placeholders(sentence: str | dict[str, str]) -> set[str]:
    fields = {name for text in variants(sentence) for _, name, _, _ in string.Formatter().parse(text) if name}
    return fields - {"article"}


@each("language", LANGUAGES)
def test_every_code_has_a_sentence_and_no_sentence_is_left_over(language: str) -> None:
    assert set(wording(language)["sentences"]) == codes_in_code()


@each("language", LANGUAGES)
def test_placeholders_are_the_same_in_every_language(language: str) -> None:
    own, english = wording(language)["sentences"], wording("en")["sentences"]
    assert {code: placeholders(own[code]) for code in own} == {code: placeholders(english[code]) for code in english}


@each("language", LANGUAGES)
def test_every_sentence_is_whole(language: str) -> None:
    for code, sentence in wording(language)["sentences"].items():
        for text in variants(sentence):
            assert text.endswith("."), code
            assert text[0].isupper() or text[0] == "{", code
            assert text == " ".join(text.split()), code


@each("language", LANGUAGES)
def test_terms_are_the_same_set_and_name_every_right_and_level(language: str) -> None:
    terms = wording(language)["terms"]
    assert set(terms) == set(wording("en")["terms"])
    assert {f"right.{right}" for right in Right} <= set(terms)
    assert {f"level.{level.name}" for level in Level} <= set(terms)


def test_norwegian_never_says_the_danish_word_for_controller() -> None:
    assert "dataansvarlig" not in json.dumps(wording("nb"), ensure_ascii=False)


@each(
    ("language", "sentence"),
    [
        (
            "da",
            "Den 1. maj 2028 er en helligdag (Arbeidernes dag), så fristen løber til udgangen af den næste hverdag, "
            "den 2. maj 2028.",
        ),
        (
            "sv",
            "Den 1 maj 2028 är en allmän helgdag (Arbeidernes dag), så tidsfristen löper till slutet av nästa "
            "vardag, den 2 maj 2028.",
        ),
        (
            "nb",
            "1. mai 2028 er en helligdag (Arbeidernes dag), så fristen løper til utgangen av neste virkedag, "
            "2. mai 2028.",
        ),
        (
            "en",
            "1 May 2028 is a public holiday (Arbeidernes dag), so the time limit runs to the end of the next "
            "working day, 2 May 2028.",
        ),
    ],
)
def test_a_sentence_in_each_language(language: str, sentence: str) -> None:
    params = {"from": date(2028, 5, 1), "holiday": "Arbeidernes dag", "day": date(2028, 5, 2)}
    assert say(Reason("deadline.holiday", "Art. 3(4) Regulation 1182/71", params), language) == sentence


@each(
    ("days", "language", "words"),
    [
        (1, "da", "i én dag"),
        (2, "da", "i 2 dage"),
        (1, "sv", "i en dag"),
        (2, "sv", "i 2 dagar"),
        (1, "nb", "i én dag"),
        (2, "nb", "i 2 dager"),
        (1, "en", "for one day"),
        (2, "en", "for 2 days"),
    ],
)
def test_one_day_and_more_days(days: int, language: str, words: str) -> None:
    reason = Reason("deadline.paused", "Art. 12(3) GDPR", {"days": days, "day": date(2026, 12, 14)})
    assert words in say(reason, language)


def test_values_with_a_term_are_said_in_the_language() -> None:
    reason = Reason("identity.never_asked", "Art. 21(2) GDPR", {"right": Right.marketing_objection})
    assert "retten til at sige nej til direkte markedsføring" in say(reason, "da")
    assert "(artikel 21, stk. 2, i databeskyttelsesforordningen)" in say(reason, "da")


def test_there_is_no_silent_english() -> None:
    with pytest.raises(KeyError):
        say(Reason("retention.no_rule", "Art. 5(1)(e) GDPR"), "fi")


def test_a_reason_comes_back_from_json_and_pickle_as_it_was() -> None:
    params = {"day": date(2026, 11, 22), "days": 3, "event": "delivered"}
    reason = Reason("retention.counted", "Art. 5(1)(e) GDPR", params)
    back = Reason.from_json(json.loads(json.dumps(reason.to_json())))
    assert back == reason == pickle.loads(pickle.dumps(reason))
    assert hash(back) == hash(reason)
    assert back.params["day"] == date(2026, 11, 22)


def test_a_reason_does_not_change_with_the_dict_it_was_made_from() -> None:
    params = {"days": 3}
    reason = Reason("pause.counts", "Art. 12(3) GDPR", params)
    params["days"] = 4
    assert reason.params == {"days": 3}
    assert len(reason.params) == 1
    assert repr(Params({"b": 1, "a": 2})) == "{'a': 2, 'b': 1}"


def test_undetermined_carries_its_source() -> None:
    answer = Undetermined(Reason("retention.no_period", "Art. 5(1)(e) GDPR"), "S2:117")
    assert "S2:117" == answer.source
