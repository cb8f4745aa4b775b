"""What was carried out in one source since a day, row by row: what must hold there, whatever a backup brings back."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.db.models import Min

from connectors.base import Action, Connector, Instruction, Key, SourcePlan, row_digest
from connectors.values import canonical
from fulfilment.models import HandTask, Plan
from fulfilment.planning import plans
from law.durations import Period
from requests_app import vault
from requests_app.controllers import controller


@dataclass(frozen=True)
class Deed:
    """One instruction of a plan with its receipt's day. `whose`: digest of what tied the row to its person then."""

    at: datetime
    plan: Plan
    instruction: Instruction
    whose: str


@dataclass
class Row:
    """One row and all that was done to it, in order."""

    collection: str
    key: Key
    mark: str
    deeds: list[Deed] = field(default_factory=list)

    @property
    def last(self) -> Deed:
        return self.deeds[-1]

    @property
    def erased(self) -> Deed | None:
        """The last deed that took the row away."""
        return next((deed for deed in reversed(self.deeds) if deed.instruction.action is Action.ERASE), None)

    def must_hold(self) -> list[Instruction]:
        """What the row must look like: gone; or each column as the last deed about it left it.

        A row that was erased and later changed is another one with the same key: then the later deeds count.
        """
        if self.last.instruction.action is Action.ERASE:
            return [self.last.instruction]
        since = self.deeds.index(self.erased) + 1 if self.erased else 0
        latest: dict[str, Deed] = {}
        for deed in self.deeds[since:]:
            latest.update(dict.fromkeys(deed.instruction.fields, deed))
        return [
            _of(deed.instruction, [name for name, last in latest.items() if last is deed])
            for deed in self.deeds[since:] if any(last is deed for last in latest.values())
        ]  # fmt: skip


def _of(instruction: Instruction, columns: list[str]) -> Instruction:
    """The same instruction for some of its columns."""
    values = {name: value for name, value in instruction.values.items() if name in columns}
    return replace(instruction, fields=tuple(columns), values=values)


@dataclass
class Book:
    """`lost`: plans whose file is gone, so that nobody knows any more what they did."""

    rows: list[Row]
    plans: int
    lost: list[Plan]
    by_hand: dict[str, int]


def since(slug: str, source: str, moment: datetime) -> Book:
    """All erasures, corrections and marks carried out in a source since then, in the order they were."""
    found = Plan.objects.filter(claim__case__controller=slug, receipts__source=source, receipts__at__gte=moment)
    begun = found.annotate(begun=Min("receipts__at")).order_by("begun", "pk").select_related("claim__case", "file")
    rows: dict[tuple[str, str], Row] = {}
    book = Book([], 0, [], _by_hand(slug, source, moment))
    for plan in begun:
        book.plans += 1
        try:
            for deed in _of_plan(plan, source, moment):
                one = deed.instruction
                key = one.key or {}
                place = (one.collection, canonical(key))
                mark = row_digest(source, one.collection, key)
                rows.setdefault(place, Row(one.collection, key, mark)).deeds.append(deed)
        except vault.Shredded:
            book.lost.append(plan)
    book.rows = list(rows.values())
    return book


def _of_plan(plan: Plan, source: str, moment: datetime) -> Iterator[Deed]:
    receipts = plan.receipts.filter(source=source, at__gte=moment)
    done = {(table, action): at for table, action, at in receipts.values_list("collection", "action", "at")}
    whose = {row.get("fingerprint", ""): row.get("whose", "") for row in plans.rows(plan) if row["source"] == source}
    for one in plans.source_plans(plan, source=source):
        for instruction in one.instructions:
            place = (instruction.collection, str(instruction.action))
            if at := done.get(place) or done.get(("", place[1])):  # folded from older ones, without their tables
                yield Deed(at, plan, instruction, whose.get(instruction.fingerprint, ""))


def _by_hand(slug: str, source: str, moment: datetime) -> dict[str, int]:
    """Records people saw to in the system itself, by table: a backup brought these back, too."""
    counted: dict[str, int] = {}
    executed = Plan.objects.filter(claim__case__controller=slug, executed_at__gte=moment)
    for summary in executed.values_list("summary", flat=True):
        for line in summary:
            if line["source"] == source and line["outcome"] == "by_hand":
                counted[line["collection"]] = counted.get(line["collection"], 0) + line["count"]
    tasks = HandTask.objects.filter(claim__case__controller=slug, source=source, done_at__gte=moment)
    for table, count in tasks.values_list("collection", "count"):
        counted[table] = counted.get(table, 0) + count
    return counted


def standing(connector: Connector, rows: Iterable[Row]) -> set[str]:
    """Marks of rows that are as they must be: asked in as few questions as there are instructions on one row."""
    wanted = [(row, row.must_hold()) for row in rows]
    open_marks: set[str] = set()
    for layer in range(max((len(held) for _, held in wanted), default=0)):
        some = {canonical([row.collection, row.key]): row for row, held in wanted if len(held) > layer}
        instructions = tuple(held[layer] for _, held in wanted if len(held) > layer)
        for record in connector.verify(SourcePlan(connector.source, instructions)):
            open_marks.add(some[canonical([record.collection, record.key])].mark)
    return {row.mark for row, _ in wanted} - open_marks


def needed_until(plan: Plan) -> date | None:
    """The last day the file of a plan is needed to repeat it after a restore; None while nobody has said how long
    backups live. Whoever destroys case files asks here first (R-59)."""
    keep = controller(plan.claim.case.controller).policy.backups.keep
    if keep is None or plan.executed_at is None:
        return None
    return Period.parse(keep).after(plan.executed_at.date())
