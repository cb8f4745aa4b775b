"""Whose identity is being proved in this session: the person's, or that of whoever acts for them.

Kept in the session and not in the address: every way of proof has one address, whoever it is about.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from identity.models import Verification
from requests_app.models import Case

KEY = "whose"
Subject = Verification.Subject


def subject(request: HttpRequest, case: Case) -> str:
    speaks = request.session.get(KEY) == case.reference and case.representative
    return str(Subject.REPRESENTATIVE if speaks else Subject.PERSON)


def remember(request: HttpRequest, case: Case, *, subject: str) -> None:
    chosen = case.reference if subject == Subject.REPRESENTATIVE else ""
    if request.session.get(KEY, "") != chosen:
        request.session[KEY] = chosen


def as_shown(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A form says whom it was about. Where another tab has chosen anew since, neither is trusted: the person is asked
    once more."""

    @wraps(view)
    def asked(request: HttpRequest, case: Case, *args: Any, **more: Any) -> HttpResponse:
        if request.method == "POST" and request.POST.get("whose", Subject.PERSON) != subject(request, case):
            return redirect("identity:start", case.reference)
        return view(request, case, *args, **more)

    return asked


def back(request: HttpRequest, case: Case) -> HttpResponse:
    """Where a way leads when something was handed in."""
    speaks = subject(request, case) == Subject.REPRESENTATIVE
    return redirect("identity:representative" if speaks else "identity:start", case.reference)
