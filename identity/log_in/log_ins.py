"""The log-ins a company has connected: client id and secret stand in the environment; without an id there is none."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from allauth.socialaccount.models import SocialApp

from law.identification import Means
from policies.load import Controller
from policies.log_ins import LogIn
from requests_app.controllers import controllers

PROVIDER = "openid_connect"


@dataclass(frozen=True)
class Connection:
    """One company's log-in with what this portal is called there."""

    company: Controller = field(repr=False)
    log_in: LogIn
    client_id: str
    secret: str = field(default="", repr=False)

    @property
    def provider_id(self) -> str:
        """Unique over all companies; in the address to which the provider sends people back."""
        return f"{self.company.slug}.{self.log_in.id}"

    @property
    def app(self) -> SocialApp:
        """As django-allauth wants it; never saved."""
        settings = {
            "server_url": self.log_in.server_url,
            "scope": ["openid", *(scope for scope in self.log_in.scopes if scope != "openid")],
            "oauth_pkce_enabled": True,
            "email_authentication": False,  # a person is nobody's account here
            "hidden": True,  # not among the ways staff log in
        }
        return SocialApp(
            provider=PROVIDER, provider_id=self.provider_id, name=self.provider_id[:40],
            client_id=self.client_id, secret=self.secret, settings=settings,
        )  # fmt: skip


def connected(company: Controller, means: Means | None = None) -> list[Connection]:
    """What can be used at this company now, in the order of its policy."""
    identity = company.policy.identity
    offered = {Means.login: identity.login_offered, Means.eid: identity.eid.offered}
    wanted = [one for one in identity.log_ins if offered[one.means] and means in (None, one.means)]
    return [
        Connection(company, one, client_id, variable(one.client_secret_env or ""))
        for one in wanted
        if (client_id := variable(one.client_id_env))
    ]


def every() -> Iterator[Connection]:
    for company in controllers().values():
        yield from connected(company)


def find(provider_id: str) -> Connection | None:
    return next((one for one in every() if one.provider_id == provider_id), None)


def unconnected(company: Controller) -> list[LogIn]:
    """Offered by the policy, but nobody has given the portal its name there."""
    there = {one.log_in.id for one in connected(company)}
    identity = company.policy.identity
    offered = {Means.login: identity.login_offered, Means.eid: identity.eid.offered}
    return [one for one in identity.log_ins if offered[one.means] and one.id not in there]


def variable(name: str) -> str:
    """The value of a variable, or of the file that NAME_FILE names."""
    file = os.environ.get(f"{name}_FILE", "") if name else ""
    try:
        return Path(file).read_text(encoding="utf-8").strip() if file else os.environ.get(name, "")
    except (OSError, UnicodeDecodeError):  # dsar.W030 says so at the start
        return ""
