"""Who works on a case. The only writer of `Case.assignee`."""

from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from requests_app import access, events
from requests_app.models import Case, Membership
from requests_app.states import Actor


class NotOfCompany(Exception):
    """Only a caseworker of the case's own company can be given the case."""


def assign(case: Case, to: AbstractBaseUser | None, *, by: AbstractBaseUser, now: datetime) -> bool:
    """Give the case to somebody, or (None) to nobody. False when nothing changed. Raises `NotOfCompany`."""
    if to is not None and Membership.Role.CASEWORKER not in access.roles(to, case.controller):
        raise NotOfCompany(case.reference)
    with transaction.atomic():
        others = Case.objects.filter(pk=case.pk)
        changed = (others.exclude(assignee=to) if to else others.exclude(assignee=None)).update(assignee=to)
        if changed:
            data = {"to": to.pk if to else None}
            events.record(case, "assigned", now=now, actor=Actor.STAFF, user=by, data=data)
            case.assignee = to  # type: ignore[assignment]
    return bool(changed)
