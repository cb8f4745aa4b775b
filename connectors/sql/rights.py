"""What the role we log in with may do. A read-only role suffices for access; erasure needs more."""

import os
from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from connectors.base import Action, Finding, Instruction
from connectors.sql.database import Database
from connectors.sql.schema import LiveTable

MYSQL_ALL = "ALL PRIVILEGES"


def missing(
    database: Database, connection: sa.Connection, instructions: Sequence[Instruction]
) -> dict[str, Finding]:
    """By Instruction.id, why the role may not do it."""
    wanted = {(item.collection, _verb(item), item.fields) for item in instructions}
    lacking = {
        deed: Finding("error", "read_only_role", deed[0], "", deed[1])
        for deed in wanted if not _may_do(database, connection, *deed)
    }  # fmt: skip
    if not lacking:
        return {}
    deeds = ((item.id, (item.collection, _verb(item), item.fields)) for item in instructions)
    return {name: lacking[deed] for name, deed in deeds if deed in lacking}


def _may_do(
    database: Database, connection: sa.Connection, table: str, verb: str, columns: Sequence[str]
) -> bool:
    """Some roles may write in some columns alone; and in PostgreSQL, to lock a row takes the right to change it."""
    live = database.live(table)
    if connection.dialect.name != "postgresql":
        return may(database, connection, live, verb)
    quoted = connection.dialect.identifier_preparer.format_table(live.table)
    if verb == "UPDATE":
        each = (sa.func.has_column_privilege(quoted, name, verb) for name in columns)
        return may(database, connection, live, verb) or all(connection.scalar(sa.select(one)) for one in each)
    locks = connection.scalar(sa.select(sa.func.has_any_column_privilege(quoted, "UPDATE")))
    return bool(locks) and may(database, connection, live, verb)


def _verb(item: Instruction) -> str:
    return "DELETE" if item.action is Action.ERASE else "UPDATE"


def may(database: Database, connection: sa.Connection, live: LiveTable, verb: str) -> bool:
    """Whether the role holds DELETE or UPDATE on the table. Where the database will not say, yes: rehearsal tells."""
    name = connection.dialect.name
    if name == "sqlite":
        return os.access(database.path, os.W_OK) and os.access(database.path.parent, os.W_OK)
    if name == "postgresql":
        quoted = connection.dialect.identifier_preparer.format_table(live.table)
        return bool(connection.scalar(sa.select(sa.func.has_table_privilege(quoted, verb))))
    if name == "mssql":
        quoted = connection.dialect.identifier_preparer.format_table(live.table)
        return bool(connection.scalar(sa.select(sa.func.has_perms_by_name(quoted, "OBJECT", verb))))
    if name not in ("mysql", "mariadb"):
        return True
    grants = [str(row[0]).upper() for row in connection.exec_driver_sql("SHOW GRANTS")]
    return _granted(grants, str(database.catalog).upper(), live.table.name.upper(), verb)


def _granted(grants: Iterable[str], database: str, table: str, verb: str) -> bool:
    """Whether a line such as "GRANT SELECT, DELETE ON `shop`.* TO …" covers it. Roles and patterns count as yes."""
    for line in grants:
        what, _, rest = line.removeprefix("GRANT ").partition(" ON ")
        place = rest.split(" TO ")[0].replace("`", "").replace("\\", "")
        if " ON " not in line and "USAGE" not in line:
            return True  # a role was granted: what it may do is not in this list
        if (verb in what or MYSQL_ALL in what) and place in ("*.*", f"{database}.*", f"{database}.{table}"):
            return True
        if (verb in what or MYSQL_ALL in what) and "%" in place:
            return True
    return False
