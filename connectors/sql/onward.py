"""One long statement whose rows are asked for some at a time, with other work between."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import Any

import sqlalchemy as sa

from connectors.sql.database import Database
from connectors.sql.failures import translated

ALL_OF_IT = "SET LOCAL cursor_tuple_fraction = 1"
"""PostgreSQL plans a cursor for its first tenth, and would go by the index: several times as long in the end."""


class Onward:
    """The rows of one query, in a read-only transaction that ends with them. ConnectorError as any statement."""

    def __init__(self, database: Database, query: sa.Select[Any], *, count: int) -> None:
        self._source, self._stack = database.source, ExitStack()
        connection = self._stack.enter_context(database.reading())
        with self._ending():
            connection.exec_driver_sql(ALL_OF_IT)
            streaming = connection.execution_options(stream_results=True, yield_per=count)
            self._parts: Iterator[Sequence[Any]] = iter(streaming.execute(query).partitions())

    def next(self) -> Sequence[Any]:
        """`count` rows, fewer at the end."""
        with self._ending():
            return next(self._parts, ())

    def close(self) -> None:
        self._stack.close()

    def _ending(self) -> ExitStack:
        """Whatever is raised inside is translated, and ends the transaction."""
        both = ExitStack()
        both.enter_context(translated(self._source))
        both.push(self._end)
        return both

    def _end(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind:
            self.close()
