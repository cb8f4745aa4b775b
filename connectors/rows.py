"""From a row of a source to the Record the rest of the house sees."""

from collections.abc import Mapping
from typing import Any

from connectors.base import HIDDEN, Mapped, Record
from connectors.maps import FieldMap
from connectors.reach import pick
from connectors.values import canonical, plain, sha256


def record(
    reader: Mapped, collection: str, row: Mapping[str, Any], *, path: tuple[str, ...], shared: bool = False
) -> Record:
    """A whole row as a Record. Credentials are hidden; the fingerprint is of the row as it is."""
    key_columns, mapped = reader.key_columns(collection), reader.map.collections[collection].fields
    fields = {name: plain(value) for name, value in row.items()}
    return Record(
        source=reader.source,
        collection=collection,
        key=dict(zip(key_columns, pick(fields, key_columns), strict=True)) if key_columns else None,
        fields={name: HIDDEN if _is_credential(mapped.get(name), value) else value for name, value in fields.items()},
        path=path,
        shared=shared,
        unmapped=tuple(name for name in fields if name not in mapped),
        fingerprint=sha256(canonical(fields)),
    )


def _is_credential(field: FieldMap | None, value: Any) -> bool:
    return field is not None and field.credential and value is not None
