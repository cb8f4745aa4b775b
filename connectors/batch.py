"""Many rows of one table, a column at a time: what `Record` is for one. A million rows make a thousand of these."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import compress, groupby, islice, repeat
from typing import Any

from connectors.base import Record
from connectors.values import plain_fingerprint

AT_ONCE = 500  # records


@dataclass(frozen=True)
class Batch:
    """Rows of one table with the same columns. All values JSON-safe (`plain`).

    `columns`: for each of `names` the values of all rows; `keys`: the same for each of `key`, which is empty where no
    column addresses a row. `paths` and `shared` have one entry a row (`Record`). `fingerprints`: too; or empty where
    they are those of the values as they stand here, and made when somebody asks (`marks`).
    """

    source: str
    collection: str
    names: tuple[str, ...]
    key: tuple[str, ...]
    unmapped: tuple[str, ...]
    columns: Sequence[Sequence[Any]] = field(repr=False)
    keys: Sequence[Sequence[Any]] = field(repr=False)
    paths: Sequence[tuple[str, ...]]
    shared: Sequence[bool]
    fingerprints: Sequence[str] = ()

    def __len__(self) -> int:
        return len(self.shared)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Column to value, of each row."""
        return map(dict, map(zip, repeat(self.names), zip(*self.columns, strict=True)))

    def addresses(self) -> Iterator[dict[str, Any] | None]:
        """Each row's key; None where nothing addresses it."""
        if not self.key:
            return repeat(None, len(self))
        return map(dict, map(zip, repeat(self.key), zip(*self.keys, strict=True)))

    def marks(self) -> Sequence[str]:
        """Each row's fingerprint."""
        return self.fingerprints or list(map(plain_fingerprint, self.rows()))

    def records(self) -> Iterator[Record]:
        same = {"source": self.source, "collection": self.collection, "unmapped": self.unmapped}
        each = zip(self.addresses(), self.rows(), self.paths, self.shared, self.marks(), strict=True)
        for key, fields, path, shared, fingerprint in each:
            made = Record.__new__(Record)  # a million times: one write instead of a checked one per field
            made.__dict__.update(same, key=key, fields=fields, path=path, shared=shared, fingerprint=fingerprint)
            yield made

    def __getitem__(self, part: slice) -> "Batch":
        return self._each(lambda values: values[part])

    def picked(self, which: Sequence[bool]) -> "Batch":
        """The rows for which it says True."""
        return self if all(which) else self._each(lambda values: list(compress(values, which)))

    def held(self, shared: Sequence[bool], *, behind: tuple[str, ...] = ()) -> "Batch":
        """The same rows, these of them shared; `behind`: stands first in each path."""
        return replace(self, shared=shared, paths=[behind + path for path in self.paths] if behind else self.paths)

    def _each(self, taken: Any) -> "Batch":
        return replace(
            self, columns=list(map(taken, self.columns)), keys=list(map(taken, self.keys)), paths=taken(self.paths),
            shared=taken(self.shared), fingerprints=taken(self.fingerprints) if self.fingerprints else (),
        )  # fmt: skip


def gathered(records: Iterable[Record]) -> Iterator[Batch]:
    """The same records, in the same order."""
    for (source, collection, names, key, unmapped), alike in groupby(records, _kind):
        while some := list(islice(alike, AT_ONCE)):
            yield Batch(
                source, collection, names, key, unmapped,
                columns=list(zip(*(one.fields.values() for one in some), strict=True)),
                keys=list(zip(*((one.key or {}).values() for one in some), strict=True)),
                paths=[one.path for one in some], shared=[one.shared for one in some],
                fingerprints=[one.fingerprint for one in some],
            )  # fmt: skip


def _kind(record: Record) -> tuple[str, str, tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    return record.source, record.collection, tuple(record.fields), tuple(record.key or ()), record.unmapped
