"""Where a company's own staff log in: its OpenID Connect provider, beside or instead of a password here."""

from typing import Self

from pydantic import model_validator

from policies.log_ins import Address, Claim, Variable
from policies.parts import Part, Text


class StaffLogIn(Part):
    """``required``: no other way opens this company's cases.

    ``vouches_for_email``: the provider hands out none but addresses the company gave itself, and so does not say
    ``email_verified`` (Microsoft Entra ID of the company's own tenant). ``second_factor_acr``, ``second_factor_amr``:
    what it says of a log-in for which it asked a second factor; anything else, and the portal asks for its own.
    """

    name: Text
    server_url: Address
    client_id_env: Variable
    client_secret_env: Variable | None = None
    scopes: tuple[Claim, ...] = ("openid", "email")
    required: bool = False
    vouches_for_email: bool = False
    second_factor_acr: tuple[Claim, ...] = ()
    second_factor_amr: tuple[Claim, ...] = ()

    @model_validator(mode="after")
    def _password_is_no_second_factor(self) -> Self:
        if "pwd" in self.second_factor_amr:
            raise ValueError("expected no pwd under second_factor_amr: a password is the first factor (RFC 8176)")
        return self
