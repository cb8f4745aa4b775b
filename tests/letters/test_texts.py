"""Every kind in every language: there, complete, in its own language, and with what the law asks for."""

import re
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import get_args

import pytest

from letters.check import problems
from letters.kinds import KINDS, LANGUAGES, AskedWhat, Decision, ToldWhat
from letters.letterhead import Letterhead
from letters.render import Rendered, render
from tests.letters.samples import DUE, LETTERHEAD, VALUES

WRITTEN = date(2026, 11, 23)
REFUSING = (
    "refusal",
    "objection_refused",
    "complaint_answer",
    "breach_notice",
    "restriction_lifting",
    "erasure_completed",
    "not_identified",
    "identity_notice",
    "identity_unseen",
    "no_data",
    "erasure_certificate",
    "access_cover",
    "portability_cover",
)
LATE = tuple(name for name, kind in KINDS.items() if "late_since" in kind.values.__dataclass_fields__)
DECISIONS = tuple(name for name, kind in KINDS.items() if issubclass(kind.values, Decision))

# Words that belong to one language only, so that one left over in another shows.
FOREIGN = {
    "da": r"\b(och|inte|uppgifter|begäran|ikke lagrer|opplysning\w*|anmodningen din|the|your|you|with|request)\b",
    "sv": r"\b(og|ikke|oplysninger|opplysninger|anmodning\w*|the|your|you|with|request|dine)\b",
    "nb": r"\b(och|inte|uppgifter|oplysning\w*|begäran|dataansvarlig|af|the|your|you|with|request)\b",
    "en": r"\b(og|och|ikke|inte|oplysninger|uppgifter|opplysninger|anmodning\w*|begäran|har|vi)\b",
}


def letter(kind: str, language: str, *, letterhead: Letterhead = LETTERHEAD) -> Rendered:
    return render(kind, language=language, values=VALUES[kind], letterhead=letterhead, written=WRITTEN)


def own_words(kind: str, language: str) -> str:
    """The text without the values, so that only the words of the template are left."""
    text = letter(kind, language).text
    texts = re.findall(r"'((?:[^'\\]|\\.)*)'", repr((VALUES[kind], LETTERHEAD)))
    for value in sorted(texts, key=len, reverse=True):
        if len(value) > 3:
            text = text.replace(value, " ")
    return text


def test_every_kind_has_a_sample_and_every_text_holds() -> None:
    assert set(VALUES) == set(KINDS)
    assert problems() == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_letter_is_whole(kind: str, language: str) -> None:
    rendered = letter(kind, language)
    assert f'<html lang="{language}">' in rendered.html
    assert rendered.subject.endswith("[DSR-2026-0042]") and len(rendered.subject) < 90
    assert "{{" not in rendered.html and "{%" not in rendered.html and "None" not in rendered.html
    spelled = {"da": "23. november 2026", "nb": "23. november 2026", "sv": "23 november 2026", "en": "23 November 2026"}
    assert spelled[language] in rendered.text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_no_word_of_another_language(kind: str, language: str) -> None:
    found = re.findall(FOREIGN[language], own_words(kind, language), re.IGNORECASE)
    assert not found


@pytest.mark.parametrize("kind", KINDS)
def test_texts_differ_between_languages(kind: str) -> None:
    lines = {
        language: {s for s in own_words(kind, language).splitlines() if len(s.split()) > 6} for language in LANGUAGES
    }
    assert all(lines.values())
    for one in LANGUAGES:
        for other in LANGUAGES:
            assert one == other or not lines[one] & lines[other]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", (*REFUSING, *DECISIONS))
def test_refusals_carry_authority_and_court(kind: str, language: str) -> None:
    """Art. 12(4): where to complain, with the address, and the judicial remedy of Art. 79."""
    text = letter(kind, language).text
    assert LETTERHEAD.authority.name in text and LETTERHEAD.authority.address in text
    assert re.search(r"\b(artikel|artikkel|Article) 77\b", text)
    assert re.search(r"\b(artikel|artikkel|Article) 79\b", text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ("refusal", "erasure_certificate", "access_cover", "portability_cover", *DECISIONS))
