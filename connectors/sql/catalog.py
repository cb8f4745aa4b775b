"""What a database does to a table beyond its columns and keys: triggers, checks, hidden rows. Asked before a plan."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from connectors.base import Finding
from connectors.sql.schema import LiveTable

MARIA = ("mysql", "mariadb")
MARIA_TRIGGERS = (
    "SELECT trigger_name FROM information_schema.triggers WHERE event_object_table = :name"
    " AND event_object_schema = COALESCE(:schema, DATABASE()) ORDER BY trigger_name"
)
TRIGGERS = {
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgrelid = to_regclass(:quoted) AND NOT tgisinternal "
                  "AND tgenabled <> 'D' ORDER BY tgname",
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :name ORDER BY name",
    "mssql": "SELECT name FROM sys.triggers WHERE parent_id = OBJECT_ID(:quoted) AND is_disabled = 0 ORDER BY name",
} | dict.fromkeys(MARIA, MARIA_TRIGGERS)  # fmt: skip
HIDDEN_ROWS = "SELECT row_security_active(to_regclass(:quoted))"


@dataclass(frozen=True)
class Beyond:
    """`checks`: the conditions of CHECK constraints, as the database writes them."""

    triggers: tuple[str, ...]
    checks: tuple[str, ...]
    hides_rows: bool
    is_view: bool

    def warnings(self, table: str) -> Iterator[Finding]:
        """What does not stop a plan, and may do more than it says."""
        for name in self.triggers:
            yield Finding("warning", "trigger", table, "", name)
        if self.hides_rows:
            yield Finding("warning", "row_security", table)

    def checking(self, columns: Sequence[str]) -> list[str]:
        """The checks that look at one of these columns."""
        return [check for check in self.checks if any(mentions(check, column) for column in columns)]


def mentions(text: str, column: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(column)}(?!\w)", text, re.IGNORECASE) is not None


def look(connection: sa.Connection, live: LiveTable) -> Beyond:
    """What the catalog says of one table or view. Databases we do not know say nothing."""
    name, schema = live.table.name, live.table.schema
    inspector = sa.inspect(connection)
    is_view = name in inspector.get_view_names(schema)
    try:
        checks = () if is_view else tuple(one["sqltext"] for one in inspector.get_check_constraints(name, schema))
    except NotImplementedError:
        checks = ()
    about = {
        "quoted": connection.dialect.identifier_preparer.format_table(live.table), "name": name, "schema": schema,
    }  # fmt: skip
    kind = connection.dialect.name
    found = _ask(connection, TRIGGERS[kind], about) if kind in TRIGGERS else []
    hides = kind == "postgresql" and any(_ask(connection, HIDDEN_ROWS, about))
    return Beyond(tuple(map(str, found)), checks, hides, is_view)


def _ask(connection: sa.Connection, sql: str, about: dict[str, str | None]) -> list[object]:
    wanted = {name: value for name, value in about.items() if f":{name}" in sql}
    return list(connection.execute(sa.text(sql), wanted).scalars())
