"""Who is asking: by link, question, document or staff; attempts with memory; nothing told to strangers."""

import io
import re
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

import demo
from connectors.errors import ConnectorError
from identity import deciding, flows, need
from identity.methods import email_link
from identity.models import Verification
from identity.waiting import asking
from law.identification import Level, Means
from law.rights import Right
from requests_app import access, vault
from requests_app.answers import Representative
from requests_app.models import Letter, SealedFile
from requests_app.states import Stage
from tests.identity.conftest import NOW

pytestmark = pytest.mark.django_db
ASTRID = demo.persona("aj-dk", "astrid")
BENT = demo.persona("aj-dk", "bent")


def stages(case):
    return {claim.right: claim.stage for claim in case.claims.all()}


def ask_for_link(case):
    verification = flows.start(case, Means.email_link, now=NOW)
    email_link.prepare(verification, now=NOW)
    return verification


def open_link(case, client):
    letter = Letter.objects.get(case=case, kind="proof_link")
    path = re.search(r"/identity/proof/[\w-]+/", letter.text)[0]
    assert client.get(path).status_code == 200
    return letter, client.post(path)


def seen(case, *, now, user):
    return deciding.seen(
        case, Means.in_person, subject="person", how="known_in_person", document="", on=now.date(), now=now, user=user
    )


def picture(color="white"):
    out = io.BytesIO()
    Image.new("RGB", (800, 500), color).save(out, "JPEG")
    return out.getvalue()


def test_link_then_question_lets_access_go_on(open_case, client):
    case = open_case(Right.access, email=ASTRID.email)
    assert need.required(case).level is Level.L2 and stages(case) == {"access": "received"}
    ask_for_link(case)
    letter, answer = open_link(case, client)
    assert letter.to == ASTRID.email and answer.status_code == 302
    assert need.reached(case) is Level.L1 and stages(case) == {"access": "received"}
    question = case.verifications.get(method="control_question")
    assert not flows.submit(question, {"question": "last_order", "answer": "nonsense"}, now=NOW)
    assert flows.submit(question, {"question": "last_order", "answer": f" {ASTRID.order_no.lower()} "}, now=NOW)
    assert need.reached(case) is Level.L2 and stages(case) == {"access": "triage"}


def test_the_link_is_enough_where_the_right_needs_less(open_case, client):
    case = open_case(Right.rectification, email=ASTRID.email.upper())
    ask_for_link(case)
    open_link(case, client)
    assert stages(case) == {"rectification": "triage"}


def test_no_identity_step_for_marketing_and_consent(open_case):
    case = open_case(Right.marketing_objection, Right.withdraw_consent, email=ASTRID.email)
    assert need.required(case).level is Level.L0 and not need.offered(case)
    assert set(stages(case).values()) == {"fulfilling"}


def test_a_stranger_gets_no_letter_and_the_same_page(open_case, visitor, django_capture_on_commit_callbacks):
    pages = []
    for email in (ASTRID.email, "nobody.at.all@example.com"):
        case = open_case(Right.access, email=email)
        browser = visitor(case)
        browser.post(reverse("identity:method", args=[case.reference, "email_link"]))
        email_link.prepare(case.verifications.get(), now=NOW)
        page = browser.get(reverse("identity:start", args=[case.reference])).content.decode()
        pages.append(re.sub(r"csrf\w+. value=.[^\"']+", "", page.replace(case.reference, "REF")))
        assert Letter.objects.filter(case=case, kind="proof_link").exists() == (email == ASTRID.email)
        kinds = [event.kind for event in case.events.all()]
        assert kinds[-1] == "identity_looked_up" or "letter_written" in kinds[-2:]
    assert pages[0] == pages[1]


def test_whoever_asks_in_a_customers_name_loses_the_case_to_the_customer(open_case, client, visitor):
    case = open_case(Right.access, email="stranger@example.net", customer_no=BENT.customer_no)
    stranger = visitor(case)
    assert stranger.get(reverse("public:status", args=[case.reference])).status_code == 200
    ask_for_link(case)
    letter, _ = open_link(case, client)
    assert letter.to == BENT.email.casefold()
    case.refresh_from_db()
    assert case.person["email"] == BENT.email.casefold()
    assert stranger.get(reverse("public:status", args=[case.reference])).status_code in (302, 403, 404, 410)
    assert client.get(reverse("public:status", args=[case.reference])).status_code == 200


def test_a_link_works_once(open_case, client):
    case = open_case(Right.rectification, email=ASTRID.email)
    ask_for_link(case)
    letter, _ = open_link(case, client)
    path = re.search(r"/identity/proof/[\w-]+/", letter.text)[0]
    assert client.get(path).status_code == 410 and client.post(path).status_code == 410


