"""From the start of collecting to the bundle in the person's hand, with real databases and files."""

import hashlib
import json
from datetime import timedelta

import pytest

from fulfilment.collecting import collect
from fulfilment.handing_over import bundle
from fulfilment.models import Collected
from law.rights import IMMEDIATE
from requests_app import lifecycle
from requests_app.models import Letter
from requests_app.states import Act, Actor
from tests.fulfilment.conftest import NOW
from tests.fulfilment.walk import approved, delivered, download, run

pytestmark = pytest.mark.django_db


def test_access_from_collecting_to_the_file_in_hand(make_claim, staff, client):
    claim = delivered(make_claim("astrid"), staff)
    assert (claim.stage, claim.outcome) == ("closed", "granted")
    zipped = download(client, claim)
    data = json.loads(zipped.read("data.json"))
    assert {table["system"] for table in data["tables"]} == {"shop", "erp", "marketing"}
    record = next(one for one in data["tables"] if one["table"] == "orders")["records"][0]
    assert record["system"] == "shop" and record["key"] == {"id": 1} and record["time"].startswith("2026-11-22T")
    assert record["fields"]["order_no"] == "DK-0001"
    kinds = list(claim.case.events.values_list("kind", flat=True))
    assert kinds[-2:] == ["letter_written", "downloaded"] and "download_ready" in kinds


def test_the_manifest_names_every_file_with_its_digest(make_claim, staff, client):
    claim = delivered(make_claim("astrid"), staff)
    zipped = download(client, claim)
    manifest = json.loads(zipped.read("manifest.json"))
    assert set(manifest["files"]) == set(zipped.namelist()) - {"manifest.json", "manifest.sig"}
    for name, about in manifest["files"].items():
        content = zipped.read(name)
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (about["sha256"], about["size"])
    assert manifest["content"] == claim.approved_digest
    assert zipped.read("extract.pdf").startswith(b"%PDF")


def test_nobody_else_is_in_the_bundle(make_claim, staff, client):
    """Birthe lives at Bent's address, Signe writes about him by name and e-mail, his other neighbours are customers."""
    claim = delivered(make_claim("bent"), staff)
    zipped = download(client, claim)
    said = [name for name in zipped.namelist() if not name.endswith((".pdf", ".sig"))]
    everything = b"".join(map(zipped.read, said)).decode()
    for other in ("birthe@example.org", "100003", "Birthe", "signe_baek", "Astrid", "astrid.moller"):
        assert other not in everything
    assert "bent.ostergaard@example.com" in everything


def test_what_was_collected_is_gone_soon_after_the_answer(make_claim, staff):
    claim = delivered(make_claim("astrid"), staff)
    files = list(Collected.objects.filter(claim=claim).values_list("file", flat=True))
    assert files
    collect.shred_left_overs(before=NOW, now=NOW + timedelta(hours=2))
    assert not Collected.objects.filter(claim=claim).exists()
    assert claim.case.files.filter(pk__in=files, wrapped_key=None, shredded_at__isnull=False).count() == len(files)
    assert bundle.is_whole(bundle.latest(claim))


def test_nothing_found_is_said_in_a_letter(make_claim, staff):
    claim = run(make_claim("astrid", email="nobody@example.com"))
    assert claim.stage == "review"
    run(approved(claim, staff, outcome="no_data"))
    assert claim.stage == "closed"
    letter = Letter.objects.get(kind="no_data")
    assert "nobody@example.com" in letter.text and "Webshop" in letter.text
    assert not Letter.objects.filter(kind="delivery_ready").exists()


def test_a_refusal_names_facts_and_law(make_claim, staff):
    claim = run(make_claim("astrid"))
    run(approved(claim, staff, outcome="refused", grounds=["excessive"],
                 decision={"reasons": "Du har bedt om det samme hver dag i en måned.", "confirmed": True}))  # fmt: skip
    letter = Letter.objects.get(kind="refusal")
    assert "hver dag i en måned" in letter.text and "artikel 12, stk. 5" in letter.text
    assert claim.stage == "closed" and not bundle.latest(claim)


@pytest.mark.parametrize("right", sorted(IMMEDIATE))
def test_what_the_lane_gave_back_is_answered_by_its_letter(make_claim, staff, right):
    claim = make_claim("astrid", right, act=Act.DECIDE)
    run(approved(claim, staff, decision={"summary": "Vi har gjort det, du bad om."}))
    assert claim.stage == "closed"
    assert Letter.objects.get(kind=right).claim == claim
    with pytest.raises(lifecycle.NotPossible):
        lifecycle.apply(claim, Act.APPROVE, now=NOW, actor=Actor.STAFF, user=staff["approver"])
