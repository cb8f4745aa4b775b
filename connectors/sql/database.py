"""One relational database as its source's map sees it: opened late, read and written in transactions, closed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Self

import sqlalchemy as sa
from fideslang.models import Dataset

from connectors import maps
from connectors.errors import ConnectorError
from connectors.sql import address, declared, outside, timeouts
from connectors.sql.failures import translated
from connectors.sql.schema import ForeignKey, LiveTable, Schema, reflect


def utc_now() -> datetime:
    return datetime.now(UTC)


class Database:
    """`url` is a SQLAlchemy URL; nothing is opened before use. ConnectorError bad_url from the constructor."""

    def __init__(self, name: str, *, url: str, dataset: Dataset, clock: Callable[[], datetime] = utc_now) -> None:
        self.source = name
        self.map = maps.read(dataset)
        self.clock = clock
        self._url = address.parse(url, source=name)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.source!r})"

    @property
    def path(self) -> Path:
        """The file of a SQLite source."""
        return Path(str(self._url.database))

    @property
    def catalog(self) -> str:
        """What the server calls this database."""
        return str(self._url.database)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        for name in ("_reader", "_writer"):
            if name in self.__dict__:
                self.__dict__.pop(name).dispose()

    # -- what is there ---------------------------------------------------------------------------------------------

    @cached_property
    def _reader(self) -> sa.Engine:
        return address.reading_engine(self._url)

    @cached_property
    def _writer(self) -> sa.Engine:
        return address.writing_engine(self._url)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A read-only transaction, rolled back at the end."""
        with translated(self.source), self._reader.connect() as connection:
            timeouts.for_reading(connection)
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction that is rolled back unless it is committed."""
        with translated(self.source), self._writer.connect() as connection:
            timeouts.for_writing(connection)
            yield connection

    @cached_property
    def schema(self) -> Schema:
        with self.reading() as connection:
            return reflect(connection, self.map.collections, schema=self.map.schema)

    @cached_property
    def _outside(self) -> list[ForeignKey]:
        with self.reading() as connection:
            return list(outside.pointing_here(connection, schema=self.map.schema))

    @cached_property
    def _declared(self) -> list[ForeignKey]:
        return declared.references(self.schema, self.map)

    def pointing_at(self, collection: str) -> list[ForeignKey]:
        """Every foreign key at a table, those of other schemas and those only the map declares as well."""
        return [key for key in (*self.schema.foreign_keys, *self._outside, *self._declared) if key.parent == collection]

    def leads_on(self, collection: str, column: str) -> bool:
        """Whether the column is part of a reference to another row, in the database or in the map alone."""
        outgoing = (*self.schema.outgoing(collection), *(key for key in self._declared if key.child == collection))
        return any(column in key.columns for key in outgoing)

    def live(self, collection: str) -> LiveTable:
        """ConnectorError missing_table where the map names a table that is not there."""
        found = self.schema.tables.get(collection)
        if found is None:
            raise ConnectorError("missing_table", True, collection, source=self.source)
        return found

    def key_columns(self, collection: str) -> tuple[str, ...]:
        return self.live(collection).key
