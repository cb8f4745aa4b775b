"""How a bundle reaches the person: a link that expires and asks for a one-time code; the only writer of `Delivery`.

Two steps, since whoever reads over a shoulder, or a mail scanner, has the link but not the code (Art. 32, R-76).
"""

import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.urls import reverse

from fulfilment import ledger
from fulfilment.handing_over import attachment, bundle
from fulfilment.models import Bundle, Delivery, Step
from law.deadlines import local_day
from requests_app import access, correspondence, events, rates
from requests_app.controllers import controller
from requests_app.models import AccessLink, Case, Claim
from requests_app.sealed import digest
from requests_app.states import Actor

CODE_LIFETIME = timedelta(minutes=15)
CODE_ATTEMPTS = 5
KEEP_AFTER = timedelta(days=14)
"""A bundle whose link ran out can be offered once more by staff; then it is shredded."""


def hand_over(claim: Claim, *, step: Step, now: datetime) -> dict[str, Any]:
    """Offer the approved bundle to the person. Once: under the lease of `step`, in one transaction."""
    chosen = bundle.approved(claim)
    if not bundle.is_whole(chosen):
        raise ledger.StepFailed("bundle_altered")
    packed = attachment.pack(chosen, now=now)
    with transaction.atomic():
        ledger.renew(step, now=now)
        made = offer(chosen, packed=packed, now=now)
    return {"delivery": made.pk, "content": chosen.content_digest, "attached": packed is not None}


def offer(chosen: Bundle, *, now: datetime, packed: attachment.Packed | None = None, user: Any = None) -> Delivery:
    """A new link to a bundle, and the mail with it. Earlier links to it end."""
    claim = chosen.claim
    case, policy = claim.case, controller(claim.case.controller).policy
    days = timedelta(days=policy.delivery.link_days)
    with transaction.atomic():
        end(Delivery.objects.filter(bundle=chosen), now=now)
        link, secret = access.issue(case, AccessLink.Purpose.DOWNLOAD, now=now, lifetime=days)
        made = Delivery.objects.create(claim=claim, bundle=chosen, link=link, created_at=now, expires_at=now + days)
        until = local_day(made.expires_at, tz=policy.tz)
        url = access.absolute(reverse("fulfilment:open", args=[secret]))
        values = {"download_url": url, "expires": until}
        letter = correspondence.write(case, "delivery_ready", now=now, values=values, claim=claim)
        Delivery.objects.filter(pk=made.pk).update(letter=letter)
        if packed:
            attachment.send(packed, made, url=url, expires=until, now=now)
        data = {"delivery": made.pk, "content": chosen.content_digest, "attached": packed is not None}
        actor = Actor.STAFF if user else Actor.SYSTEM
        events.record(case, "download_ready", now=now, actor=actor, user=user, claim=claim, data=data)
    return made


def alive(made: Delivery, *, now: datetime) -> bool:
    return made.revoked_at is None and made.expires_at > now and made.bundle.revoked_at is None


def send_code(made: Delivery, *, now: datetime) -> bool:
    """Mail a fresh code; the one before is void. False when too many were asked for, or the link has ended."""
    limits = ("download_code", "download_code_day")
    if not alive(made, now=now) or not all(rates.allowed(limit, str(made.pk), now=now) for limit in limits):
        return False
    code = f"{secrets.randbelow(10**6):06}"
    with transaction.atomic():
        Delivery.objects.filter(pk=made.pk).update(
            code_digest=_digest(made, code), code_expires_at=now + CODE_LIFETIME, code_attempts_left=CODE_ATTEMPTS
        )
        values = {"code": code, "minutes": int(CODE_LIFETIME.total_seconds() // 60)}
        correspondence.write(made.claim.case, "download_code", now=now, values=values, claim=made.claim)
    return True


def redeem(made: Delivery, code: str, *, now: datetime) -> bool:
    """Whether this is the code. It works once; each wrong try takes one of five away, by compare-and-set."""
    current = Delivery.objects.filter(pk=made.pk, code_attempts_left__gt=0, code_expires_at__gt=now)
    current = current.exclude(code_digest="")
    if not alive(made, now=now) or not current.update(code_attempts_left=F("code_attempts_left") - 1):
        return False
    expected = Delivery.objects.values_list("code_digest", flat=True).get(pk=made.pk)
    given = _digest(made, "".join(char for char in code if char.isdigit()))
    if not hmac.compare_digest(expected, given):
        return False
    return bool(Delivery.objects.filter(pk=made.pk, code_digest=expected).update(code_digest="", code_attempts_left=0))


def log_download(made: Delivery, *, now: datetime, what: str) -> None:
    Delivery.objects.filter(pk=made.pk).update(downloads=F("downloads") + 1)
    Delivery.objects.filter(pk=made.pk, first_downloaded_at=None).update(first_downloaded_at=now)
    data = {"delivery": made.pk, "content": made.bundle.content_digest, "file": what}
    events.record(made.claim.case, "downloaded", now=now, actor=Actor.PERSON, claim=made.claim, data=data)


def revoke(case: Case, *, now: datetime) -> int:
    """Once the data is erased, copies of it that the person has fetched go too. One not yet fetched stays until its
    link ends: it was promised before the erasure (R-44) and nobody else can open it."""
    fetched = Delivery.objects.filter(claim__case=case, revoked_at=None).exclude(first_downloaded_at=None)
    gone = list(fetched.select_related("bundle__file", "bundle__pdf"))
    end(fetched, now=now)
    bundle.shred([made.bundle for made in gone], now=now)
    return len(gone)


def expire(*, now: datetime) -> int:
    """Shred bundles whose last link ran out some time ago. Called by the sweep."""
    old = Bundle.objects.filter(revoked_at=None, deliveries__expires_at__lt=now - KEEP_AFTER)
    old = old.exclude(deliveries__expires_at__gte=now - KEEP_AFTER).distinct()
    found = list(old.select_related("file", "pdf")[:500])
    bundle.shred(found, now=now)
    return len(found)


def end(deliveries: Any, *, now: datetime) -> None:
    AccessLink.objects.filter(pk__in=deliveries.values("link"), revoked_at=None).update(revoked_at=now)
    deliveries.filter(revoked_at=None).update(revoked_at=now)


def _digest(made: Delivery, code: str) -> str:
    return digest("download_code", f"{made.pk}:{code}")
