"""The shape of ``controllers/<slug>/sources.yaml``: what the portal must know beside the fideslang datasets.

The datasets say where the data lies and stay pure fideslang. This file says what each collection *means*: its
data kind (``policies.kinds``), purposes, whose data it is, where its facts for ``law.retention`` are read, and the
words a person understands. A column this file or the dataset does not mention is shown as unmapped, never dropped.
"""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from policies.parts import Line, Part, Text, Word

Origin = Literal["provided", "observed", "derived", "third_party"]  # WP242: only the first two are portable
Normalise = Literal["exact", "lower", "upper", "digits"]
Operation = Literal["max", "min", "sum", "count", "any"]
OPERATIONS: tuple[Operation, ...] = ("max", "min", "sum", "count", "any")

Reference = Annotated[
    str,
    StringConstraints(pattern=r"^([a-z][a-z0-9_]*/)?[A-Za-z_][A-Za-z0-9_]*\.[A-Za-z_][A-Za-z0-9_.]*$"),
    Field(description="collection.column, or source/collection.column for another source of this company"),
]


class Target(Part):
    """A reference taken apart. ``source`` is None for the same source."""

    source: str | None
    collection: str
    column: str


def target(reference: str) -> Target:
    """'ledger/balances.amount' -> Target('ledger', 'balances', 'amount')."""
    source, _, rest = reference.rpartition("/")
    collection, _, column = rest.partition(".")
    return Target(source=source or None, collection=collection, column=column)


class FactMap(Part):
    """One fact for ``law.retention``: a column of this row, or an aggregate over this person's collected rows.

    ``delivered: delivered_on`` is short for ``delivered: {column: delivered_on}``.
    ``match`` maps columns of the referenced rows to columns of this row; ``where`` keeps only rows with these values.
    ``unit`` turns a number in ``column`` into an ISO 8601 period (7 years -> P7Y).
    """

    column: str | None = None
    unit: Literal["years", "months", "days"] | None = None
    max: Reference | None = None
    min: Reference | None = None
    sum: Reference | None = None
    count: Reference | None = None
    any: Reference | None = None
    match: dict[str, str] = {}
    where: dict[str, str | int | bool | None | tuple[str | int, ...]] = {}

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        given = [name for name in ("column", *OPERATIONS) if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError("expected exactly one of column, " + ", ".join(OPERATIONS))
        if self.unit and not self.column:
            raise ValueError("expected 'unit' only beside 'column'")
        return self

    @property
    def operation(self) -> Operation | None:
        """None for a plain column."""
        return next((name for name in OPERATIONS if getattr(self, name) is not None), None)

    @property
    def target(self) -> Target | None:
        """What the aggregate reads; None for a plain column."""
        return target(getattr(self, self.operation)) if self.operation else None


def _column_alone(value: object) -> object:
    return {"column": value} if isinstance(value, str) else value


Fact = Annotated[FactMap, BeforeValidator(_column_alone, json_schema_input_type=str | FactMap)]


class SubjectMap(Part):
    """Whose data a row is: always the same (``is``), read from a column here, or from a matching row elsewhere."""

    is_: Word | None = Field(default=None, alias="is")
    column: str | None = None
    from_: Reference | None = Field(default=None, alias="from")
    match: dict[str, str] = {}
    values: dict[str, Word] = {}

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if sum(value is not None for value in (self.is_, self.column, self.from_)) != 1:
            raise ValueError("expected exactly one of is, column, from")
        if self.is_ is None and not self.values:
            raise ValueError("expected 'values': what each code in that column means, e.g. {P: consumer}")
        return self


class FieldMap(Part):
    """One column. ``origin`` and ``kind`` override the collection's for field-wise decisions."""

    label: Text
    explain: Text | None = None
    origin: Origin | None = None
    kind: Word | None = None


class CollectionMap(Part):
    """One table. ``keep_fields``: the only personal fields that survive while a record is held for a duty (R-52)."""

    kind: Word
    purposes: tuple[Word, ...] = Field(min_length=1)
    subject: SubjectMap | None = None
    origin: Origin
    label: Text
    explain: Text | None = None
    facts: dict[Word, Fact] = {}
    erase: Literal["row", "fields"] = "fields"
    keep_fields: tuple[str, ...] = ()
    fields: dict[str, FieldMap] = {}

    def kind_of(self, field: str) -> str:
        """The data kind that decides how long ``field`` is kept."""
        mapped = self.fields.get(field)
        return mapped.kind if mapped and mapped.kind else self.kind

    def origin_of(self, field: str) -> Origin:
        mapped = self.fields.get(field)
        return mapped.origin if mapped and mapped.origin else self.origin

    def kinds(self) -> frozenset[str]:
        return frozenset({self.kind} | {field.kind for field in self.fields.values() if field.kind})


class Source(Part):
    """One system that holds personal data.

    ``url_env`` names the environment variable with the SQLAlchemy URL (``<NAME>_FILE`` for a secret file); ``demo``
    is used only when ``DSAR_DEMO=1``, with ``{demo}`` replaced by the demo folder.
    """

    dataset: str
    name: Text
    connector: Literal["sql"] = "sql"
    url_env: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*$")]
    demo: Line | None = None
    identity_normalise: dict[Word, Normalise] = {}
    collections: dict[str, CollectionMap] = {}


class SourceMap(Part):
    """The whole of sources.yaml."""

    sources: dict[Word, Source] = {}
