"""Ed25519 signatures (RFC 8032) of a manifest: whoever holds a bundle can check that it is ours, without asking us.

A key is 32 bytes in base64url. Its id is the thumbprint of its JWK (RFC 7638, 8037), so no register gives names out.
"""

import base64
import binascii
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

ALGORITHM = "Ed25519"
PUBLIC = "public:"
"""Before a key of which only the public half is kept: it signs no more, and what it signed can still be checked."""
BYTES = 32


@dataclass(frozen=True)
class PublicKey:
    raw: bytes

    @cached_property
    def id(self) -> str:
        """43 characters of base64url: SHA-256 over the required members of the JWK, in order, without spaces."""
        return encoded(hashlib.sha256(orjson.dumps(self._required(), option=orjson.OPT_SORT_KEYS)).digest())

    @property
    def jwk(self) -> dict[str, str]:
        return self._required() | {"kid": self.id, "use": "sig", "alg": ALGORITHM}

    @property
    def pem(self) -> str:
        """As openssl reads it."""
        key = Ed25519PublicKey.from_public_bytes(self.raw)
        return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    def verifies(self, signature: bytes, message: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
        except InvalidSignature:
            return False
        return True

    def _required(self) -> dict[str, str]:
        return {"crv": ALGORITHM, "kty": "OKP", "x": encoded(self.raw)}


@dataclass(frozen=True, repr=False)  # it holds a private key
class Signer:
    private: bytes

    @cached_property
    def public(self) -> PublicKey:
        return PublicKey(self._key.public_key().public_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        """64 bytes; the same for the same message, always."""
        return self._key.sign(message)

    @cached_property
    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.private)


@dataclass(frozen=True)
class Keys:
    """Who signs now, and every key whose signatures count. `signer` is None where the portal has no key."""

    signer: Signer | None
    public: tuple[PublicKey, ...]


def keys(texts: Iterable[str]) -> Keys:
    """The setting SIGNING_KEYS, newest first: private keys, or `public:…` of retired ones. The first private signs.

    ValueError naming the number of the key that is none; never the key.
    """
    signer, public = None, []
    for number, text in enumerate(texts, 1):
        try:
            raw = decoded(text.removeprefix(PUBLIC))
        except ValueError:
            raise ValueError(f"key {number} of SIGNING_KEYS is not 32 bytes in base64url") from None
        own = None if text.startswith(PUBLIC) else Signer(raw)
        signer = signer or own
        public.append(own.public if own else PublicKey(raw))
    return Keys(signer, tuple(dict.fromkeys(public)))


def published(public: Iterable[PublicKey]) -> dict[str, list[dict[str, str]]]:
    """A JWK Set (RFC 7517)."""
    return {"keys": [key.jwk for key in public]}


def read(text: str) -> tuple[PublicKey, ...]:
    """Public keys from base64url, PEM, or a JWK Set as `published` wrote it. ValueError where it is none of them."""
    text = text.strip()
    if text.startswith("-----BEGIN"):
        key = load_pem_public_key(text.encode())
        if not isinstance(key, Ed25519PublicKey):
            raise ValueError("not an Ed25519 key")
        return (PublicKey(key.public_bytes_raw()),)
    if text.startswith("{"):
        return _from_set(orjson.loads(text))
    return (PublicKey(decoded(text.removeprefix(PUBLIC))),)


def _from_set(found: object) -> tuple[PublicKey, ...]:
    try:
        return tuple(PublicKey(decoded(key["x"])) for key in found["keys"] if key["crv"] == ALGORITHM)  # type: ignore[index]
    except (KeyError, TypeError, AttributeError):
        raise ValueError("not a JWK Set") from None


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """ValueError unless it is base64url of 32 bytes, padded or not."""
    try:
        raw = base64.b64decode(text.strip().rstrip("=") + "=", altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise ValueError("not base64url") from None
    if len(raw) != BYTES:
        raise ValueError(f"{len(raw)} bytes, expected {BYTES}")
    return raw
