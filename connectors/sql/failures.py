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
    "SQLITE_INTERRUPT": ("timeout", False), "SQLITE_FULL": ("unreachable", False),
    "SQLITE_NOMEM": ("unreachable", False), "SQLITE_PROTOCOL": ("locked", False), "SQLITE_SCHEMA": ("locked", False),
}  # fmt: skip


MSSQL = {
    **dict.fromkeys((229, 230, 262, 300), ("permission", True)), **dict.fromkeys((3906, 3960), ("read_only", True)),
    **dict.fromkeys((1204, 1205, 1222), ("locked", False)), **dict.fromkeys((-2, 20003), ("timeout", False)),
    **dict.fromkeys((515, 547, 2601, 2627), ("integrity", True)),
    **dict.fromkeys((220, 241, 245, 2628, 8115, 8152), ("value", True)),
    **dict.fromkeys((20002, 20006, 20009, 10054), ("unreachable", False)),
    208: ("missing_table", True), 207: ("missing_column", True), 4060: ("missing_database", True),
    18456: ("credentials", True),
}  # fmt: skip
ORACLE = {
    **dict.fromkeys((1, 1400, 1407, 2290, 2291, 2292), ("integrity", True)), 1031: ("permission", True),
    **dict.fromkeys((54, 60, 8177, 30006), ("locked", False)), **dict.fromkeys((1013, 4024), ("timeout", False)),
    **dict.fromkeys((1438, 1722, 1830, 12899), ("value", True)), **dict.fromkeys((1017, 28000), ("credentials", True)),
    **dict.fromkeys((1033, 1034, 3113, 3114, 12514, 12541, 12545), ("unreachable", False)),
    942: ("missing_table", True), 904: ("missing_column", True), 1456: ("read_only", True), 16000: ("read_only", True),
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
    if original is None:  # no database was asked: a statement of ours that this dialect does not have
        return ConnectorError("statement", True, type(error).__name__, source=source)
    code, permanent, detail = _of_driver(original)
    return ConnectorError(code, permanent, detail or type(error).__name__, source=source)


def _of_driver(error: Any) -> tuple[str, bool, str]:
    if isinstance(error, sqlite3.Error):
        return _of_sqlite(error)
    number = error.args[0] if error is not None and error.args else None
    number = getattr(number, "code", number)  # python-oracledb: an object with code and full text
    if isinstance(number, int):  # before the SQLSTATE: PyMySQL gives one, too, and it is HY000 for most
        driver = type(error).__module__.partition(".")[0]
        codes = {"pymssql": MSSQL, "oracledb": ORACLE}.get(driver, MYSQL)
        code, permanent = codes.get(number, ("database", True))
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
