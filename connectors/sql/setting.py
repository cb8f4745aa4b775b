"""A value somebody gives, in the type of the column that shall hold it; and whether a row holds it already.

All of it is known before anything is written: a database's own refusal would come late, and would repeat the value.
What is written into a column without a time zone is UTC.
"""

import json
import math
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.types import TypeEngine

from connectors.maps import FieldMap
from connectors.sql.database import Database
from connectors.sql.masks import Blocked
from connectors.sql.schema import LiveTable
from connectors.values import from_base64, plain

WORDS = {"true": True, "1": True, "false": False, "0": False}
ROOM = {mysql.TINYTEXT: 255, mysql.TEXT: 65_535, mysql.MEDIUMTEXT: 2**24 - 1, mysql.TINYBLOB: 255, mysql.BLOB: 65_535}
"""Bytes of types that MariaDB and MySQL give no length."""
BITS = {mysql.TINYINT: 8, mysql.MEDIUMINT: 24}
LITE_DIGITS = 15  # what SQLite keeps of a decimal number
NARROW = ("latin1", "ascii", "utf8mb3", "utf8")  # MySQL's character sets that lack characters people have


def why_not(database: Database, collection: str, column: str) -> str:
    """Why no value can be set in this column at all; empty where one can. The codes of `Connector.why_not`."""
    live = database.schema.tables.get(collection)
    if live is None or collection not in database.map.collections:
        return "missing_table"
    field = database.map.collections[collection].fields.get(column)
    if column not in live.types:
        return "missing_column"
    if column in live.key:
        return "key_column"
    if any(column in key.columns for key in database.schema.outgoing(collection)):
        return "reference"  # it would point at somebody else
    if any(column in key.parent_columns for key in database.schema.incoming(collection)):
        return "referenced"
    if column in live.generated:
        return "generated_column"
    if field and field.read_only:
        return "read_only_column"
    return "credential" if field and field.credential else ""


def stored(live: LiveTable, field: FieldMap | None, column: str, value: Any) -> Any:
    """The value as the database shall get it. Blocked: not_null, wrong_type or too_long."""
    if value is None:
        if not live.nullable(column):
            raise Blocked("not_null")
        return None
    type_ = _type(live, column)
    read = _read(type_, value)
    _has_room(live, type_, read, length=field.length if field else None)
    return _as_lite(read) if live.as_stored else read


def holds(live: LiveTable, column: str, current: Any, value: Any) -> bool:
    """Whether a row that holds `current` holds this value, in whatever shape the database gives it back."""
    if current is None or value is None:
        return current is None and value is None
    type_ = _type(live, column)
    try:
        now, wanted = _read(type_, current), _read(type_, value)
    except Blocked:
        return False
    if isinstance(type_, sa.CHAR):
        return bool(now.rstrip(" ") == wanted.rstrip(" "))  # filled up to its length
    if isinstance(now, float):
        return math.isclose(now, wanted, rel_tol=1e-6)
    return bool(now == wanted)


def _type(live: LiveTable, column: str) -> TypeEngine[Any]:
    found = live.types[column]
    return found.data_type if isinstance(found, postgresql.DOMAIN) else found


def _read(type_: TypeEngine[Any], value: Any) -> Any:
    """A JSON-safe value, or one a driver gave, as the Python value of the column's type. Blocked wrong_type."""
    if choices := getattr(type_, "enums", None):
        return _one_of(choices, value)
    if isinstance(type_, sa.JSON):
        return plain(value)
    if isinstance(type_, sa.DateTime):
        return _moment(type_, value)
    try:
        wanted = type_.python_type
    except NotImplementedError:
        wanted = None
    if wanted not in READ:
        if isinstance(type_, sa.types.NullType) and isinstance(value, str | int | float):
            return value  # a SQLite column without a type takes anything
        raise Blocked("wrong_type")
    try:
        return READ[wanted](plain(value))
    except (ValueError, TypeError, InvalidOperation, OverflowError):
        raise Blocked("wrong_type") from None


def _one_of(choices: Any, value: Any) -> str:
    if value not in choices:
        raise Blocked("wrong_type")
    return str(value)


