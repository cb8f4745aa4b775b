"""A claim walked through the screens: queue, case page, start, review, submit, approve; nobody approves their own."""

import io
import sqlite3
import zipfile

from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

import demo
from fulfilment import approval
from fulfilment.collecting import records
from fulfilment.handing_over import bundle
from fulfilment.planning import plans
from law.rights import Right
from requests_app import lifecycle, vault
from requests_app.models import Letter
from requests_app.states import Act, Actor
from tests.desk import addresses
from tests.desk.conftest import run


def weigh(client, claim):
    """Hand out, page by page through the screen, what also belongs to somebody else."""
    for table in records.tables(claim, language="en"):
        url = reverse("admin:review_table", args=[claim.case.reference, claim.right, table.source, table.collection])
        shown = client.get(url).context["records"]
        held = [one.number for one, _state in shown if one.state == "held"]
        if held:
            assert client.post(url, {"numbers": held, "release": "1"}).status_code == 302


def test_access_from_queue_to_delivery(known, own_sources, at_desk):
    claim = known()
    urls, worker = addresses.of_claim(claim), at_desk("both")
    assert claim.case.reference in worker.get("/staff/cases/?needs=triage").content.decode()
    assert b"Start collecting" in worker.get(urls["case"]).content
    assert worker.post(urls["do"]).url.startswith(urls["case"])
    run(claim)
    assert claim.stage == "review"
    weigh(worker, claim)
    assert worker.post(urls["review"]).status_code == 302
    claim.refresh_from_db()
    assert claim.stage == "approval"

    page = worker.get(urls["approve"])
    assert b"You prepared this answer" in page.content and b"Approve exactly this" not in page.content
    worker.post(urls["approve"], {"digest": page.context["digest"]})
    claim.refresh_from_db()
    assert claim.stage == "approval", "nobody approves their own work"

    second = at_desk("approver")
    page = second.get(urls["approve"])
    archive = b"".join(second.get(urls["bundle_file"].replace("/pdf/", "/zip/")).streaming_content)
    assert "manifest.json" in zipfile.ZipFile(io.BytesIO(archive)).namelist()
    second.post(urls["approve"], {"digest": page.context["digest"]})
    run(claim)
    assert claim.stage == "closed" and claim.outcome == "granted"
    assert Letter.objects.filter(case=claim.case, kind="delivery_ready").exists()
    assert b"Offer the download again" in worker.get(urls["case"]).content


def test_a_caseworker_without_the_role_cannot_approve(collected, at_desk, staff):
    claim = collected()
    for table in records.tables(claim, language="en"):
        assert table.count
    worker = at_desk("caseworker")
    weigh(worker, claim)
    approval.submit(claim, outcome="granted", user=staff["approver"], now=timezone.now())
    worker.post(addresses.of_claim(claim)["approve"], {"digest": approval.digest(claim)})
    claim.refresh_from_db()
    assert claim.stage == "approval"


def test_another_digest_than_the_one_shown_is_refused(collected, at_desk):
    claim = collected()
    urls, worker = addresses.of_claim(claim), at_desk("caseworker")
    weigh(worker, claim)
    worker.post(urls["review"])
    answer = at_desk("approver").post(urls["approve"], {"digest": "0" * 64}, follow=True)
    claim.refresh_from_db()
    assert claim.stage == "approval"
    assert b"has changed since you opened this page" in answer.content


def test_sent_back_with_a_note_the_person_never_sees(collected, at_desk):
    claim = collected()
    urls, worker = addresses.of_claim(claim), at_desk("caseworker")
    weigh(worker, claim)
    worker.post(urls["review"])
    second = at_desk("approver")
    assert second.post(urls["approve"], {"back": "1", "why": ""}).status_code == 422
    second.post(urls["approve"], {"back": "1", "why": "The invoice of another customer is in it."})
    claim.refresh_from_db()
    assert claim.stage == "review"
    note = claim.case.messages.get()
    assert note.internal and "another customer" in note.body


