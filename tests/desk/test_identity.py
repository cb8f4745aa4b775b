"""Identity by hand: the picture is looked at, each look is written down, and after the decision it is gone."""

import io

import pytest
from django.utils import timezone
from PIL import Image

from identity import flows
from identity.models import Verification
from law.identification import Means
from law.rights import Right
from requests_app.models import Event, Letter
from tests.desk import addresses


@pytest.fixture
def document(open_case):
    """A case whose person has sent a picture of an identity card."""
    case = open_case()
    picture = io.BytesIO()
    Image.new("RGB", (600, 400), "white").save(picture, "JPEG")
    picture.seek(0)
    verification = flows.start(case, Means.document, now=timezone.now())
    flows.submit(verification, {"document": "identity_card", "files": [picture]}, now=timezone.now())
    return verification


def _urls(verification):
    page = verification.evidence.get()
    return addresses.of_claim(verification.case.claims.get(), verification=verification.pk, page=page.pk)


@pytest.mark.parametrize("accepted", ["yes", "no"])
def test_picture_is_gone_after_the_decision(accepted, document, at_desk):
    urls, client = _urls(document), at_desk("caseworker")
    assert client.get(urls["identity_check"]).status_code == 200
    shown = client.get(urls["identity_picture"])
    assert shown.content.startswith(b"\xff\xd8") and "no-store" in shown["Cache-Control"]
    client.get(urls["identity_picture"])
    assert Event.objects.filter(kind="viewed_evidence").count() == 2, "each look is written down"
    client.post(urls["identity_check"], {"accepted": accepted, "reason": "not_readable"})
    assert client.get(urls["identity_picture"]).status_code == 404
    assert document.evidence.get().file.wrapped_key is None
    document.refresh_from_db()
    assert document.status == ("passed" if accepted == "yes" else "failed")
    assert document.case.claims.get().stage == ("triage" if accepted == "yes" else "received")


def test_no_needs_a_reason(document, at_desk):
    assert at_desk("caseworker").post(_urls(document)["identity_check"], {"accepted": "no"}).status_code == 422
    document.refresh_from_db()
    assert document.status == Verification.Status.SUBMITTED


@pytest.mark.parametrize("name", ["approver", "administrator", "stranger"])
def test_nobody_else_sees_the_picture(name, document, at_desk):
    answer = at_desk(name).get(_urls(document)["identity_picture"])
    assert answer.status_code == (403 if name == "approver" else 404)
    assert not Event.objects.filter(kind="viewed_evidence").exists()


def test_doubt_needs_its_facts_and_tells_the_person(open_case, at_desk):
    claim = open_case().claims.get()
    url, client = addresses.of_claim(claim)["identity_ask"], at_desk("caseworker")
    assert client.post(url, {"doubt": "other_address", "facts": " "}).status_code == 422
    client.post(url, {"doubt": "other_address", "facts": "Writes from a new address."})
    claim.refresh_from_db()
    assert claim.stage == "identifying"
    assert claim.segments.get().reason == "identity", "asked within seven days: the clock stands still"
    assert Letter.objects.filter(case=claim.case, kind="identity_question").exists()
    assert claim.case.messages.get().internal, "the facts are for colleagues"
    assert flows.required(claim.case).level >= 3


def test_proof_seen_lets_the_claims_go_on(open_case, at_desk):
    claim = open_case().claims.get()
    at_desk("caseworker").post(addresses.of_claim(claim)["identity_seen"], {"means": "in_person", "how": "passport"})
    claim.refresh_from_db()
    assert claim.stage == "triage"


def test_closed_without_proof_with_the_notice_the_law_asks_for(open_case, at_desk):
    claim = open_case().claims.get()
    urls, client = addresses.of_claim(claim), at_desk("caseworker")
    client.post(urls["identity_close"], {"facts": "Vi har ikke fået svar."})
    claim.refresh_from_db()
    assert claim.stage == "received", "nobody has asked yet"
    client.post(urls["identity_ask"], {"doubt": "unusual", "facts": "Odd wording."})
    client.post(urls["identity_close"], {"facts": "Vi har ikke fået svar."})
    claim.refresh_from_db()
    assert (claim.stage, claim.outcome) == ("closed", "not_identified")
    letter = Letter.objects.get(case=claim.case, kind="not_identified")
    assert "Vi har ikke fået svar." in letter.text and "Datatilsynet" in letter.text


def test_immediate_rights_are_never_asked(open_case, at_desk):
    claim = open_case(Right.marketing_objection).claims.get()
    at_desk("caseworker").post(addresses.of_claim(claim)["identity_ask"], {"doubt": "other", "facts": "x"})
    claim.refresh_from_db()
    assert claim.stage == "fulfilling"
    assert not Letter.objects.filter(kind="identity_question").exists()
    assert not claim.case.events.filter(kind="identity_doubt").exists(), "nothing half-done stays"
