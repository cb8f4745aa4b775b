"""Who may see a case: secret links and session grants for the person, memberships for staff.

A secret stands in a URL once. Opening it puts a grant into the session and leads on to an address without it.
"""

import ipaddress
import re
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from requests_app.models import AccessLink, Case, Membership
from requests_app.sealed import digest

Purpose = AccessLink.Purpose
LIFETIME = {
    Purpose.STATUS: timedelta(days=120),  # the longest answer (three months) and a month to read it
    Purpose.CONFIRM_EMAIL: timedelta(days=14),
    Purpose.PROOF: timedelta(days=3),
    Purpose.DOWNLOAD: timedelta(days=14),  # Art. 32; R-76: never longer
}
ONCE = frozenset({Purpose.CONFIRM_EMAIL, Purpose.PROOF})
GRANTS = "grants"
SECRET_IN_LINK = re.compile(r"(?<=/)[A-Za-z0-9_-]{43}(?=/)")
"""What `issue` makes of 32 random bytes."""
CASE_ROLES = frozenset({Membership.Role.CASEWORKER, Membership.Role.APPROVER})


def issue(case: Case, purpose: str, *, now: datetime, lifetime: timedelta | None = None) -> tuple[AccessLink, str]:
    """A new link and its secret. Only the digest is kept, so the secret cannot be shown a second time."""
    secret = secrets.token_urlsafe(32)
    link = AccessLink.objects.create(
        case=case,
        purpose=purpose,
        secret_digest=digest("link", secret),
        expires_at=now + (lifetime or LIFETIME[Purpose(purpose)]),
    )
    return link, secret


def find(secret: str, purpose: str, *, now: datetime) -> AccessLink | None:
    """The link of a secret if it still works. Unknown, expired, used up, revoked and other purpose look the same."""
    link = AccessLink.objects.select_related("case").filter(
        _alive(now), purpose=purpose, secret_digest=digest("link", secret)
    )
    return link.first()


def redeem(secret: str, purpose: str, *, now: datetime) -> AccessLink | None:
    """Use a link. One that works once is taken by compare-and-set: of two at the same moment one gets None."""
    link = find(secret, purpose, now=now)
    if link and link.purpose in ONCE and not AccessLink.objects.filter(pk=link.pk, used_at=None).update(used_at=now):
        return None
    if link and link.purpose not in ONCE:
        AccessLink.objects.filter(pk=link.pk, used_at=None).update(used_at=now)
    return link


def revoke(case: Case, purpose: str, *, now: datetime, keep: int | None = None) -> int:
    """End every link of this purpose, but the one with the key `keep`."""
    links = AccessLink.objects.filter(case=case, purpose=purpose, revoked_at=None).exclude(pk=keep)
    return links.update(revoked_at=now)


def _alive(now: datetime) -> Q:
    once = Q(purpose__in=ONCE, used_at__isnull=False)
    return Q(revoked_at=None) & (Q(expires_at=None) | Q(expires_at__gt=now)) & ~once


def status_url(case: Case, *, now: datetime) -> str:
    """A fresh secret address of the status page, for a letter."""
    return absolute(reverse("public:secret", args=[issue(case, Purpose.STATUS, now=now)[1]]))


def absolute(path: str) -> str:
    return f"{settings.PUBLIC_BASE_URL}{path}"


def without_secrets(text: str) -> str:
    """A letter as others than its reader may see it: the links in it would open the case as the person."""
    return SECRET_IN_LINK.sub("***", text)


def grant(request: HttpRequest, link: AccessLink) -> None:
    """Let this session see the case of the link, for as long as the link lives and is not revoked."""
    request.session.cycle_key()
    request.session[GRANTS] = {**request.session.get(GRANTS, {}), link.case.reference: link.pk}


def granted(request: HttpRequest, reference: str, *, now: datetime) -> Case | None:
    """The case this session may see under that reference, or None: no grant, another's and no case look the same."""
    pk = request.session.get(GRANTS, {}).get(reference)
    link = AccessLink.objects.select_related("case").filter(
        _alive(now), pk=pk, purpose=Purpose.STATUS, case__reference=reference
    )
    found = link.first() if pk else None
    return found.case if found else None


def forget_grants(request: HttpRequest) -> None:
    request.session.flush()


def caller(request: HttpRequest) -> str:
    """Address of whoever calls, for rate counters only; behind our own proxy, the last one it wrote.

    Of an IPv6 address the network (/64): a single household has 2⁶⁴ of them.
    """
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.SECURE_PROXY_SSL_HEADER else ""
    given = forwarded.rsplit(",", 1)[-1].strip() or request.META.get("REMOTE_ADDR", "")
    try:
        address = ipaddress.ip_address(given)
    except ValueError:
        return given
    if isinstance(address, ipaddress.IPv6Address):
        return str(address.ipv4_mapped or ipaddress.ip_network((address, 64), strict=False))
    return given


def memberships(user: AbstractBaseUser | AnonymousUser) -> dict[str, frozenset[str]]:
    """Every company a member of staff works for, with their roles there."""
    if not user.is_active or user.pk is None:
        return {}
    found: dict[str, frozenset[str]] = {}
    for controller, role in Membership.objects.filter(user_id=user.pk).values_list("controller", "role"):
        if _opens(user, controller):
            found[controller] = found.get(controller, frozenset()) | {role}
    return dict(sorted(found.items()))


def roles(user: AbstractBaseUser | AnonymousUser, controller: str) -> frozenset[str]:
    """Roles of a member of staff at one company; a superuser has none by that alone."""
    if not user.is_active or user.pk is None or not _opens(user, controller):
        return frozenset()
    return frozenset(Membership.objects.filter(user_id=user.pk, controller=controller).values_list("role", flat=True))


def _opens(user: AbstractBaseUser | AnonymousUser, controller: str) -> bool:
    """Not every way of logging in opens every company: dsar_portal/staff_sso.py says which, for the session at hand."""
    opens: Callable[[str], bool] | None = getattr(user, "opens", None)
    return opens is None or opens(controller)


def visible_cases(user: AbstractBaseUser | AnonymousUser) -> QuerySet[Case]:
    """Cases of the companies the user works on cases of; of others nothing, not even that they exist.

    Who only administers accounts has no need to see a case (Art. 32; R-76).
    """
    mine = [slug for slug, roles in memberships(user).items() if roles & CASE_ROLES]
    return Case.objects.filter(controller__in=mine)
