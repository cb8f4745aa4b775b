"""The reviewer weighs item by item; what nobody weighed is not handed out (Art. 15(4), recital 63)."""

import json

import pytest

from fulfilment import approval
from fulfilment.collecting import records, review
from requests_app import lifecycle
from requests_app.models import Event, Letter
from tests.fulfilment.conftest import NOW
from tests.fulfilment.walk import approved, delivered, download, release_all, run, shown

pytestmark = pytest.mark.django_db
WHY = "Beskeden handler også om en anden kunde."


def withhold(claim, staff, *, collection="messages", numbers=(0,), field="", ground="others_rights", reason=WHY):
    return review.withhold(claim, source="shop", collection=collection, numbers=numbers, field=field, ground=ground,
                           reason=reason, user=staff["preparer"], now=NOW)  # fmt: skip


def test_a_shared_address_is_held_until_somebody_decides(make_claim, staff):
    """Bent and Birthe live in one row of the address table."""
    claim = run(make_claim("bent"))
    table = next(one for one in records.tables(claim, language="da") if one.collection == "addresses")
    assert (table.shared, table.undecided) == (1, 1)
    assert [one.state for one in shown(claim, "shop", "addresses")] == ["held"]
    with pytest.raises(approval.NotReady, match="undecided"):
        approval.submit(claim, outcome="granted", user=staff["preparer"], now=NOW)
    release_all(claim, staff)
    assert [one.state for one in shown(claim, "shop", "addresses")] == ["released"]
    assert records.undecided(claim) == 0


def test_what_an_unproved_identifier_leads_to_is_held(make_claim):
    """Anybody can write a neighbour's customer number into a form (R-21 asks to search with it all the same)."""
    claim = run(make_claim("astrid", customer_no="100002"))
    states = {one.fields[1].value: one.state for one in shown(claim, "shop", "customers")}
    assert states == {"100001": "", "100002": "held"}
    invoices = {one.state for one in shown(claim, "erp", "invoices")}
    assert "held" in invoices


def test_a_withheld_record_is_counted_and_explained_but_not_shown(make_claim, staff, client):
    claim = run(make_claim("astrid"))
    assert withhold(claim, staff) == 1
    claim = delivered(claim, staff)
    assert claim.outcome == "partly_granted" and claim.grounds == ["others_rights"]
    zipped = download(client, claim)
    assert b"venlige chauff" not in b"".join(zipped.read(n) for n in zipped.namelist() if not n.endswith(".pdf"))
    told, = json.loads(zipped.read("withheld.json"))
    assert (told["count"], told["ground"], told["reason"]) == (1, "others_rights", WHY)
    messages = next(one for one in json.loads(zipped.read("data.json"))["tables"] if one["table"] == "messages")
    assert len(messages["records"]) == messages["count"] == 1


def test_a_withheld_field_leaves_the_rest_of_the_record(make_claim, staff, client):
    claim = run(make_claim("astrid"))
    withhold(claim, staff, collection="logins", field="password_hash", reason="Adgangskoden skal ikke kunne misbruges.")
    zipped = download(client, delivered(claim, staff))
    logins = next(one for one in json.loads(zipped.read("data.json"))["tables"] if one["table"] == "logins")
    record, = logins["records"]
    assert record["withheld"] == ["password_hash"] and "password_hash" not in record["fields"]
    assert record["fields"]["username"] == "astrid.moller@example.com"
    assert "[tilbageholdt]" in zipped.read("tables/shop/logins.csv").decode("utf-8-sig")
    everything = b"".join(zipped.read(name) for name in zipped.namelist() if not name.endswith(".pdf"))
    assert b"pbkdf2" not in everything


@pytest.mark.parametrize(("change", "code"), [
    ({"ground": "legal_claims"}, "ground"), ({"ground": "made_up"}, "ground"), ({"reason": "  "}, "reason"),
])  # fmt: skip
def test_withholding_needs_a_ground_of_this_right_and_facts(make_claim, staff, change, code):
    claim = run(make_claim("astrid"))
    with pytest.raises(review.NotNow, match=code):
        withhold(claim, staff, **change)
    assert not Event.objects.filter(kind="withheld").exists()


def test_a_decision_can_be_taken_back_and_leaves_its_trace(make_claim, staff):
    claim = run(make_claim("astrid"))
    withhold(claim, staff, field="body")
    withhold(claim, staff)
    review.hand_out(claim, source="shop", collection="messages", numbers=[0], user=staff["preparer"], now=NOW)
    review.show_field(
        claim, source="shop", collection="messages", number=0, field="body", user=staff["preparer"], now=NOW
    )
    assert not records.extract(claim).withheld
    kinds = Event.objects.filter(claim=claim).values_list("kind", flat=True)
    assert list(kinds)[-4:] == ["withheld", "withheld", "released", "field_shown"]
    assert WHY not in json.dumps([event.data for event in Event.objects.all()])


def test_nothing_changes_once_it_is_with_the_second_person(make_claim, staff):
    claim = run(make_claim("astrid"))
    approval.submit(claim, outcome="granted", user=staff["preparer"], now=NOW)
    with pytest.raises(review.NotNow, match="stage"):
        withhold(claim, staff)


def test_the_second_person_approves_exactly_what_was_submitted(make_claim, staff):
    claim = run(make_claim("astrid"))
    first = approval.submit(claim, outcome="granted", user=staff["preparer"], now=NOW)
    with pytest.raises(lifecycle.NotPossible, match="same_person"):
        approval.approve(claim, digest=first, user=staff["preparer"], now=NOW)
    lifecycle.apply(claim, lifecycle.Act.SEND_BACK, now=NOW, actor="staff", user=staff["approver"])
    withhold(claim, staff)
    second = approval.submit(claim, outcome="granted", user=staff["preparer"], now=NOW)
    assert second != first
    with pytest.raises(approval.NotReady, match="changed"):
        approval.approve(claim, digest=first, user=staff["approver"], now=NOW)
    assert approval.approve(claim, digest=second, user=staff["approver"], now=NOW).stage == "fulfilling"


def test_a_refusal_without_ground_or_facts_is_not_submitted(make_claim, staff):
    claim = run(make_claim("astrid"))
    for decision in ({"grounds": []}, {"grounds": ["excessive"]}):
        with pytest.raises(approval.NotReady, match="not_lawful"):
            approved(claim, staff, outcome="refused", **decision)
    claim.refresh_from_db()
    assert claim.stage == "review" and not Letter.objects.filter(kind="refusal").exists()
