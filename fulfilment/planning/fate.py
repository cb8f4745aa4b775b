"""What happens to each record of an erasure, and why: `law.retention` asked per record and per kind of data within it.

Pure: records in, decisions out; no case, no database. `manage.py erase` and a case's plan share it.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, TypeAlias

from connectors import maps
from connectors.base import Action, Instruction, Key, Record, row_digest
from fulfilment.collecting.find import UNPROVED
from fulfilment.planning.facts import FactBook, Told
from law.retention import Decision, Fact, RetentionOutcome, decide, overruled
from policies.load import Controller
from policies.sources import CollectionMap

SHARED, NO_KEY, UNMAPPED, UNKNOWN_TABLE = "shared_row", "no_key", "unmapped_columns", "unknown_table"
REFUSED, NOT_PROVED, RESTRICTED = "refused_by_source", "not_proved", "restricted"
IMPERSONAL = "nothing_personal"
REMEMBERED = 10_000  # answers of the rules, for as many different questions
Deed: TypeAlias = tuple[str, Action | None, tuple[str, ...], tuple[str, ...]]  # outcome, action, fields, loose
KEEPING = frozenset({"retain", "hold"})
GOING = frozenset({"erase", "anonymise"})


class Row(NamedTuple):
    """A record without its content: what a plan holds of it."""

    source: str
    collection: str
    key: Key | None
    shared: bool
    fingerprint: str


class Fate(NamedTuple):
    """One record and what becomes of it. A tuple, since there may be a million.

    `outcome`: erase, anonymise, retain, hold or undetermined (a person decides). `action` is what the source is told,
    None where nothing is written. `fields`: the columns that lose their content; the last of them, `loose`, only lead
    to what others may share, such as an address. `number`: place within its table. `held_for`: code of what keeps a
    machine from deciding.
    """

    record: Record | Row
    number: int
    outcome: str
    action: Action | None
    fields: tuple[str, ...]
    decision: Decision
    held_for: str = ""
    by_person: int = 0  # the decision (PlanDecision) that overrules the rules; 0: the rules decided
    loose: tuple[str, ...] = ()
    whose: str = ""  # digest of what ties the row to its person, where the row itself was let go

    def instruction(self) -> Instruction | None:
        if self.action is None:
            return None
        record = self.record
        return Instruction(
            record.source,
            record.collection,
            record.key,
            record.fingerprint,
            self.action,
            self.fields,
            self.decision.reasons,
        )

    def told(self) -> dict[str, Any]:
        """Table and decision, JSON-safe: what rows have in common in a frozen plan, which holds no row itself."""
        decision = self.decision
        return {
            "source": self.record.source,
            "collection": self.record.collection,
            "outcome": self.outcome,
            "action": str(self.action) if self.action else None,
            "fields": list(self.fields),
            "keep_through": decision.keep_through.isoformat() if decision.keep_through else None,
            "rule": decision.rule,
            "basis": decision.basis,
            "held_for": self.held_for,
            "by_person": self.by_person,
            "reasons": [reason.to_json() for reason in decision.reasons],
        }


def alike(fated: Iterable[Fate]) -> Iterable[list[Fate]]:
    """The fates of a table that are told in the same words together, in the order in which they first come."""
    by_id: dict[int, int] = {}  # a decision is looked at whole once, not at every row
    numbered: dict[Decision, int] = {}
    lots: dict[tuple[Any, ...], list[Fate]] = {}
    for one in fated:
        number = by_id.get(id(one.decision))
        if number is None:
            number = by_id[id(one.decision)] = numbered.setdefault(one.decision, len(numbered))
        record = one.record
        told = (record.source, record.collection, one.outcome, one.action, one.fields, one.held_for, one.by_person)
        lots.setdefault((told, number), []).append(one)
    return lots.values()


def mark(record: Record | Row) -> str:
    """Names a row whatever becomes of its content: by its key, or where there is none by its fingerprint."""
    return row_digest(record.source, record.collection, record.key or record.fingerprint)


def fates(
    read: Callable[[], Iterable[Record]],
    *,
    controller: Controller,
    on: date,
    requested: bool = True,
    facts: Mapping[str, Any] | None = None,
    restricted: Collection[str] = frozenset(),
    of_tables: Callable[[Collection[tuple[str, str]]], Iterable[Record]] | None = None,
) -> Iterator[Fate]:
    """Decide every record `read` yields. Reads twice: first what other rows' facts depend on (`of_tables`: reads only
    the records of these (source, collection)), then record by record.

    `facts` are known for the whole person, such as a warranty given up. `restricted`: marks of rows that are only
    stored for now; a person decides about those (Art. 18(2)).
    """
    book = FactBook(controller)
    for record in of_tables(book.wanted) if of_tables else read():
        book.add(record)
    judge = Judge(controller, on=on, requested=requested, known=facts)
    numbers: dict[tuple[str, str], int] = {}
    for record in read():
        place = (record.source, record.collection)
        number = numbers[place] = numbers.get(place, -1) + 1
        fate = judge.fate(record, number=number, book=book)
        if restricted and fate.action and mark(record) in restricted:
            fate = _by_hand(record, number, RESTRICTED, fate.decision)
        yield fate


class Judge:
    """One company's rules on one day. `known`: facts that hold whatever the rows say."""

    def __init__(
        self, controller: Controller, *, on: date, requested: bool, known: Mapping[str, Any] | None = None
    ) -> None:
        self._rules = controller.policy.law_rules()
        self._year_end = controller.policy.fiscal_year_end
        self._sources = controller.sources
        self._maps = {key: maps.read(controller.datasets[given.dataset]) for key, given in self._sources.items()}
        self._on, self._requested, self._known = on, requested, dict(known or {})
        self._decided: dict[tuple[Any, ...], Mapping[str, Decision]] = {}  # rows of one table mostly ask the same
        self._heard: dict[int, tuple[Told, Mapping[str, Decision]]] = {}
        self._deeds: dict[tuple[Any, ...], tuple[Mapping[str, Decision], Deed]] = {}
        lent = maps.lent(self._maps.values())
        self._loose = {
            (key, name): tuple(_loose(collection, lent)) if requested else ()
            for key, known_map in self._maps.items() for name, collection in known_map.collections.items()
        }  # fmt: skip
        impersonal = maps.impersonal(self._maps.values())
        self._impersonal = {(key, name) for key, known in self._maps.items() for name in known.collections
                            if (known.name, name) in impersonal}  # fmt: skip
        self._personal = {
            (key, name): tuple(_personal(collection.fields.values()))
            for key, known_map in self._maps.items() for name, collection in known_map.collections.items()
        }  # fmt: skip

    def decisions(self, record: Record, *, book: FactBook) -> Mapping[str, Decision]:
        """What the rules say of each kind of data in the record; nothing for a table nobody has described."""
        meaning = self._sources[record.source].collections.get(record.collection)
        if meaning is None:
            return {}
        told = book.told(record)
        known = self._heard.get(id(told))
        if known is None or known[0] is not told:
            _make_room(self._heard)
            known = self._heard[id(told)] = (told, self._asked(record, meaning, told))
        return known[1]

    def _asked(self, record: Record, meaning: CollectionMap, told: Told) -> Mapping[str, Decision]:
        subject, facts = told.subject, {**told.facts, **self._known}
        asked = (record.source, record.collection, subject, *map(type, facts.values()), *facts.values())
        if asked not in self._decided:
            _make_room(self._decided)
            self._decided[asked] = {kind: self._decide(kind, subject, facts) for kind in sorted(meaning.kinds())}
        return self._decided[asked]

    def fate(self, record: Record, *, number: int, book: FactBook) -> Fate:
        return self.held(self.deed(record, number=number, decisions=self.decisions(record, book=book)))

    def deed(self, record: Record, *, number: int, decisions: Mapping[str, Decision]) -> Fate:
        """What the rules would have done to the record, whether or not a machine may."""
        meaning = self._sources[record.source].collections.get(record.collection)
        if meaning is None:
            return _by_hand(record, number, UNKNOWN_TABLE, Decision("undetermined"))
        whole = decisions[meaning.kind]
        if (record.source, record.collection) in self._impersonal and not record.unmapped:
            return Fate(record, number, "not_theirs", None, (), Decision("retain"), held_for=IMPERSONAL)
        if whole.outcome == "undetermined":
            return Fate(record, number, "undetermined", None, (), whole)
        outcome, action, going, loose = self._remembered(record, meaning, decisions)
        return Fate(record, number, outcome, action, going, whole, loose=loose)

    def _remembered(self, record: Record, meaning: CollectionMap, decisions: Mapping[str, Decision]) -> Deed:
        """What becomes of rows of which the same is decided and in which the same columns hold something."""
        held = tuple(self.personal(record))
        loose = _filled(record, self._loose[record.source, record.collection])
        place = (record.source, record.collection, id(decisions), held, loose)
        known = self._deeds.get(place)
        if known is None or known[0] is not decisions:
            _make_room(self._deeds)
            known = self._deeds[place] = (decisions, self._deed(held, loose, meaning, decisions))
        return known[1]

    def held(self, fate: Fate) -> Fate:
        """The same, left to a person where a machine may not do it."""
        why = "" if fate.outcome == "undetermined" else self._held(fate.record, fate)
        return _by_hand(fate.record, fate.number, why, fate.decision) if why else fate

    def _decide(self, kind: str, subject: str | None, facts: Mapping[str, Fact]) -> Decision:
        return decide(
            data=kind, subject=subject, facts=facts, rules=self._rules, on=self._on, requested=self._requested,
            fiscal_year_end=self._year_end,
        )  # fmt: skip

    def _deed(
        self, held: Sequence[str], loose: tuple[str, ...], meaning: CollectionMap, by_kind: Mapping[str, Decision]
    ) -> Deed:
        """`held`: the personal columns with content. What is shared is unlinked with them, not wiped."""
        whole = by_kind[meaning.kind]
        going = tuple(name for name in held if by_kind[meaning.kind_of(name)].outcome in GOING)
        if whole.outcome in GOING:
            all_go = all(decision.outcome in GOING for decision in by_kind.values())
            if all_go and meaning.erase == "row" and whole.outcome == "erase":
                return "erase", Action.ERASE, (), ()
            if not going:
                return whole.outcome, None, (), ()
            return whole.outcome, Action.ANONYMISE, (*going, *loose), loose
        if self._requested and whole.outcome == "retain" and meaning.keep_fields:
            # Art. 5(1)(c): once a person asked, the duty keeps what it needs, not the whole row
            going = tuple(sorted({*going, *(set(held) - set(meaning.keep_fields))}))
        return whole.outcome, Action.STRIP if going else None, going, ()

    def personal(self, record: Record) -> list[str]:
        """Mapped personal columns with content, bar those that address the row or tie it to others."""
        return list(_filled(record, self._personal[record.source, record.collection]))

    def _held(self, record: Record, fate: Fate) -> str:
        """Why a machine may not do this to the row: Art. 15(4) and 17 protect the other person, too."""
        if UNPROVED in record.path:  # kept as it is, too: the letter would tell one person of another's invoice
            return NOT_PROVED
        if fate.action is None:
            return ""
        if record.shared:
            return SHARED
        if record.key is None:
            return NO_KEY
        unknown = [name for name in record.unmapped if record.fields.get(name) not in (None, "")]
        if unknown and fate.action is not Action.ERASE and fate.outcome in GOING:
            return UNMAPPED  # the column may still point at the person; nobody has said what it holds
        return ""


