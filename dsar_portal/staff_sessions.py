"""Where somebody of staff is logged in, and how to end it."""

from allauth.usersessions.internal.flows.sessions import end_sessions
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

BROWSERS = {"Edg": "Edge", "OPR/": "Opera", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
SYSTEMS = {"Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows", "Mac OS": "macOS",
           "Linux": "Linux"}  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def show(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        _end(request, request.POST.get("session", ""))
        messages.success(request, _("Ended. Whoever sat there has to log in again."))
        return redirect("usersessions_list")
    own = sorted(UserSession.objects.purge_and_list(request.user), key=lambda one: one.created_at, reverse=True)
    rows = [(one, browser(one.user_agent)) for one in own]
    return render(request, "usersessions/usersession_list.html", {"rows": rows})


def browser(user_agent: str) -> str:
    """Two words somebody knows their device by; "" for what says neither."""
    known = (next((name for mark, name in table.items() if mark in user_agent), "") for table in (BROWSERS, SYSTEMS))
    return ", ".join(filter(None, known))


def forget_ended() -> int:
    """Address and browser go with the session they belong to."""
    return UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()[0]


def _end(request: HttpRequest, which: str) -> None:
    user = request.user
    assert isinstance(user, User)
    own = UserSession.objects.filter(user=user)
    if which == "others":
        end_sessions(request, [one for one in own if not one.is_current()])
    elif which.isdecimal():
        end_sessions(request, list(own.filter(pk=int(which[:18]))))
