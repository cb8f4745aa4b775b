"""A fideslang dataset as the connectors read it: flat, frozen, only what finding and erasing need.

The file itself stays fideslang unchanged. Fields below a column belong to that column; those that lead somewhere (an
identity, a reference) are kept by their path as well: "contact.email".
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
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
    inside: bool = False  # what it holds lies in an array or in JSON: none, one or many values

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
    fields: Mapping[str, FieldMap]  # the columns
    inner: Mapping[str, FieldMap] = field(default_factory=dict)  # by path: what lies inside a column
    erase_after: tuple[str, ...] = ()
    skip: bool = False
    subjects: frozenset[str] = frozenset()  # fideslang data_subjects
    deletes: bool = False  # the map says that masking this table means deleting its rows

    @cached_property
    def identities(self) -> dict[str, str]:
        """Column, or path inside one, to kind of identity."""
        return {one.name: one.identity for one in self.all_fields() if one.identity}

    @cached_property
    def inside(self) -> frozenset[str]:
        """The columns and paths that hold none, one or many values."""
        return frozenset(one.name for one in self.all_fields() if one.inside)

    def all_fields(self) -> Iterator[FieldMap]:
        yield from self.fields.values()
        yield from self.inner.values()

    def at(self, name: str) -> FieldMap | None:
        """By column or path."""
        return self.fields.get(name) or self.inner.get(name)

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
            for one in collection.all_fields():
                for reference in one.references:
                    yield collection, one, reference


def impersonal(maps: Iterable[DataMap]) -> frozenset[tuple[str, str]]:
    """(dataset, collection) of what people's rows only point at and that says nothing of them: goods, lists of places.

    Every column is known not to be personal, none is an identity, and no row hangs on another or is pointed at but by
    its key. What hangs on a person's row is theirs, whatever its columns say.
    """
    tables = {(one.name, collection.name): collection for one in maps for collection in one.collections.values()}
    hanging = set()
    for place, collection in tables.items():
        for reference in (reference for one in collection.all_fields() for reference in one.references):
            there = reference.dataset, reference.collection
            if reference.direction != "to":
                hanging.add(place)
            if reference.direction != "from" and there in tables and (reference.field,) != tables[there].key:
                hanging.add(there)
    return frozenset(
        place for place, collection in tables.items() if place not in hanging and not collection.identities
        and all(one.categories and not one.personal for one in collection.all_fields())
    )  # fmt: skip


def lent(maps: Iterable[DataMap]) -> frozenset[tuple[str, str]]:
    """(dataset, collection) of tables without an identity of their own that hold something personal: addresses, say."""
    return frozenset(
        (one.name, collection.name) for one in maps for collection in one.collections.values()
        if not collection.identities and any(field.personal for field in collection.all_fields())
    )  # fmt: skip


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
        inner={one.name: one for field in collection.fields for one in _inner(field, outer, field.name)},
        erase_after=tuple(str(key) for key in (meta.erase_after or ())) if meta else (),
        skip=bool(meta and meta.skip_processing),
        subjects=frozenset(str(subject) for subject in collection.data_subjects or ()),
        deletes=bool(meta and meta.masking_strategy_override),
    )


def _field(field: DatasetField, outer: tuple[str, ...]) -> FieldMap:
    meta = field.fides_meta
    categories = tuple(sorted(_categories(field))) or outer
    if meta is None:
        return FieldMap(field.name, categories=categories, inside=bool(field.fields))
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
        inside=bool(field.fields or (meta.data_type or "").endswith("[]")),
    )


def _inner(field: DatasetField, outer: tuple[str, ...], path: str) -> Iterator[FieldMap]:
    """The fields below this one that lead somewhere, or that others may point at, named by their path."""
    for nested in field.fields or ():
        below = f"{path}.{nested.name}"
        if nested.fields:
            yield from _inner(nested, outer, below)
        else:
            yield replace(_field(nested, outer), name=below, primary_key=False, inside=True)


def _categories(field: DatasetField) -> set[str]:
    """A column with nested fields holds what they hold."""
    inner = (_categories(nested) for nested in field.fields or ())
    return {str(category) for category in field.data_categories or ()}.union(*inner)


def _reference(dataset: str, path: str, direction: Any) -> Reference:
    """fideslang writes "collection.field"; deeper parts are a path inside a column."""
    collection, _, field = path.partition(".")
    return Reference(dataset, collection, field, direction)
