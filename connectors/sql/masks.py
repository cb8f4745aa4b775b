"""What a personal column holds afterwards: NULL where it may be, else a value of its type that points at nobody.

The map may say otherwise (masking_strategy_override): null_rewrite, string_rewrite, hash, hmac and
random_string_rewrite as Fides names them, and our own random_shape_rewrite, keep_year and generalise. A mask is made of
the row's fingerprint or of what it covers, so doing it again gives the same, and nobody without the old row can tell
whose it was (recital 26 GDPR); but with hmac: whoever has the key can make the same hash of a value they know. Fides'
aes_encrypt is refused: what somebody can decrypt again has not been erased.
"""

import hashlib
import hmac
import os
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from connectors import environment
from connectors.errors import ConnectorError
from connectors.maps import FieldMap
from connectors.reach import same
from connectors.sql import shapes
from connectors.sql.schema import LiveTable
from connectors.values import canonical, plain

WORD = shapes.WORD  # a whole word, so that a reader of the table understands
KEY = "DSAR_MASKING_KEY"
"""Key of the strategy hmac, or KEY_FILE: the same for all rows, so that equal values stay equal."""
SHORTEST_KEY = 32
FINGERED = frozenset({"text", "int", "uuid", "hash"})
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
    per_row: str = ""  # "", text, int, uuid, hash, shape, or a key of shapes.GENERAL
    length: int = 64
    suffix: str = ""
    algorithm: str = "SHA-256"
    key: str = field(default="", repr=False)  # of hash: instead of the row's fingerprint
    step: int = 1

    @property
    def of_content(self) -> bool:
        """Whether the mask is made of what it covers."""
        return self.per_row == "hash" or self.of_shape

    @property
    def of_shape(self) -> bool:
        """Whether masking what is masked changes nothing."""
        return bool(self.per_row) and self.per_row not in FINGERED

    @property
    def of_fingerprint(self) -> bool:
        """Whether the mask is made of the row's fingerprint: then no row holds it that nobody masked."""
        return self.per_row in FINGERED

    def value(self, *, fingerprint: str, current: Any = None) -> Any:
        """What the column shall hold. `current` is needed where the mask is `of_content`."""
        if not self.per_row:
            return self.constant
        if self.of_shape:
            return None if current is None else self._less(current, fingerprint=fingerprint)
        digest = hmac.new(fingerprint.encode(), self.column.encode(), "sha256")
        if self.per_row == "hash":
            salted = hmac.new((self.key or fingerprint).encode(), canonical(current).encode(), HASHES[self.algorithm])
            return salted.hexdigest()[: self.length - len(self.suffix)] + self.suffix
        if self.per_row == "uuid":
            return str(uuid.UUID(digest.hexdigest()[:32], version=4))
        if self.per_row == "int":
            return int(digest.hexdigest(), 16) % (2**self.length)
        text = digest.hexdigest()
        return text[: min(32, self.length - len(self.suffix))] + self.suffix

    def _less(self, current: Any, *, fingerprint: str) -> Any:
        if self.per_row == "shape":
            return shapes.shaped(str(current), secret=fingerprint, column=self.column)
        general, _ = shapes.GENERAL[self.per_row]
        return general(current, length=self.length, step=self.step)

    def is_on(self, row: Mapping[str, Any], *, fingerprint: str) -> bool:
        """Whether the row already holds this mask. A hash is known by its shape: what it was made of is gone."""
        current = row[self.column]
        if self.per_row == "hash":
            body = str(current).removesuffix(self.suffix)
            size = min(self.length - len(self.suffix), 2 * HASHES[self.algorithm]().digest_size)
            return len(body) == size and not set(body) - set("0123456789abcdef")
        return equal(current, self.value(fingerprint=fingerprint, current=current))


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
    match field.masking.strategy:
        case "null_rewrite":
            if not live.nullable(column):
                raise Blocked("not_null")
            return Mask(column)
        case "string_rewrite":
            return _rewritten(live, field, column, text=str(settings.get("rewrite_value", "")) + suffix)
        case "hash" | "hmac":
            return _hashed(live, field, column, suffix=suffix)
        case "random_string_rewrite":
            wanted = _room(_length(live, field, column), suffix, int(settings.get("length") or 30) + len(suffix))
            return Mask(column, per_row="text", suffix=suffix, length=wanted)
    return _shapely(live, field, column)


def _rewritten(live: LiveTable, field: FieldMap, column: str, *, text: str) -> Mask:
    if live.in_unique(column):
        raise Blocked("unique")
    length = _length(live, field, column)
    if length and len(text) > length:
        raise Blocked("too_short")
    return Mask(column, constant=text)


def _hashed(live: LiveTable, field: FieldMap, column: str, *, suffix: str) -> Mask:
    assert field.masking is not None
    given = str(field.masking.configuration.get("algorithm") or "SHA-256")
    algorithm = given.upper().replace("_", "-").replace("SHA2", "SHA-2")
    if algorithm not in HASHES:
        raise _unsupported(field, f"{field.masking.strategy} {algorithm}")
    length, key = _room(_length(live, field, column), suffix, 128), _key() if field.masking.strategy == "hmac" else ""
    if key and live.in_unique(column):
        raise Blocked("unique")  # equal values stay equal
    return Mask(column, per_row="hash", suffix=suffix, algorithm=algorithm, length=length, key=key)


def _shapely(live: LiveTable, field: FieldMap, column: str) -> Mask:
    match field.masking.strategy if field.masking else "":
        case "random_shape_rewrite":
            return _less_exact(live, Mask(column, per_row="shape"), (str,))
        case "keep_year":
            return _less_exact(live, Mask(column, per_row="year"), shapes.GENERAL["year"][1])
        case "generalise":
            return _general(live, field, column)
        case strategy:
            raise _unsupported(field, strategy)


def _general(live: LiveTable, field: FieldMap, column: str) -> Mask:
    settings = field.masking.configuration if field.masking else {}
    to, length, step = str(settings.get("to") or ""), int(settings.get("length") or 2), int(settings.get("step") or 10)
    if to not in shapes.GENERAL or min(length, step) < 1:
        raise _unsupported(field, f"generalise to {to!r}")
    return _less_exact(live, Mask(column, per_row=to, length=length, step=step), shapes.GENERAL[to][1])


def _less_exact(live: LiveTable, mask: Mask, types: tuple[type, ...]) -> Mask:
    """Several rows may come to the same: never where only one may hold it."""
    type_ = live.types[mask.column]
    try:
        fits = issubclass(type_.python_type, types)
    except NotImplementedError:
        fits = False
    if not fits or getattr(type_, "enums", None):
        raise Blocked("wrong_type")
    if live.in_unique(mask.column):
        raise Blocked("unique")
    return mask


def _key() -> str:
    try:
        key = environment.read(os.environ, KEY)
    except OSError:
        key = ""
    if len(key) < SHORTEST_KEY:
        raise Blocked("no_masking_key")
    return key


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
