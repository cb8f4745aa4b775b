"""django-allauth's OpenID Connect client, with the checks it leaves to others.

The signature of the ID token is always verified, against the provider's own keys; issuer, audience and both subjects
must agree; a provider that answers nonsense is an error of the log-in, never of the page.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest

from policies.log_ins import is_national_number

ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
SIGNED_WITH = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
LEEWAY = 30  # seconds by which the provider's clock may differ from ours
NONSENSE = (KeyError, TypeError, ValueError, AttributeError, ImproperlyConfigured, jwt.PyJWTError)


@contextmanager
def sensible() -> Iterator[None]:
    """What a provider should never say becomes the one error everybody handles."""
    try:
        yield
    except NONSENSE as error:
        raise OAuth2Error(type(error).__name__) from error  # never its text: it may hold what was said


class CheckedClient(OpenIDConnectOAuth2Adapter):
    """Raises `OAuth2Error` or `requests.RequestException`, nothing else."""

    @cached_property
    def openid_config(self) -> dict[str, Any]:
        """What the provider says of itself; it must be who the policy names (OpenID Connect Discovery 4.3)."""
        with sensible():
            config: dict[str, Any] = super().openid_config
            expected = self.get_provider().server_url.partition("/.well-known/")[0]
            if config["issuer"].rstrip("/") != expected.rstrip("/"):
                raise OAuth2Error("issuer")
            if expected.startswith("https://") and not all(config[one].startswith("https://") for one in ENDPOINTS):
                raise OAuth2Error("endpoint")
            return config

    def get_client(self, request: HttpRequest, app: SocialApp) -> OAuth2Client:
        """Asks the provider nothing yet: where allauth calls this, one that is down would break the page."""
        return OAuth2Client(
            request, app.client_id, app.secret, self.access_token_method, "", self.get_callback_url(request, app)
        )

    def get_access_token_data(
        self, request: HttpRequest, app: SocialApp, client: OAuth2Client, pkce_code_verifier: str | None = None
    ) -> dict[str, Any]:
        """Only to the provider that really answered is the code given (RFC 9207)."""
        with sensible():
            if request.GET.get("iss", self.openid_config["issuer"]) != self.openid_config["issuer"]:
                raise OAuth2Error("iss")
            client.access_token_url, client.basic_auth = self.access_token_url, self.basic_auth
            data: dict[str, Any] = super().get_access_token_data(request, app, client, pkce_code_verifier)
            return data

    def parse_token(self, data: Mapping[str, Any]) -> SocialToken:
        return SocialToken(token=data["access_token"])  # for userinfo, at once; no refresh, never saved

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> SocialLogin:
        with sensible():
            said = self._decode_id_token(app, kwargs["response"]["id_token"])
            more = self._fetch_user_info(token.token) if "userinfo_endpoint" in self.openid_config else {}
            if more and more["sub"] != said["sub"]:  # OpenID Connect Core 5.3.2
                raise OAuth2Error("sub")
            data = {"id_token": without_numbers(said), "userinfo": without_numbers(more)}
            login: SocialLogin = self.get_provider().sociallogin_from_response(request, data)
            return login

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        """The key chooses the algorithm, never the token."""
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
        keys = [key for key in jwt.PyJWKSet.from_dict(answer.json()).keys if key.public_key_use in (None, "sig")]
        kid = jwt.get_unverified_header(id_token).get("kid")
        fitting = [key for key in keys if kid in (None, key.key_id) and key.algorithm_name in SIGNED_WITH]
        if len(fitting) != 1:
            raise OAuth2Error("kid")
        said: dict[str, Any] = jwt.decode(
            id_token, key=fitting[0], algorithms=[fitting[0].algorithm_name], audience=app.client_id, leeway=LEEWAY,
            issuer=self.openid_config["issuer"], options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )  # fmt: skip
        if said.get("azp", app.client_id) != app.client_id:
            raise OAuth2Error("azp")
        jwtkit.verify_jti(said)
        return said


def without_numbers(said: Mapping[str, Any]) -> dict[str, Any]:
    """National numbers go unread, whether anybody asked for them or not (rules 1.3, L3)."""
    return {claim: value for claim, value in said.items() if not is_national_number(claim)}
