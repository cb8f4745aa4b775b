"""What every public page shares: the language it speaks, the company it belongs to, and what it may be kept by."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from policies.load import Controller
from requests_app import access, rates
from requests_app.controllers import UnknownController, controller
from requests_app.models import Case
from requests_app.paper import contact, languages

LANGUAGE = "language"
TOO_MANY = _("That was a lot in a short time. Please wait a little and try again. What you wrote is still here.")
View = Callable[..., HttpResponse]


def speak(request: HttpRequest, *, controller: Controller | None = None, case: Case | None = None) -> str:
    """Activate the language of this page: the one chosen, if offered; else the case's or the company's."""
    offered = languages(controller) if controller else tuple(code for code, _name in settings.LANGUAGES)
    chosen = getattr(request, "session", {}).get(LANGUAGE)  # none yet where a request was refused early
    if chosen not in offered:
        chosen = case.language if case else offered[0] if controller else translation.get_language_from_request(request)
    translation.activate(chosen)
    request.LANGUAGE_CODE = chosen  # type: ignore[attr-defined]
    return str(chosen)


def page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    controller: Controller | None = None,
    case: Case | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render a public page in its language and the company's colours."""
    language = speak(request, controller=controller, case=case)
    offered = languages(controller) if controller else tuple(code for code, _name in settings.LANGUAGES)
    names = dict(settings.LANGUAGES)
    common = {
        "company": controller,
        "policy": controller.policy if controller else None,
        "case": case,
        "language": language,
        "languages": [(code, names[code]) for code in offered],
        "company_email": contact(controller, "email") if controller else "",
        "company_phone": contact(controller, "phone") if controller else "",
        "here": request.path,
    }
    with timezone.override(controller.policy.tz if controller else None):  # a person's day is the controller's day
        return render(request, template, {**common, **(context or {})}, status=status)


def wait(request: HttpRequest, what: str, **company_and_case: Any) -> HttpResponse:
    """Too many of `what`. Nothing is used up or lost; the page says when to come back."""
    now = timezone.now()
    response = page(request, "public/wait.html", {}, status=429, **company_and_case)
    response["Retry-After"] = str(rates.wait(what, now=now))
    return response


def of_company(view: View) -> View:
    """The view gets the `Controller` of the slug in the URL."""

    @wraps(view)
    def wrapped(request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            company = controller(slug)
        except UnknownController:
            raise Http404 from None
        speak(request, controller=company)
        return view(request, company, *args, **kwargs)

    return wrapped


def of_case(view: View) -> View:
    """The view gets the `Case` this session was let into. No grant, another's case and no case: the same kind page."""

    @wraps(view)
    def wrapped(request: HttpRequest, reference: str, *args: Any, **kwargs: Any) -> HttpResponse:
        case = access.granted(request, reference, now=timezone.now())
        if case is None:
            return redirect("public:new_link")
        speak(request, controller=controller(case.controller), case=case)
        return view(request, case, *args, **kwargs)

    return wrapped
