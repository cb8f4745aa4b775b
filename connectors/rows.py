"""From the rows of a source to what the rest of the house sees: a Record, or many rows at a time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from connectors.base import HIDDEN, Mapped, Record
from connectors.batch import Batch
from connectors.values import plain_fingerprint, plain_row


class Table:
    """How the rows of one table become Records and Batches: what is the same for all of them is asked once."""

    def __init__(self, reader: Mapped, collection: str, *, names: Iterable[str]) -> None:
        """`names`: the columns of its rows."""
        mapped = reader.map.collections[collection].fields
        self.names = names = tuple(map(str, names))
        self.key = tuple(map(str, reader.key_columns(collection)))
        self._credentials = tuple(name for name in names if name in mapped and mapped[name].credential)
        unmapped = tuple(name for name in names if name not in mapped)
        self._same: dict[str, Any] = {"source": reader.source, "collection": collection, "unmapped": unmapped}

    def record(self, fields: dict[str, Any], *, path: tuple[str, ...], shared: bool = False) -> Record:
        """A whole row, its values JSON-safe (`plain_row`). Credentials are hidden; the fingerprint is of the row as
        it is."""
        key = {name: fields[name] for name in self.key} if self.key else None
        fingerprint = plain_fingerprint(fields)
        for name in self._credentials:
            if fields[name] is not None:
                fields[name] = HIDDEN
        made = Record.__new__(Record)  # a million times: one write instead of a checked one per field
        made.__dict__.update(self._same, key=key, fields=fields, path=path, shared=shared, fingerprint=fingerprint)
        return made

    def batch(
        self, columns: Sequence[Sequence[Any]], *, paths: Sequence[tuple[str, ...]], shared: Sequence[bool]
    ) -> Batch:
        """Many whole rows, a column at a time (`plain_columns`); else as `record`."""
        keys = [columns[self.names.index(name)] for name in self.key]
        same = self._same | {"names": self.names, "key": self.key}
        return self._without_credentials(Batch(**same, columns=columns, keys=keys, paths=paths, shared=shared))

    def _without_credentials(self, whole: Batch) -> Batch:
        places = [self.names.index(name) for name in self._credentials]
        if all(value is None for place in places for value in whole.columns[place]):
            return whole
        columns = list(whole.columns)
        for place in places:
            columns[place] = [None if value is None else HIDDEN for value in columns[place]]
        return replace(whole, columns=columns, fingerprints=whole.marks())


def record(
    reader: Mapped, collection: str, row: Mapping[str, Any], *, path: tuple[str, ...], shared: bool = False
) -> Record:
    """One row of a table; for many rows of one, `Table`."""
    return Table(reader, collection, names=row).record(plain_row(row), path=path, shared=shared)
