"""Files sealed before plans and collected rows were written as they are now: an update must not lose what they hold."""

import json
import shutil

import orjson
import pytest
from django.utils import timezone

from connectors.base import SourcePlan
from connectors.errors import ConnectorError
from connectors.values import canonical, sha256
from fulfilment.collecting import chunks
from fulfilment.models import Collected, ErasureReceipt, Plan, Restriction
from fulfilment.planning import deeds, frozen, planfile, plans, restricted
from requests_app import vault
from tests.fulfilment.test_restriction import approved as granted
from tests.fulfilment.walk import approved, run

pytestmark = pytest.mark.django_db


def told(one):
    """An instruction by itself, as it was written then."""
    written = {
        "source": one.source, "collection": one.collection, "key": one.key, "fingerprint": one.fingerprint,
        "action": str(one.action), "fields": list(one.fields), "reasons": [reason.to_json() for reason in one.reasons],
    }  # fmt: skip
    return written | ({"values": dict(one.values)} if one.values else {})


def of_source(planned):
    body = {
        "source": planned.source, "instructions": [told(one) for one in planned.instructions],
        "refused": [told(one) for one in planned.refused], "findings": [one.to_json() for one in planned.findings],
    }  # fmt: skip
    return body | {"digest": sha256(canonical(body))}


def as_before(plan):
    """Seal the plan anew in the shape it had then. What it says, before and after."""
    said = plans.about(plan), list(plans.rows(plan)), plans.source_plans(plan), list(plans.marks(plan))
    body = {"fates": said[1], "plans": [of_source(one) for one in said[2]], "about": said[0]}
    data = json.dumps(body, sort_keys=True, separators=(",", ":")).encode()
    file = vault.store([data], purpose="plan", case=plan.claim.case, content_type="application/json")
    Plan.objects.filter(pk=plan.pk).update(file=file)
    plan.refresh_from_db()
    assert (plans.about(plan), list(plans.rows(plan)), plans.source_plans(plan), list(plans.marks(plan))) == said
    return said


def said(chunk):
    return [(first + place, at, one) for first, at, batch in chunks.batches(chunk)
            for place, one in enumerate(batch.records())]  # fmt: skip


def test_an_erasure_under_way_goes_on_and_is_found_after_a_restore(make_claim, staff, company):
    claim = run(make_claim("astrid", "erasure"))
    for chunk in Collected.objects.filter(claim=claim).select_related("file"):
        lines = list(chunks.read(chunk))
        records = said(chunk)
        chunk.file = vault.store((orjson.dumps(one) + b"\n" for _, one in lines), purpose="collected", case=claim.case)
        chunk.save()
        assert list(chunks.read(chunk)) == lines and said(chunk) == records
    assert set(frozen.marks("aj-dk"))
    shutil.copytree(company / "sources" / "aj-dk", company / "backup")
    assert as_before(plans.current(claim))[3]
    claim = run(approved(claim, staff))
    assert claim.stage == "closed" and ErasureReceipt.objects.filter(plan__claim=claim).exists()
    book = deeds.since("aj-dk", "shop", timezone.make_aware(timezone.datetime(2026, 1, 1)))
    assert book.rows and {row.last.plan.pk for row in book.rows} == {plans.current(claim).pk}


def test_what_is_restricted_stays_so(make_claim, staff):
    run(granted(run(make_claim("astrid", "restriction")), staff))
    before, held = restricted.active_marks("aj-dk"), Restriction.objects.get()
    as_before(held.plan)
    assert before and restricted.active_marks("aj-dk") == before


def test_a_file_of_neither_shape_is_an_altered_plan_and_never_an_empty_one():
    for text in (b"", b"[]", b"{", b"null", b'{"fates": []}', b'{"about": {}, "other": 1}', b'{"columns": []}\n'):
        for reader in (planfile.about, planfile.plans, planfile.fates, planfile.marks):
            with pytest.raises(ConnectorError, match="plan_altered"):
                list(reader([text] if text else []))
    later = json.dumps({"fates": [], "plans": [], "later": {"stays": []}}).encode()
    assert planfile.about([later]) == {"later": {"stays": []}}
    old = of_source(SourcePlan("shop", ()))
    with pytest.raises(ConnectorError, match="plan_altered"):
        list(planfile.plans([json.dumps({"fates": [], "plans": [old | {"source": "erp"}]}).encode()]))
