"""Errors of databases as ConnectorErrors. Their own texts hold values and addresses of people, so none is kept."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import exc

from connectors.errors import ConnectorError

# SQLSTATE, whole or its class of two characters.
POSTGRESQL = {
    "42501": ("permission", True), "25006": ("read_only", True), "57014": ("timeout", False),
    "55P03": ("locked", False), "40P01": ("locked", False), "40001": ("locked", False),
    "42P01": ("missing_table", True), "42703": ("missing_column", True), "3D000": ("missing_database", True),
    "08": ("unreachable", False), "28": ("credentials", True), "23": ("integrity", True),
    "53": ("unreachable", False), "57": ("unreachable", False), "22": ("value", True),
}  # fmt: skip
MYSQL = {
    **dict.fromkeys((1044, 1142, 1143, 1227, 1370), ("permission", True)),
    **dict.fromkeys((1290, 1792, 1836), ("read_only", True)),
    **dict.fromkeys((1969, 3024, 1317), ("timeout", False)),
    **dict.fromkeys((1205, 1213), ("locked", False)),
    **dict.fromkeys((1048, 1062, 1364, 1451, 1452, 3819, 4025), ("integrity", True)),
    **dict.fromkeys((1264, 1265, 1366, 1406), ("value", True)),
    **dict.fromkeys((1040, 1203, 2002, 2003, 2006, 2013, 2055), ("unreachable", False)),
    1045: ("credentials", True), 1698: ("credentials", True), 1049: ("missing_database", True),
    1146: ("missing_table", True), 1054: ("missing_column", True),
}  # fmt: skip
SQLITE = {
    "SQLITE_BUSY": ("locked", False), "SQLITE_LOCKED": ("locked", False), "SQLITE_CONSTRAINT": ("integrity", True),
    "SQLITE_READONLY": ("read_only", True), "SQLITE_CANTOPEN": ("unreachable", False),
    "SQLITE_NOTADB": ("damaged", True), "SQLITE_CORRUPT": ("damaged", True), "SQLITE_IOERR": ("unreachable", False),
    "SQLITE_INTERRUPT": ("timeout", False),
}  # fmt: skip


@contextmanager
def translated(source: str) -> Iterator[None]:
    """Whatever the database raises inside comes out as a ConnectorError without its text and without a cause."""
    try:
        yield
    except exc.SQLAlchemyError as error:
        raise translate(error, source=source) from None
    except (sqlite3.Error, OSError) as error:
        raise ConnectorError("unreachable", False, type(error).__name__, source=source) from None


def translate(error: exc.SQLAlchemyError, *, source: str) -> ConnectorError:
    if isinstance(error, exc.NoSuchTableError):
        return ConnectorError("missing_table", True, source=source)
    if isinstance(error, exc.TimeoutError):
        return ConnectorError("unreachable", False, "no free connection", source=source)
    original = getattr(error, "orig", None)
    code, permanent, detail = _of_driver(original)
    return ConnectorError(code, permanent, detail or type(error).__name__, source=source)


def _of_driver(error: Any) -> tuple[str, bool, str]:
    if isinstance(error, sqlite3.Error):
        return _of_sqlite(error)
    number = error.args[0] if error is not None and error.args else None
    if isinstance(number, int):  # before the SQLSTATE: PyMySQL gives one, too, and it is HY000 for most
        code, permanent = MYSQL.get(number, ("database", True))
        return code, permanent, f"error {number}"
    state = getattr(error, "sqlstate", None)
    if state:
        code, permanent = POSTGRESQL.get(state) or POSTGRESQL.get(state[:2]) or ("database", True)
        constraint = getattr(getattr(error, "diag", None), "constraint_name", None)
        return code, permanent, " ".join(filter(None, (f"SQLSTATE {state}", constraint)))
    return "unreachable", False, type(error).__name__  # psycopg could not connect: there is no state yet


def _of_sqlite(error: sqlite3.Error) -> tuple[str, bool, str]:
    name = getattr(error, "sqlite_errorname", "")
    for start, (code, permanent) in SQLITE.items():
        if name.startswith(start):
            return code, permanent, name
    for text, code in (("no such table", "missing_table"), ("no such column", "missing_column")):
        if text in str(error):
            return code, True, name
    return "database", True, name
