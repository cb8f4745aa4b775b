"""Tables whose rows tell all the rules ask, at any size: rows that hold the same go together, in statements over many.

What `cutoffs` found picks the rows; each is judged once more by the days it holds before its key is frozen, and what a
statement was done to is compared with the frozen keys before it is committed. So never is more done than was approved.
"""

import gc
from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any, TypeAlias

import orjson

from connectors.base import Action, Connector
from connectors.errors import ConnectorError
from connectors.lots import Box, Lot, Part, RowKey, Sort, Sweeping
from connectors.values import canonical, sha256
from fulfilment.planning.fate import UNMAPPED
from fulfilment.routine import verdicts
from fulfilment.routine.cutoffs import Asking, NotAlike, Saying, Values, told
from fulfilment.routine.lanes import Place
from fulfilment.routine.pages import Floor
from fulfilment.routine.verdicts import ALREADY, FROZEN, Verdict

Counts: TypeAlias = list[dict[str, Any]]
FEW = 5_000
"""Rows of a table that is as quickly gone through row by row, each frozen with its fingerprint."""
KEYS = 50_000
"""Rows a page: some tenths of a second of locks in the source."""
TRIED = 500
"""Rows of a lot that are done and rolled back before anybody is asked: they meet every trigger and constraint."""


@contextmanager
def _uncollected() -> Iterator[None]:
    """Tens of thousands of tuples would set off the search for cycles again and again, and there are none in them."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@_uncollected()
def look(
    floor: Floor, place: Place, *, after: Any, on: date, held: Container[str], alive: Callable[[], None]
) -> tuple[dict[str, Any], Counts, Any]:
    """(what is frozen, counts, where the next page begins): the next rows that go.

    The first page counts all that stays, too. Raises `NotAlike` there, where the table must go row by row.
    """
    connector = floor.connectors[place[0]]
    sweeping, asking = connector.lots(place[1]), floor.asking(place, on=on)
    counts: Counts = []
    if after is None:
        sorts = sweeping.sorts(asking.columns, one_by_one=asking.one_by_one)
        counts, lots = _laid_out(sweeping, asking, place, sorts, on=on)
        alive()
        after = {"lots": [lot.to_json() for lot in lots], "days": [n for n in sorts if sorts[n].how == "days"]}
    if not after["lots"]:
        return {}, counts, None
    lot, key = Lot.from_json(after["lots"][0]), after.get("key")
    columns = {name: Sort("days" if name in after["days"] else "codes") for name in asking.columns}
    keys, values = sweeping.rows(lot, sorts=columns, after=tuple(key) if key else None, count=KEYS)
    alive()
    going, found = _judged(keys, values, lot, asking, _marks(connector, place), held)
    if key is None and going:
        _try(sweeping, lot, going[:TRIED], source=place[0])
        alive()
    counts += verdicts.count_all(found, on=on)
    body = {"lot": lot.to_json(), "rows": written(going)} if going else {}
    if len(keys) == KEYS:
        return body, counts, {**after, "key": list(keys[-1])}
    left = after["lots"][1:]
    return body, counts, {"lots": left, "days": after["days"]} if left else None


def _laid_out(
    sweeping: Sweeping, asking: Asking, place: Place, sorts: Mapping[str, Sort], *, on: date
) -> tuple[Counts, tuple[Lot, ...]]:
    """Counts of what stays, by one walk over the table, and the lots of what goes."""
    table = told(asking, sorts, on=on)
    if code := next(filter(None, map(sweeping.why_not, table.lots)), ""):
        raise NotAlike(code)
    parts = [pair for saying, boxes in table.said for pair in _parts(saying, boxes, asking.personal)]
    all_of_it, odd_ones = Part(), Part(state="odd", fields=asking.columns)
    rows, odd, *numbers = sweeping.counts([all_of_it, odd_ones, *(part for _, part, _ in parts)], sorts=sorts)
    told_of = sum(number for (whole, _, _), number in zip(parts, numbers, strict=True) if whole)
    if odd or told_of != rows:
        raise NotAlike("odd_values")
    shown = [(saying, number * sign) for (_, _, says), number in zip(parts, numbers, strict=True)
             for saying, sign in says if number]  # fmt: skip
    counts = Counter[Saying]()
    for saying, number in shown:
        counts[saying] += number
    if any(saying.outcome == "undetermined" and saying.why != UNMAPPED for saying in +counts):
        if sweeping.unsure(asking.personal):  # what is left of them may be masks of an earlier run
            raise NotAlike("unsure")
    return verdicts.added([[_row(place, saying, number)] for saying, number in (+counts).items()]), table.lots


def _parts(
    saying: Saying, boxes: tuple[Box, ...], personal: tuple[str, ...]
) -> list[tuple[bool, Part, list[tuple[Saying, int]]]]:
    """What is counted of rows of which the same is said: (all of them, the part, what its rows are shown as).

    Those that go are counted one by one, as they are frozen.
    """
    already = replace(saying, outcome="retain", why=ALREADY)
    if saying.action == Action.ANONYMISE:
        unknown = replace(saying, outcome="undetermined", why=UNMAPPED)
        return [(True, Part(boxes), []), (False, Part(boxes, "spent", saying.fields), [(already, 1)]),
                (False, Part(boxes, "unknown", saying.fields), [(unknown, 1)])]  # fmt: skip
    if saying.outcome == "undetermined":
        return [(True, Part(boxes), [(saying, 1)]),
                (False, Part(boxes, "spent", personal), [(already, 1), (saying, -1)])]  # fmt: skip
    return [(True, Part(boxes), [] if saying.action else [(saying, 1)])]


def _row(place: Place, saying: Saying, number: int) -> dict[str, Any]:
    counted = verdicts.row(place, outcome=saying.outcome, count=number, rule=saying.rule, why=saying.why)
    return counted | {"long_held": number * saying.long_held}


def _judged(
    keys: Sequence[RowKey], values: Sequence[Values], lot: Lot, asking: Asking, mark: Callable[[RowKey], str],
    held: Container[str],
) -> tuple[list[RowKey], list[tuple[Verdict, int]]]:  # fmt: skip
    """(keys of the rows that go, verdicts with the number of rows that share them). The rules are asked of every value
    once; row by row is gone through only where the rows do not all go."""
    asked = Counter(values)
    over = Counter({one: number for one, number in asked.items() if _goes(asking, one, lot)})
    waits = Counter[Values]()
    going = list(keys)
    if held or len(over) < len(asked):
        going = []
        for key, one in zip(keys, values, strict=True):
            if one not in over:
                continue
            if held and mark(key) in held:
                waits[one] += 1
            else:
                going.append(key)
    found = [(asking(one), number) for one, number in (over - waits).items()]
    return going, found + [(_held(asking(one)), number) for one, number in waits.items()]


def _held(one: Verdict) -> Verdict:
    return replace(one, outcome="hold", why=FROZEN, due=None, instruction=None)


def _goes(asking: Asking, values: Values, lot: Lot) -> bool:
    """Whether the rules say of these very values what the lot says: it is the rules that decide."""
    try:
        deed = asking(values).instruction
    except NotAlike:  # written a moment ago, and no day: the next month sees to it
        return False
    return deed is not None and (str(deed.action), deed.fields) == (lot.action, lot.fields)


def _marks(connector: Connector, place: Place) -> Callable[[RowKey], str]:
    """`fate.mark` of a row by its key; for the usual key, one whole number, without writing JSON each time."""
    names = connector.key_columns(place[1])

    def mark(key: RowKey) -> str:
        return sha256(canonical([*place, dict(zip(names, key, strict=True))]))

    if len(names) != 1:
        return mark
    before, after = canonical([*place, {names[0]: 0}]).rsplit("0", 1)
    return lambda key: sha256(f"{before}{key[0]}{after}") if type(key[0]) is int else mark(key)


def _try(sweeping: Sweeping, lot: Lot, keys: Sequence[RowKey], *, source: str) -> None:
    """Done and rolled back. Raises ConnectorError as the deed would, rows_differ where the source swallows it."""
    if set(sweeping.carry_out(lot, keys, commit=False)) != set(keys):
        raise ConnectorError("rows_differ", False, source=source)


@_uncollected()
def carry_out(
    floor: Floor, place: Place, body: Mapping[str, Any], *, held: Container[str], again: bool
) -> list[RowKey]:
    """The rows it is done to, by this or, with `again`, an earlier try that was killed; proved by asking again.

    Raises ConnectorError still_there.
    """
    connector = floor.connectors[place[0]]
    sweeping, lot, keys = connector.lots(place[1]), Lot.from_json(body["lot"]), read(body)
    mark = _marks(connector, place)
    done = _done(sweeping, lot, keys) if again else []
    there = set(done)
    free = [key for key in keys if not (key in there or (held and mark(key) in held))]
    now = sweeping.carry_out(lot, free, commit=True)
    if sweeping.remaining(lot, free):
        raise ConnectorError("still_there", True, source=place[0])
    return [*done, *now]


def done(connector: Connector, collection: str, body: Mapping[str, Any]) -> list[RowKey]:
    """Of a page that was begun: the rows that are as the deed leaves them."""
    return _done(connector.lots(collection), Lot.from_json(body["lot"]), read(body))


def _done(sweeping: Sweeping, lot: Lot, keys: Sequence[RowKey]) -> list[RowKey]:
    there = set(sweeping.standing(lot, keys))
    return [key for key in keys if key not in there]


def written(keys: Sequence[RowKey]) -> str:
    """The keys as one text: ten thousand of them are sealed and digested as one value."""
    if keys and len(keys[0]) == 1:
        return orjson.dumps([key[0] for key in keys]).decode()
    return orjson.dumps(keys).decode()


def read(body: Mapping[str, Any]) -> list[RowKey]:
    """The keys of a page, in their order."""
    keys = orjson.loads(body["rows"])
    return list(map(tuple, keys)) if keys and isinstance(keys[0], list) else list(zip(keys, strict=True))
