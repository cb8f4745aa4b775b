"""Outside the demo nobody of staff sees the desk without a second factor, shown in this very session."""

from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.usersessions.internal.flows.sessions import end_other_sessions
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

from dsar_portal import staff_sso

SET_UP = "staff.second_factor_set_up"  # in the session in which the factor was set up
STRONG = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def has(user: AbstractBaseUser) -> bool:
    """Recovery codes alone are none."""
    return Authenticator.objects.filter(user_id=user.pk, type__in=STRONG).exists()


def shown(request: HttpRequest) -> bool:
    """A session begun with the password alone, before the factor was set up elsewhere, has not shown it."""
    records = get_authentication_records(request, request.user)
    return SET_UP in request.session or any(record.get("method") == "mfa" for record in records)


def lacking(request: HttpRequest) -> str:
    """Why the desk stays closed to somebody who is logged in: "" (open), "none" (no factor yet), "not_shown"."""
    if not settings.STAFF_MFA_REQUIRED or not request.user.is_authenticated or staff_sso.vouched(request):
        return ""
    if not has(request.user):
        return "none"
    return "" if shown(request) else "not_shown"


def changed(request: HttpRequest, user: AbstractBaseUser, **_: Any) -> None:
    """How somebody logs in has changed: whoever else sits in a session of theirs is out."""
    if request.user.is_authenticated and request.user.pk == user.pk:
        end_other_sessions(request, user)


def set_up(request: HttpRequest, user: AbstractBaseUser, authenticator: Authenticator, **more: Any) -> None:
    if authenticator.type in STRONG:
        request.session[SET_UP] = True
        staff_sso.bind(request, authenticator)
    changed(request, user, **more)
