"""The shape of ``controllers/<slug>/sources.yaml``: what the portal must know beside the fideslang datasets.

The datasets say where the data lies and stay pure fideslang. This file says what each collection *means*: its
data kind (``policies.kinds``), purposes, whose data it is, where its facts for ``law.retention`` are read, and the
words a person understands. A column this file or the dataset does not mention is shown as unmapped, never dropped.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Literal, Self, get_args

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from policies.parts import Line, Part, Text, Word
from policies.spelling import Normalise
from policies.ways import WAYS, DjangoWay, FilesWay, HttpWay, MailboxWay, Owner, PersonWay

Origin = Literal["provided", "observed", "derived", "third_party"]  # WP242: only the first two are portable
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


@lru_cache(maxsize=4096)  # asked for each fact of each person
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


MarkValue = str | int | bool | None
MarkName = Literal["restrict", "stop_marketing", "withdraw_consent", "object"]
MARKS: tuple[MarkName, ...] = get_args(MarkName)
ENDING: tuple[MarkName, ...] = ("restrict", "object")  # Art. 18(3), 21(1): what these stop may begin again
TODAY, NOW = "$today", "$now"


class Mark(Part):
    """What the source itself writes into a row so that its own programs obey: columns and the values they take.

    ``$today`` is the controller's day, ``$now`` the moment (UTC). ``lift`` ends the mark. Only rows that hold what
    ``when`` says are touched, so a mark set twice keeps its first date. ``covers`` names tables of the same source
    whose rows follow this one: the programs look here before they use them, so nothing is written there.
    """

    set: dict[str, MarkValue] = Field(min_length=1)
    lift: dict[str, MarkValue] = {}
    when: dict[str, MarkValue] = {}
    covers: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _fits(self) -> Self:
        for values, words in ((self.set, (TODAY, NOW)), (self.lift, (TODAY, NOW)), (self.when, ())):
            _known_words(values, words)
        if self.lift and self.lift.keys() != self.set.keys():
            raise ValueError(f"expected 'lift' to name the columns of 'set': {', '.join(sorted(self.set))}")
        for column, value in self.set.items():
            if value in (TODAY, NOW) and column not in self.when:
                raise ValueError(f"expected 'when' to name {column}: set a second time, its first date would be lost")
            if column in self.when and self.when[column] == value:
                raise ValueError(f"expected 'when' to hold the value {column} has before it is marked, not {value!r}")
        return self

    @property
    def columns(self) -> frozenset[str]:
        """Every column the mark reads or writes."""
        return frozenset({*self.set, *self.lift, *self.when})


def _known_words(values: Mapping[str, MarkValue], words: tuple[str, ...]) -> None:
    for column, value in values.items():
        if isinstance(value, str) and value.startswith("$") and value not in words:
            expected = " or ".join(words) or "a plain value: $today and $now belong under 'set' and 'lift'"
            raise ValueError(f"expected {expected} for {column}, not {value}")


class CollectionMap(Part):
    """One table. ``keep_fields``: the only personal fields that survive while a record is held for a duty (R-52).

    ``restrict`` (Art. 18), ``stop_marketing`` (Art. 21(2)-(3)), ``withdraw_consent`` (Art. 7(3)) and ``object``
    (Art. 21(1)): how the source is told. A table without the mark, and covered by none, is a person's work.
    ``correctable``: the columns a person may have corrected (Art. 16); absent, see ``policies.columns.correctable``.
    """

    kind: Word
    purposes: tuple[Word, ...] = Field(min_length=1)
    subject: SubjectMap | None = None
    origin: Origin
    label: Text
    explain: Text | None = None
    facts: dict[Word, Fact] = {}
    erase: Literal["row", "fields"] = "fields"
    keep_fields: tuple[str, ...] = ()
    restrict: Mark | None = None
    stop_marketing: Mark | None = None
    withdraw_consent: Mark | None = None
    object: Mark | None = None
    correctable: tuple[str, ...] | None = None
    fields: dict[str, FieldMap] = {}

    @model_validator(mode="after")
    def _an_end(self) -> Self:
        for name in ENDING:
            mark = self.mark(name)
            if mark and not mark.lift:
                raise ValueError(f"expected 'lift' in {name}: what it stops may begin again (Art. 18(3), 21(1))")
        return self

    def mark(self, name: MarkName) -> Mark | None:
        """How this table is told; None where it has no such mark."""
        found: Mark | None = getattr(self, name)
        return found

    def kind_of(self, field: str) -> str:
        """The data kind that decides how long ``field`` is kept."""
        mapped = self.fields.get(field)
        return mapped.kind if mapped and mapped.kind else self.kind

    def origin_of(self, field: str) -> Origin:
        mapped = self.fields.get(field)
        return mapped.origin if mapped and mapped.origin else self.origin

    def kinds(self) -> frozenset[str]:
        return frozenset({self.kind} | {field.kind for field in self.fields.values() if field.kind})


ConnectorKind = Literal["sql", "http", "files", "mailbox", "person", "django"]


class Source(Part):
    """One system that holds personal data.

    ``connector`` says how it is reached, and the block of the same name (``http:``, ``files:`` …) how exactly; ``sql``
    needs none. ``url_env`` names the environment variable with the URL (``<NAME>_FILE`` for a secret file); only a
    person has none. ``demo`` is used only when ``DSAR_DEMO=1``, with ``{demo}`` replaced by the demo folder.
    ``at_once`` is how many workers may be at this source at the same time; absent, as many as there are.
    ``owner`` is who does there what the connector cannot; absent, staff do.
    """

    dataset: str
    name: Text
    connector: ConnectorKind = "sql"
    url_env: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*$")] | None = None
    demo: Line | None = None
    at_once: int | None = Field(default=None, ge=1, le=64)
    http: HttpWay | None = None
    files: FilesWay | None = None
    mailbox: MailboxWay | None = None
    person: PersonWay | None = None
    django: DjangoWay | None = None
    owner: Owner | None = None
    identity_normalise: dict[Word, Normalise] = {}
    collections: dict[str, CollectionMap] = {}

    @model_validator(mode="after")
    def _reached_one_way(self) -> Self:
        given = {name for name in WAYS if getattr(self, name) is not None}
        if given != ({self.connector} & set(WAYS)):
            expected = f"the block '{self.connector}:'" if self.connector in WAYS else "no block of a connector"
            raise ValueError(f"expected {expected} beside connector: {self.connector}, found {sorted(given) or 'none'}")
        if (self.url_env is None) is not (self.connector == "person"):
            raise ValueError("expected 'url_env' for every source but a person")
        if self.person and self.owner:
            raise ValueError("expected the owner under 'person:' alone")
        return self

    @property
    def seen_to_by(self) -> Owner | None:
        """Who is asked for what no machine can do here; None where the company's own staff do it."""
        return self.person or self.owner


class SourceMap(Part):
    """The whole of sources.yaml."""

    sources: dict[Word, Source] = {}
