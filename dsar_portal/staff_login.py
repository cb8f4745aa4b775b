"""Staff log in; nobody signs up. What allauth asks us: whom it lets in, from where, what it tells, what it seals."""

import logging
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.views import LoginView
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from dsar_portal import lockout, staff_sso
from requests_app import access, rates
from requests_app.sealed import seal, unseal

logger = logging.getLogger(__name__)


class StaffAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        user: AbstractBaseUser | None = super().authenticate(request, **credentials)
        if user:
            lockout.give_back(request)  # the right password is no guess
        return user

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **more: Any) -> HttpResponse:
        staff_sso.begun(request, user, (more["signal_kwargs"] or {}).get("came_by"))
        response: HttpResponse = super().post_login(request, user, **more)
        return response

    def get_client_ip(self, request: HttpRequest) -> str:
        return access.caller(request)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Whoever types a colleague's address again and again fills no mailbox. The page says the same, sent or not."""
        if not rates.allowed("staff_mail", email.lower(), now=timezone.now()):
            return
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, SMTPException) as error:
            logger.error("mail to staff not sent", extra={"code": type(error).__name__})

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """To the address of the account: an administrator gave it, and allauth's own table of addresses is not used."""
        super().send_notification_mail(template_prefix, user, context, email or user.email)  # type: ignore[attr-defined]


class StaffFactors(DefaultMFAAdapter):
    """Second factors are sealed with the master keys."""

    def encrypt(self, text: str) -> str:
        return seal(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text.encode()).decode()

    def build_totp_svg(self, url: str) -> str:
        """The drawing alone, to stand in the page: an XML declaration has no place there."""
        drawn = super().build_totp_svg(url)
        return drawn[drawn.index("<svg"):]

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": settings.MFA_TOTP_ISSUER}


class LogIn(LoginView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        language = self.request.LANGUAGE_CODE
        ways = [(one.company.slug, one.name(language)) for one in staff_sso.every()]
        return {**super().get_context_data(**kwargs), "companies": ways}


log_in = LogIn.as_view()


def no_such_page(request: HttpRequest) -> HttpResponse:
    raise Http404
