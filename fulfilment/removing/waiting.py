"""Rows that would go today but for others that still point at them and wait for their own day: they wait with them."""

from collections.abc import Iterable, Mapping
from datetime import date

from connectors.base import SourcePlan
from fulfilment.planning import plans
from fulfilment.planning.fate import Fate, mark, refuse
from fulfilment.removing.kept import Row
from policies.load import Controller

Place = tuple[str, str]
WAITS = "waits_for_others"
POINTED_AT = ("referenced", "would_cascade")


def feasible(fated: list[Fate], company: Controller) -> tuple[list[Fate], list[SourcePlan], dict[Place, set[Place]]]:
    """As `plans.feasible`; and of the tables from which something was refused, which tables point at them."""
    pointing: dict[Place, set[Place]] = {}
    while True:
        planned = plans.freeze(fated, company)
        for plan in planned:
            for finding in plan.findings:
                if finding.code in POINTED_AT:
                    pointing.setdefault((plan.source, finding.table), set()).add((plan.source, finding.detail))
        refused = {one.id for plan in planned for one in plan.refused}
        if not refused:
            return fated, planned, pointing
        fated = [refuse(fate) if (one := fate.instruction()) and one.id in refused else fate for fate in fated]


def together(
    refused: Iterable[Fate], rows: Mapping[str, Row], *, pointing: Mapping[Place, set[Place]],
    days: Mapping[Place, date],
) -> tuple[list[Row], list[tuple[Row, str]]]:  # fmt: skip
    """(rows put off to the day when what points at them has gone, (row, code) of the others: for a person).

    `days`: the last day on which rows of a table still wait. A row whose child waits for a person waits for one, too.
    """
    known, left = dict(days), list(refused)
    waits: list[Row] = []
    while True:
        put_off = {mark(fate.record): day for fate in left if (day := _day(fate, pointing, known))}
        if not put_off:
            return waits, [(rows[mark(fate.record)], fate.held_for) for fate in left]
        waits += [rows[name].put_off(due=day, why=WAITS) for name, day in put_off.items()]
        for fate in left:
            if day := put_off.get(mark(fate.record)):
                place = (fate.record.source, fate.record.collection)
                known[place] = max(day, known.get(place, day))
        left = [fate for fate in left if mark(fate.record) not in put_off]


def _day(fate: Fate, pointing: Mapping[Place, set[Place]], known: Mapping[Place, date]) -> date | None:
    children = pointing.get((fate.record.source, fate.record.collection), set())
    days = [known[child] for child in children if child in known]
    return max(days, default=None)
