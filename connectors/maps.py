"""A fideslang dataset as the connectors read it: flat, frozen, only what finding and erasing need.

The file itself stays fideslang unchanged; nested fields below a column belong to that column.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from fideslang.models import Dataset, DatasetCollection, DatasetField

Direction = Literal["from", "to"]
PERSONAL = "user"  # the root of fideslang's categories of personal data
CREDENTIAL = "user.authorization"  # what opens a door: password hashes, tokens


@dataclass(frozen=True)
class Reference:
    """This field holds values of another. "from": one comes from there to here; "to": the other way; None: both."""

    dataset: str
    collection: str
    field: str
    direction: Direction | None


@dataclass(frozen=True)
class Masking:
    """fideslang's masking_strategy_override of one field."""

    strategy: str
    configuration: Mapping[str, Any]


@dataclass(frozen=True)
class FieldMap:
    """One column of the map. `length` in characters; `identity` is a kind such as email."""

    name: str
    identity: str | None = None
    primary_key: bool = False
    references: tuple[Reference, ...] = ()
    categories: tuple[str, ...] = ()
    length: int | None = None
    read_only: bool = False
    masking: Masking | None = None

    @cached_property
    def personal(self) -> bool:
        return any(category.split(".")[0] == PERSONAL for category in self.categories)

    @cached_property
    def credential(self) -> bool:
        """Whether it opens a door: it is never read out of the source, into nobody's extract (Art. 32 GDPR)."""
        return any(f"{category}.".startswith(f"{CREDENTIAL}.") for category in self.categories)


@dataclass(frozen=True)
class CollectionMap:
    """One table of the map. `erase_after` names "dataset.collection" that must be erased before this one."""

    name: str
    fields: Mapping[str, FieldMap]
    erase_after: tuple[str, ...] = ()
    skip: bool = False
    subjects: frozenset[str] = frozenset()  # fideslang data_subjects
    deletes: bool = False  # the map says that masking this table means deleting its rows

    @property
    def identities(self) -> dict[str, str]:
        """Column to kind of identity."""
        return {name: field.identity for name, field in self.fields.items() if field.identity}

    @property
    def key(self) -> tuple[str, ...]:
        return tuple(name for name, field in self.fields.items() if field.primary_key)


@dataclass(frozen=True)
class DataMap:
    """One dataset of the map. `schema` is the database schema where the map names one."""

    name: str
    collections: Mapping[str, CollectionMap]
    schema: str | None = None

    def references(self) -> Iterator[tuple[CollectionMap, FieldMap, Reference]]:
        for collection in self.collections.values():
            for field in collection.fields.values():
                for reference in field.references:
                    yield collection, field, reference


def read(dataset: Dataset) -> DataMap:
    """The map of one fideslang Dataset. Collections the map says to skip are left out."""
    namespace = (dataset.fides_meta.namespace if dataset.fides_meta else None) or {}
    outer = tuple(dataset.data_categories or ())
    collections = (_collection(collection, outer) for collection in dataset.collections)
    return DataMap(
        name=dataset.fides_key,
        collections={collection.name: collection for collection in collections if not collection.skip},
        schema=namespace.get("schema"),
    )


def _collection(collection: DatasetCollection, outer: tuple[str, ...]) -> CollectionMap:
    meta = collection.fides_meta
    outer = tuple(collection.data_categories or ()) or outer
    return CollectionMap(
        name=collection.name,
        fields={field.name: _field(field, outer) for field in collection.fields},
        erase_after=tuple(str(key) for key in (meta.erase_after or ())) if meta else (),
        skip=bool(meta and meta.skip_processing),
        subjects=frozenset(str(subject) for subject in collection.data_subjects or ()),
        deletes=bool(meta and meta.masking_strategy_override),
    )


def _field(field: DatasetField, outer: tuple[str, ...]) -> FieldMap:
    meta = field.fides_meta
    categories = tuple(sorted(_categories(field))) or outer
    if meta is None:
        return FieldMap(field.name, categories=categories)
    override = meta.masking_strategy_override
    return FieldMap(
        name=field.name,
        identity=meta.identity,
        primary_key=bool(meta.primary_key),
        references=tuple(_reference(item.dataset, item.field, item.direction) for item in meta.references or ()),
        categories=categories,
        length=meta.length,
        read_only=bool(meta.read_only),
        masking=Masking(override.strategy, dict(override.configuration or {})) if override else None,
    )


def _categories(field: DatasetField) -> set[str]:
    """A column with nested fields holds what they hold."""
    inner = (_categories(nested) for nested in field.fields or ())
    return {str(category) for category in field.data_categories or ()}.union(*inner)


def _reference(dataset: str, path: str, direction: Any) -> Reference:
    """fideslang writes "collection.field"; deeper parts point inside a column."""
    collection, _, field = path.partition(".")
    return Reference(dataset, collection, field.partition(".")[0], direction)
