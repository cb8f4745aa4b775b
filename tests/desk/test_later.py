"""What an erasure had to leave, on the desk: shown, tried again, seen to by hand, kept longer."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from connectors.values import canonical, sha256
from fulfilment.models import DeferredErasure, Plan
from fulfilment.removing import kept
from law.rights import Right

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(open_case, own_sources):
    """A row of a shared address no machine may erase."""
    case = open_case(Right.erasure)
    claim = case.claims.get()
    claim.scope = {**claim.scope, "tell_later": True}
    claim.save()
    why = {"outcome": "retain", "rule": "r5", "basis": "", "keep_through": None, "by_person": 0, "reasons": []}
    row = kept.Row("shop", "addresses", {"id": 98765432}, "m", True, {}, {}, None, "2026-11-01", "period_ended", why)
    file = kept.seal([row], case=case)
    plan = Plan.objects.create(claim=claim, digest="d", file=file, made_at=timezone.now())
    return DeferredErasure.objects.create(
        claim=claim, origin=plan, day=timezone.localdate(), why="period_ended", file=file, records=1, status="failed",
        error="shared_row", summary=kept.summarise([row]), made_at=timezone.now(),
    )  # fmt: skip


def url(one):
    return reverse("admin:later", args=[one.claim.case.reference])


def test_staff_see_which_rows_and_write_down_what_they_did(waiting, at_desk):
    client = at_desk("caseworker")
    page = client.get(url(waiting)).content.decode()
    assert "id = 98765432" in page and "belongs to somebody else" in page
    assert "98765432" not in str(list(waiting.claim.case.events.values_list("data", flat=True)))
    case_page = client.get(reverse("admin:case", args=[waiting.claim.case.reference])).content.decode()
    assert url(waiting) in case_page

    assert client.post(url(waiting), {"number": waiting.pk, "settle": 1, "note": " "}).status_code == 422
    past = {"number": waiting.pk, "settle": 1, "note": "Tvist.", "until": timezone.localdate() - timedelta(days=3)}
    assert client.post(url(waiting), past).status_code == 422
    client.post(url(waiting), past | {"until": timezone.localdate() + timedelta(days=30)})
    waiting.refresh_from_db()
    assert (waiting.status, waiting.day) == ("ready", timezone.localdate() + timedelta(days=31))

    DeferredErasure.objects.update(status="failed", error="shared_row")
    client.post(url(waiting), {"number": waiting.pk, "settle": 1, "note": "Den anden beboer er flyttet; slettet."})
    waiting.refresh_from_db()
    assert waiting.status == "done" and waiting.settled_by.username == "caseworker"
    assert waiting.claim.case.events.get(kind="deferred_settled").data["on_word"] == 0
    told = waiting.claim.case.letters.get(kind="erasure_completed").text
    assert "Din adresse | 1" in told
    assert "slettet" in client.get(url(waiting)).content.decode()


def test_nobody_ends_alone_what_two_approved_while_the_rows_are_there(waiting, own_sources, at_desk):
    """The rows can be looked for: a word that they are gone is not enough."""
    with closing(sqlite3.connect(own_sources / "aj-dk" / "shop.sqlite")) as shop:
        ((number,),) = shop.execute("SELECT address_id FROM customers WHERE customer_no = '100001'").fetchall()
    (row,) = kept.read(waiting.file)
    key = {"id": number}
    row = replace(row, key=key, mark=sha256(canonical([row.source, row.collection, key])))
    for shared in (False, True):
        file = kept.seal([replace(row, shared=shared)], case=waiting.claim.case)
        DeferredErasure.objects.update(file=file)
        page = at_desk("caseworker").post(url(waiting), {"number": waiting.pk, "settle": 1, "note": "Slettet."})
        assert page.status_code == 422 and "still there" in page.content.decode()
    shop = own_sources / "aj-dk" / "shop.sqlite"
    shop.rename(shop.with_suffix(".away"))
    page = at_desk("caseworker").post(url(waiting), {"number": waiting.pk, "settle": 1, "note": "Slettet."})
    assert page.status_code == 422 and "does not answer" in page.content.decode()
    waiting.refresh_from_db()
    assert waiting.status == "failed" and waiting.file.wrapped_key and not waiting.claim.notices.exists()


def test_it_is_tried_again_by_a_caseworker_only(waiting, open_case, at_desk):
    at_desk("approver").post(url(waiting), {"number": waiting.pk, "retry": 1})
    waiting.refresh_from_db()
    assert waiting.status == "failed"
    other = open_case(Right.erasure, persona="bent")
    wrong_case = reverse("admin:later", args=[other.reference])
    assert at_desk("caseworker").post(wrong_case, {"number": waiting.pk, "retry": 1}).status_code == 404
    at_desk("caseworker").post(url(waiting), {"number": waiting.pk, "retry": 1})
    waiting.refresh_from_db()
    assert (waiting.status, waiting.error) == ("ready", "")
