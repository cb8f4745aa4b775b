"""What ties a row to its person: the columns that name somebody, and those that point at another row.

Two looks at a row with the same key, days or years apart: is it still the same person's? (Art. 5(1)(d), 5(1)(f))
"""

from collections.abc import Mapping
from typing import Any

from connectors import maps
from connectors.base import Record
from connectors.values import is_empty, plain_sha256
from policies.load import Controller


class Ties:
    """The tying columns of one company's tables, as its data maps name them."""

    def __init__(self, company: Controller) -> None:
        self._maps = {key: maps.read(company.datasets[one.dataset]) for key, one in company.sources.items()}
        self._names = {
            (key, table): sorted(name for name, field in mapped.fields.items() if field.identity or field.references)
            for key, known in self._maps.items() for table, mapped in known.collections.items()
        }  # fmt: skip

    def of(self, record: Record) -> dict[str, Any]:
        """Column to value, of those that hold something. Empty where the map names no such column."""
        fields = record.fields
        names = self._names.get((record.source, record.collection), ())
        return {name: fields[name] for name in names if name in fields and not is_empty(fields[name])}

    def digest(self, record: Record) -> str:
        """What a plan keeps instead of the values; empty where nothing ties the row to anybody."""
        ties = self.of(record)
        return plain_sha256([record.source, record.collection, ties], ties.values()) if ties else ""

    def identity(self, record: Record) -> dict[str, tuple[str, ...]]:
        """Kind to values: the identities the row itself carries."""
        mapped = self._maps[record.source].collections.get(record.collection)
        found: dict[str, tuple[str, ...]] = {}
        for name, kind in (mapped.identities if mapped else {}).items():
            if not is_empty(record.fields.get(name)):
                found[kind] = (*found.get(kind, ()), str(record.fields[name]))
        return found


def still(then: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Whether a row is tied to the same person as then. A tie that is gone (emptied, masked) says nothing new."""
    return all(now.get(name) in (None, "", value) for name, value in then.items())
