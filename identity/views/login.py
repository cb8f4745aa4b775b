"""Logging in at a provider: away from here by a button, and back again. Nobody becomes a user of this portal by it.

What was begun is bound to this session and this case (django-allauth's state, and our nonce): an answer somebody else
got proves nothing here. Cancelled, too weak or broken is no try, and another way is always left.
"""

import secrets
from datetime import datetime
from hmac import compare_digest
from typing import Any
from urllib.parse import urlencode, urlsplit

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods
from requests import RequestException

from identity import attempts, flows, need, tries
from identity.log_in import assertion, log_ins
from identity.log_in.log_ins import Connection
from identity.log_in.oidc import CheckedClient
from identity.methods import login as by_log_in
from identity.views import limits, whose
from law.identification import Means
from requests_app import access, correspondence
from requests_app.controllers import controller
from requests_app.models import Case
from requests_app.tasks import ask_worker
from requests_app.views import frame

SAID = {
    "cancelled": _("You cancelled the log-in. Nothing is lost, and it does not count as a try."),
    "unreachable": _("The log-in does not answer just now. Nothing is lost: try again later, or choose another way."),
    "broken": _("The log-in did not work this time. Nothing is lost: try again, or choose another way."),
    "too_weak": _(
        "This log-in was not sure enough for your request. Log in again in the way you use for important things, or "
        "choose another way."
    ),
    "stale": _("Somebody was logged in there already. Log in anew, so that we know that it is you who sits here."),
    "used_up": _("This way is used up for now. Choose another one, or write to us."),
}
ASKED = {
    "email": _("your e-mail address"),
    "customer_no": _("your customer number"),
    "name": _("your name"),
    "birth_date": _("your date of birth"),
}
ERRORS = {  # what a provider may answer (OAuth 2.0 section 4.1.2.1; OpenID Connect) and what it means here
    "access_denied": "cancelled",
    "login_required": "cancelled",
    "server_error": "unreachable",
    "temporarily_unavailable": "unreachable",
    "unmet_authentication_requirements": "too_weak",
}


class PersonsClient(CheckedClient):
    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return access.absolute(reverse("identity:log_in_back", args=[self.provider_id]))


@require_http_methods(["GET", "HEAD", "POST"])
@frame.of_case
@whose.as_shown
def log_in(request: HttpRequest, case: Case, means: str) -> HttpResponse:
    """The page with a button for each provider; pressing one leads there."""
    subject, now = whose.subject(request, case), timezone.now()
    if means not in need.offered(case, subject):
        return redirect("identity:start", case.reference)
    chosen = Means(means)
    if request.method != "POST":
        return _page(request, case, chosen, subject=subject, said=request.GET.get("said", ""), now=now)
    if not limits.within(request, case, now=now):
        return frame.wait(request, "identity", controller=controller(case.controller), case=case)
    connection = log_ins.find(request.POST.get("connection", ""))
    if connection is None or connection not in log_ins.connected(controller(case.controller), chosen):
        return redirect(request.path)
    if not tries.left(case, chosen, now=now, subject=subject).tries:
        return _back_to(case, chosen, "used_up")
    return _leave(request, case, connection, subject=subject, now=now)


