"""What a run does to one row, and what it counts of it."""

from collections import Counter
from collections.abc import Collection, Container, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from connectors.base import Action, Connector, Instruction, Record
from fulfilment.planning.facts import FactBook
from fulfilment.planning.fate import GOING, REFUSED, SHARED, Fate, Judge, mark
from fulfilment.routine.lanes import Place
from law.durations import Period
from law.retention import Decision, Rule
from policies.load import Controller

FROZEN, ALREADY, LATER, NEEDED, AFTER = "frozen", "already", "next_run", "needed", "after_others"
LONG = Period.parse("P12M")
"""An open balance older than twelve months is shown (S0:63): it may be a debt nobody collects any more."""
_CAREFUL = ("undetermined", "hold", "retain", "anonymise", "erase")


@dataclass(frozen=True)
class Verdict:
    """One row. `instruction` is None where nothing is written; `why` is a code: the hold, or what keeps a machine out.

    `due`: the day the policy promised the deed for. `long_held`: held by a balance that is older than twelve months.
    """

    place: Place
    mark: str
    outcome: str
    rule: str
    why: str
    due: date | None
    long_held: bool
    shared: bool
    instruction: Instruction | None

    @property
    def action(self) -> str:
        return str(self.instruction.action) if self.instruction else ""


class Bench:
    """Judges the rows of one company on one day. `frozen`: marks of rows nothing may happen to (R-44, Art. 18(2))."""

    def __init__(
        self, company: Controller, *, on: date, frozen: Container[str], sources: Mapping[str, Connector]
    ) -> None:
        self._company, self._on, self._frozen, self._sources = company, on, frozen, sources
        self._judge = Judge(company, on=on, requested=False)
        self._rules: dict[str, Rule] = {rule.id: rule for rule in company.policy.law_rules()}
        self.nothing_else = FactBook(company)

    def verdict(self, record: Record, *, book: FactBook) -> Verdict:
        return self._verdict(record, self._judge.decisions(record, book=book), book.facts(record))

    def like(self, told: Record, whole: Record) -> Verdict:
        """Of every row that holds what `whole` holds, and where the rules look what `told` holds."""
        return self._verdict(whole, self.decisions(told), self.nothing_else.facts(told))

    def _verdict(self, record: Record, decisions: dict[str, Decision], facts: Mapping[str, Any]) -> Verdict:
        fate = self._judge.deed(record, number=0, decisions=decisions)
        decision = self._deciding(fate, decisions)
        if fate.fields and self.only_masks(record, fate.fields):
            outcome, why, instruction = "retain", ALREADY, None
        else:
            outcome, why, instruction = self._outcome(self._judge.held(fate), decision)
        if outcome == "undetermined" and self.is_spent(record):
            outcome, why = "retain", ALREADY
        rule = self._rules.get(decision.rule or "")
        return Verdict(
            place=(record.source, record.collection), mark=mark(record), outcome=outcome, rule=decision.rule or "",
            why=why, due=self.due(decision) if instruction else None, shared=why == SHARED, instruction=instruction,
            long_held=outcome == "hold" and "open_balance" in why and self._is_old(facts, rule),
        )  # fmt: skip

    def decisions(self, record: Record) -> dict[str, Decision]:
        """Of a row that tells all the rules ask."""
        return self._judge.decisions(record, book=self.nothing_else)

    def erases_rows(self, place: Place) -> bool:
        return self._company.sources[place[0]].collections[place[1]].erase == "row"

    def book(self, records: Iterable[Record]) -> FactBook:
        """The facts these rows tell about each other."""
        book = FactBook(self._company)
        for record in records:
            book.add(record)
        return book

    def reading(self, record: Record, *, book: FactBook) -> list[tuple[str, str, date | None]]:
        """What the rules say of a row, without the reasons: to see whether other facts would change it."""
        decisions = self._judge.decisions(record, book=book)
        return [(kind, decision.outcome, decision.keep_through) for kind, decision in decisions.items()]

    def _outcome(self, fate: Fate, decision: Decision) -> tuple[str, str, Instruction | None]:
        if fate.outcome == "hold" and fate.action is None:
            return "hold", holds(fate.decision), None
        if fate.action is None:
            done = fate.outcome in GOING
            return ("retain", ALREADY, None) if done else (fate.outcome, fate.held_for or _open(fate), None)
        if mark(fate.record) in self._frozen:
            return "hold", FROZEN, None
        if decision.action_date and decision.action_date > self._on:
            return "retain", LATER, None
        return fate.outcome, "", fate.instruction()

    def _deciding(self, fate: Fate, decisions: Mapping[str, Decision]) -> Decision:
        """Of a row that is kept while some of its columns go, the decision by which these go."""
        if fate.action is not Action.STRIP:
            return fate.decision
        meaning = self._company.sources[fate.record.source].collections[fate.record.collection]
        return next(decisions[meaning.kind_of(name)] for name in fate.fields)

    def is_spent(self, record: Record) -> bool:
        """Whether nothing personal is left in the row but masks of an earlier run."""
        content = self.personal(record)
        return not content or self.only_masks(record, content)

    def personal(self, record: Record) -> list[str]:
        return self._judge.personal(record)

    def only_masks(self, record: Record, columns: Collection[str]) -> bool:
        """Whether these columns hold nothing but what an earlier run left."""
        content = {name: record.fields.get(name) for name in columns}
        masked = self._sources[record.source].masked(record.collection, content)
        return len(masked) == len(content) and any(masked.values())

    def is_duty(self, rule: str) -> bool:
        return rule in self._rules and self._rules[rule].status == "statute"

    def due(self, decision: Decision) -> date | None:
        """The run the policy promised: the day after the last, or the first of the month on or after it."""
        rule = self._rules.get(decision.rule or "")
        if decision.keep_through is None or rule is None:
            return None
        day = decision.keep_through + timedelta(days=1)
        return day if day.day == 1 or not rule.monthly else (day.replace(day=1) + timedelta(days=32)).replace(day=1)

    def _is_old(self, facts: Mapping[str, Any], rule: Rule | None) -> bool:
        days = [facts[name] for name in (rule.trigger if rule else ()) if isinstance(facts.get(name), date)]
        return bool(days) and LONG.after(max(days)) < self._on


