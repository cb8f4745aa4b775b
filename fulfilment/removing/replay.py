"""After a source was restored from a backup: what had been erased, corrected and marked there is done again (R-59).

A row is touched only where it is known again: it is exactly what the plan knew, or it is tied to the same person (or
that person still leads to it) and holds nothing newer than the backup. Everything else goes to a person. Each case gets
its proof: a plan of its own, receipts, events. Repeating is harmless.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from connectors.base import Connector, Instruction, PlanOutdated, Record, SourcePlan
from fulfilment.collecting import find
from fulfilment.collecting.find import UNPROVED
from fulfilment.collecting.whose import Ties
from fulfilment.models import Plan, RetentionChunk, RetentionRun
from fulfilment.planning import carry_out, deeds, planfile, plans
from fulfilment.planning.deeds import Book, Row
from fulfilment.planning.fate import mark
from fulfilment.stopping import came_back
from law.deadlines import local_day
from policies.load import Controller
from policies.sources import MARKS
from requests_app import sources
from requests_app.models import Claim

UNKNOWN, NEWER, CHANGED, LOST = "not_known_again", "newer_than_backup", "changed_meanwhile", "plan_destroyed"
_DAY = re.compile(r"^(\d{4}-\d{2}-\d{2})([T ]|$)")


@dataclass(frozen=True)
class Left:
    """One row for a person: `code` says why no machine may touch it. `key` is personal data."""

    case: str
    collection: str
    code: str
    key: Any = field(repr=False, default=None)


@dataclass
class Report:
    """`again`: rows by what is done to them anew. `standing`: rows that are as they must be; they never came back."""

    plans: int = 0
    again: Counter[str] = field(default_factory=Counter)
    standing: int = 0
    people: list[Left] = field(default_factory=list)
    by_hand: Mapping[str, int] = field(default_factory=dict)
    routine: list[str] = field(default_factory=list)  # months whose run worked since: the next one finds its rows again
    proved: bool = False
    suppressed: int | None = None  # addresses of the list that came back and were marked; None: not looked for


@dataclass
class _Work:
    """What is done again for one claim."""

    claim: Claim
    rows: list[tuple[Row, list[Instruction]]] = field(default_factory=list)


def run(company: Controller, *, source: str, since: datetime, now: datetime, dry_run: bool = False) -> Report:
    """Do again in one source what was done there since `since` (the moment of the backup, aware).

    With `dry_run` everything is looked up and rehearsed, and nothing is written anywhere. Raises `ConnectorError`.
    """
    if not dry_run:
        _end_begun(company, source, now=now)
    book = deeds.since(company.slug, source, since)
    routine = [f"{month:%Y-%m}" for month in _months(company, since)]
    report = Report(plans=book.plans, by_hand=book.by_hand, routine=routine)
    report.people += [Left(plan.claim.case.reference, "", LOST) for plan in book.lost]
    with closing(sources.open_one(company, source)) as connector:
        work = list(_sorted_out(connector, book, report, company=company, since=since, now=now))
        for one in work:
            _again(connector, one, report, now=now, dry_run=dry_run)
        touched = [row for one in work for row, _ in one.rows]
        report.proved = not dry_run and deeds.standing(connector, touched) >= {row.mark for row in touched}
    if not dry_run:
        report.suppressed = came_back.look(company, now=now).marked
    return report


def _end_begun(company: Controller, source: str, *, now: datetime) -> None:
    """What an earlier call had begun when it was killed: what it wrote is done, and gets its receipts and proof."""
    begun = Plan.objects.filter(claim__case__controller=company.slug, purpose=Plan.Purpose.REPLAY)
    for plan in begun.exclude(status__in=(Plan.Status.PROVED, Plan.Status.STALE)).select_related("claim__case", "file"):
        if source in {one.source for one in plans.source_plans(plan)}:
            try:
                carry_out.execute(plan, source, now=now)
                carry_out.prove(plan, now=now)
            except PlanOutdated:
                carry_out.outdated(plan)


def _months(company: Controller, since: datetime) -> list[date]:
    """Of runs that may have written since: also one that was stopped or overtaken half-way, or is at it now."""
    worked = Q(ended_at__gte=since) | Q(status=RetentionRun.Status.RUNNING)
    begun = Q(chunks__phase__in=(RetentionChunk.Phase.DO, RetentionChunk.Phase.LAST))
    runs = RetentionRun.objects.filter(worked, begun, controller=company.slug)
    return list(runs.order_by("month").values_list("month", flat=True).distinct())


# -- which rows, and whether they are known again -------------------------------------------------------------------


def _sorted_out(
    connector: Connector, book: Book, report: Report, *, company: Controller, since: datetime, now: datetime
) -> Iterator[_Work]:  # fmt: skip
    """Rows that must be done again, by the claim of the last deed; the others are counted or left to people."""
    held = deeds.standing(connector, book.rows)
    back = [row for row in book.rows if row.mark not in held]
    report.standing = len(book.rows) - len(back)
    present = _present(connector, back)
    known = _Known(company, since=local_day(since, tz=company.policy.tz), today=local_day(now, tz=company.policy.tz))
    by_claim: dict[int, _Work] = {}
    for row in back:
        record, claim = present.get(row.mark), row.last.plan.claim
        if record is None:  # it went while we looked
            report.standing += 1
        elif code := known.why_not(row, record):
            report.people.append(Left(claim.case.reference, row.collection, code, row.key))
        else:
            wanted = [replace(one, fingerprint=record.fingerprint) for one in _wanted(row, record)]
            by_claim.setdefault(claim.pk, _Work(claim)).rows.append((row, wanted))
    for work in by_claim.values():
        _feasible(connector, work, report)
        if work.rows:
            yield work


def _wanted(row: Row, record: Record) -> list[Instruction]:
    """A row that is what an erasure knew goes, whatever was done later to another row with its key."""
    erased = row.erased
    return [erased.instruction] if erased and erased.instruction.fingerprint == record.fingerprint else row.must_hold()


def _present(connector: Connector, rows: Iterable[Row]) -> dict[str, Record]:
    keys: dict[str, list[Any]] = {}
    for row in rows:
        keys.setdefault(row.collection, []).append(row.key)
    return {mark(record): record for table, some in keys.items() for record in connector.by_key(table, some)}


class _Known:
    """Whether a row is the one that was erased or changed, or a new one that only bears its key."""

    def __init__(self, company: Controller, *, since: date, today: date) -> None:
        self._company, self._since, self._today = company, since, today
        self._ties = Ties(company)
        self._reached: dict[int, set[str]] = {}

    def why_not(self, row: Row, record: Record) -> str:
        """Empty where the row is known again; else the code a person is given."""
        if record.fingerprint in {deed.instruction.fingerprint for deed in row.deeds}:
            return ""
        if self._is_newer(record):
            return NEWER
        same = self._ties.digest(record)
        if same and same in {deed.whose for deed in row.deeds}:
            return ""
        return "" if any(row.mark in self._of_person(deed.plan.claim) for deed in row.deeds) else UNKNOWN

    def _is_newer(self, record: Record) -> bool:
        """A day between the backup and today was written after the backup: the row is not from it."""
        ours = self._marks(record)  # the daily look for suppressed people may have been here since
        held = (value for name, value in record.fields.items() if name not in ours and isinstance(value, str))
        days = (found[1] for value in held if (found := _DAY.match(value)))
        return any(self._since.isoformat() < day <= self._today.isoformat() for day in days)

    def _marks(self, record: Record) -> set[str]:
        """Columns we write ourselves."""
        table = self._company.sources[record.source].collections.get(record.collection)
        marks = (table.mark(name) for name in MARKS) if table else ()
        return {column for one in marks if one for column in one.columns}

    def _of_person(self, claim: Claim) -> set[str]:
        """Marks of the rows to which what the person proved leads today, and that are nobody else's."""
        case = claim.case
        if case.pk not in self._reached:
            proved = find.proved(case)
            found = (
                find.records(self._company, proved=proved, given=proved, without=set()) if proved.values else ()
            )  # a source that is down knows nobody: then fewer rows are known again
            self._reached[case.pk] = {mark(one) for one in found if not one.shared and UNPROVED not in one.path}
        return self._reached[case.pk]


