"""What a run found and did, in words and counts: for the page, the command and the proof. Holds no data."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from fulfilment.extract.shape import named, say
from fulfilment.models import RetentionChunk, RetentionRun
from policies.load import Controller
from policies.promises import RetentionRule
from requests_app.controllers import UnknownController, controller

ORDER = ("erase", "anonymise", "strip", "hold", "undetermined", "not_reached", "retain")


@dataclass(frozen=True)
class Line:
    """Rows of one table with the same fate. `period` and `text` are the promise; `src` its line in the policy."""

    source: str
    collection: str
    system: str
    table: str
    rule: str
    text: str
    period: str
    src: str
    outcome: str
    action: str
    why: str
    count: int
    overdue: int
    days_overdue: int
    long_held: int

    @property
    def deed(self) -> str:
        return self.action or self.outcome


@dataclass(frozen=True)
class Report:
    """One run. `did`: rows by action; `left`: rows left alone after all, by reason; `failed`: pages that could not be
    looked at or carried out, by code.
    """

    controller: str
    on: date
    status: str
    digest: str
    lines: list[Line]
    did: dict[str, int] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)
    failed: dict[str, int] = field(default_factory=dict)
    receipts: str = ""
    pages: tuple[int, int] = (0, 0)  # done, all

    @property
    def acts(self) -> int:
        return sum(line.count for line in self.lines if line.action)

    @property
    def overdue(self) -> int:
        return sum(line.overdue for line in self.lines)

    def counted(self, *deeds: str) -> int:
        return sum(line.count for line in self.lines if line.deed in deeds)

    def to_json(self) -> dict[str, Any]:
        shown = ("source", "collection", "rule", "period", "src", "outcome", "action", "why", "count", "overdue",
                 "days_overdue", "long_held")  # fmt: skip
        return {
            "controller": self.controller, "on": self.on.isoformat(), "status": self.status, "digest": self.digest,
            "acts": self.acts, "overdue": self.overdue, "done": self.did, "left": self.left,
            "failed": self.failed, "receipts": self.receipts,
            "rows": [{name: getattr(line, name) for name in shown} for line in self.lines],
        }  # fmt: skip


def of(run: RetentionRun, *, language: str) -> Report:
    """The report of a run as it stands."""
    failed: dict[str, int] = {}
    for part in (run.proof.get("not_looked_at", {}), run.proof.get("failed", {})):
        for code, count in part.items():
            failed[code] = failed.get(code, 0) + count
    pages = run.chunks.exclude(lane__in=(RetentionChunk.Lane.START, RetentionChunk.Lane.TALLY))
    done = pages.exclude(status=RetentionChunk.Status.READY).count()
    return Report(
        controller=run.controller, on=run.on, status=run.status, digest=run.digest,
        lines=lines_of(run.controller, run.summary, on=run.on, language=language), did=run.proof.get("done", {}),
        left=run.proof.get("left", {}), failed=failed, receipts=run.proof.get("receipts", ""),
        pages=(done, pages.count()),
    )  # fmt: skip


def lines_of(slug: str, summary: list[dict[str, Any]], *, on: date, language: str) -> list[Line]:
    try:
        company = controller(slug)
    except UnknownController:
        return []
    found = [_line(company, row, on=on, language=language) for row in summary]
    return sorted(found, key=lambda line: (ORDER.index(line.deed), line.source, line.collection, line.rule, line.why))


def _line(company: Controller, row: dict[str, Any], *, on: date, language: str) -> Line:
    system, table, _explain = named(company, row["source"], row["collection"], language=language)
    rule = next((one for one in company.policy.retention if one.id == row["rule"]), None)
    oldest = date.fromisoformat(row["oldest"]) if row["oldest"] else None
    shown = ("source", "collection", "rule", "outcome", "action", "why", "count", "overdue", "long_held")
    return Line(
        **{name: row[name] for name in shown}, system=system, table=table, text=_text(rule, language),
        period=(rule.period or "") if rule else "", src=_src(rule),
        days_overdue=max(timedelta(0), on - oldest).days if oldest else 0,
    )  # fmt: skip


def _text(rule: RetentionRule | None, language: str) -> str:
    return say(rule.text, language) if rule else ""


def _src(rule: RetentionRule | None) -> str:
    return (rule.legal_duty or rule.src or "") if rule else ""


def lines(report: Report) -> Iterator[str]:
    """For a terminal."""
    for line in report.lines:
        late = f"  {line.overdue} overdue, up to {line.days_overdue} days" if line.overdue else ""
        why = f" ({line.why})" if line.why else ""
        old = f"  {line.long_held} for more than a year" if line.long_held else ""
        yield f"{line.deed:<12} {line.count:>8}  {line.source}/{line.collection}  {line.rule}{why}{late}{old}"
    yield f"{report.acts} to do, {report.overdue} of them overdue; {report.status} for {report.on}"
    if report.did or report.left:
        yield f"done: {report.did}; left alone: {report.left}; receipts {report.receipts[:16]}"
    if report.failed:
        yield f"failed: {report.failed}"
    if report.digest:
        yield f"digest {report.digest}"
