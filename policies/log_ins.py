"""Where a person can log in to show who they are: the company's own customer account, or a national eID.

OpenID Connect. Of what the provider says only the claims named under ``match`` are looked at, and none is kept; a
national number is never asked for, and dropped unread where it is said all the same.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from law.identification import Means
from policies.parts import Part, Slug, Text

Matched = Literal["email", "customer_no", "name", "birth_date"]
Claim = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_.:/-]*$", max_length=120)]
Variable = Annotated[str, StringConstraints(pattern=r"^DSAR_LOG_IN_[A-Z0-9_]+$")]

_LOOPBACK = re.compile(r"^http://(127\.0\.0\.1|localhost)(:\d+)?(/|$)")
_WORDS = {"cpr", "fnr", "hetu", "nin", "nnin", "pid", "pno", "pnr", "socialno", "ssn"}
_PARTS = (
    "cprn",
    "personnummer",
    "personnumber",
    "personalnumber",
    "personalidentity",
    "personalid",
    "personidentifier",
    "fodselsn",
    "foedselsn",
    "fødselsn",
    "nationalid",
    "socialsec",
    "taxid",
    "1.2.752.29.4.13",
)


def is_national_number(claim: str) -> bool:
    """Whether a claim of this name holds a national number: dk:gov:saml:attribute:CprNumberIdentifier, ssn, pid, …"""
    words = set(re.split(r"[^a-z]+", claim.lower()))
    squashed = re.sub(r"[-_ ]", "", claim.lower())
    return bool(words & _WORDS) or any(part in squashed for part in _PARTS)


def is_number_like(value: str) -> bool:
    """Whether a value could be or hold one: 10 to 12 digits as the Nordic countries write them."""
    return bool(re.search(r"(?<!\d)(\d{6}[-+]?\d{4}|\d{8}[-+]?\d{4}|\d{6} ?\d{5})(?!\d)", value))


def _is_address(value: str) -> str:
    if not (value.startswith("https://") or _LOOPBACK.match(value)) or "?" in value or "#" in value:
        raise ValueError("expected an https address without query (http only on this machine itself)")
    return value


Address = Annotated[str, AfterValidator(_is_address)]


class LogIn(Part):
    """One provider. ``server_url`` is its issuer; client id and secret come from the environment, never from a file.

    ``acr_values``: one of these must be said back, else the log-in was too weak. ``match``: which claim holds what.
    ``auth_time``: the provider says when somebody logged in, so that a log-in somebody left open in a shared browser
    proves nothing; false only for one that cannot say it.
    """

    id: Slug
    means: Literal[Means.login, Means.eid]
    name: Text
    server_url: Address
    client_id_env: Variable
    client_secret_env: Variable | None = None
    scopes: tuple[Claim, ...] = ("openid",)
    acr_values: tuple[Claim, ...] = ()
    match: Mapping[Matched, Claim] = Field(min_length=1)
    auth_time: bool = True

    @model_validator(mode="after")
    def _may_prove(self) -> Self:
        if self.means is Means.eid and not self.acr_values:
            raise ValueError("expected acr_values for a national eID: without them any log-in would do")
        numbers = [claim for claim in (*self.match.values(), *self.scopes) if is_national_number(claim)]
        if numbers:
            raise ValueError(f"expected no national number (never asked for, never kept): {', '.join(numbers)}")
        if not {"email", "customer_no", "name"} & self.match.keys():
            raise ValueError("expected email, customer_no or name: a date of birth alone proves nothing")
        return self
