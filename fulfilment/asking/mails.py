"""Mails to owners, each with a secret address of its own. The only writer of `OwnerLink`.

A mail names the system and the day, never the person. A reminder brings a new link, and the one before goes on working:
of a secret only the digest is kept, so it cannot be sent twice.
"""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse

from fulfilment.extract.shape import say
from fulfilment.models import OwnerLink, OwnerTask
from policies.load import Controller
from requests_app import access, correspondence
from requests_app.controllers import controller
from requests_app.models import Letter
from requests_app.paper import languages
from requests_app.sealed import digest

LINK_DAYS = 30
"""How long a link works, if the task does; a reminder or the desk makes a new one."""


def write(task: OwnerTask, kind: str, *, to: str, now: datetime) -> Letter:
    """One mail about a task, in the owner's language. For the caller's transaction."""
    ours = controller(task.claim.case.controller)
    language = language_of(ours, task)
    link, url = _link(task, now=now)
    values: dict[str, Any] = {
        "system": system(ours, task.source, language), "what": str(task.what), "url": url, "answer_by": task.answer_by,
    }  # fmt: skip
    if kind != "owner_asked":
        values["asked"] = task.asked_on
    case = task.claim.case
    link.letter = correspondence.write(case, kind, now=now, values=values, claim=task.claim, to=to, language=language)
    link.save(update_fields=["letter"])
    return link.letter


def language_of(ours: Controller, task: OwnerTask) -> str:
    """The owner's, where the policy says one; else the company's first."""
    source = ours.sources.get(task.source)
    owner = source.seen_to_by if source else None
    return (owner.language if owner else None) or languages(ours)[0]


def system(ours: Controller, source: str, language: str) -> str:
    """What the company calls the system; its key where the map has lost it."""
    named = ours.sources.get(source)
    return say(named.name, language) if named else source


def _link(task: OwnerTask, *, now: datetime) -> tuple[OwnerLink, str]:
    secret = secrets.token_urlsafe(32)
    link = OwnerLink.objects.create(
        task=task, secret_digest=digest("owner", secret), made_at=now, expires_at=now + timedelta(days=LINK_DAYS)
    )
    return link, access.absolute(reverse("fulfilment:owner_link", args=[secret]))


def find(secret: str, *, now: datetime) -> OwnerLink | None:
    """The link of a secret that has not ended; unknown, expired and revoked look the same."""
    return _alive(now).filter(secret_digest=digest("owner", secret)).first()


def by_pk(pk: Any, *, uid: Any, now: datetime) -> OwnerLink | None:
    """The link a session was let in by, as long as it has not ended."""
    return _alive(now).filter(pk=pk, task__uid=uid).first()


def _alive(now: datetime) -> Any:
    return OwnerLink.objects.filter(expires_at__gt=now).select_related("task__claim__case")


def end_links(tasks: Iterable[int], *, now: datetime) -> None:
    OwnerLink.objects.filter(task__in=list(tasks), expires_at__gt=now).update(expires_at=now)