def _moment(type_: TypeEngine[Any], value: Any) -> datetime:
    """To the fraction of a second the column keeps; aware only where the column is."""
    try:
        moment = datetime.fromisoformat(str(plain(value)))
    except ValueError:
        raise Blocked("wrong_type") from None
    if getattr(type_, "timezone", False) and isinstance(type_, postgresql.TIMESTAMP):
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    elif moment.tzinfo:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    digits = getattr(type_, "precision", 6)
    if isinstance(type_, mysql.DATETIME | mysql.TIMESTAMP):
        digits = type_.fsp or 0
    whole = 10 ** (6 - (6 if digits is None else digits))
    return moment.replace(microsecond=moment.microsecond // whole * whole)


def _text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError
    text = str(value)
    if "\x00" in text:
        raise ValueError  # PostgreSQL holds none
    text.encode("utf-8")  # half a character (UnicodeEncodeError is a ValueError)
    return text


def _integer(value: Any) -> int:
    if isinstance(value, float) and value != int(value):
        raise ValueError
    return int(WORDS.get(value, value))  # a yes or no in a column of numbers is 1 or 0


def _decimal(value: Any) -> Decimal:
    number = Decimal(str(value))
    if isinstance(value, bool) or not number.is_finite():
        raise ValueError
    return number


def _float(value: Any) -> float:
    number = float(value)
    if isinstance(value, bool) or not math.isfinite(number):
        raise ValueError
    return number


def _boolean(value: Any) -> bool:
    return WORDS[str(value).lower()] if str(value).lower() in WORDS else _no()


def _no() -> bool:
    raise ValueError


def _date(value: Any) -> date:
    day = date.fromisoformat(str(value))
    if day.isoformat() != value:
        raise ValueError  # "20261122" is a number to whoever reads it next
    return day


READ: dict[type | None, Callable[[Any], Any]] = {
    str: _text, int: _integer, bool: _boolean, float: _float, Decimal: _decimal, date: _date,
    time: lambda value: time.fromisoformat(str(value)),
    uuid.UUID: lambda value: uuid.UUID(str(value)), bytes: lambda value: from_base64(str(value)),
}  # fmt: skip


def _has_room(live: LiveTable, type_: TypeEngine[Any], value: Any, *, length: int | None) -> None:
    if isinstance(value, str):
        _text_fits(live, type_, value, length=length)
    elif isinstance(value, bytes):
        _below(len(value), getattr(type_, "length", None) or ROOM.get(type(type_)))
    elif isinstance(value, int) and not isinstance(value, bool):
        _integer_fits(live, type_, value)
    elif isinstance(value, Decimal):
        _decimal_fits(live, type_, value)
    elif isinstance(type_, mysql.TIMESTAMP) and not 1970 < value.year < 2038:
        raise Blocked("too_long")


def _below(size: int, limit: int | None) -> None:
    if limit is not None and size > limit:
        raise Blocked("too_long")


def _text_fits(live: LiveTable, type_: TypeEngine[Any], value: str, *, length: int | None) -> None:
    _below(len(value), length)
    _below(len(value), getattr(type_, "length", None))
    _below(len(value.encode()), ROOM.get(type(type_)))
    charset = _charset(live, type_)
    if charset in NARROW:
        try:
            value.encode("cp1252" if charset == "latin1" else "ascii" if charset == "ascii" else "utf-8")
        except UnicodeEncodeError:
            raise Blocked("wrong_type") from None
        if max(value, default="") > "\uffff":
            raise Blocked("wrong_type")


def _charset(live: LiveTable, type_: TypeEngine[Any]) -> str:
    """Of a column in MariaDB or MySQL: its own or its table's; empty where neither is said."""
    own = getattr(type_, "charset", None)
    table = (live.table.dialect_options[name].get("default charset") for name in ("mariadb", "mysql")
             if name in live.table.dialect_options)  # fmt: skip
    return str(own or next(table, None) or "").lower()


def _integer_fits(live: LiveTable, type_: TypeEngine[Any], value: int) -> None:
    sizes = {sa.SmallInteger: 16, sa.BigInteger: 64}
    bits = next((bits for kind, bits in (BITS | sizes).items() if isinstance(type_, kind)), 32)
    bits = 64 if live.as_stored else bits
    lowest, highest = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    if getattr(type_, "unsigned", False):
        lowest, highest = 0, 2**bits - 1
    if not lowest <= value <= highest:
        raise Blocked("too_long")


def _decimal_fits(live: LiveTable, type_: TypeEngine[Any], value: Decimal) -> None:
    """A database rounds what has too many digits, and then holds something nobody gave."""
    _sign, digits, exponent = value.normalize().as_tuple()
    after = max(0, -int(exponent))
    before = max(0, len(digits) + int(exponent))
    precision, scale = getattr(type_, "precision", None), getattr(type_, "scale", None) or 0
    if live.as_stored:
        _below(len(digits), LITE_DIGITS)
    elif precision is not None and (after > scale or before > precision - scale):
        raise Blocked("too_long")


def _as_lite(value: Any) -> Any:
    """As it lies in a SQLite file: dates as text, the way most programs write them."""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return str(value) if isinstance(value, date | time | Decimal | uuid.UUID) else value


def all_stored(live: LiveTable, fields: Mapping[str, FieldMap], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of one instruction as the database shall get them. Blocked."""
    return {column: stored(live, fields.get(column), column, value) for column, value in values.items()}
