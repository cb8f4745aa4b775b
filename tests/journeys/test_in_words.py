"""The six rights that are answered by letter: asked for together, decided one by one, read in the person's language."""

from typing import NamedTuple

import pytest

ARTICLES = {
    "rectification": 16, "restriction": 18, "objection": 21, "marketing_objection": 21, "withdraw_consent": 7,
    "automated_decision": 22,
}  # fmt: skip
RIGHTS = tuple(ARTICLES)
CITED = {
    "da": "databeskyttelsesforordningens artikel {}", "sv": "artikel {}", "nb": "personvernforordningen artikkel {}",
    "en": "Article {}",
}  # fmt: skip


class Spoken(NamedTuple):
    """What a person writes about five of the rights (marketing needs no words), and what staff answer."""

    wrong: str
    pause: str
    object: str
    consent: str
    decision: str
    new: str
    stopped: str
    reason: str
    authority: str
    ready: str


WORDS = {
    "aj-dk": Spoken(
        "Mit efternavn staves Møller.", "Jeg har sagt, at adressen er forkert.", "Min situation er en anden nu.",
        "Ja tak til nyhedsbrevet", "Jeg måtte ikke betale med faktura.", "Efternavn | Moeller | Møller",
        "Målrettede annoncer", "Din saldo blev læst forkert.", "Datatilsynet", "Svaret blev sendt til dig.",
    ),
    "aj-se": Spoken(
        "Gatan heter Björkvägen.", "Jag har sagt att adressen är fel.", "Jag vill inte bli profilerad.",
        "Ja till nyhetsbrevet", "Jag fick inte handla mot faktura.", "Gata | Bjorkv. | Björkvägen",
        "Riktade annonser", "Ditt saldo lästes fel.", "Integritetsskyddsmyndigheten", "Svaret skickades till dig.",
    ),
    "ajour": Spoken(
        "Telefonnummeret er feil.", "Jeg har sagt at adressen er feil.", "Jeg vil ikke bli profilert.",
        "Ja takk til nyhetsbrevet", "Jeg ble vurdert som ikke kredittverdig.", "Telefon | 1 | 2",
        "Målrettet reklame", "Saldoen din ble lest feil.", "Datatilsynet", "Svaret ble sendt til deg.",
    ),
    "ajos": Spoken(
        "Our name has an apostrophe.", "I said that my address is wrong.", "My situation is another now.",
        "Yes to the newsletter", "I was refused credit.", "Company | ONeill | O'Neill",
        "Profiling of my rentals", "Your balance was misread.", "Datatilsynet", "The answer was sent to you.",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("slug", "key"), [("aj-dk", "astrid"), ("aj-se", "anna"), ("ajour", "astri"), ("ajos", "bo")])
def test_six_rights_are_asked_for_decided_and_answered(town, slug, key):
    person, office, words = town.person(slug, key), town.office(slug), WORDS[slug]
    person.ask(*RIGHTS, rectification=words.wrong, restriction=words.pause, objection=words.object,
               withdraw_consent=words.consent, automated_decision=words.decision)  # fmt: skip
    for right in ("marketing_objection", "withdraw_consent"):
        _answer(office, person, right, words)
    assert len(person.read_letters()) == 3  # receipt and both answers: nobody proves who they are for these
    assert "do/decide" not in _buttons(office, person, "rectification")

    person.prove_by_mail()
    for right in ("rectification", "restriction", "objection"):
        _answer(office, person, right, words)
    assert "do/decide" not in _buttons(office, person, "automated_decision")  # this one takes more (L2)
    person.answer_question()
    _answer(office, person, "automated_decision", words)
    _reads_them_all(person, words)


def _reads_them_all(person, words):
    letters = person.read_letters()
    assert len(letters) == 7
    said = {
        "rectification": words.new.split(" | ")[2], "restriction": words.pause, "objection": words.stopped,
        "marketing_objection": "", "withdraw_consent": words.consent, "automated_decision": words.reason,
    }  # fmt: skip
    for right, text in said.items():
        letter = _letter(letters, CITED[person.language].format(ARTICLES[right]), text)
        assert words.authority in letter and person.who.name in letter, (right, letter)
    assert words.ready in person.browser.open(f"/case/{person.reference}/").text
    for mail in person.post.to(person.who.email):  # what was decided stands in no plain mail
        assert not [one for one in words[:9] if one in mail.text or one in mail.subject]


def _letter(letters, *texts):
    fitting = [letter for letter in letters.values() if all(text in letter for text in texts)]
    assert fitting, (texts, letters)
    return fitting[0]


def _answer(office, person, right, words):
    done = {
        "rectification": {"changes": words.new},
        "restriction": {"ground": words.pause, "restricted": words.wrong},
        "objection": {"stopped": words.stopped},
        "marketing_objection": {"stopped": words.stopped[:1]},
        "withdraw_consent": {"consents": words.consent},
        "automated_decision": {"decision": words.decision, "reviewer": "Anne Holm", "result": words.reason,
                               "explanation": words.object},
    }[right]  # fmt: skip
    office.decide(person.reference, right, outcome="granted", **done)
    office.approve(person.reference, right)
    office.workers.run()


def _buttons(office, person, right):
    page = office.case(person.reference)
    return " ".join(page.tree.xpath(f"//form[contains(@action, '/{right}/')]/@action"))


def test_an_objection_that_is_not_upheld_says_why_and_where_to_complain(town):
    bo, office = town.person("ajos", "bo"), town.office("ajos")
    bo.ask("objection", objection="I do not want my rentals counted.")
    bo.prove_by_mail()
    why = "The statistics hold the number of rentals and no names."
    office.case(bo.reference)
    office.caseworker.press("/objection/do/decide/")
    refused = office.caseworker.browser.press("submit", outcome="refused")
    assert refused.status == 422 and "Submitted" not in refused.text  # no refusal without ground and facts (Art. 12(4))
    office.submitted(office.caseworker.press("submit", outcome="refused", grounds=["compelling_grounds"], reasons=why))
    office.approve(bo.reference, "objection")
    town.workers.run()
    letter = _letter(bo.read_letters(), why)
    assert "Article 21(1)" in letter and "Datatilsynet" in letter and "court" in letter
