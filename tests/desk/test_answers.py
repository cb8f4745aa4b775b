"""Decisions in words: an incomplete refusal does not go out; the letter is read before it is approved."""

import pytest
from django.utils import timezone

from fulfilment.handing_over import bundle
from fulfilment.models import Delivery
from law.rights import IMMEDIATE, Right
from requests_app import lifecycle
from requests_app.models import Letter
from requests_app.states import Act, Actor
from tests.desk import addresses
from tests.desk.conftest import run

REFUSAL = {
    "outcome": "refused",
    "grounds": ["data_accurate"],
    "reasons": "Adressen er den, De selv oplyste den 3. maj.",
}


def at_answer(claim, client):
    urls = addresses.of_claim(claim)
    if claim.right in IMMEDIATE:  # it came back from the lane because a source would not take it
        lifecycle.apply(claim, Act.SEND_BACK, now=timezone.now(), actor=Actor.SYSTEM)
    client.post(urls["do"].replace("/start/", "/decide/"))
    return urls


def test_refusal_lacking_ground_or_facts_is_stopped(known, at_desk):
    claim, client = known(Right.rectification), at_desk("caseworker")
    url = at_answer(claim, client)["answer"]
    for lacking in ("grounds", "reasons"):
        given = {name: value for name, value in REFUSAL.items() if name != lacking}
        answer = client.post(url, given | {"submit": "1"})
        assert answer.status_code == 422
        assert answer.context["reasons"], "says in the law's words what is missing"
    claim.refresh_from_db()
    assert claim.stage == "review"


def test_preview_shows_the_letter_and_keeps_nothing(known, at_desk):
    claim, client = known(Right.rectification), at_desk("caseworker")
    url = at_answer(claim, client)["answer"]
    page = client.post(url, REFUSAL | {"preview": "1"})
    assert "Adressen er den, De selv oplyste" in page.content.decode() and "Datatilsynet" in page.content.decode()
    claim.refresh_from_db()
    assert claim.stage == "review" and not claim.outcome
    assert not Letter.objects.filter(case=claim.case, kind="refusal").exists()


def test_refusal_approved_by_another_reaches_the_person(known, at_desk):
    claim, client = known(Right.rectification), at_desk("caseworker")
    urls = at_answer(claim, client)
    assert client.post(urls["answer"], REFUSAL | {"submit": "1"}).status_code == 302
    second = at_desk("approver")
    page = second.get(urls["approve"])
    assert "Adressen er den, De selv oplyste" in page.content.decode(), "the second person reads the letter itself"
    second.post(urls["approve"], {"digest": page.context["digest"]})
    run(claim)
    letter = Letter.objects.get(case=claim.case, kind="refusal")
    assert claim.stage == "closed" and "Adressen er den, De selv oplyste" in letter.text


GRANTED = {
    Right.marketing_objection: {"stopped": "Nyhedsbrev"},
    Right.withdraw_consent: {"consents": "Nyhedsbrev"},
}  # fmt: skip


@pytest.mark.parametrize("right", GRANTED)
def test_each_right_answered_by_letter_can_be_granted(right, known, at_desk):
    claim, client = known(right), at_desk("caseworker")
    urls = at_answer(claim, client)
    told = {"outcome": "granted", **GRANTED[right]}
    assert client.post(urls["answer"], told | {"preview": "1"}).context["letter"] is not None
    assert client.post(urls["answer"], told | {"submit": "1"}).status_code == 302
    second = at_desk("approver")
    second.post(urls["approve"], {"digest": second.get(urls["approve"]).context["digest"]})
    run(claim)
    letter = Letter.objects.get(case=claim.case, kind=right)
    assert claim.stage == "closed"
    assert list(GRANTED[right].values())[0].split(" | ")[-1] in letter.text


@pytest.mark.parametrize("right", sorted(set(Right) - IMMEDIATE))
def test_what_is_done_or_judged_is_granted_on_its_own_page(right, known, at_desk):
    claim, client = known(right), at_desk("caseworker")
    url = at_answer(claim, client)["answer"]
    assert [code for code, _ in client.get(url).context["form"].fields["outcome"].choices] == ["no_data", "refused"]
    assert client.post(url, {"outcome": "granted", "submit": "1"}).status_code == 422


def test_marketing_objection_has_no_way_to_be_refused(known, at_desk):
    claim, client = known(Right.marketing_objection), at_desk("caseworker")
    url = at_answer(claim, client)["answer"]
    page = client.get(url)
    assert "grounds" not in page.context["form"].fields
    answer = client.post(url, {"outcome": "refused", "reasons": "Nej", "submit": "1"})
    assert answer.status_code == 422
    claim.refresh_from_db()
    assert claim.stage == "review"


def test_nothing_held_is_said_only_of_sources_that_were_asked_and_gave_nothing(known, collected, at_desk):
    claim, client = known(Right.access), at_desk("caseworker")
    urls, said = at_answer(claim, client), {"outcome": "no_data", "submit": "1"}
    assert client.post(urls["answer"], {"outcome": "granted", "submit": "1"}).status_code == 422, (
        "granted by the review"
    )
    assert b"have not been asked" in client.post(urls["answer"], said).content
    found = collected(Right.access)
    assert b"was found" in client.post(addresses.of_claim(found)["answer"], said).content
    claim.refresh_from_db()
    found.refresh_from_db()
    assert claim.stage == found.stage == "review"


def test_a_preview_nobody_approved_cannot_be_offered(collected, at_desk):
    """Four eyes: the button "offer again" leads to what was approved, or to nothing."""
    claim, client = collected(), at_desk("caseworker")
    bundle.build(claim, now=timezone.now())
    client.post(addresses.of_claim(claim)["do"].replace("/start/", "/offer_again/"))
    assert not Delivery.objects.exists() and not Letter.objects.filter(kind="delivery_ready").exists()


def test_reopened_without_proof_it_waits_for_proof(open_case, known, at_desk):
    client = at_desk("caseworker")
    for claim, stage in ((open_case().claims.get(), "identifying"), (known(Right.erasure), "triage")):
        lifecycle.apply(claim, Act.WITHDRAW, now=timezone.now(), actor=Actor.PERSON)
        client.post(addresses.of_claim(claim)["do"].replace("/start/", "/reopen/"))
        claim.refresh_from_db()
        assert claim.stage == stage
