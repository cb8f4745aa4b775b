"""Requests signed with a shared key: HTTP Message Signatures (RFC 9421, hmac-sha256) over a digest (RFC 9530).

Covered are method, host, path, query and the digest of the body; `created` and `nonce` make each request one of its
kind. The other end is `dsar_source/signature.py`, which is installed without us and so says the same in its own words.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field

import httpx

from connectors.errors import ConnectorError

COVERED = ("@method", "@authority", "@path", "@query", "content-digest")
KEY_BYTES = 32


def key(secret: str, *, source: str) -> bytes:
    """The bytes of a key in Base64. ConnectorError bad_secret where it is none, or shorter than 32 bytes."""
    try:
        found = base64.b64decode(secret, validate=True)
    except (binascii.Error, ValueError):
        found = b""
    if len(found) < KEY_BYTES:
        raise ConnectorError("bad_secret", True, f"expected Base64 of at least {KEY_BYTES} bytes", source=source)
    return found


def base(components: Mapping[str, str], parameters: str) -> bytes:
    """What is signed (RFC 9421, 2.5): one line a component, then the parameters."""
    lines = [f'"{name}": {value}' for name, value in components.items()]
    return "\n".join([*lines, f'"@signature-params": {parameters}']).encode()


def digest(body: bytes) -> str:
    """The header Content-Digest (RFC 9530)."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def mac(secret: bytes, text: bytes) -> str:
    return base64.b64encode(hmac.new(secret, text, hashlib.sha256).digest()).decode()


@dataclass
class Signed(httpx.Auth):
    """Signs each request anew, a repeated one too: its nonce is never seen twice."""

    secret: bytes = field(repr=False)
    key_id: str
    clock: Callable[[], float] = time.time
    requires_request_body = True

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["content-digest"] = digest(request.content)
        path, _, query = request.url.raw_path.decode("ascii").partition("?")
        values = (request.method, request.url.netloc.decode("ascii").lower(), path, f"?{query}",
                  request.headers["content-digest"])  # fmt: skip
        names = " ".join(f'"{name}"' for name in COVERED)
        nonce = secrets.token_urlsafe(18)
        made = f'created={int(self.clock())};nonce="{nonce}";keyid="{self.key_id}";alg="hmac-sha256"'
        parameters = f"({names});{made}"
        request.headers["signature-input"] = f"dsar={parameters}"
        signed = mac(self.secret, base(dict(zip(COVERED, values, strict=True)), parameters))
        request.headers["signature"] = f"dsar=:{signed}:"
        yield request