def test_five_tries_and_no_more(open_case, client):
    case = open_case(Right.access, email=ASTRID.email)
    ask_for_link(case)
    open_link(case, client)
    question = case.verifications.get(method="control_question")
    for _ in range(5):
        assert not flows.submit(question, {"question": "postcode", "answer": "0000"}, now=NOW)
    with pytest.raises(flows.Closed):
        flows.submit(question, {"question": "last_order", "answer": ASTRID.order_no}, now=NOW)
    assert stages(case) == {"access": "received"}


def test_only_digests_of_answers_are_remembered_and_not_for_long(open_case, client):
    case = open_case(Right.access, email=ASTRID.email)
    ask_for_link(case)
    open_link(case, client)
    question = case.verifications.get(method="control_question")
    assert ASTRID.order_no not in str(question.memory) and len(question.memory["answers"]["last_order"][0]) == 64
    flows.submit(question, {"question": "last_order", "answer": ASTRID.order_no}, now=NOW)
    question.refresh_from_db()
    assert question.memory == {}


def test_no_document_is_asked_for_without_a_recorded_doubt(open_case, clerk):
    case = open_case(Right.access, email=ASTRID.email)
    assert Means.document not in need.offered(case)
    asking.put(case, reason="other_address", now=NOW, user=clerk)
    assert Means.document in need.offered(case)


def test_document_is_sealed_seen_once_and_destroyed_with_the_decision(open_case, visitor, clerk):
    case = open_case(Right.access, slug="aj-se", email="nobody@example.com")
    # Where the policy itself demands it; a lesser proof stands beside it.
    assert need.offered(case)[0] is Means.document
    assert Means.email_link in need.offered(case)
    verification = flows.start(case, Means.document, now=NOW)
    content = {"document": "passport", "files": {"front": io.BytesIO(picture("orange"))}}
    assert flows.submit(verification, content, now=NOW)
    assert verification.status == Verification.Status.SUBMITTED
    file = SealedFile.objects.get(purpose="evidence")
    with default_storage.open(file.name) as stored:
        assert b"JFIF" not in stored.read()
    assert vault.read(file).startswith(b"\xff\xd8")
    deciding.accept(verification, now=NOW, user=clerk)
    assert not default_storage.exists(file.name) and not SealedFile.objects.filter(purpose="evidence").exists()
    assert stages(case) == {"access": "triage"}
    with pytest.raises(flows.Closed):
        deciding.refuse(verification, reason="other_person", now=NOW, user=clerk)


def test_a_picture_nobody_decided_on_is_gone_after_the_limit(open_case, visitor):
    case = open_case(Right.access, email="nobody@example.com")
    verification = flows.start(case, Means.document, now=NOW)
    flows.submit(verification, {"document": "passport", "files": {"front": io.BytesIO(picture())}}, now=NOW)
    flows.expire(now=NOW + timedelta(days=13))
    assert SealedFile.objects.get(purpose="evidence").shredded_at is None
    flows.expire(now=NOW + timedelta(days=15))
    assert not SealedFile.objects.filter(purpose="evidence").exists()
    verification.refresh_from_db()
    assert verification.status == Verification.Status.EXPIRED


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "tom"),
        (b"<svg onload=alert(1)>", "JPEG"),
        (b"\xff\xd8\xff\xe0" + b"0" * 200, "åbne"),
        (b"%PDF-1.7 nonsense", "åbne"),
    ],
)
def test_a_bad_file_gets_a_clear_word_and_leaves_nothing(open_case, visitor, content, words):
    case = open_case(Right.access, email="nobody@example.com")
    asking.put(case, reason="address_differs", now=NOW, user=None)
    url = reverse("identity:method", args=[case.reference, "document"])
    page = visitor(case).post(url, {"document": "passport", "front": SimpleUploadedFile("x.jpg", content)})
    assert page.status_code == 422 and words in page.content.decode()
    assert not SealedFile.objects.filter(purpose="evidence").exists()


def test_asking_on_a_recorded_doubt_pauses_the_clock(open_case, clerk, client):
    case = open_case(Right.access, email=ASTRID.email)
    due = case.claims.get().due_on
    assert asking.put(case, reason="address_differs", now=NOW + timedelta(days=2), user=clerk)
    assert stages(case) == {"access": "identifying"}
    assert case.claims.get().segments.get().reason == "identity"
    seen(case, now=NOW + timedelta(days=7), user=clerk)
    assert stages(case) == {"access": "triage"} and case.claims.get().due_on > due


def test_asking_too_late_does_not_pause(open_case, clerk):
    case = open_case(Right.access, email=ASTRID.email)
    assert not asking.put(case, reason="address_differs", now=NOW + timedelta(days=8), user=clerk)
    assert not case.claims.get().segments.exists()


def test_another_customer_cannot_prove_anothers_case(open_case, visitor):
    mine, theirs = open_case(Right.access, email="a@example.com"), open_case(Right.access, email=ASTRID.email)
    for name, extra in (("start", []), ("method", ["document"])):
        answer = visitor(mine).get(reverse(f"identity:{name}", args=[theirs.reference, *extra]))
        assert answer.url == reverse("public:new_link")  # as for a case that is not there


