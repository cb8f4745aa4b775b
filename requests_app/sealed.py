"""Personal data where it rests: sealed columns, sealed sessions and keyed look-ups.

`MASTER_KEYS` is a list of Fernet keys, newest first: the first one seals, all of them open (`MultiFernet`), so a
key can be rotated without downtime. A look-up digest is HMAC-SHA256 under a key of its own purpose: it finds equal
values and tells nothing to somebody who holds only the database.
"""

import hmac
import json
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models


@lru_cache(maxsize=4)
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def seal(data: bytes) -> bytes:
    return _fernet(tuple(settings.MASTER_KEYS)).encrypt(data)


def unseal(token: bytes) -> bytes:
    """Raises `cryptography.fernet.InvalidToken` when no master key opens the token."""
    return _fernet(tuple(settings.MASTER_KEYS)).decrypt(token)


def rotate(token: bytes) -> bytes:
    """The same content under the newest master key."""
    return _fernet(tuple(settings.MASTER_KEYS)).rotate(token)


def needs_older_key(token: bytes) -> bool:
    """Whether the newest master key does not open it, but another does. Raises `InvalidToken` when none does."""
    try:
        _fernet(tuple(settings.MASTER_KEYS[:1])).decrypt(token)
    except InvalidToken:
        unseal(token)
        return True
    return False


def digest(purpose: str, value: str) -> str:
    """Keyed digest (64 hex digits) of `value`; equal only for the same purpose, value and LOOKUP_KEY."""
    key = settings.LOOKUP_KEY.encode()
    return hmac.digest(key, f"{purpose}\0{value}".encode(), "sha256").hex()


class SealedJSONField(models.Field):  # type: ignore[type-arg]  # not generic at run time
    """Any JSON value, encrypted in the column. Not searchable: use `digest` for that."""

    empty = dict

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", self.empty)
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)

    def get_internal_type(self) -> str:
        return "BinaryField"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return None if value is None else json.loads(unseal(bytes(value)))

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is None:
            return None
        return connection.Database.Binary(seal(json.dumps(value, ensure_ascii=False).encode()))


class SealedTextField(SealedJSONField):
    """Text, encrypted in the column."""

    empty = str


class SealedSessionSerializer:
    """Session content sealed: a draft of the public form holds a name and an address until it is sent."""

    def dumps(self, obj: Any) -> bytes:
        return seal(json.dumps(obj, separators=(",", ":")).encode())

    def loads(self, data: bytes) -> Any:
        try:
            return json.loads(unseal(data))
        except InvalidToken:
            return {}
