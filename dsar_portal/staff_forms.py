"""The forms of the second step: each code typed is a guess, and counted as one; a broken passkey is a wrong one."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.core import context
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.base.forms import AuthenticateForm, BaseAuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django.core.exceptions import ValidationError

from dsar_portal import lockout


class Counted(BaseAuthenticateForm):
    def clean_code(self) -> str:
        if not lockout.code_allowed(context.request, self.user):
            raise get_adapter().validation_error("too_many_login_attempts")
        code: str = super().clean_code()
        lockout.give_back(context.request)
        return code


class CodeForm(Counted, AuthenticateForm):
    """Logging in."""


class CodeAgainForm(Counted, ReauthenticateForm):
    """Asked again of somebody who is logged in."""


class Unreadable:
    """What comes as a passkey is bytes from outside. Of the many ways in which it can be broken, or signed wrongly, the
    libraries turn a few into an error of the form; the others would be a page 500."""

    @contextmanager
    def read(self) -> Iterator[None]:
        try:
            yield
        except ValidationError:
            raise
        except Exception as broken:
            raise get_mfa_adapter().validation_error("incorrect_code") from broken


class KeyForm(Unreadable, AuthenticateWebAuthnForm):
    def clean_credential(self) -> Authenticator:
        with self.read():
            return super().clean_credential()


class KeyAloneForm(Unreadable, LoginWebAuthnForm):
    def clean_credential(self) -> Authenticator:
        with self.read():
            return super().clean_credential()


class KeyAgainForm(Unreadable, ReauthenticateWebAuthnForm):
    def clean_credential(self) -> Authenticator:
        with self.read():
            return super().clean_credential()


class AddKeyForm(Unreadable, AddWebAuthnForm):
    def clean(self) -> dict[str, Any]:
        with self.read():
            return super().clean()