def test_refused_items_are_told_in_full(kind: str, language: str) -> None:
    text = letter(kind, language).text
    for part in (
        "Faktura 2023-118 ÆØÅ",
        "Fact one. Fact two.",
        "§ 12; 17(3)(b)",
        "Interest weighed.",
        "Criterion seven.",
    ):
        assert part in text
    assert re.search(r"31\.? [Dd][a-z]+ 2028", text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_access_answers_every_item_of_article_15(language: str) -> None:
    text = letter("access_cover", language).text
    for value in (
        "Purpose one | 6(1)(b)",
        "Category two",
        "Transport Øst | Role one",
        "Why unnamed.",
        "Invoices | Period one",
    ):
        assert value in text
    for value in (
        "Source one",
        "Decision one",
        "Logic one.",
        "Consequence one.",
        "Host | Country one | Instrument one",
    ):
        assert value in text
    assert len(re.findall(r"^\d\. ", text, re.MULTILINE)) == 9
    for article in (16, 17, 18, 20, 21, 22, 77, 79):
        assert re.search(rf"\b(artikel|artikkel|Article) {article}\b", text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", DECISIONS)
def test_outcomes_read_differently(kind: str, language: str) -> None:
    partly = VALUES[kind]
    texts = set()
    for values in (partly, replace(partly, outcome="refused"), replace(partly, outcome="granted", not_done=())):
        texts.add(render(kind, language=language, values=values, letterhead=LETTERHEAD, written=WRITTEN).text)
    assert len(texts) == 3


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [name for name, kind in KINDS.items() if kind.channel == "mail"])
def test_mail_letters_have_no_name(kind: str, language: str) -> None:
    assert not hasattr(VALUES[kind], "name")
    assert "addressee" not in letter(kind, language).html


@pytest.mark.parametrize("language", LANGUAGES)
def test_acknowledgement_says_by_when_and_why(language: str) -> None:
    text = letter("acknowledgement", language).text
    assert re.search(r"22\.? [Dd][a-z]+ 2026", text)
    assert "- Step one.\n- Step two." in text
    assert VALUES["acknowledgement"].status_url in text  # type: ignore[attr-defined]
    assert DUE.year == 2026


@pytest.mark.parametrize(("language", "heading"), [("da", "Svar"), ("sv", "Svar"), ("nb", "Svar"), ("en", "Answer")])
def test_an_erasure_that_kept_everything_does_not_say_it_is_done(language: str, heading: str) -> None:
    values = replace(VALUES["erasure_certificate"], erased=(), anonymised=(), stripped=())
    kept = render("erasure_certificate", language=language, values=values, letterhead=LETTERHEAD, written=WRITTEN)
    assert kept.subject.startswith(heading)
    assert not letter("erasure_certificate", language).subject.startswith(heading)
    assert "Beställningar" not in kept.text and "Fact three." in kept.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_access_answer_with_nothing_automated_transferred_or_withheld_says_so(language: str) -> None:
    values = replace(VALUES["access_cover"], automated=(), transfers=(), withheld=())
    text = render("access_cover", language=language, values=values, letterhead=LETTERHEAD, written=WRITTEN).text
    assert len(re.findall(r"^\d\. ", text, re.MULTILINE)) == 8
    assert re.search(r"^8\. .*\n\n\S.{40,}$", text, re.MULTILINE)
    assert re.search(r"^7\. .*\n\n\S.{40,}22\)\.$", text, re.MULTILINE)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", LATE)
def test_a_late_answer_says_so_and_that_the_delay_can_be_complained_of(kind: str, language: str) -> None:
    """Art. 12(3)-(4): the sample was due on 23 December."""
    in_time = replace(VALUES[kind], late_since=None)
    told = render(kind, language=language, values=in_time, letterhead=LETTERHEAD, written=WRITTEN).text
    late = letter(kind, language).text
    assert re.search(r"23\.? [Dd][a-z]+ 2026", late) and not re.search(r"23\.? [Dd][a-z]+ 2026", told)
    paragraphs = set(late.split("\n\n")) - set(told.split("\n\n"))
    assert len(paragraphs) == 1 and re.search("klag|complain", paragraphs.pop())


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_notice_to_a_recipient_reads_differently_for_each_event(language: str) -> None:
    texts = {
        render("recipient_notice", language=language, values=replace(VALUES["recipient_notice"], what=what),
               letterhead=LETTERHEAD, written=WRITTEN).text
        for what in get_args(ToldWhat)
    }  # fmt: skip
    assert len(texts) == 5
    with pytest.raises(ValueError, match="found 'gone'"):
        replace(VALUES["recipient_notice"], what="gone")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["owner_asked", "owner_reminded", "owner_escalated"])
def test_an_owner_reads_what_is_wanted_by_when_and_of_which_system_but_not_of_whom(kind: str, language: str) -> None:
    texts = {
        render(kind, language=language, values=replace(VALUES[kind], what=what), letterhead=LETTERHEAD,
               written=WRITTEN).text
        for what in get_args(AskedWhat)
    }  # fmt: skip
    assert len(texts) == 2
    assert all("Arkiv 7 ÆØÅ" in text and re.search(r"22\.? [Dd][a-z]+ 2026", text) for text in texts)
    with pytest.raises(ValueError, match="found 'gone'"):
        replace(VALUES[kind], what="gone")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_list_leaves_nothing_behind(kind: str, language: str) -> None:
    """No heading over nothing, no table without a row, no bullet without words."""
    values = VALUES[kind]
    if isinstance(values, Decision):
        values = replace(values, outcome="granted", not_done=())
    for name in values.__dataclass_fields__:
        if isinstance(getattr(values, name), tuple):
            with suppress(ValueError):  # the kind needs it
                values = replace(values, **{name: ()})
    html = render(kind, language=language, values=values, letterhead=LETTERHEAD, written=WRITTEN).html
    squeezed = re.sub(r"\s+", "", html)
    for hollow in ("<ul></ul>", "<tbody></tbody>", "<li></li>", "<p></p>", "</h2><h2>", "</h2></main>"):
        assert hollow not in squeezed, hollow
    assert not re.search(r"</strong></p>|</h2><pclass=\"closing|:</p><h2>", squeezed)
