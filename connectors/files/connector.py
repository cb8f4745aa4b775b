"""The connector of files. It finds by reading through them: each question costs one reading of what may answer it."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar

from fideslang.models import Dataset

from connectors import maps, spelling, walk
from connectors.base import Ability, Finding, Identity, Key, Record
from connectors.errors import ConnectorError
from connectors.files import describe
from connectors.files.place import place
from connectors.files.question import Question
from connectors.files.table import FileTable
from connectors.inside import top
from connectors.limited import Limited
from connectors.reach import Values, spread
from connectors.rows import record
from policies.files_way import FilesWay
from policies.spelling import Normalise


class FilesConnector(Limited):
    """`url` as in `connectors.files.place`; nothing is opened before use. ConnectorError bad_url from here.

    It reads and no more: what shall be erased or corrected in a file is a person's work (`Limited`).
    """

    abilities: ClassVar[frozenset[Ability]] = frozenset({Ability.FIND, Ability.KEYS})

    def __init__(
        self, name: str, *, url: str, dataset: Dataset, way: FilesWay,
        normalise: Mapping[str, Normalise] | None = None,
    ) -> None:  # fmt: skip
        self.source, self.map, self.way = name, maps.read(dataset), way
        self._normalise = {**spelling.DEFAULTS, **(normalise or {})}
        where = place(url, source=name)
        self._tables = {
            table: FileTable(where, way.collections[table], mapped=mapped.fields, source=name)
            for table, mapped in self.map.collections.items() if table in way.collections
        }  # fmt: skip

    def __repr__(self) -> str:
        return f"FilesConnector({self.source!r})"

    def describe(self) -> list[Finding]:
        return list(describe.describe(self))

    def table(self, collection: str) -> FileTable:
        if collection not in self._tables:
            raise ConnectorError("missing_table", True, collection, source=self.source)
        return self._tables[collection]

    def columns(self, collection: str) -> tuple[str, ...]:
        """What the names and headers of all its files hold. ConnectorError missing_table, no_files."""
        return self.table(collection).columns

    def looks(self, collection: str) -> dict[str, str]:
        """As the schema of a Parquet file tells; other files declare nothing."""
        self.columns(collection)
        return {name: word for name, word in self.table(collection).looks.items() if word}

    def key_columns(self, collection: str) -> tuple[str, ...]:
        key = self.map.collections[collection].key
        return key if set(key) <= set(self.columns(collection)) else ()

    def is_unique(self, collection: str, columns: Sequence[str]) -> bool:
        key = self.key_columns(collection)
        return bool(key) and set(key) <= set(columns)

    def normalised(self, kind: str, value: Any) -> str:
        return spelling.normalised(self._normalise.get(kind, "exact"), value)

    def find(self, identity: Identity, *, given: Mapping[str, Collection[Any]] | None = None) -> Iterator[Record]:
        """One person's records here. For all sources of a controller use `walk.find`."""
        return walk.alone(self, identity, given)

    def rows(
        self, collection: str, *, where: Sequence[str], values: Collection[Values], columns: Sequence[str],
        kind: str = "",
    ) -> Iterator[dict[str, Any]]:  # fmt: skip
        known = self.columns(collection)
        if unknown := {top(name, known) for name in (*where, *columns)} - set(known):
            raise ConnectorError("missing_column", True, f"{collection}.{min(unknown)}", source=self.source)
        question = Question(
            where, values, known=known, inside=self.map.collections[collection].inside,
            normalised=partial(self.normalised, kind) if kind else None,
        )  # fmt: skip
        whole, blank = set(columns) >= set(known), dict.fromkeys(known)
        for row in self.table(collection).rows(question):
            full = {**blank, **row}
            yield full if whole else {column: full[column] for column in columns}

    def counts(
        self, collection: str, *, where: Sequence[str], values: Collection[Values]
    ) -> dict[tuple[Any, ...], int]:
        inside, found = self.map.collections[collection].inside, Counter[tuple[Any, ...]]()
        names = tuple(dict.fromkeys(top(name, self.columns(collection)) for name in where))
        for row in self.rows(collection, where=where, values=values, columns=names):
            found.update(spread(row, where, inside))
        return found

    def by_key(self, collection: str, keys: Collection[Key]) -> Iterator[Record]:
        key = self.key_columns(collection)
        if not key:
            raise ConnectorError("no_primary_key", True, collection, source=self.source)
        wanted = [tuple(one.get(column) for column in key) for one in keys]
        for row in self.rows(collection, where=key, values=wanted, columns=self.columns(collection)):
            yield record(self, collection, row, path=("by key",))
