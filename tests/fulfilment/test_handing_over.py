"""The moment before and after the bundle goes out: exactly what was approved, once, and gone when it should be."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from fulfilment import ledger, pipeline
from fulfilment.handing_over import bundle, delivery
from fulfilment.models import Bundle, Delivery, Step
from requests_app import vault
from requests_app.models import Event, Letter
from tests.fulfilment.conftest import NOW
from tests.fulfilment.walk import approved, delivered, release_all, run

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(make_claim, staff):
    """Approved, and not yet carried out."""
    claim = run(make_claim("astrid"))
    release_all(claim, staff)
    return approved(claim, staff)


def swap(file, content):
    default_storage.delete(file.name)
    default_storage.save(file.name, ContentFile(content))


def test_changed_bytes_stop_it_before_anything_goes_out(waiting):
    file = bundle.latest(waiting).file
    content = bytearray(default_storage.open(file.name).read())
    content[-40] ^= 1
    swap(file, bytes(content))
    run(waiting)
    assert waiting.stage == "fulfilling"
    assert [step.error for step in pipeline.failed(waiting)] == ["bundle_altered"]
    assert Event.objects.get(kind="step_failed").data["code"] == "bundle_altered"
    assert not Delivery.objects.exists() and not Letter.objects.filter(kind="delivery_ready").exists()


def test_another_archive_under_the_same_key_is_found_out(waiting, make_claim, staff):
    """Valid age, valid ZIP, valid manifest: but not what the second person approved."""
    mine = bundle.latest(waiting)
    other = run(make_claim("bent"))
    release_all(other, staff)
    approved(other, staff)
    Bundle.objects.filter(pk=mine.pk).update(file=bundle.latest(other).file)
    run(waiting)
    assert [step.error for step in pipeline.failed(waiting)] == ["bundle_altered"]


def test_handing_over_twice_makes_one_delivery(waiting):
    """A worker that was thought dead comes back with an old token."""
    run(waiting)
    assert waiting.stage == "closed"
    step = Step.objects.get(claim=waiting, name="hand_over")
    step.token -= 1
    with pytest.raises(ledger.LeaseLost):
        delivery.hand_over(waiting, step=step, now=NOW)
    assert Delivery.objects.count() == 1
    assert Letter.objects.filter(kind="delivery_ready").count() == 1


def test_a_new_link_ends_the_old_one(make_claim, staff):
    claim = delivered(make_claim("astrid"), staff)
    first = Delivery.objects.get()
    second = delivery.offer(bundle.latest(claim), now=NOW + timedelta(days=1), user=staff["preparer"])
    first.refresh_from_db()
    assert not delivery.alive(first, now=NOW + timedelta(days=1)) and first.link.revoked_at
    assert delivery.alive(second, now=NOW + timedelta(days=2))


def test_no_link_lives_longer_than_fourteen_days(make_claim, staff):
    delivered(make_claim("astrid"), staff)
    made = Delivery.objects.get()
    assert made.expires_at - made.created_at <= timedelta(days=14)
    assert made.link.expires_at == made.expires_at


def test_after_an_erasure_only_a_copy_not_yet_fetched_stays(make_claim, staff):
    claim = delivered(make_claim("astrid"), staff)
    assert delivery.revoke(claim.case, now=NOW) == 0
    Delivery.objects.update(first_downloaded_at=NOW)
    assert delivery.revoke(claim.case, now=NOW) == 1
    made = Bundle.objects.get()
    assert made.revoked_at and made.file.wrapped_key is None and not bundle.is_whole(made)


def test_submitting_again_shreds_the_bundle_before(waiting, staff):
    first = bundle.latest(waiting)
    second = bundle.build(waiting, now=NOW + timedelta(days=1))
    first.refresh_from_db()
    assert second.content_digest != first.content_digest
    assert first.revoked_at and first.file.wrapped_key is None and bundle.is_whole(second)


def test_the_copy_in_the_mail_goes_with_the_bundle(make_claim, staff):
    delivered(make_claim("astrid"), staff)
    copy = Letter.objects.get(kind="bundle_sent").attachment
    bundle.shred_unlisted(before=timezone.now() + timedelta(days=1), now=NOW)
    copy.refresh_from_db()
    assert copy.wrapped_key and bundle.is_whole(Bundle.objects.get())
    bundle.shred(Bundle.objects.all(), now=NOW)
    copy.refresh_from_db()
    assert copy.wrapped_key is None


def test_a_file_nobody_named_in_time_is_shredded(make_claim):
    claim = make_claim("astrid")
    lost = vault.store([b"half a bundle"], purpose=bundle.PURPOSE, case=claim.case)
    bundle.shred_unlisted(before=timezone.now() - timedelta(minutes=15), now=NOW)
    lost.refresh_from_db()
    assert lost.wrapped_key
    bundle.shred_unlisted(before=timezone.now() + timedelta(minutes=15), now=NOW)
    lost.refresh_from_db()
    assert lost.wrapped_key is None
