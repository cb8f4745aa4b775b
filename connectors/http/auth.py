"""Who we are to an HTTP server: a token, a password, a header, or a signature over each request."""

from collections.abc import Mapping

import httpx

from connectors import environment
from connectors.errors import ConnectorError
from connectors.http import signature
from policies.http_way import HttpAuth


class Fixed(httpx.Auth):
    """One header, the same in every request."""

    def __init__(self, name: str, value: str) -> None:
        self._name, self._value = name, value

    def auth_flow(self, request: httpx.Request):  # type: ignore[no-untyped-def]  # a generator of requests
        request.headers[self._name] = self._value
        yield request


def auth(way: HttpAuth | None, *, environ: Mapping[str, str], source: str) -> httpx.Auth | None:
    """ConnectorError not_configured or bad_secret, with the variable's name alone."""
    if way is None:
        return None
    secret = environment.secret(environ, way.secret_env, source=source)
    if not secret.isascii() or not secret.isprintable():
        raise ConnectorError("bad_secret", True, way.secret_env, source=source)
    match way.scheme:
        case "bearer":
            return Fixed("authorization", f"Bearer {secret}")
        case "basic":
            user, _, password = secret.partition(":")
            return httpx.BasicAuth(user, password)
        case "header":
            return Fixed(str(way.header), secret)
    return signature.Signed(signature.key(secret, source=source), str(way.key_id))
