"""The page of a recipient who is told (Art. 19): a link, a button, whom it concerns, and an answer.

The mail says nothing personal. Neither does the first page: mail scanners follow links by themselves, so only a button
shows whom it is about, to this browser, as long as the link lives.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from fulfilment.models import RecipientNotice
from fulfilment.telling import notices, told_list
from requests_app import access, rates, tasks
from requests_app.controllers import UnknownController, controller
from requests_app.models import Case
from requests_app.views import frame

LET_IN = "recipient"


class Answer(forms.Form):
    """`done`: "yes" they have acted on it; "no" they cannot, and say why."""

    done = forms.ChoiceField(
        label=_("Your answer"),
        widget=forms.RadioSelect,
        choices=[("yes", _("We have done it")), ("no", _("We cannot, because of this:"))],
        error_messages={"required": _("Choose one of the two.")},
    )
    why = forms.CharField(
        label=_("Why you cannot"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only if you cannot. Do not write more about the person than you must."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("done") == "no" and not data.get("why", "").strip():
            self.add_error("why", _("Write why you cannot."))
        return data


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, secret: str) -> HttpResponse:
    """The only address that holds the secret; it shows nothing personal."""
    now = timezone.now()
    notice = None
    if rates.allowed("recipient", access.caller(request), now=now):
        notice = notices.find(secret, now=now)
    if notice is None or not _served(notice):
        return _gone(request)
    if request.method != "POST":
        return _page(request, "fulfilment/recipient_link.html", notice)
    request.session.cycle_key()
    request.session[LET_IN] = {**request.session.get(LET_IN, {}), str(notice.uid): notice.secret_digest}
    return redirect("fulfilment:recipient", notice.uid)


def _of_notice(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view gets the `RecipientNotice` this session was let in to; nobody else learns whether there is one."""

    @wraps(view)
    def wrapped(request: HttpRequest, uid: UUID) -> HttpResponse:
        secret_digest = request.session.get(LET_IN, {}).get(str(uid), "")
        notice = notices.alive(uid, secret_digest=secret_digest, now=timezone.now()) if secret_digest else None
        if notice is None or not _served(notice):
            return _gone(request)
        return view(request, notice)

    return never_cache(wrapped)


@require_http_methods(["GET", "HEAD", "POST"])
@_of_notice
def notice(request: HttpRequest, found: RecipientNotice) -> HttpResponse:
    now = timezone.now()
    if request.method != "POST":
        notices.opened(found, now=now)
        return _page(request, "fulfilment/recipient.html", found, form=Answer())
    form = Answer(request.POST)
    if not form.is_valid():
        return _page(request, "fulfilment/recipient.html", found, form=form, status=422)
    notices.answer(found, done=form.cleaned_data["done"] == "yes", why=form.cleaned_data["why"], now=now)
    return redirect("fulfilment:recipient", found.uid)  # twice is once: the page shows what was answered first


@require_POST
@frame.of_case
def told(request: HttpRequest, case: Case) -> HttpResponse:
    """The person asks who has been told (Art. 19, second sentence): the answer is a letter on the status page."""
    now = timezone.now()
    if rates.allowed("told_list", case.reference, now=now):
        told_list.write(case, now=now)
        tasks.post_letters()
    response = redirect("public:status", case.reference)
    response["Location"] += "#letters"
    return response


def _served(notice: RecipientNotice) -> bool:
    try:
        controller(notice.claim.case.controller)
    except UnknownController:
        return False
    return True


def _page(
    request: HttpRequest, template: str, notice: RecipientNotice, *, status: int = 200, **more: Any
) -> HttpResponse:
    company = controller(notice.claim.case.controller)
    answered = notice.status in (notices.Status.CONFIRMED, notices.Status.DECLINED)
    settled = notice.status == notices.Status.CONFIRMED
    context = {"notice": notice, "answered": answered, "settled": settled, "about": notice.about, **more}
    return frame.page(request, template, context, controller=company, status=status)


def _gone(request: HttpRequest) -> HttpResponse:
    """Unknown, expired, replaced and somebody else's: one and the same page."""
    return frame.page(request, "fulfilment/recipient_gone.html", status=404)
