"""What every page of the desk shares: the frame of the admin, the language of the reader, dates and messages."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language

from desk.permissions import Role, companies, works_on_cases
from desk.words import company_name
from law.deadlines import local_day
from law.reasons import LANGUAGES, Reason, say
from requests_app.controllers import controller
from requests_app.models import Case, Claim


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of the admin's own frame."""
    return {
        "site_title": "", "site_header": "", "site_url": None, "has_permission": True, "is_popup": False,
        "is_nav_sidebar_enabled": False, "available_apps": [],
        "on_cases": works_on_cases(request), "may_enter": companies(request, Role.CASEWORKER),
        "administers": companies(request, Role.ADMINISTRATOR),
    }  # fmt: skip


def page(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, title: Any, status: int = 200
) -> HttpResponse:  # fmt: skip
    return render(request, template, {**frame(request), "title": title, **context}, status=status)


def case_page(
    request: HttpRequest, case: Case, template: str, context: Mapping[str, Any], *, title: Any, status: int = 200
) -> HttpResponse:  # fmt: skip
    """A page about one case: its name leads back to it."""
    shared = {"case": case, "company_name": company_name(case.controller), "person": case.person}
    return page(request, template, {**shared, **context}, title=title, status=status)


def back_to(request: HttpRequest, case: Case, *, said: Any = None, wrong: Any = None, part: str = "") -> HttpResponse:
    """To the case page, with one line that says what happened."""
    if said:
        messages.success(request, said)
    if wrong:
        messages.error(request, wrong)
    response = redirect("admin:case", case.reference)
    if part:
        response["Location"] += f"#{part}"
    return response


def language() -> str:
    """The reader's language among those the law speaks."""
    spoken = (get_language() or "en")[:2]
    return spoken if spoken in LANGUAGES else "en"


def sentences(reasons: Iterable[Reason]) -> list[str]:
    return [say(reason, language()) for reason in reasons]


def today_of(slug: str) -> date:
    return local_day(timezone.now(), tz=controller(slug).policy.tz)


def to_claim_page(name: str, claim: Claim) -> HttpResponse:
    return redirect(f"admin:{name}", claim.case.reference, claim.right)


def tell(request: HttpRequest, text: Any) -> None:
    messages.success(request, text)


def warn(request: HttpRequest, text: Any) -> None:
    messages.error(request, text)
