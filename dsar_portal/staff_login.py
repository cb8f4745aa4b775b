"""Staff log in; nobody signs up. Second factors are sealed with the master keys."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from requests_app.sealed import seal, unseal


class StaffAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class SealedMFA(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return seal(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text.encode()).decode()

    def build_totp_svg(self, url: str) -> str:
        """The drawing alone, to stand in the page: an XML declaration has no place there."""
        drawn = super().build_totp_svg(url)
        return drawn[drawn.index("<svg"):]


def typed_name(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """What a lockout counts: the name as typed, in one spelling, whether it is a user name or an address."""
    known = credentials or {}
    name = request.POST.get("login") or known.get("username") or known.get("email") or ""
    return str(name).strip().lower()
