"""The connector of a system whose owner looks by hand: it finds nothing by itself and says no to all the rest.

Who asks the owner, and waits, is `fulfilment.asking`. What comes back is read by `connectors.person.answer` and made
records here, so that the rest of the house sees them like any others.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

import filetype  # type: ignore[import-untyped]
from fideslang.models import Dataset

from connectors import maps
from connectors.base import Ability, Finding, Identity, Record
from connectors.errors import ConnectorError
from connectors.limited import Limited
from connectors.rows import record
from connectors.values import fingerprint, plain

ASKED = ("asked by hand",)
"""Path of what an owner sent: no key of ours led there."""
AS_IT_IS = "files_as_they_are"
"""Collection of what came as a file nobody takes apart: a letter, a picture, a spreadsheet."""


class PersonConnector(Limited):
    """One such source. Nothing can go wrong with it but a map that lacks a table: ConnectorError missing_table."""

    abilities: ClassVar[frozenset[Ability]] = frozenset()

    def __init__(self, name: str, *, dataset: Dataset) -> None:
        self.source = name
        self.map = maps.read(dataset)

    def describe(self) -> list[Finding]:
        return [Finding("info", "asked_by_hand", table) for table in self.map.collections]

    def columns(self, collection: str) -> tuple[str, ...]:
        if collection not in self.map.collections:
            raise ConnectorError("missing_table", True, collection, source=self.source)
        return tuple(self.map.collections[collection].fields)

    def key_columns(self, collection: str) -> tuple[str, ...]:
        return ()  # no machine can address a row there: what happens to it is a person's work

    def is_unique(self, collection: str, columns: Sequence[str]) -> bool:
        return False

    def rows(
        self, collection: str, *, where: Sequence[str], values: Collection[tuple[Any, ...]],
        columns: Sequence[str], kind: str = "",
    ) -> Iterator[dict[str, Any]]:  # fmt: skip
        return iter(())

    def counts(
        self, collection: str, *, where: Sequence[str], values: Collection[tuple[Any, ...]]
    ) -> dict[tuple[Any, ...], int]:
        return {}

    def normalised(self, kind: str, value: Any) -> str:
        return ""  # nothing is compared here, so nothing need be carried along to be compared

    def find(self, identity: Identity, *, given: Mapping[str, Collection[Any]] | None = None) -> Iterator[Record]:
        return iter(())

    def answered(self, collection: str, rows: Iterable[Mapping[str, Any]]) -> Iterator[Record]:
        """Rows an owner sent, as records: fields as in the file, those no map mentions named in `unmapped`."""
        self.columns(collection)
        for row in rows:
            yield record(self, collection, row, path=ASKED)

    def as_it_is(self, name: str, data: bytes) -> Record:
        """A whole file as one record."""
        guessed = filetype.guess(data[:8192])
        kind = str(guessed.mime) if guessed else "application/octet-stream"
        fields = {"file_name": name, "media_type": kind, "size": len(data), "content": plain(data)}
        return Record(self.source, AS_IT_IS, None, fields, ASKED, False, tuple(fields), fingerprint(fields))
