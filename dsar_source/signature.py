"""Who asks: HTTP Message Signatures (RFC 9421, hmac-sha256) over method, host, path, query and the body's digest.

Whoever lacks the key learns nothing, not even which part was wrong. What is older than five minutes is refused, and
what was seen in ten is not taken a second time.
"""

import base64
import binascii
import hashlib
import hmac
import re
import time

from django.core.cache import caches

from dsar_source.exposure import setting
from dsar_source.refused import Unsigned

WINDOW = 300  # seconds a clock may be wrong, or a request under way
KEY_BYTES = 32
COVERED = ("@method", "@authority", "@path", "@query", "content-digest")
NAMES = " ".join(f'"{name}"' for name in COVERED)
INPUT = re.compile(
    rf'dsar=(\({re.escape(NAMES)}\);created=(\d{{1,12}});nonce="([A-Za-z0-9_-]{{16,64}})";'
    r'keyid="([A-Za-z0-9._-]{1,64})";alg="hmac-sha256")'
)
SIGNATURE = re.compile(r"dsar=:([A-Za-z0-9+/=]{44}):")
NOBODY = b"\0" * KEY_BYTES  # an unknown name costs as long as a known one


def key_of(secret):
    """The bytes of a key, or None where it is none."""
    try:
        found = base64.b64decode(str(secret), validate=True)
    except (binascii.Error, ValueError):
        return None
    return found if len(found) >= KEY_BYTES else None


def check(request, *, now=None):
    """Before the body is read: is this request signed with a key of ours, new, and for us? Unsigned otherwise."""
    given = INPUT.fullmatch(request.headers.get("signature-input", ""))
    signature = SIGNATURE.fullmatch(request.headers.get("signature", ""))
    if not given or not signature:
        raise Unsigned
    parameters, created, nonce, name = given.groups()
    key = key_of(setting().get("KEYS", {}).get(name, "")) or NOBODY
    made = base64.b64encode(hmac.new(key, _base(request, parameters), hashlib.sha256).digest()).decode()
    if not hmac.compare_digest(made, signature[1]) or key is NOBODY:
        raise Unsigned
    if abs((time.time() if now is None else now) - int(created)) > WINDOW:
        raise Unsigned
    if not caches[setting().get("CACHE", "default")].add(f"dsar_source:{name}:{nonce}", 1, 2 * WINDOW):
        raise Unsigned


def check_body(request, body):
    """Whether this is the body whose digest was signed."""
    digest = f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
    if not hmac.compare_digest(digest, request.headers.get("content-digest", "")):
        raise Unsigned


def _base(request, parameters):
    path, _, query = request.get_full_path().partition("?")
    values = (request.method, request.get_host().lower(), path, f"?{query}", request.headers.get("content-digest", ""))
    lines = [f'"{name}": {value}' for name, value in zip(COVERED, values)]  # noqa: B905 - both are of five
    return "\n".join([*lines, f'"@signature-params": {parameters}']).encode()