def test_representative_is_offered_only_to_representatives(open_case):
    alone = open_case(Right.access, email=ASTRID.email)
    assert Means.representative not in need.offered(alone)
    spokesman = Representative(name="B", email="lawyer@example.com", organisation="", kind="lawyer")
    spoken_for = open_case(Right.access, email=ASTRID.email, representative=spokesman)
    assert Means.representative in need.offered(spoken_for)


def test_a_source_that_is_down_loses_nothing(open_case, settings, tmp_path):
    case = open_case(Right.access, email=ASTRID.email)
    verification = flows.start(case, Means.email_link, now=NOW)
    there, settings.DSAR_DEMO_DIR = settings.DSAR_DEMO_DIR, tmp_path / "nowhere"
    with pytest.raises(ConnectorError) as broken:
        email_link.prepare(verification, now=NOW)
    flows.note_trouble(verification, code=broken.value.code, now=NOW)
    assert flows.not_looked_up(now=NOW + timedelta(minutes=1)) == [verification]
    settings.DSAR_DEMO_DIR = there
    verification.refresh_from_db()
    email_link.prepare(verification, now=NOW)
    email_link.prepare(verification, now=NOW)
    assert Letter.objects.filter(case=case, kind="proof_link").count() == 1
    assert not flows.not_looked_up(now=NOW + timedelta(minutes=1))


def test_nobody_shuts_a_customer_out_by_asking_for_links_in_their_name(open_case):
    for case in [open_case(Right.access, email=ASTRID.email) for _ in range(2)]:
        for _ in range(5):
            verification = flows.start(case, Means.email_link, now=NOW)
            flows.want_link(verification, now=NOW)
            email_link.prepare(verification, now=NOW)
    mine = open_case(Right.access, email=ASTRID.email)
    ask_for_link(mine)
    assert Letter.objects.filter(case=mine, kind="proof_link").exists()


def test_no_grant_no_page(open_case, client):
    case = open_case(Right.access, email=ASTRID.email)
    assert client.get(reverse("identity:start", args=[case.reference])).url == reverse("public:new_link")
    assert access.Purpose.PROOF in access.ONCE and Stage.RECEIVED == case.claims.get().stage


def test_no_link_and_no_question_speaks_for_another(open_case, client, visitor, clerk):
    """Somebody who only says they act for a customer gets nowhere by the customer's own click (R-10)."""
    speaker = Representative(name="B", email="b@example.net", organisation="", kind="family")
    case = open_case(Right.access, email=ASTRID.email, representative=speaker)
    ask_for_link(case)
    open_link(case, client)
    question = case.verifications.get(method="control_question")
    flows.submit(question, {"question": "last_order", "answer": ASTRID.order_no}, now=NOW)
    assert need.reached(case) is Level.L2 and stages(case) == {"access": "received"}
    assert need.offered(case) == (Means.representative,)


def test_whoever_typed_the_customers_own_address_loses_the_case_too(open_case, client, visitor):
    case = open_case(Right.access, email=ASTRID.email)
    stranger = visitor(case)
    ask_for_link(case)
    open_link(case, client)
    assert stranger.get(reverse("public:status", args=[case.reference])).status_code == 302
    assert client.get(reverse("public:status", args=[case.reference])).status_code == 200


def test_a_link_that_ran_out_can_be_asked_for_again(open_case):
    case = open_case(Right.access, email=ASTRID.email)
    first = ask_for_link(case)
    later = NOW + access.LIFETIME[access.Purpose.PROOF] + timedelta(minutes=1)
    second = flows.start(case, Means.email_link, now=later)
    assert second != first
    email_link.prepare(second, now=later)
    assert Letter.objects.filter(case=case, kind="proof_link").count() == 2


def test_a_picture_left_by_a_killed_decision_is_destroyed(open_case):
    case = open_case(Right.access, email="nobody@example.com")
    asking.put(case, reason="address_differs", now=NOW, user=None)
    verification = flows.start(case, Means.document, now=NOW)
    flows.submit(verification, {"document": "passport", "files": {"front": io.BytesIO(picture())}}, now=NOW)
    Verification.objects.filter(pk=verification.pk).update(status=Verification.Status.FAILED)
    flows.expire(now=NOW + timedelta(minutes=1))
    assert not SealedFile.objects.filter(purpose="evidence").exists()


def test_whoever_presses_yes_sees_in_whose_name_and_for_what(open_case, client):
    case = open_case(Right.erasure, email=ASTRID.email)
    ask_for_link(case)
    path = re.search(r"/identity/proof/[\w-]+/", Letter.objects.get(case=case, kind="proof_link").text)[0]
    page = client.get(path).content.decode()
    assert "slettet" in page and "<bdi>A</bdi>" in page
