"""A signed message to a recipient's own system, as the Standard Webhooks specification has it (HMAC-SHA256, "v1").

Address and secret come from the environment (`NAME`, `NAME_SECRET`, or either as a file by `_FILE`): an address may
hold a key, and neither belongs in a policy or a database. Nothing of either, nor of the body, is ever logged.
"""

import base64
import binascii
import hmac
import os
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from urllib.parse import urlsplit

import httpx
from django.conf import settings

from connectors import environment
from connectors.errors import ConnectorError
from connectors.http import safe

TIMEOUT = httpx.Timeout(10, connect=5)
KEY_BYTES = 24  # the least the specification allows
NEAR = frozenset({"localhost", "127.0.0.1", "::1"})
GONE = 410  # the specification: whoever answers this wants no more messages there


class NotTaken(Exception):
    """The message was not taken; `code` in a word. `permanent`: trying again by itself would change nothing."""

    def __init__(self, code: str, *, permanent: bool = False) -> None:
        super().__init__(code)
        self.code, self.permanent = code, permanent


def post(name: str, *, uid: str, body: bytes, now: datetime, environ: Mapping[str, str] | None = None) -> None:
    """Hand over one message to the address in the variable `name`; `uid` is the same at every try. Raises `NotTaken`.

    Redirects are not followed: a notice goes to the address the company agreed on and nowhere else.
    """
    given = os.environ if environ is None else environ
    address, key = _address(given, name), _key(given, name)
    timestamp = int(now.timestamp())
    headers = {
        "content-type": "application/json", "user-agent": "data-subject-rights-portal", "webhook-id": uid,
        "webhook-timestamp": str(timestamp), "webhook-signature": sign(key, uid=uid, timestamp=timestamp, body=body),
    }  # fmt: skip
    try:
        with (
            # Near: the operator wrote this address into the environment; a system of one's own may be a recipient.
            safe.client(address, timeout=TIMEOUT, near=True, plain=settings.DSAR_DEMO) as client,
            client.stream("POST", address, content=body, headers=headers) as answer,  # what it answers is not read
        ):
            status = answer.status_code
    except ConnectorError as error:
        raise NotTaken(error.code, permanent=error.permanent) from error
    except httpx.TimeoutException as error:
        raise NotTaken("timeout") from error
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise NotTaken("unreachable") from error
    if not 200 <= status < 300:
        raise NotTaken(f"http_{status}", permanent=status == GONE)


def sign(key: bytes, *, uid: str, timestamp: int, body: bytes) -> str:
    """The header webhook-signature: "v1," and the Base64 of HMAC-SHA256 over "id.timestamp.body"."""
    signed = f"{uid}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, sha256).digest()).decode()


def _address(environ: Mapping[str, str], name: str) -> str:
    address = _read(environ, name)
    if not address:
        raise NotTaken("not_configured", permanent=True)
    parts = urlsplit(address)
    near = settings.DSAR_DEMO and parts.scheme == "http" and parts.hostname in NEAR
    if parts.scheme != "https" and not near:
        raise NotTaken("not_https", permanent=True)
    return address


def _key(environ: Mapping[str, str], name: str) -> bytes:
    secret = _read(environ, f"{name}_SECRET")
    if not secret:
        raise NotTaken("no_secret", permanent=True)
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) < KEY_BYTES:
        raise NotTaken("bad_secret", permanent=True)
    return key


def _read(environ: Mapping[str, str], name: str) -> str:
    try:
        return environment.read(environ, name)
    except OSError:
        raise NotTaken("not_configured", permanent=True) from None
