"""Which OpenID Connect provider belongs to whom, and where a log-in ends.

Persons prove who they are and never become users; staff go to the desk.
"""

from typing import Any

import requests
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from dsar_portal import staff_sso
from identity.log_in import log_ins
from identity.views import login


class PortalSocialAdapter(DefaultSocialAccountAdapter):
    """Connections stand in the companies' policies, never in the database; nobody signs up by one."""

    def list_apps(
        self, request: HttpRequest | None, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        found = [*(one.app for one in log_ins.every()), *(one.app for one in staff_sso.every())]
        return [
            app for app in found
            if provider in (None, app.provider, app.provider_id) and client_id in (None, app.client_id)
        ]  # fmt: skip

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def get_requests_session(self) -> requests.Session:
        """A provider that leads elsewhere is none: where to, inside our network, would be its choice."""
        session: requests.Session = super().get_requests_session()
        session.max_redirects = 0
        return session

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        if log_ins.find(sociallogin.account.provider):
            raise ImmediateHttpResponse(login.arrived(request, sociallogin))
        if connection := staff_sso.find(sociallogin.account.provider):
            raise ImmediateHttpResponse(staff_sso.arrived(request, sociallogin, connection))
        raise PermissionDenied  # allauth would go on by itself, and look for an account to open

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        if log_ins.find(provider.sub_id):
            raise ImmediateHttpResponse(login.failed(request, exception=exception, context=extra_context))
        if connection := staff_sso.find(provider.sub_id):
            raise ImmediateHttpResponse(staff_sso.failed(request, exception, connection))
