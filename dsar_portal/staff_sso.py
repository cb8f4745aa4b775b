"""Staff log in with their company's own log-in, by OpenID Connect.

It opens an account an administrator has made, found by its address, and never makes one. A provider speaks for its own
company alone: whoever comes that way sees no other, and a company that requires it is seen in no other way. Its second
factor counts only where it says that it asked for one (`acr`, `amr`).
"""

import logging
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from hmac import compare_digest
from typing import Any
from urllib.parse import urlsplit

from allauth.account.internal.flows.login import get_authentication_records, perform_login
from allauth.account.models import Login
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST
from requests import RequestException

from identity.log_in.log_ins import PROVIDER, variable
from identity.log_in.oidc import CheckedClient
from policies.load import Controller
from policies.staff_log_in import StaffLogIn
from requests_app import access
from requests_app.controllers import controllers
from requests_app.models import Membership

logger = logging.getLogger(__name__)
ONLY = "staff.only"  # in the session: the one company it may see
PASSWORDS = frozenset({"password/set/"})
MADE = PASSWORDS | {"2fa/totp/activate/", "2fa/webauthn/add/", "2fa/recovery-codes/generate/"}
CAME_BY = "staff.came_by"  # there, too, where it began with the company's own log-in: {"slug": …, "second_factor": …}
SAID = {
    "cancelled": _("You cancelled the log-in."),
    "unreachable": _("Your company’s log-in does not answer just now. Try again later, or log in another way."),
    "broken": _("The log-in did not work this time. Try again, or log in another way."),
    "unknown": _("Nobody with your address works for this company here. Ask its administrator for a role."),
}
BY_MAIL = _("You came by one company’s log-in. What opens more than that company, you set up after a mail to you.")


@dataclass(frozen=True)
class Connection:
    company: Controller
    log_in: StaffLogIn
    client_id: str
    secret: str = field(default="", repr=False)

    @property
    def provider_id(self) -> str:
        return f"staff:{self.company.slug}"

    def name(self, language: str) -> str:
        text = self.log_in.name
        return text.say(language if language in text.languages() else text.languages()[0])

    @property
    def app(self) -> SocialApp:
        """As django-allauth wants it; never saved."""
        settings = {"server_url": self.log_in.server_url, "scope": list(self.log_in.scopes), "oauth_pkce_enabled": True,
                    "email_authentication": False, "hidden": True}  # fmt: skip
        return SocialApp(provider=PROVIDER, provider_id=self.provider_id, name=self.provider_id[:40],
                         client_id=self.client_id, secret=self.secret, settings=settings)  # fmt: skip


class StaffClient(CheckedClient):
    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return access.absolute(reverse("staff_sso_back", args=[self.provider_id.partition(":")[2]]))


def every() -> Iterator[Connection]:
    for company in controllers().values():
        wanted = company.policy.staff_log_in
        if wanted and (client_id := variable(wanted.client_id_env)):
            yield Connection(company, wanted, client_id, variable(wanted.client_secret_env or ""))


def find(provider_id: str) -> Connection | None:
    return next((one for one in every() if one.provider_id == provider_id), None)


# --- there and back -------------------------------------------------------------------------------------------------
@require_POST
def leave(request: HttpRequest, slug: str) -> HttpResponse:
    """By a page of our own, not by a redirect: the CSP lets no form lead elsewhere, and people see where they go."""
    connection = _of(slug)
    nonce, client = secrets.token_urlsafe(16), StaffClient(request, connection.provider_id)
    provider = get_adapter(request).get_provider(request, connection.provider_id)
    provider.oauth2_adapter_class = lambda *_: client
    asked = {"nonce": nonce, "acr_values": " ".join(connection.log_in.second_factor_acr)}
    try:
        client.openid_config  # noqa: B018  # asked here, where a provider that is down is expected
        there = provider.redirect(
            request, AuthProcess.REDIRECT, data={"nonce": nonce},
            auth_params={name: value for name, value in asked.items() if value},
        )  # fmt: skip
    except (RequestException, OAuth2Error):
        return _refused(request, connection, "unreachable")
    language = str(request.LANGUAGE_CODE)  # type: ignore[attr-defined]
    context = {"address": there.url, "host": urlsplit(there.url).netloc, "name": connection.name(language)}
    return render(request, "account/company_go.html", context)


@require_GET
def back(request: HttpRequest, slug: str) -> HttpResponse:
    """Where the provider sends the person. allauth takes it from here to `arrived` or `failed`."""
    view = OAuth2CallbackView.adapter_view(StaffClient(request, _of(slug).provider_id))
    response: HttpResponse = view(request)
    return response


