"""A browser in which somebody of staff has logged in before. Guessing elsewhere does not shut it out.

A signed cookie holds a random name of the device for each account that has logged in there. It opens nothing: it only
gives tries of its own (`dsar_portal/lockout.py`).
"""

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import get_random_string

SALT, LENGTH = "dsar_portal.known_device", timedelta(days=180)
MOST = 8  # accounts on one device


def of(request: HttpRequest, account: int | None) -> str | None:
    """The device's name for this account, or None: never logged in here, or not with this account."""
    return _read(request).get(str(account)) if account else None


def remember(request: HttpRequest, response: HttpResponseBase, account: int) -> None:
    held = _read(request)
    newest = dict([*held.items(), (str(account), get_random_string(22))][-MOST:])
    response.set_cookie(
        settings.STAFF_DEVICE_COOKIE, signing.dumps(newest, salt=SALT), max_age=LENGTH, path="/staff/",
        secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax",
    )  # fmt: skip


def _read(request: HttpRequest) -> dict[str, str]:
    try:
        found = signing.loads(request.COOKIES.get(settings.STAFF_DEVICE_COOKIE, ""), salt=SALT, max_age=LENGTH)
    except signing.BadSignature:
        return {}
    return found if isinstance(found, dict) else {}
