"""Who works for a company, in which roles. The only writer of `Membership`.

A log entry of Django's admin remembers each change: who gave or took which role of whom.
"""

from django.contrib.admin.models import ADDITION, DELETION, LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import QuerySet

from requests_app import access
from requests_app.models import Membership

Role = Membership.Role


class NotAllowed(Exception):
    """`code`: not_administrator, oneself (nobody gives or takes roles of their own), role, name_taken,
    has_administrator."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def of_company(controller: str) -> QuerySet[Membership]:
    return Membership.objects.filter(controller=controller).select_related("user").order_by("user__username", "role")


def give(email: str, *, name: str, controller: str, role: str, by: AbstractBaseUser) -> Membership:
    """A role for the person with this address; without an account one is made, whose password they choose by mail.

    Raises `NotAllowed`. Repeating is harmless.
    """
    users = get_user_model().objects
    with transaction.atomic():
        user = users.filter(email__iexact=email.strip()).first()
        _check(user, controller, role, by=by)
        if user is None:
            user = _account(email.strip().lower(), name=name)
        made, fresh = Membership.objects.get_or_create(user=user, controller=controller, role=role)
        if fresh:
            _log(made, ADDITION, by=by)
    return made


def begin(email: str, *, name: str, controller: str) -> Membership:
    """A company's first administrator, from the terminal. Raises `NotAllowed` has_administrator once there is one."""
    with transaction.atomic():
        if Membership.objects.filter(controller=controller, role=Role.ADMINISTRATOR).exists():
            raise NotAllowed("has_administrator")
        user = get_user_model().objects.filter(email__iexact=email.strip()).first()
        if user is None:
            user = _account(email.strip().lower(), name=name)
        return Membership.objects.create(user=user, controller=controller, role=Role.ADMINISTRATOR)


def take(membership: Membership, *, by: AbstractBaseUser) -> None:
    """The role ends. Raises `NotAllowed`."""
    with transaction.atomic():
        _check(membership.user, membership.controller, membership.role, by=by)
        _log(membership, DELETION, by=by)
        membership.delete()


def _account(email: str, *, name: str) -> AbstractBaseUser:
    users = get_user_model().objects
    if users.filter(username=email).exists():
        raise NotAllowed("name_taken")
    first, _, last = name.strip().partition(" ")
    return users.create_user(email, email, password=None, first_name=first[:150], last_name=last[:150])


def _check(user: AbstractBaseUser | None, controller: str, role: str, *, by: AbstractBaseUser) -> None:
    if Role.ADMINISTRATOR not in access.roles(by, controller):
        raise NotAllowed("not_administrator")
    if role not in Role.values:
        raise NotAllowed("role")
    if user is not None and user.pk == by.pk:
        raise NotAllowed("oneself")


def _log(membership: Membership, flag: int, *, by: AbstractBaseUser) -> None:
    LogEntry.objects.log_actions(by.pk, [membership], flag, f"{membership.user_id} {membership}", single_object=True)