def _feasible(connector: Connector, work: _Work, report: Report) -> None:
    """Without what the source would refuse, such as a row others point at again: a person sees to these."""
    while work.rows:
        planned = connector.plan([one for _, wanted in work.rows for one in wanted])
        refused = {one.id for one in planned.refused}
        if not refused:
            return
        codes = {finding.table: finding.code for finding in reversed(planned.findings)}  # errors stand first
        stays = [(row, wanted) for row, wanted in work.rows if not refused & {one.id for one in wanted}]
        out = [row for row, wanted in work.rows if refused & {one.id for one in wanted}]
        reference = work.claim.case.reference
        report.people += [Left(reference, row.collection, codes.get(row.collection, "refused"), row.key) for row in out]
        work.rows = stays


# -- doing it -------------------------------------------------------------------------------------------------------


def _again(connector: Connector, work: _Work, report: Report, *, now: datetime, dry_run: bool) -> None:
    planned = connector.plan([one for _, wanted in work.rows for one in wanted])
    try:
        connector.rehearse(planned)
        if not dry_run:
            _carry_out(planned, work, now=now)
    except PlanOutdated:
        reference = work.claim.case.reference
        report.people += [Left(reference, row.collection, CHANGED, row.key) for row, _ in work.rows]
        work.rows = []
        return
    report.again.update(str(wanted[0].action) for _, wanted in work.rows)


def _carry_out(planned: SourcePlan, work: _Work, *, now: datetime) -> None:
    """A plan of its own, so that it is proved, and known should another backup come back."""
    rows = planfile.lots(_told(row, wanted) for row, wanted in work.rows)
    plan = plans.keep(
        work.claim, [planned], rows, purpose=Plan.Purpose.REPLAY, round=work.rows[0][0].last.plan.round,
        summary=_summary(planned), now=now,
    )  # fmt: skip
    carry_out.rehearse(plan, now=now)
    carry_out.execute(plan, planned.source, now=now)
    carry_out.prove(plan, now=now)


def _told(row: Row, wanted: list[Instruction]) -> dict[str, Any]:
    first = wanted[0]
    whose = next((deed.whose for deed in reversed(row.deeds) if deed.whose), "")
    return {"source": first.source, "collection": row.collection, "mark": row.mark, "fingerprint": first.fingerprint,
            "outcome": "replay", "action": str(first.action), "whose": whose}  # fmt: skip


def _summary(planned: SourcePlan) -> list[dict[str, Any]]:
    counted = Counter((one.collection, str(one.action)) for one in planned.instructions)
    return [
        {"source": planned.source, "collection": table, "outcome": "replay", "action": action, "count": count}
        for (table, action), count in sorted(counted.items())
    ]
