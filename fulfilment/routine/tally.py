"""What all pages of a run found, added up: the report, its digest, and whether anybody must read it first."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from connectors.values import canonical, sha256
from fulfilment import ledger
from fulfilment.models import RetentionChunk, RetentionRun
from fulfilment.planning.fate import SHARED, mark
from fulfilment.routine import files, verdicts
from fulfilment.routine.lanes import Place
from fulfilment.routine.pages import ROWS, Floor, Hand
from policies.load import Controller
from requests_app import waivers

NOT_REACHED, DECIDES = "not_reached", "erasure_decision"
Lane, Status, Phase = RetentionChunk.Lane, RetentionRun.Status, RetentionChunk.Phase


def add_up(chunk: RetentionChunk, company: Controller, *, hand: Hand, now: Callable[[], datetime]) -> None:
    """The report of the run; then it waits for approval, goes on, or has nothing to do. Raises `ConnectorError`."""
    run = chunk.run
    pages = list(run.chunks.exclude(lane=Lane.TALLY).select_related("file"))
    counts = [page.result.get("counts", []) for page in pages]
    with hand.floor(company) as sources:
        seen = (files.read(page).get("seen", {}) for page in pages)
        alone = beside(seen, sources, alive=lambda: ledger.renew(chunk, now=now()))
    summary = verdicts.added([*counts, alone])
    digest = sha256(canonical([run.controller, run.on, company.digest, summary, _plans(pages)]))
    failed = Counter(page.error for page in pages if page.status == RetentionChunk.Status.FAILED)
    status = _next(run, company, acts=sum(page.result.get("acts", 0) for page in pages), failed=bool(failed))
    at = now()
    with transaction.atomic():
        ledger.finish(chunk, result={}, now=at)
        RetentionRun.objects.filter(pk=run.pk, status=Status.PLANNING).update(
            status=status, digest=digest, summary=summary, planned_at=at, overdue=overdue(summary),
            proof={"not_looked_at": dict(failed)} if failed else {}, ended_at=at if status == Status.DONE else None,
        )  # fmt: skip
        if status == Status.RUNNING:
            open_pages(run)
    forget_empty(run, now=at)


def _plans(pages: list[RetentionChunk]) -> list[list[Any]]:
    """What every page would do, by digest."""
    return sorted([page.lane, page.source, page.collection, page.number, page.digest] for page in pages if page.digest)


def beside(seen: Iterable[Mapping[str, Any]], sources: Floor, *, alive: Callable[[], None]) -> list[dict[str, Any]]:
    """Rows that belong to more than one person, and rows no walk has reached: so that nobody thinks them covered."""
    own: dict[Place, set[bytes]] = {}
    shared: dict[Place, set[bytes]] = {}
    for page in seen:
        for into, name in ((own, "own"), (shared, "shared")):
            for place, marks in files.unpacked(page.get(name, {})):
                into.setdefault(place, set()).update(marks)
    rows = []
    for place in sources.lanes.people:
        if place in sources.lanes.by_hand:  # nobody can tell how many there are
            continue
        theirs = shared.get(place, set()) - own.get(place, set())
        rows += [verdicts.row(place, outcome="undetermined", why=SHARED, count=len(theirs))] if theirs else []
        reached = own.get(place, set()) | theirs
        left = sources.connectors[place[0]].size(place[1]) - len(reached)
        left = _unreached(sources, place, reached, alive=alive) if left > 0 else 0
        rows += [verdicts.row(place, outcome=NOT_REACHED, count=left)] if left else []
    return rows


def _unreached(sources: Floor, place: Place, reached: set[bytes], *, alive: Callable[[], None]) -> int:
    """Rows no walk has met and that still hold something of somebody; what an earlier run emptied is nobody's."""
    connector, bench = sources.connectors[place[0]], sources.bench(on=date.max, frozen=set())
    if not connector.key_columns(place[1]):
        return connector.size(place[1]) - len(reached)
    count, after = 0, None
    while page := connector.scan(place[1], after=after, count=ROWS):
        alive()
        count += sum(files.short(mark(one)) not in reached and not bench.is_spent(one) for one in page)
        after = page[-1].key
    return count


def overdue(summary: list[dict[str, Any]]) -> int:
    """Deeds that should have been done at an earlier run: what nobody may still find here (Art. 5(1)(e))."""
    return sum(row["overdue"] for row in summary)


def _next(run: RetentionRun, company: Controller, *, acts: int, failed: bool) -> str:
    if not acts:
        return Status.TO_APPROVE if failed else Status.DONE  # what was not looked at is not "nothing to do"
    return Status.RUNNING if may_go_on(run, company) else Status.TO_APPROVE


def may_go_on(run: RetentionRun, company: Controller) -> bool:
    """Whether a person has approved an earlier run under exactly this policy, and the company wants no more than that.

    Another policy, map or list of sources is another digest: then somebody reads the first report again.
    """
    if company.policy.retention_runs.approve == "always" or open_points(run.controller):
        return False
    earlier = RetentionRun.objects.filter(controller=run.controller, policy_digest=run.policy_digest)
    return earlier.exclude(pk=run.pk).exclude(approved_at=None).exists()


def open_points(slug: str) -> list[waivers.Point]:
    """What the company has neither told nor waived and a decision to erase needs, such as when its year ends."""
    return [point for point in waivers.points(slug) if DECIDES in point.blocks and point.waiver is None]


def open_pages(run: RetentionRun) -> None:
    """The pages with something to do may be taken again, to be carried out."""
    done = RetentionChunk.Status.DONE
    todo = run.chunks.filter(status=done, phase=Phase.PLAN).exclude(digest="")
    sets = Q(lane=Lane.SETS)  # their statements ask again themselves
    todo.filter(sets).update(phase=Phase.DO)
    todo.exclude(sets).update(phase=Phase.CHECK)
    ledger.reopen(run.chunks.filter(status=done, phase__in=(Phase.CHECK, Phase.DO)))


def forget_empty(run: RetentionRun, *, now: datetime) -> None:
    """Who was met on a page where nothing is to be done is nobody's business any more."""
    empty = run.chunks.filter(digest="").exclude(file=None).select_related("file")
    for page in empty:
        file = page.file
        RetentionChunk.objects.filter(pk=page.pk).update(file=None, after=None)
        files.shred([file] if file else [], now=now)