@require_GET
def back(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Where the provider sends the person. allauth takes it from here to `arrived` or `failed`."""
    if log_ins.find(provider_id) is None:
        raise Http404
    view = OAuth2CallbackView.adapter_view(PersonsClient(request, provider_id))
    response: HttpResponse = view(request)
    return response


def arrived(request: HttpRequest, login: SocialLogin) -> HttpResponse:
    """Somebody logged in, at the right provider, in this session. Is it for this case, and sure enough?"""
    now, begun = timezone.now(), login.state.get("data") or {}
    connection = log_ins.find(login.account.provider)
    case = access.granted(request, str(begun.get("case", "")), now=now)
    if case is None or connection is None or connection.company.slug != case.controller:
        return lost(request)
    means, said = connection.log_in.means, login.account.extra_data
    token = said["id_token"]
    if not compare_digest(str(token.get("nonce", "")).encode(), str(begun["nonce"]).encode()):
        return _back_to(case, means, "broken")
    if not assertion.is_strong_enough(str(token.get("acr", "")), connection.log_in):
        return _back_to(case, means, "too_weak")
    if not assertion.is_fresh(token, connection.log_in, since=int(begun["at"])):
        return _back_to(case, means, "stale")
    return _remember(request, case, connection, said=said, subject=begun["subject"], now=now)


def failed(request: HttpRequest, *, exception: Exception | None, context: dict[str, Any] | None) -> HttpResponse:
    """It came to nothing; the person is told why, and where to go on."""
    begun = ((context or {}).get("state") or {}).get("data") or {}
    case = access.granted(request, str(begun.get("case", "")), now=timezone.now())
    if case is None:
        return lost(request)
    code = ERRORS.get(request.GET.get("error", ""), "broken")
    return _back_to(case, Means(begun["means"]), "unreachable" if isinstance(exception, RequestException) else code)


def lost(request: HttpRequest) -> HttpResponse:
    """Begun elsewhere, too long ago, or used already: all the same, and nothing has happened."""
    return frame.page(request, "identity/login_lost.html", {}, status=400)


def _page(request: HttpRequest, case: Case, means: Means, *, subject: str, said: str, now: datetime) -> HttpResponse:
    offered = log_ins.connected(controller(case.controller), means)
    current = attempts.current(case, means, subject=subject)
    context = {
        "means": means,
        "connections": [(one.provider_id, _name(one, request)) for one in offered],
        "asked": [words for what, words in ASKED.items() if any(what in one.log_in.match for one in offered)],
        "left": tries.left(case, means, now=now, subject=subject),
        "said": SAID.get(said, ""),
        "comparing": bool(current and by_log_in.is_waiting(current)),
        "refused": bool(current and by_log_in.is_refused(current)) and not said,
        "speaks": subject == by_log_in.Subject.REPRESENTATIVE,
        "answers_to": correspondence.address_of(case),
    }
    return frame.page(request, "identity/login.html", context, controller=controller(case.controller), case=case)


def _name(connection: Connection, request: HttpRequest) -> str:
    text, spoken = connection.log_in.name, request.LANGUAGE_CODE  # type: ignore[attr-defined]
    return text.say(spoken if spoken in text.languages() else text.languages()[0])


def _leave(request: HttpRequest, case: Case, connection: Connection, *, subject: str, now: datetime) -> HttpResponse:
    """By a page of our own, not by a redirect: the CSP lets no form lead elsewhere, and people see where they go."""
    nonce, means = secrets.token_urlsafe(16), connection.log_in.means
    begun = {
        "case": case.reference, "means": means, "subject": subject, "nonce": nonce, "at": int(now.timestamp()),
    }  # fmt: skip
    provider = get_adapter(request).get_provider(request, connection.provider_id)
    client = PersonsClient(request, connection.provider_id)
    provider.oauth2_adapter_class = lambda *_: client
    try:
        client.openid_config  # noqa: B018  # asked here, where a provider that is down is expected
        asked = _asked(request, connection, nonce=nonce)
        there = provider.redirect(request, AuthProcess.REDIRECT, data=begun, auth_params=asked)
    except (RequestException, OAuth2Error):
        return _back_to(case, means, "unreachable")
    context = {
        "address": there.url, "host": urlsplit(there.url).netloc, "name": _name(connection, request),
        "answers_to": correspondence.address_of(case),
    }  # fmt: skip
    return frame.page(request, "identity/login_go.html", context, controller=connection.company, case=case)


def _asked(request: HttpRequest, connection: Connection, *, nonce: str) -> dict[str, str]:
    """A log-in for this very request (`is_fresh` looks whether that was obeyed), in the person's language."""
    asked = {"nonce": nonce, "prompt": "login", "max_age": "0"}
    asked["ui_locales"] = str(request.LANGUAGE_CODE)  # type: ignore[attr-defined]
    if connection.log_in.acr_values:
        asked["acr_values"] = " ".join(connection.log_in.acr_values)
    return asked


def _remember(
    request: HttpRequest, case: Case, connection: Connection, *, said: dict[str, Any], subject: str, now: datetime
) -> HttpResponse:
    means, token = connection.log_in.means, said["id_token"]
    issuer = str(token["iss"])
    if means not in need.offered(case, subject):  # proved in another way meanwhile
        return redirect("identity:start", case.reference)
    who = {
        "issuer": issuer,
        "acr": str(token.get("acr", "")),
        "account": assertion.subject_digest(issuer, str(token["sub"])),
    }
    try:
        attempt = flows.start(case, means, now=now, subject=subject)
    except flows.Closed:
        return _back_to(case, means, "used_up")
    values = assertion.values({**said["userinfo"], **token}, connection.log_in)  # what is signed wins
    link = access.issue(case, access.Purpose.STATUS, now=now)[0]  # theirs alone: whoever passed theirs on keeps it not
    access.grant(request, link)
    by_log_in.arrive(attempt, asserted=values, who=who, link=link.pk, now=now)
    ask_worker("identity.tasks.compare_log_in", attempt.pk)
    return _back_to(case, means)


def _back_to(case: Case, means: Means, said: str = "") -> HttpResponse:
    address = reverse("identity:method", args=[case.reference, means])
    return redirect(f"{address}?{urlencode({'said': said})}" if said else address)
