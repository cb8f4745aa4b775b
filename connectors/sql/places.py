"""Where PostgreSQL has written rows: read there a moment later, they need no index and none of their older versions.

A place is only where to look. What is counted are keys: a row that was moved since is not found, and is asked for by
its key like everywhere else.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from connectors.sql import keys as keyed
from connectors.sql.schema import LiveTable

PLACE: sa.ColumnElement[str] = sa.column("ctid", sa.Text())
HASHES = (14,)
"""The version from which on a long list is looked up by hash, where the plan is made for this very list."""
FOR_THIS_LIST = "SET LOCAL plan_cache_mode = force_custom_plan"


class _Places(sa.types.UserDefinedType[str]):
    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "tid[]"


def told(connection: sa.Connection) -> bool:
    """Whether this database tells places, and finds keys among many quickly."""
    return connection.dialect.name == "postgresql" and (connection.dialect.server_version_info or ()) >= HASHES


def write(connection: sa.Connection, update: sa.Update) -> tuple[int, str]:
    """(how many rows were written, where)."""
    done = update.returning(PLACE).cte("done")
    places = sa.cast(sa.func.array_agg(done.c.ctid), sa.Text())
    rows, where = connection.execute(sa.select(sa.func.count(), places).select_from(done)).one()
    return rows, where or ""


def number_there(
    connection: sa.Connection, live: LiveTable, keys: Sequence[keyed.Key], *, places: str, like: sa.ColumnElement[bool]
) -> int:
    """How many of the rows with these keys lie there now and are like that."""
    connection.exec_driver_sql(FOR_THIS_LIST)
    there = PLACE == sa.any_(sa.cast(sa.literal(places), _Places()))
    found = sa.select(*(live.table.c[name] for name in live.key)).where(there, like)
    near = found.offset(0).subquery()  # read by place first, whatever index there is
    wanted = keyed.among(connection, live, keys, columns=list(near.c))
    return int(connection.execute(sa.select(sa.func.count()).select_from(near).where(wanted)).scalar_one())