def arrived(request: HttpRequest, login: SocialLogin, connection: Connection) -> HttpResponse:
    begun, said = login.state.get("data") or {}, login.account.extra_data
    token: Mapping[str, Any] = said["id_token"]
    nonce = str(begun.get("nonce") or secrets.token_hex())
    if not compare_digest(str(token.get("nonce", "")).encode(), nonce.encode()):
        return _refused(request, connection, "broken")
    user = _member(_address({**token, **said["userinfo"]}, connection.log_in), connection.company.slug)
    if user is None:
        return _refused(request, connection, "unknown")
    logout(request)  # whoever sat here before, with all that their session had shown
    came_by = {"slug": connection.company.slug, "second_factor": _asked_second_factor(token, connection.log_in)}
    return perform_login(request, Login(user=user, signal_kwargs={"came_by": came_by}))  # type: ignore[no-any-return]


def failed(request: HttpRequest, exception: Exception | None, connection: Connection) -> HttpResponse:
    if request.GET.get("error") == "access_denied":
        return _refused(request, connection, "cancelled")
    return _refused(request, connection, "unreachable" if isinstance(exception, RequestException) else "broken")


# --- what a session begun so may see -------------------------------------------------------------------------------
def begun(request: HttpRequest, user: AbstractBaseUser, came_by: dict[str, Any] | None) -> None:
    """Written when the log-in is over: before, Django may empty the session once more."""
    if came_by:
        request.session[CAME_BY], request.session[ONLY] = came_by, came_by["slug"]
        return
    keys = [one["id"] for one in get_authentication_records(request, user) if one.get("passwordless")]
    for key in Authenticator.objects.filter(pk__in=keys, data__has_key=ONLY):
        request.session[ONLY] = key.data[ONLY]


def opens(request: HttpRequest) -> Callable[[str], bool]:
    """Which companies this session may see at all; the roles there are another matter."""
    only = request.session.get(ONLY)
    if CAME_BY in request.session:
        return lambda slug: slug == only
    closed = {company.slug for company in controllers().values()
              if company.policy.staff_log_in and company.policy.staff_log_in.required}  # fmt: skip
    return lambda slug: slug not in closed and slug == (only or slug)


def vouched(request: HttpRequest) -> bool:
    """The company's log-in has asked for a second factor, in this session."""
    return bool(request.session.get(CAME_BY, {}).get("second_factor"))


def bind(request: HttpRequest, key: Authenticator) -> None:
    """A passkey opens the log-in alone. One made in a session that may see one company opens that company alone."""
    if ONLY in request.session:
        key.data[ONLY] = request.session[ONLY]
        key.save(update_fields=["data"])


def outgrown(request: HttpRequest) -> bool:
    """Whether this session would make what outlives it: a password opens every company, a factor is asked for in each.
    Whom a single company vouches for gets such a thing by mail alone."""
    only, wanted = request.session.get(ONLY), request.path_info.removeprefix("/staff/account/")
    if not only or wanted not in MADE:
        return False
    return wanted in PASSWORDS or Membership.objects.filter(user_id=request.user.pk).exclude(controller=only).exists()


def by_mail(request: HttpRequest) -> HttpResponse:
    messages.info(request, BY_MAIL)
    return redirect("account_reset_password")


def _asked_second_factor(token: Mapping[str, Any], log_in: StaffLogIn) -> bool:
    methods = token.get("amr")
    said = {str(one) for one in methods} if isinstance(methods, list) else set()
    return str(token.get("acr", "")) in log_in.second_factor_acr or bool(said & set(log_in.second_factor_amr))


def _address(said: Mapping[str, Any], log_in: StaffLogIn) -> str:
    checked = log_in.vouches_for_email or said.get("email_verified") in (True, "true")
    return str(said.get("email") or "").strip() if checked else ""


def _member(email: str, slug: str) -> User | None:
    """Of this company, and no other: a provider says nothing about another company's staff."""
    if not email:
        return None
    found = User.objects.filter(email__iexact=email, is_active=True, memberships__controller=slug).distinct()[:2]
    return found[0] if len(found) == 1 else None


def _of(slug: str) -> Connection:
    connection = find(f"staff:{slug}")
    if connection is None:
        raise Http404
    return connection


def _refused(request: HttpRequest, connection: Connection, code: str) -> HttpResponse:
    logger.warning("company log-in refused", extra={"code": code, "controller": connection.company.slug})
    messages.error(request, SAID[code])
    return redirect("account_login")
