"""How often a password or a code may be guessed, in a way that shuts nobody else out.

A browser in which the person has logged in before counts by itself: whatever others type, it stays open. All others
count by address, by name from that address, and by name: at most 100 guesses a day for one account from everywhere. A
try that is refused is no guess and reaches no wider counter. Whoever stands before a closed door on a new device goes
by passkey, by the company's log-in, or by a new password from the mailbox: none of them is counted here.
Counted are keyed digests (`requests_app/rates.py`); no name and no address is stored.
"""

import logging
from typing import Any

from axes.handlers.base import AxesHandler
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from dsar_portal import known_device
from requests_app import access, rates
from requests_app.sealed import digest

logger = logging.getLogger(__name__)
Tries = list[tuple[str, str]]


class Lockout(AxesHandler):
    """django-axes asks this before any password is looked at, whichever page it was typed on."""

    def is_allowed(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        account = _account(_name(credentials or {}))
        device = known_device.of(request, account if isinstance(account, int) else None)
        where = access.caller(request)
        tries = _of_device(f"{account} {device}") if device else [
            ("staff_address", where),
            ("staff_pair", f"{account} {where}"),
            ("staff_pair_day", f"{account} {where}"),
            ("staff_name_day", str(account)),
        ]
        if _count(request, tries):
            return True
        request.axes_locked_out = True  # type: ignore[attr-defined]  # its middleware shows the page
        return False


def code_allowed(request: HttpRequest, user: AbstractBaseUser) -> bool:
    """Before a code of the second step is looked at. Who comes so far has the password: a new one counts anew."""
    who = f"{user.pk} {digest('staff.code', user.password)[:16]}"
    device = known_device.of(request, user.pk)
    tries = _of_device(f"code {who} {device}") if device else [("staff_code", who), ("staff_code_day", who)]
    return _count(request, tries)


def give_back(request: HttpRequest) -> None:
    """What was counted a moment ago was right."""
    now, tries = request.__dict__.pop("staff_tries", (None, []))
    for what, who in tries:
        rates.give_back(what, who, now=now)


def _of_device(who: str) -> Tries:
    return [("staff_device", who), ("staff_device_day", who)]


def _count(request: HttpRequest, tries: Tries) -> bool:
    """None is counted after the first that is full. Counted before the look: two at once are two."""
    now = timezone.now()
    for what, who in tries:
        if not rates.allowed(what, who, now=now):
            logger.warning("log-in refused: too many tries", extra={"code": what})
            return False
    request.staff_tries = (now, tries)  # type: ignore[attr-defined]
    return True


def _name(credentials: dict[str, Any]) -> str:
    return str(credentials.get("username") or credentials.get("email") or "").strip().lower()


def _account(name: str) -> int | str:
    """User name and address of one account are one target; a name that is nobody's counts as it was typed."""
    users = get_user_model().objects.filter(Q(username__iexact=name) | Q(email__iexact=name))
    found: int | None = users.order_by("pk").values_list("pk", flat=True).first()
    return found or f"nobody {name}"