def _make_room(known: dict[Any, Any]) -> None:
    if len(known) >= REMEMBERED:
        known.clear()


def _personal(fields: Iterable[maps.FieldMap]) -> Iterator[str]:
    for field in fields:
        if field.personal and not field.primary_key and not field.references and not field.read_only:
            yield field.name


def _loose(collection: maps.CollectionMap, lent: Collection[tuple[str, str]]) -> Iterator[str]:
    """The columns by which a row of this table borrows one that others may borrow as well."""
    for field in collection.fields.values():
        if any(one.direction == "to" and (one.dataset, one.collection) in lent for one in field.references):
            if not (field.primary_key or field.identity or field.read_only or field.masking):
                yield field.name


def _filled(record: Record, names: Iterable[str]) -> tuple[str, ...]:
    return tuple([name for name in names if record.fields.get(name) not in (None, "")])


def _by_hand(record: Record, number: int, why: str, decision: Decision) -> Fate:
    return Fate(record, number, "undetermined", None, (), decision, held_for=why)


def refuse(fate: Fate) -> Fate:
    """The source would not take it (a column that may not be emptied, a child that stays): first without unlinking,
    then a person decides."""
    if fate.loose:
        return fate._replace(fields=fate.fields[: -len(fate.loose)], loose=())
    return fate._replace(outcome="undetermined", action=None, fields=(), held_for=REFUSED)


def by_person(fate: Fate, *, decision: int, outcome: str, keep_through: date | None) -> Fate:
    """The same record as a person decided it: erase, retain, by_hand (somebody erases it in the system itself) or
    not_theirs (somebody else's row, left alone).

    Erasing a row without a key stays impossible: that can only be done by hand.
    """
    lawful: RetentionOutcome = "retain" if outcome in ("retain", "not_theirs") else "erase"
    changed = overruled(fate.decision, outcome=lawful, keep_through=keep_through)
    erases = outcome == "erase" and fate.record.key is not None
    return fate._replace(
        outcome=outcome if erases or outcome != "erase" else "undetermined",
        action=Action.ERASE if erases else None,
        fields=(),
        decision=changed,
        by_person=decision,
        held_for="" if erases or outcome != "erase" else NO_KEY,
    )
