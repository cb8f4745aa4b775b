"""The pages of whoever looks after a system by hand: a link, a button, whom it concerns, and an answer.

The mail says nothing personal. Neither does the first page: mail scanners follow links by themselves, so only a button
shows whom it is about, to this browser, as long as the link and the task live.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from fulfilment.asking import answers, mails, page, tasks
from fulfilment.asking.forms import DoneForm, LookForm
from fulfilment.models import OwnerLink, OwnerTask
from requests_app import access, rates
from requests_app.controllers import UnknownController, controller
from requests_app.door import antivirus
from requests_app.tasks import wake
from requests_app.views import frame

LET_IN = "owner"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, secret: str) -> HttpResponse:
    """The only address that holds the secret; it shows nothing personal."""
    now = timezone.now()
    found = mails.find(secret, now=now) if rates.allowed("owner", access.caller(request), now=now) else None
    if found is None or not _served(found.task):
        return _gone(request)
    if frame.LANGUAGE not in request.session:
        request.session[frame.LANGUAGE] = mails.language_of(controller(found.task.claim.case.controller), found.task)
    if request.method != "POST":
        return _page(request, "fulfilment/owner_link.html", found.task)
    request.session.cycle_key()
    request.session[LET_IN] = {**request.session.get(LET_IN, {}), str(found.task.uid): found.pk}
    return redirect("fulfilment:owner", found.task.uid)


def _of_task(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view gets the `OwnerTask` this session was let in to; nobody else learns whether there is one."""

    @wraps(view)
    def wrapped(request: HttpRequest, uid: UUID) -> HttpResponse:
        pk = request.session.get(LET_IN, {}).get(str(uid))
        found: OwnerLink | None = mails.by_pk(pk, uid=uid, now=timezone.now()) if pk else None
        if found is None:
            return _gone(request)
        if not _served(found.task):
            return _over(request)
        return view(request, found.task)

    return never_cache(wrapped)


@require_http_methods(["GET", "HEAD", "POST"])
@_of_task
def task(request: HttpRequest, found: OwnerTask) -> HttpResponse:
    ours, now = controller(found.claim.case.controller), timezone.now()
    language = frame.speak(request, controller=ours)
    collects = found.what == tasks.What.COLLECT
    places = page.places(ours, found.source, language=language) if collects else []
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = LookForm(*posted, ours=ours, task=found, places=places) if collects else DoneForm(*posted[:1])
    shown = {"places": places} if collects else page.to_do(found, language=language)
    if request.method != "POST":
        tasks.opened(found, now=now)
        return _page(request, "fulfilment/owner.html", found, form=form, **shown)
    if not rates.allowed("owner_answer", str(found.uid), now=now):
        return _page(request, "fulfilment/owner.html", found, form=form, status=429, too_many=True, **shown)
    if not form.is_valid():
        return _page(request, "fulfilment/owner.html", found, form=form, status=422, **shown)
    try:
        form.apply(found, now=now)
    except tasks.NotAllowed:
        return _over(request)
    wake(found.claim_id)
    return redirect("fulfilment:owner", found.uid)  # shows what was answered; or thanks, where it is over


def _served(found: OwnerTask) -> bool:
    """Over for good, or a company no longer served here, looks as if there had never been anything."""
    try:
        controller(found.claim.case.controller)
    except UnknownController:
        return False
    return tasks.is_alive(found)


def _page(request: HttpRequest, template: str, found: OwnerTask, *, status: int = 200, **more: Any) -> HttpResponse:
    ours = controller(found.claim.case.controller)
    language = frame.speak(request, controller=ours)
    context = {
        "task": found, "collects": found.what == tasks.What.COLLECT,
        "system": mails.system(ours, found.source, language),
        "open": found.status == tasks.Status.WAITING, "takes_files": antivirus.takes_files(),
        "known_by": page.known_by(found.claim.case) if "form" in more else (), "files": list(found.files.all()),
        "most_files": answers.MOST_FILES, **more,
    }  # fmt: skip
    return frame.page(request, template, context, controller=ours, status=status)


def _over(request: HttpRequest) -> HttpResponse:
    """Who was let in learns that nothing is needed any more, and not about whom it was."""
    return frame.page(request, "fulfilment/owner_over.html", status=410)


def _gone(request: HttpRequest) -> HttpResponse:
    """Unknown, expired, ended and somebody else's: one and the same page."""
    return frame.page(request, "fulfilment/owner_gone.html", status=404)
