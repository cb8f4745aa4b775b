"""From records to the instructions that mark them: what a source must write so that its own programs obey a right.

Pure: records in, instructions out; no case, no database. How a table is marked is told by `sources.yaml` (restrict,
stop_marketing, withdraw_consent, object). A person must see to a table without such words, and to a row that is
somebody else's too or cannot be addressed.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from connectors.base import Action, Instruction, Record
from policies.load import Controller
from policies.sources import CollectionMap

MarkName = Literal["restrict", "lift", "stop_marketing", "withdraw_consent", "object", "unobject"]
Place = tuple[str, str]
Values = Mapping[str, Any]
Meant = Callable[[CollectionMap, MarkName], bool]
UNDOES: Mapping[str, MarkName] = {"lift": "restrict", "unobject": "object"}


@dataclass(frozen=True)
class Marked:
    """`already`: rows that bear the mark. `unmarkable`: how many rows of which table a person must see to.

    `places`: the tables in which the mark stands once the instructions are carried out.
    """

    instructions: tuple[Instruction, ...] = ()
    already: int = 0
    unmarkable: Mapping[Place, int] = field(default_factory=dict)
    places: frozenset[Place] = frozenset()


def instructions(
    records: Iterable[Record], controller: Controller, *, mark: MarkName | Collection[MarkName], now: datetime,
    only: Meant | None = None,
) -> Marked:  # fmt: skip
    """What to write so that these rows bear the mark (or several: one instruction a row), and what cannot be marked.

    A row of a table without words is covered where the map says so (`covers`) and the row that covers it is marked;
    else it counts as `unmarkable`, if the right is about such data at all. `only(table, mark)` limits which tables are
    meant. `now` is aware; `$today` is the company's day, `$now` the moment in UTC.
    """
    names = (mark,) if isinstance(mark, str) else tuple(mark)
    meant = only or (lambda table, name: True)
    words = _words(controller, now=now)
    told: list[Instruction] = []
    bears: Counter[Place] = Counter()
    by_hand: Counter[Place] = Counter()
    bare: Counter[Place] = Counter()
    covered: set[tuple[Place, str]] = set()
    for record in records:
        place = (record.source, record.collection)
        table = _table(controller, place)
        wanted = [name for name in names if table and meant(table, name) and _mark(table, name)]
        if table is None or not wanted:
            bare[place] += 1
            continue
        if record.needs_person:
            by_hand[place] += 1
            continue
        if values := _values(record, table, wanted, words):
            told.append(Instruction(*place, record.key, record.fingerprint, Action.SET, values=values))
        bears[place] += not values
        covered |= {((record.source, other), name) for name in wanted for other in _mark(table, name).covers}
    for place, count in bare.items():
        concerned = _concerned(controller, _table(controller, place), names, meant)
        if concerned and not any((place, name) in covered for name in concerned):
            by_hand[place] += count
    return Marked(tuple(told), bears.total(), dict(by_hand), frozenset(bears))


def _table(controller: Controller, place: Place) -> CollectionMap | None:
    source = controller.sources.get(place[0])
    return source.collections.get(place[1]) if source else None


def _mark(table: CollectionMap, name: MarkName) -> Any:
    """What sources.yaml says of this mark for this table; None where it says nothing, or not how to take it off."""
    found = table.mark(UNDOES.get(name) or name)  # type: ignore[arg-type]
    return None if found is None or (name in UNDOES and not found.lift) else found


def _values(record: Record, table: CollectionMap, names: Iterable[MarkName], words: Values) -> dict[str, Any]:
    """The columns to write; empty where the row bears every mark (or, to take one off, none)."""
    values: dict[str, Any] = {}
    for name in names:
        mark = _mark(table, name)
        target = mark.lift if name in UNDOES else mark.set
        if not _done(record, target, {} if name in UNDOES else mark.when):
            values |= {column: words.get(str(value), value) for column, value in target.items()}
    return values


def _done(record: Record, target: Values, when: Values) -> bool:
    """Whether the row bears the mark: it is not as `when` says; without `when`, it holds what would be written."""
    return not _holds(record, when) if when else _holds(record, target)


def _holds(record: Record, values: Values) -> bool:
    return all(_same(record.fields.get(column), value) for column, value in values.items())


def _same(held: Any, said: Any) -> bool:
    """As the map says it and as the source holds it: true is 1 in one database, and 1 is "1" in another."""
    if held is None or said is None:
        return held is said
    return bool(held == said) or str(held) == str(said)


def _concerned(
    controller: Controller, table: CollectionMap | None, names: Iterable[MarkName], meant: Meant
) -> list[MarkName]:
    """For which marks the right is about the data of a table at all; a table no map knows: a person must look."""
    if table is None:
        return list(names)
    purposes = [controller.policy.purpose(purpose) for purpose in table.purposes]
    bases = {basis for purpose in purposes for basis in purpose.basis}
    about = {
        "stop_marketing": any(purpose.direct_marketing for purpose in purposes), "withdraw_consent": "a" in bases,
        "object": not bases.isdisjoint({"e", "f"}), "unobject": not bases.isdisjoint({"e", "f"}),
    }  # fmt: skip
    return [name for name in names if about.get(name, True) and meant(table, name)]


def _words(controller: Controller, *, now: datetime) -> Values:
    today = now.astimezone(ZoneInfo(controller.policy.tz)).date()
    return {"$today": today.isoformat(), "$now": now.astimezone(UTC).replace(microsecond=0).isoformat()}
