"""All the files that are one table, read one after another. No error names a file: it names the pattern."""

import importlib
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager
from functools import cached_property
from typing import Any, BinaryIO

from connectors.errors import ConnectorError
from connectors.files import text
from connectors.files.entry import Entry
from connectors.files.pattern import Pattern
from connectors.files.place import Place
from connectors.files.question import Question
from connectors.files.text import Row, Unreadable
from policies.files_way import FilesCollection

SAMPLE = 1_000
"""Rows of a JSON file looked at for columns. Every row may have others, and a row that is found is always whole."""


class FileTable:
    """`mapped` are the columns of the map. Every method may raise ConnectorError."""

    def __init__(self, place: Place, how: FilesCollection, *, mapped: Collection[str], source: str) -> None:
        self.place, self.how, self.source = place, how, source
        self.pattern, self._mapped = Pattern(how.path), tuple(mapped)
        self.looks: dict[str, str] = {}

    def entries(self) -> Iterator[Entry]:
        """ConnectorError no_files where there is none and there should be."""
        found = False
        for entry in self.place.list(self.pattern):
            found = True
            yield entry
        if not found and not self.how.optional:
            raise ConnectorError("no_files", True, self.pattern.text, source=self.source)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """What names and headers of all files say, in the order they are met."""
        found = dict.fromkeys(self.pattern.columns)
        if self.how.kind in ("json", "jsonl") or self.how.optional:
            found |= dict.fromkeys(self._mapped)
        headed = self.how.kind in ("csv", "parquet")
        for entry in self.entries():
            found |= dict.fromkeys(self._header(entry) if headed else ())
        return tuple(found)

    def sample(self) -> Iterator[str]:
        """The columns of the first rows of each file."""
        for entry in self.entries():
            with self._reading(entry) as file:
                for _, row in zip(range(SAMPLE), text.rows(file, self.how), strict=False):
                    yield from row

    def rows(self, question: Question) -> Iterator[Row]:
        """The rows that fit, whole, with what the names of their files say."""
        for entry in self.entries() if question else ():
            if question.may(entry.values):
                with self._reading(entry) as file:
                    yield from self._fitting(file, entry.values, question)

    def _fitting(self, file: BinaryIO, said: Mapping[str, str], question: Question) -> Iterator[Row]:
        if self.how.kind == "parquet":
            fits: Callable[[Row], bool] = (lambda row: question.fits({**row, **said})) if said else question.fits
            found = _parquet().rows(file, names=question.columns, fits=fits, numbers=question.numbers)
            yield from ({**row, **said} for row in found) if said else found
        else:
            every = text.rows(file, self.how)
            yield from filter(question.fits, ({**row, **said} for row in every) if said else every)

    def _header(self, entry: Entry) -> tuple[str, ...]:
        with self._reading(entry) as file:
            if self.how.kind == "csv":
                return text.header(file, self.how)
            looks: dict[str, str] = _parquet().columns(file)
        self.looks |= looks
        return tuple(looks)

    def _reading(self, entry: Entry) -> "_Reading":
        return _Reading(self.place.open(entry, self.pattern), self.pattern, self.source)


class _Reading:
    def __init__(self, opened: AbstractContextManager[BinaryIO], pattern: Pattern, source: str) -> None:
        self._opened, self._pattern, self._source = opened, pattern, source

    def __enter__(self) -> BinaryIO:
        return self._opened.__enter__()

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        self._opened.__exit__(kind, error, trace)
        if isinstance(error, Unreadable):
            detail = f"{self._pattern.text} after row {error.after}"
            raise ConnectorError(error.code, True, detail, source=self._source) from None


def _parquet() -> Any:
    """Loaded when it is needed: pyarrow is tens of megabytes, and few sources have such files."""
    return importlib.import_module("connectors.files.parquet")