def holds(decision: Decision) -> str:
    """ "open_balance+open_case": what the law let stand in the way."""
    named = (str(reason.params["hold"]) for reason in decision.reasons if reason.code == "retention.hold")
    return "+".join(sorted(named))


def _open(fate: Fate) -> str:
    """Why there is no day: nobody can say, or what the period is counted from has not happened (or its row is gone)."""
    endless = fate.outcome == "retain" and fate.decision.keep_through is None
    return open_reason(fate.decision) if endless or fate.outcome == "undetermined" else ""


def open_reason(decision: Decision) -> str:
    """Why nobody but a person can say: the first reason's code, such as no_period."""
    return decision.reasons[0].code.removeprefix("retention.") if decision.reasons else ""


def careful(one: Verdict, other: Verdict) -> Verdict:
    """Of two views of the same row: the one that knows it as somebody's own, then the one that keeps it."""
    if one.shared != other.shared:
        return other if one.shared else one
    return min(one, other, key=lambda verdict: _CAREFUL.index(verdict.outcome))


def refuse(verdict: Verdict) -> Verdict:
    """The source would not take it, such as a row that others still point at."""
    return replace(verdict, outcome="undetermined", why=REFUSED, due=None, instruction=None)


def count(verdicts: Iterable[Verdict], *, on: date) -> list[dict[str, Any]]:
    """Counts by table, rule and outcome: what a report needs. Holds no data."""
    return count_all(((one, 1) for one in verdicts), on=on)


def count_all(verdicts: Iterable[tuple[Verdict, int]], *, on: date) -> list[dict[str, Any]]:
    """As `count`, of verdicts that so many rows share."""
    counted: Counter[tuple[str, ...]] = Counter()
    overdue: Counter[tuple[str, ...]] = Counter()
    long_held: Counter[tuple[str, ...]] = Counter()
    oldest: dict[tuple[str, ...], date] = {}
    for one, rows in verdicts:
        row = (*one.place, one.rule, one.outcome, one.action, one.why)
        counted[row] += rows
        long_held[row] += rows * one.long_held
        if one.due and one.due < on:
            overdue[row] += rows
            oldest[row] = min(one.due, oldest.get(row, one.due))
    return [_row(row, counted[row], overdue[row], long_held[row], oldest.get(row)) for row in sorted(counted)]


def _row(row: tuple[str, ...], count: int, overdue: int, long_held: int, oldest: date | None) -> dict[str, Any]:
    names = ("source", "collection", "rule", "outcome", "action", "why")
    return {
        **dict(zip(names, row, strict=True)), "count": count, "overdue": overdue, "long_held": long_held,
        "oldest": oldest.isoformat() if oldest else None,
    }  # fmt: skip


def row(place: Place, *, outcome: str, count: int, rule: str = "", why: str = "") -> dict[str, Any]:
    """Rows nothing is done with, counted."""
    return _row((*place, rule, outcome, "", why), count, 0, 0, None)


def added(parts: Iterable[Iterable[Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """Counts of several pages as one list."""
    total: dict[tuple[str, ...], dict[str, Any]] = {}
    for part in parts:
        for row in part:
            key = tuple(row[name] for name in ("source", "collection", "rule", "outcome", "action", "why"))
            known = total.get(key)
            if known is None:
                total[key] = dict(row)
                continue
            for name in ("count", "overdue", "long_held"):
                known[name] += row[name]
            known["oldest"] = min(filter(None, (known["oldest"], row["oldest"])), default=None)
    return [total[key] for key in sorted(total)]
