"""What a personal column holds afterwards: NULL where it may be, else a value of its type that points at nobody.

The map may say otherwise (fideslang masking_strategy_override: null_rewrite, string_rewrite, hash,
random_string_rewrite). A mask depends on the row's fingerprint only, so doing it again gives the same, and nobody
without the old row can tell whose it was (recital 26 GDPR).
"""

import hashlib
import hmac
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from connectors.errors import ConnectorError
from connectors.maps import FieldMap
from connectors.reach import same
from connectors.sql.schema import LiveTable
from connectors.values import canonical, plain

WORD = "erased"  # a whole word, so that a reader of the table understands
DAY = date(1970, 1, 2)  # within what a MySQL TIMESTAMP can hold, in every time zone
SHORTEST_UNIQUE = 12  # hex digits: 48 bits, so that a million masks of one column do not meet
HASHES = {"SHA-256": hashlib.sha256, "SHA-512": hashlib.sha512}
NEUTRAL: dict[type, Any] = {
    int: 0, float: 0, Decimal: 0, bool: False, bytes: b"", date: DAY, time: time(0),
    datetime: datetime(DAY.year, DAY.month, DAY.day), dict: {}, list: [],  # noqa: DTZ001 - the column knows its zone
}  # fmt: skip


class Blocked(Exception):
    """This column cannot be masked; `code` says why."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True)
class Mask:
    """How one column is masked. With `per_row` the value depends on the row; otherwise it is `constant` for all."""

    column: str
    constant: Any = None
    per_row: str = ""  # "", text, email, int, uuid or hash
    length: int = 64
    suffix: str = ""
    algorithm: str = "SHA-256"

    def value(self, *, fingerprint: str, current: Any = None) -> Any:
        """What the column shall hold. `current` is needed by hash alone."""
        if not self.per_row:
            return self.constant
        digest = hmac.new(fingerprint.encode(), self.column.encode(), "sha256")
        if self.per_row == "hash":
            salted = hmac.new(fingerprint.encode(), canonical(current).encode(), HASHES[self.algorithm])
            return salted.hexdigest()[: self.length - len(self.suffix)] + self.suffix
        if self.per_row == "uuid":
            return str(uuid.UUID(digest.hexdigest()[:32], version=4))
        if self.per_row == "int":
            return int(digest.hexdigest(), 16) % (2**self.length)
        text = digest.hexdigest()
        return text[: min(32, self.length - len(self.suffix))] + self.suffix

    def is_on(self, row: Mapping[str, Any], *, fingerprint: str) -> bool:
        """Whether the row already holds this mask. A hash is known by its shape: what it was made of is gone."""
        current = row[self.column]
        if self.per_row == "hash":
            body = str(current).removesuffix(self.suffix)
            size = min(self.length - len(self.suffix), 2 * HASHES[self.algorithm]().digest_size)
            return len(body) == size and not set(body) - set("0123456789abcdef")
        return equal(current, self.value(fingerprint=fingerprint))


def equal(left: Any, right: Any) -> bool:
    """Whether a stored value is this one, whatever type the database gives it back in."""
    if left is None or right is None:
        return left is right
    if isinstance(left, datetime):  # a zone of the session does not make it another value
        return left.date() == right if isinstance(right, date) and not isinstance(right, datetime) else (
            left.replace(tzinfo=None) == right or str(plain(left)) == str(plain(right)))  # fmt: skip
    return bool(left == right) or same([int(left) if isinstance(left, bool) else left]) == same(
        [int(right) if isinstance(right, bool) else right]
    )


def mask(live: LiveTable, field: FieldMap | None, column: str) -> Mask:
    """The mask of one column. Blocked with a code where there is none; ConnectorError for an unknown strategy."""
    if column not in live.types:
        raise Blocked("missing_column")
    if column in live.key:
        raise Blocked("key_column")
    if column in live.generated:
        raise Blocked("generated_column")
    if field and field.read_only:
        raise Blocked("read_only_column")
    if field and field.masking:
        return _of_map(live, field, column)
    if live.nullable(column):
        return Mask(column)
    return _replacement(live, field, column)


def _of_map(live: LiveTable, field: FieldMap, column: str) -> Mask:
    assert field.masking is not None
    settings = field.masking.configuration
    suffix = str((settings.get("format_preservation") or {}).get("suffix") or "")
    length = _length(live, field, column)
    match field.masking.strategy:
        case "null_rewrite":
            if not live.nullable(column):
                raise Blocked("not_null")
            return Mask(column)
        case "string_rewrite":
            text = str(settings.get("rewrite_value", "")) + suffix
            if live.in_unique(column):
                raise Blocked("unique")
            if length and len(text) > length:
                raise Blocked("too_short")
            return Mask(column, constant=text)
        case "hash":
            algorithm = str(settings.get("algorithm") or "SHA-256").upper().replace("_", "-").replace("SHA2", "SHA-2")
            if algorithm not in HASHES:
                raise _unsupported(field, f"hash {algorithm}")
            return Mask(column, per_row="hash", suffix=suffix, algorithm=algorithm, length=_room(length, suffix, 128))
        case "random_string_rewrite":
            wanted = int(settings.get("length") or 30) + len(suffix)
            return Mask(column, per_row="text", suffix=suffix, length=_room(length, suffix, wanted))
    raise _unsupported(field, field.masking.strategy)


def _unsupported(field: FieldMap, what: str) -> ConnectorError:
    return ConnectorError("masking_strategy", True, f"{field.name}: {what} is not known here")


def _room(length: int | None, suffix: str, wanted: int) -> int:
    room = min(length or wanted, wanted)
    if room < SHORTEST_UNIQUE + len(suffix):
        raise Blocked("too_short")
    return room


def _length(live: LiveTable, field: FieldMap | None, column: str) -> int | None:
    lengths = [length for length in (getattr(live.types[column], "length", None), field and field.length) if length]
    return min(lengths) if lengths else None


def _replacement(live: LiveTable, field: FieldMap | None, column: str) -> Mask:
    """For NOT NULL: a neutral value, or where it must be unique one that only the row's fingerprint gives."""
    type_, unique = live.types[column], live.in_unique(column)
    if isinstance(type_, sa.Enum) or getattr(type_, "values", None):
        raise Blocked("no_neutral_value")  # any of the choices would be a false statement about somebody
    try:
        wanted = type_.python_type
    except NotImplementedError:
        raise Blocked("no_neutral_value") from None
    if wanted is str:
        return _text(live, field, column, unique=unique)
    if wanted is uuid.UUID:
        return Mask(column, per_row="uuid")
    if unique and wanted is int and not isinstance(type_, sa.SmallInteger) and "TINY" not in str(type_).upper():
        return Mask(column, per_row="int", length=62 if isinstance(type_, sa.BigInteger) else 30)
    if unique or wanted not in NEUTRAL:
        raise Blocked("unique" if unique else "no_neutral_value")
    return Mask(column, constant=plain(NEUTRAL[wanted]) if _is_text(live, wanted) else NEUTRAL[wanted])


def _is_text(live: LiveTable, wanted: type) -> bool:
    return live.as_stored and wanted in (date, datetime, time, dict, list)


def _text(live: LiveTable, field: FieldMap | None, column: str, *, unique: bool) -> Mask:
    length = _length(live, field, column)
    if field and (field.identity == "email" or any(item.endswith(".email") for item in field.categories)):
        if not length or length >= SHORTEST_UNIQUE + len("@erased.invalid"):  # RFC 2606: no such address ever
            return Mask(column, per_row="text", suffix="@erased.invalid", length=min(length or 64, 64))
    if not unique:
        return Mask(column, constant=WORD[:length] if length else WORD)
    if length and length < SHORTEST_UNIQUE:
        raise Blocked("too_short")
    return Mask(column, per_row="text", length=min(length or 32, 32))
