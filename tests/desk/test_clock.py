"""The clock by hand: extended with reasons in time, refused in the law's words when it is too late, paused to ask."""

from datetime import timedelta

from django.utils import timezone

from law.rights import Right
from requests_app import messages
from requests_app.models import Letter
from tests.desk import addresses

WHY = {"reason": "complexity", "told": "Oplysningerne ligger i fire systemer.\nTo af dem skal gennemgås i hånden."}


def test_extension_moves_the_date_and_tells_the_person(known, at_desk):
    claim, client = known(), at_desk("caseworker")
    url, before = addresses.of_claim(claim)["extend"], claim.due_on
    assert client.post(url, WHY | {"told": " "}).status_code == 422
    client.post(url, WHY)
    claim.refresh_from_db()
    assert claim.due_on > before + timedelta(days=50)
    letter = Letter.objects.get(case=claim.case, kind="extension")
    assert "fire systemer" in letter.text and "gennemgås i hånden" in letter.text
    page = client.get(url)
    assert not page.context["allowed"], "once only"


def test_too_late_to_extend_is_said_in_the_words_of_the_law(known, at_desk):
    claim, client = known(now=timezone.now() - timedelta(days=40)), at_desk("caseworker")
    url, before = addresses.of_claim(claim)["extend"], claim.due_on
    page = client.get(url)
    assert not page.context["allowed"] and page.context["reasons"]
    assert client.post(url, WHY).status_code == 422
    claim.refresh_from_db()
    assert claim.due_on == before and not Letter.objects.filter(kind="extension").exists()
    buttons = {one.code: one for one in client.get(addresses.of_claim(claim)["case"]).context["claims"][0].buttons}
    assert buttons["extend"].why == page.context["reasons"][0]


def test_clarification_pauses_and_the_answer_starts_the_clock_again(known, at_desk):
    claim, client = known(), at_desk("caseworker")
    url = addresses.of_claim(claim)["clarify"]
    assert client.post(url, {"question": "Hvilke ordrer?"}).status_code == 422, "only for a large quantity"
    client.post(url, {"question": "Hvilke ordrer?", "large_quantity": "on"})
    assert claim.segments.get().ended_on is None
    assert "Hvilke ordrer?" in Letter.objects.get(case=claim.case, kind="clarification").text
    messages.from_person(claim.case, body="Alle.", now=timezone.now())
    assert claim.segments.get().ended_on is not None


def test_only_access_can_be_paused_to_ask_which_data(known, at_desk):
    claim = known(Right.portability)
    asked = {"question": "Which?", "large_quantity": "on"}
    at_desk("caseworker").post(addresses.of_claim(claim)["clarify"], asked)
    assert not claim.segments.exists() and not Letter.objects.filter(kind="clarification").exists()
