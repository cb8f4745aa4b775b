"""One file as it was listed, and what can go wrong with it. No text here holds a path: names hold addresses."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from connectors.errors import ConnectorError
from connectors.files.pattern import Pattern


@dataclass(frozen=True)
class Entry:
    """`path` below the place; `values`: the columns its name says; `version` changes with the content."""

    path: str = field(repr=False)
    values: Mapping[str, str] = field(repr=False)
    size: int
    version: str


class Changed(ConnectorError):
    """It was written to between being listed and being read to its end: half of it may be old. Try again."""

    def __init__(self, pattern: Pattern, *, source: str) -> None:
        super().__init__("changed_while_read", False, pattern.text, source=source)
