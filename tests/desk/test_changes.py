"""Corrections and restrictions on the desk: from the person's words to the changed row, and who may do what."""

import sqlite3

import pytest
from django.urls import reverse
from django.utils import timezone

from fulfilment.changing import holdings, restriction
from fulfilment.models import Restriction
from law.rights import Right
from requests_app.models import Letter
from tests.desk import addresses
from tests.desk.conftest import run

PHONE, NEW = "user.contact.phone_number", "+45 70 10 20 30"
MAIL = "astrid.moller@example.com"


@pytest.fixture
def held(own_sources):
    def ask(source, table, column):
        with sqlite3.connect(own_sources / "aj-dk" / f"{source}.sqlite") as database:
            return database.execute(f"SELECT {column} FROM {table} WHERE lower(email) = ?", [MAIL]).fetchone()[0]

    return ask


def test_a_telephone_number_is_corrected_in_every_system(collected, at_desk, held):
    claim = collected(Right.rectification)
    urls, worker = addresses.of_claim(claim), at_desk("both")
    url = urls["rectify_kind"].replace("user.contact.email", PHONE)
    page = worker.get(urls["rectify"]).content.decode()
    assert held("shop", "customers", "phone") in page and "Only stored since" in page
    assert b"bookkeeping forbids to rewrite it" in worker.get(url).content

    ticked = worker.get(url).context["form"]["at"].value()
    assert len(ticked) >= 2, "every row that holds the same old value is suggested"
    assert worker.post(url, {"keep": "1", "new": NEW}).status_code == 422, "nothing ticked"
    voucher = [unit.id for unit in holdings.kind(claim, PHONE, language="da").units if unit.first.why_not]
    assert worker.post(url, {"keep": "1", "new": NEW, "at": voucher}).status_code == 422, "no machine can change it"
    assert worker.post(url, {"keep": "1", "new": NEW, "at": ticked}).status_code == 302
    assert b"Say where the statement stands" in worker.post(urls["rectify"], {"statement_text": "Ring sent."}).content
    assert worker.post(urls["rectify"], {}).status_code == 302
    claim.refresh_from_db()
    assert claim.stage == "approval"

    page = worker.get(urls["approve"])
    assert b"You prepared this answer" in page.content and NEW in page.content.decode()
    worker.post(urls["approve"], {"digest": page.context["digest"]})
    second = at_desk("approver")
    second.post(urls["approve"], {"digest": second.get(urls["approve"]).context["digest"]})
    run(claim)
    assert claim.stage == "closed" and held("shop", "customers", "phone") == held("erp", "accounts", "phone") == NEW
    assert NEW in Letter.objects.get(case=claim.case, kind="rectification").text


def test_a_restriction_is_chosen_approved_done_by_hand_and_ended(collected, at_desk, held):
    claim = collected(Right.restriction)
    urls, worker = addresses.of_claim(claim), at_desk("caseworker")
    page = worker.get(urls["restrict"])
    assert page.content.count(b"18(1)(b)") == 1 and b"the person wants the data restricted" in page.content
    assert b"marked in the system" in page.content and b"by hand" in page.content
    tables = page.context["form"]["tables"].value()
    assert worker.post(urls["restrict"], {"tables": tables}).status_code == 422, "no ground"
    assert worker.post(urls["restrict"], {"letter": "b", "tables": tables}).status_code == 302
    second = at_desk("approver")
    page = second.get(urls["approve"])
    assert b"How the systems are told" in page.content
    second.post(urls["approve"], {"digest": page.context["digest"]})
    run(claim)
    assert claim.stage == "fulfilling" and held("shop", "customers", "restricted_on")
    tasks = reverse("admin:hand_tasks", args=[claim.case.reference])
    numbers = [task.pk for task in claim.hand_tasks.all()]
    worker.post(tasks, {"numbers": numbers, "how": "Lagt i en lukket mappe."})
    run(claim)
    assert claim.stage == "closed"

    one = Restriction.objects.get(claim=claim)
    url = reverse("admin:restriction", args=[claim.case.reference, one.pk])
    assert claim.case.reference in worker.get(reverse("admin:restrictions")).content.decode()
    today = timezone.localdate().isoformat()
    soon = worker.post(url, {"announce": "1", "reason": "Afklaret.", "lift_on": today})
    assert soon.status_code == 422 and b"must be told beforehand" in soon.content
    day = restriction.earliest(one, now=timezone.now()).isoformat()
    assert worker.post(url, {"announce": "1", "reason": "Afklaret.", "lift_on": day}).status_code == 302
    assert Letter.objects.filter(case=claim.case, kind="restriction_lifting").count() == 1
    worker.post(url, {"keep_on": "1"})
    one.refresh_from_db()
    assert one.lift_on is None

    again = addresses.of_claim(collected(Right.restriction))["restrict"]
    worker.post(again, {"letter": "c", "tables": tables})
    page = second.get(again.replace("/restrict/", "/approve/"))
    assert b"marked already" in page.content and b"covered by the mark" in page.content


def test_history_and_buttons_speak_in_words(collected, at_desk):
    claim = collected(Right.rectification)
    case = claim.case
    worker = at_desk("caseworker")
    page = worker.get(reverse("admin:case", args=[case.reference]))
    shown = {(str(label), str(value)) for line in page.context["lines"] for label, value in line.details}
    assert ("why", "The person says that the data is wrong") in shown
    assert ("ground", "The person contests that the data is accurate (Article 18(1)(a) GDPR)") in shown
    assert not {"accuracy", "a", "shop"} & {value for _label, value in shown}
    (part,) = page.context["claims"]
    assert [button.code for button in part.buttons if button.main] == ["rectify"], "one leads"
    assert {"rectify", "hand_tasks"} <= {button.code for button in part.buttons if not button.why}


def test_only_a_caseworker_of_the_company_changes_anything(collected, at_desk):
    claim = collected(Right.rectification)
    one = Restriction.objects.get(claim=claim)
    url = addresses.of_claim(claim, restriction=one.pk)
    told = {"announce": "1", "reason": "Nu.", "lift_on": restriction.earliest(one, now=timezone.now()).isoformat()}
    at = [unit.id for unit in holdings.kind(claim, "user.contact.email", language="en").units]
    for name, given in (("restriction", told), ("rectify", {}), ("rectify_kind", {"keep": "1", "new": "x", "at": at})):
        assert at_desk("stranger").post(url[name], given).status_code == 404
        assert at_desk("approver").post(url[name], given).status_code == 302
    one.refresh_from_db()
    claim.refresh_from_db()
    assert one.announced_at is None and claim.stage == "review" and not claim.corrections.exists()
    assert claim.case.reference not in at_desk("stranger").get(reverse("admin:restrictions")).content.decode()
