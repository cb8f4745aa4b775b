"""The rows an erasure left, as the deferred erasure remembers them: how to find each again, and what was known of it.

The file of such rows holds keys and the values that tie a row to its person, so it is sealed and goes when it is done.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

from connectors.base import Record
from connectors.values import plain
from fulfilment.planning.facts import FactBook, Told
from fulfilment.planning.fate import mark
from law.retention import Decision, Fact, postponed
from policies.load import Controller
from requests_app import vault
from requests_app.models import Case, SealedFile

PURPOSE, SEVERAL = "deferred", "several"
NAMES = ("source", "collection", "outcome", "action", "rule", "basis", "keep_through", "held_for", "by_person")


@dataclass(frozen=True)
class Row:
    """One row that stays for now.

    `ties`: what ties it to its person. `dates`: facts that were days (ISO 8601), for rows that told them may be gone by
    then. `why` and `decision` are why it stays: {outcome, rule, basis, keep_through, by_person, reasons}.
    """

    source: str
    collection: str
    key: Mapping[str, Any] | None = field(repr=False)
    mark: str
    shared: bool
    ties: Mapping[str, Any] = field(repr=False)
    dates: Mapping[str, str] = field(repr=False)
    subject: str | None
    due: str
    why: str
    decision: Mapping[str, Any]

    @property
    def by_person(self) -> int:
        return int(self.decision.get("by_person") or 0)

    def put_off(self, *, due: date, why: str, decision: Decision | None = None, person: bool = False) -> "Row":
        """The same row with another day, and the rules' reason; without one, its period is over and something else
        keeps it: until `due`, or until a `person` has looked."""
        reason = postponed(None if person else due)
        over = {**self.decision, "keep_through": None, "reasons": [reason.to_json()]}
        known = told(decision, by_person=0) if decision else over
        return replace(self, due=due.isoformat(), why=why, decision=known)


def told(decision: Decision, *, by_person: int) -> dict[str, Any]:
    """A decision as a row and a letter keep it."""
    last = decision.keep_through.isoformat() if decision.keep_through else None
    return {"outcome": decision.outcome, "rule": decision.rule, "basis": decision.basis, "keep_through": last,
            "by_person": by_person, "reasons": [reason.to_json() for reason in decision.reasons]}  # fmt: skip


def dates(facts: Mapping[str, Fact]) -> dict[str, str]:
    return {name: value.isoformat() for name, value in facts.items() if isinstance(value, date)}


def seal(rows: Iterable[Row], *, case: Case) -> SealedFile:
    data = json.dumps([plain(asdict(row)) for row in rows], sort_keys=True, separators=(",", ":")).encode()
    return vault.store([data], purpose=PURPOSE, case=case, content_type="application/json")


def read(file: SealedFile) -> list[Row]:
    """Raises `vault.Shredded`."""
    return [Row(**one) for one in json.loads(vault.read(file))]


def summarise(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Counts as `plans.summarise` has them: what a letter and the desk need. Holds no data."""
    counted: Counter[tuple[Any, ...]] = Counter()
    reasons: dict[tuple[Any, ...], Any] = {}
    for row in rows:
        known = {"source": row.source, "collection": row.collection, "action": "", "held_for": "", **row.decision}
        line = tuple(known[name] for name in NAMES)
        counted[line] += 1
        reasons.setdefault(line, row.decision["reasons"])
    lines = [
        {**dict(zip(NAMES, line, strict=True)), "count": count, "reasons": reasons[line]}
        for line, count in counted.items()
    ]
    return sorted(lines, key=lambda line: (line["source"], line["collection"], line["outcome"], line["rule"] or ""))


class Remembering(FactBook):
    """Facts as the rows tell them now; a day whose row is gone is as it was known then, also where others are left."""

    def __init__(self, company: Controller, rows: Iterable[Row]) -> None:
        super().__init__(company)
        self._then = {row.mark: row for row in rows}

    def told(self, record: Record) -> Told:
        return self._ask(record)  # what was known then hangs on the very row

    def facts(self, record: Record) -> dict[str, Fact]:
        now, row = super().facts(record), self._then.get(mark(record))
        then = {name: date.fromisoformat(day) for name, day in row.dates.items()} if row else {}
        return {name: self._joined(record, name, then.get(name), value) for name, value in now.items()}

    def _joined(self, record: Record, name: str, then: date | None, now: Fact) -> Fact:
        if then is None or not (now is None or isinstance(now, date)):
            return now
        operation = self._maps[record.source, record.collection].facts[name].operation
        if now is None:
            return then
        return max(then, now) if operation == "max" else min(then, now) if operation == "min" else now

    def subject(self, record: Record) -> str | None:
        row = self._then.get(mark(record))
        return super().subject(record) or (row.subject if row else None)


def by_day(rows: Iterable[Row]) -> list[tuple[date, list[Row]]]:
    """Rows together that may go on the same day, in order of the day: what points at what goes in one plan."""
    groups: dict[date, list[Row]] = {}
    for row in rows:
        groups.setdefault(date.fromisoformat(row.due), []).append(row)
    return sorted(groups.items())


def why(rows: Iterable[Row]) -> str:
    """The code all of them share, or several."""
    codes = {row.why for row in rows}
    return codes.pop() if len(codes) == 1 else SEVERAL
