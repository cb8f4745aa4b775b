"""A colleague has lost telephone, key and recovery codes: their log-in begins anew, as on the first day.

Password and second factors go, so every session ends; a new password comes by the colleague's own mailbox, then a new
factor is set up. Who had it done, for whom and why is in the log of Django's admin.
"""

from allauth.mfa.models import Authenticator
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.db import transaction

from requests_app import access
from requests_app.memberships import NotAllowed
from requests_app.models import Membership


def log_in_anew(user: User, *, by: User | None, why: str = "") -> None:
    """`by`: an administrator of every company this person works for; None: whoever runs the portal, at the terminal.

    Raises `NotAllowed` oneself, not_administrator.
    """
    if by is not None:
        _check(user, by=by)
    with transaction.atomic():
        Authenticator.objects.filter(user_id=user.pk).delete()
        user.set_unusable_password()
        user.save(update_fields=["password"])
        said = f"log-in begun anew {'by the operator' if by is None else ''} {why}".strip()
        LogEntry.objects.log_actions((by or user).pk, [user], CHANGE, said, single_object=True)


def may_begin_anew(user: User, *, by: User) -> bool:
    """Whoever administers only some of the companies would open a door to the others."""
    theirs = set(Membership.objects.filter(user=user).values_list("controller", flat=True))
    mine = {slug for slug, roles in access.memberships(by).items() if Membership.Role.ADMINISTRATOR in roles}
    return bool(theirs) and theirs <= mine and user.pk != by.pk


def _check(user: User, *, by: User) -> None:
    if user.pk == by.pk:
        raise NotAllowed("oneself")
    if not may_begin_anew(user, by=by):
        raise NotAllowed("not_administrator")