def test_withheld_field_is_gone_from_the_bundle_and_told(collected, at_desk):
    claim = collected()
    worker = at_desk("caseworker")
    url = reverse("admin:review_table", args=[claim.case.reference, "access", "shop", "customers"])
    record = worker.get(url).context["records"][0][0]
    told = {"numbers": [record.number], "field": "phone", "ground": "others_rights", "reason": "Nummeret er en andens."}
    assert worker.post(url, told | {"reason": " "}).status_code == 422
    assert worker.post(url, told | {"ground": "legal_claims"}).status_code == 422, "no ground to refuse access"
    assert worker.post(url, told).status_code == 302
    weigh(worker, claim)
    assert b"Nummeret er en andens." in worker.get(addresses.of_claim(claim)["review"]).content
    worker.post(addresses.of_claim(claim)["review"])
    claim.refresh_from_db()
    assert claim.outcome == "partly_granted" and claim.grounds == ["others_rights"]
    archive = zipfile.ZipFile(io.BytesIO(vault.read(bundle.latest(claim).file)))
    paper = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(archive.read("extract.pdf"))).pages)
    assert "Nummeret er en andens." in " ".join(paper.split())
    phone = next(field.value for field in record.fields if field.name == "phone")
    assert phone and phone not in archive.read("tables/shop/customers.csv").decode()


def test_erasure_decided_by_hand_then_approved_by_its_digest(collected, at_desk, own_sources):
    claim = collected(Right.erasure, persona="henrik")
    urls, worker = addresses.of_claim(claim), at_desk("caseworker")
    plan = plans.current(claim)
    assert plan.undecided, "the story has a table without a key"
    page = worker.get(urls["plan"])
    assert page.context["groups"][0]["fate"] == "undetermined", "the undecided come first"
    assert worker.post(urls["plan"]).status_code == 422
    for row in [row for row in plan.summary if row["outcome"] == "undetermined"]:
        url = reverse("admin:plan_table", args=[claim.case.reference, "erasure", row["source"], row["collection"]])
        assert worker.get(url).status_code == 200
        assert worker.post(url, {"outcome": "retain", "reason": "Nej"}).status_code == 422, "keeping needs a ground"
        # His firm's account has his address, too: two names, and only a person can say that both are his.
        outcome = "by_hand" if row["held_for"] == "no_key" else "not_theirs"
        assert worker.post(url, {"outcome": outcome, "reason": "Slettet i hånden."}).status_code == 302
    fresh = plans.current(claim)
    assert not fresh.undecided and fresh.digest != plan.digest and fresh.status == "rehearsed"
    assert worker.post(urls["plan"]).status_code == 302
    second = at_desk("approver")
    second.post(urls["approve"], {"digest": plan.digest})
    claim.refresh_from_db()
    assert claim.stage == "approval", "the plan approved must be the present one"
    second.post(urls["approve"], {"digest": second.get(urls["approve"]).context["digest"]})
    run(claim)
    assert claim.stage == "fulfilling", "what was to be erased by hand is still there"
    with sqlite3.connect(own_sources / "aj-dk" / "shop.sqlite") as database:
        database.execute("DELETE FROM web_log WHERE customer_no = ?", [demo.persona("aj-dk", "henrik").customer_no])
    worker.post(urls["do"].replace("/start/", "/retry/"))
    run(claim)
    assert claim.stage == "closed"
    assert Letter.objects.filter(case=claim.case, kind="erasure_certificate").exists()


def test_case_page_says_what_is_not_possible_and_why(known, at_desk):
    claim = known()
    page = at_desk("approver").get(addresses.of_claim(claim)["case"])
    buttons = {one.code: one.why for one in page.context["claims"][0].buttons}
    assert buttons["start"] == "Only a caseworker can do this."
    lifecycle.apply(claim, Act.WITHDRAW, now=timezone.now(), actor=Actor.PERSON)
    page = at_desk("caseworker").get(addresses.of_claim(claim)["case"])
    assert {one.code for one in page.context["claims"][0].buttons} == {"reopen"}
