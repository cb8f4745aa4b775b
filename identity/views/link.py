"""Asking for the link to the address on file. The page says the same whether a source knows the address or not."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from identity import attempts, flows, forms, need, tries
from identity.views import limits
from law.identification import Means
from requests_app.controllers import controller
from requests_app.models import Case
from requests_app.tasks import ask_worker
from requests_app.views import frame


@require_http_methods(["GET", "HEAD", "POST"])
@frame.of_case
def ask(request: HttpRequest, case: Case) -> HttpResponse:
    now = timezone.now()
    if Means.email_link not in need.offered(case):
        return redirect("identity:start", case.reference)
    form, status = forms.ProveNow(), 200
    if request.method == "POST":
        form = forms.ProveNow(request.POST)
        status = _send(request, case, form, now=now)
    if status == 302:
        return redirect("identity:start", case.reference)
    context = {
        "form": form,
        "left": tries.left(case, Means.email_link, now=now),
        "sent": sent(case, Means.email_link, now=now),
    }
    page, company = "identity/email_link.html", controller(case.controller)
    return frame.page(request, page, context, controller=company, case=case, status=status)


def sent(case: Case, means: Means, *, now: datetime) -> bool:
    """A link may be on its way: somebody has asked for one that would still work."""
    current = attempts.current(case, Means.email_link) if means is Means.email_link else None
    return bool(current and current.expires_at > now and "wanted" in current.memory)


def _send(request: HttpRequest, case: Case, form: forms.ProveNow, *, now: datetime) -> int:
    if not limits.within(request, case, now=now):
        form.add_error(None, frame.TOO_MANY)
        return 429
    try:
        attempt = flows.start(case, Means.email_link, now=now)
        flows.want_link(attempt, now=now)
    except flows.Closed:
        form.add_error(None, _("No further link for now. Choose another way, or write to us."))
        return 409
    ask_worker("identity.tasks.look_up", attempt.pk)
    return 302
