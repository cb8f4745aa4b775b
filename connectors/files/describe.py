"""The map against the files that are really there."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from connectors.base import Finding
from connectors.errors import ConnectorError
from connectors.files.table import FileTable
from connectors.limited import BY_HAND

if TYPE_CHECKING:
    from connectors.files.connector import FilesConnector


def describe(files: "FilesConnector") -> Iterator[Finding]:
    """All findings, in the order of the map. ConnectorError where the place does not answer or a file is unreadable."""
    for name, mapped in files.map.collections.items():
        if name not in files.way.collections:
            yield Finding("error", "missing_table", name)
        else:
            yield from _table(name, files.table(name), tuple(mapped.fields))
            if not mapped.key:
                yield Finding("warning", "no_primary_key", name)
            yield Finding("info", BY_HAND, name, "", "found here; a person must erase and correct there")
    for name in files.way.collections:
        if name not in files.map.collections:
            yield Finding("warning", "unmapped_table", name)


def _table(name: str, table: FileTable, mapped: tuple[str, ...]) -> Iterator[Finding]:
    sampled = table.how.kind in ("json", "jsonl")
    try:
        columns = [*table.columns, *(table.sample() if sampled else ())]
        if next(table.entries(), None) is None:
            yield Finding("info", "no_files", name, "", table.how.path)
    except ConnectorError as error:
        if error.code != "no_files":
            raise
        yield Finding("error", error.code, name, "", table.how.path)
        return
    for column in mapped:
        if column not in columns:
            yield Finding("error", "missing_column", name, column)
    for column in dict.fromkeys(columns):
        if column not in mapped:
            yield Finding("warning", "unmapped_column", name, column)
