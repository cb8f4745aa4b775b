"""Tables without a key, such as logs: decided and erased by the day their rows hold, not row by row."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from connectors.base import Connector, Record
from connectors.rows import record as whole_record
from fulfilment.planning.fate import GOING, NO_KEY, mark
from fulfilment.routine.lanes import Place
from fulfilment.routine.verdicts import FROZEN, Bench, holds, open_reason
from law.retention import Decision
from policies.load import Controller

VALUES = 500
"""Different days (or moments) a page."""


@dataclass(frozen=True)
class Group:
    """Rows that hold the same where the rules look; `goes`: their time is up and a machine may erase them."""

    values: tuple[Any, ...]
    rows: int
    outcome: str
    rule: str
    why: str
    due: date | None

    @property
    def goes(self) -> bool:
        return self.outcome == "erase" and not self.why


def columns(company: Controller, place: Place) -> tuple[str, ...]:
    """The columns the rules read, the event the period runs from first; empty where no rule names a column."""
    table = company.sources[place[0]].collections[place[1]]
    rules = [rule for rule in company.policy.law_rules() if table.kinds() & set(rule.data)]
    triggers = [name for rule in rules for name in rule.trigger if name in table.facts]
    first = [column for name in triggers[:1] if (column := table.facts[name].column)]
    others = {fact.column for fact in table.facts.values() if fact.column}
    others |= {table.subject.column} if table.subject and table.subject.column else set()
    return (*first, *sorted(others - set(first))) if first else ()


def untold(company: Controller, place: Place) -> str:
    """Why nothing routine can be done with a table that has neither a key nor a day: nobody promised one, or no key."""
    kinds = company.sources[place[0]].collections[place[1]].kinds()
    rules = [rule for rule in company.policy.law_rules() if kinds & set(rule.data) or "*" in rule.data]
    return NO_KEY if any(rule.period for rule in rules) else "no_period"


def page(
    connector: Connector, place: Place, *, by: Sequence[str], after: Any, bench: Bench, frozen: Collection[str],
    company: Controller,
) -> list[Group]:  # fmt: skip
    """The next groups of a table, decided. Raises ConnectorError."""
    found = connector.groups(place[1], by=by, after=after, count=VALUES)
    kind = company.sources[place[0]].collections[place[1]].kind
    judged = [_group(place, by, values, rows, kind=kind, bench=bench) for values, rows in found]
    if not frozen or not any(group.goes for group in judged):
        return judged
    going = [group.values for group in judged if group.goes]
    held = frozen_days(connector, place[1], by=by, values=going, frozen=frozen)
    return [Group(one.values, one.rows, "hold", one.rule, FROZEN, None) if one.values[0] in held else one
            for one in judged]  # fmt: skip


def _group(place: Place, by: Sequence[str], values: tuple[Any, ...], rows: int, *, kind: str, bench: Bench) -> Group:
    fields = dict(zip(by, values, strict=True))
    record = Record(place[0], place[1], None, fields, ("scan",), False, (), "")
    decisions = bench.decisions(record)
    whole = decisions[kind]
    goes = all(decision.outcome in GOING for decision in decisions.values())
    outcome, why = _said(whole, goes=goes, erases=bench.erases_rows(place))
    return Group(values, rows, outcome, whole.rule or "", why, bench.due(whole) if goes and not why else None)


def _said(whole: Decision, *, goes: bool, erases: bool) -> tuple[str, str]:
    if whole.outcome == "hold":
        return "hold", holds(whole)
    if whole.outcome == "undetermined":
        return "undetermined", open_reason(whole)
    if whole.outcome in GOING and not (goes and erases and whole.outcome == "erase"):
        return "undetermined", NO_KEY  # what stays of it must be masked row by row, and no row has a name
    return whole.outcome, ""


def frozen_days(
    connector: Connector, collection: str, *, by: Sequence[str], values: Sequence[Sequence[Any]],
    frozen: Collection[str],
) -> set[Any]:  # fmt: skip
    """Days on which a row lies that somebody has asked for: all of that day waits (R-44)."""
    held = set()
    days = list(dict.fromkeys((one[0],) for one in values))
    for row in connector.rows(collection, where=by[:1], values=days, columns=connector.columns(collection)):
        record = whole_record(connector, collection, row, path=("scan",))
        if mark(record) in frozen:
            held.add(record.fields[by[0]])
    return held


def counted(place: Place, groups: Sequence[Group], *, on: date) -> list[dict[str, Any]]:
    """As `verdicts.count`, by rows."""
    return [
        {
            "source": place[0], "collection": place[1], "rule": group.rule, "outcome": group.outcome,
            "action": "erase" if group.goes else "", "why": group.why, "count": group.rows, "long_held": 0,
            "overdue": group.rows if group.due and group.due < on else 0,
            "oldest": group.due.isoformat() if group.due and group.due < on else None,
        }
        for group in groups
    ]  # fmt: skip


def settled(groups: Sequence[Group]) -> bool:
    """Whether younger rows need no look: days go on, so where nothing is over, nothing younger is."""
    return len({(one.outcome, one.rule, one.why) for one in groups}) <= 1 and not any(
        one.goes or one.outcome == "hold" for one in groups
    )


def rest(place: Place, rows: int, *, like: Sequence[Group]) -> dict[str, Any]:
    """Rows younger than the last page looked at, or of which nobody knows the day."""
    known = like[-1] if like else Group((), rows, "retain", "", "", None)
    return counted(place, [replace(known, rows=rows)], on=date.min)[0]
