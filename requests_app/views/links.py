"""Secret links. Unknown, expired, used and somebody else's lead to the same page, which offers a new one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from requests_app import access, forms, intake, rates, summary, tasks
from requests_app.controllers import controller
from requests_app.views import frame


@require_safe
def secret(request: HttpRequest, secret: str) -> HttpResponse:
    """The only time the secret stands in an address: it becomes a grant and the address loses it."""
    now = timezone.now()
    if not rates.allowed("redeem", access.caller(request), now=now):
        return frame.wait(request, "redeem")
    link = access.redeem(secret, access.Purpose.STATUS, now=now)
    if link is None:
        return gone(request)
    access.grant(request, link)
    return redirect("public:status", link.case.reference)


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, secret: str) -> HttpResponse:
    """A button, because mail scanners follow links by themselves."""
    now = timezone.now()
    if not rates.allowed("redeem", access.caller(request), now=now):
        return frame.wait(request, "redeem")
    link = access.find(secret, access.Purpose.CONFIRM_EMAIL, now=now)
    if link is None:
        return gone(request)
    company = controller(link.case.controller)
    if request.method != "POST":
        context: dict[str, object] = {"case": None, "asked": summary.asked(link.case)}
        return frame.page(request, "public/confirm.html", context, controller=company, case=link.case)
    if intake.confirm_email(secret, now=now) is None:
        return gone(request)
    context = {"done": True, "case": None}
    return frame.page(request, "public/confirm.html", context, controller=company, case=link.case)


@require_http_methods(["GET", "HEAD", "POST"])
def new_link(request: HttpRequest) -> HttpResponse:
    """Send a new link to the address on the case. The answer never tells whether there was one."""
    if request.method != "POST":
        return gone(request, status=200)
    form = forms.NewLink(request.POST)
    if not form.is_valid():
        return gone(request, form=form, status=422)
    if not rates.allowed("new_link", access.caller(request), now=timezone.now()):
        form.add_error(None, frame.TOO_MANY)
        return gone(request, form=form, status=429)
    tasks.ask_for_links(form.cleaned_data["email"], reference=form.cleaned_data["reference"])
    return frame.page(request, "public/link_sent.html")


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """End the visit, for instance on a library's computer."""
    access.forget_grants(request)
    return frame.page(request, "public/left.html")


def gone(request: HttpRequest, *, form: forms.NewLink | None = None, status: int = 404) -> HttpResponse:
    return frame.page(request, "public/link_gone.html", {"form": form or forms.NewLink()}, status=status)
