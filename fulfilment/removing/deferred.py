"""What an erasure had to leave, until the day its basis ends (Art. 17(1)). Only writer of `DeferredErasure`, with
`on_its_day`.

Written in the transaction that says the erasure is proved. What a machine could not do on the day waits for staff.
"""

from collections.abc import Collection, Iterable, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from connectors.base import Record
from connectors.errors import ConnectorError
from fulfilment import ledger
from fulfilment.collecting import find
from fulfilment.collecting.whose import Ties, still
from fulfilment.models import DeferredErasure, Plan
from fulfilment.planning import plans
from fulfilment.planning.facts import FactBook
from fulfilment.planning.fate import GOING, KEEPING, Judge, mark
from fulfilment.removing import again, certificate, kept
from fulfilment.removing.again import PERIOD_ENDED, WITHOUT_DAY, Bench
from fulfilment.removing.kept import Row
from fulfilment.telling import notices
from law.deadlines import local_day
from law.durations import add_months
from law.outcomes import Outcome
from letters.kinds import Refused
from policies.load import Controller
from requests_app import correspondence, events, sources, vault
from requests_app.controllers import controller, controllers
from requests_app.models import Case, Claim, SealedFile
from requests_app.states import Actor

Status = DeferredErasure.Status
AT_ONCE, EACH = 200, 20
"""Taken to the queue at each sweep, and in one message; on the first of January many years end."""
ASKED_AGAIN = 12
"""Months after which staff are asked about what a person decided to keep without a day (Art. 5(1)(e))."""


class StillThere(ValueError):
    """Staff say that rows are gone; `code`: still_there, not_asked (a source does not answer)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Kept:
    """Rows that may go on one day, sealed, not yet written down."""

    day: date
    why: str
    file: SealedFile
    records: int
    summary: list[dict[str, Any]]


def prepare(plan: Plan, *, today: date) -> list[Kept]:
    """Seal the keys of what an erasure just left, day by day. Before the transaction: sources and storage answer here.

    Raises `ConnectorError`.
    """
    company = controller(plan.claim.case.controller)
    staying = {fate["mark"]: fate for fate in plans.rows(plan, of=_stays)}
    if not staying:
        return []
    rows = list(_rows(plan.claim, company, staying, round=plan.round, today=today))
    return sealed(tied_as_now(rows, company), claim=plan.claim)


def write(plan: Plan, kept_rows: Iterable[Kept], *, now: datetime) -> None:
    """In the transaction that marks the plan proved. Repeating is harmless."""
    Plan.objects.select_for_update().get(pk=plan.pk)
    if DeferredErasure.objects.filter(origin=plan).exists():
        return  # a worker before us, who died right after
    for one in kept_rows:
        add(plan.claim, origin=plan, one=one, now=now)


def due(*, now: datetime) -> list[list[int]]:
    """What workers may take now, by number, a few for each: the day has come where the company is, and nobody is at
    it."""
    free = Q(leased_until=None) | Q(leased_until__lt=now)
    rested = Q(next_try_at=None) | Q(next_try_at__lte=now)
    found = DeferredErasure.objects.filter(free, rested, status=Status.READY, day__lte=now.date() + timedelta(days=1))
    found = found.filter(claim__case__controller__in=controllers())  # a company that has left is nobody's to ask
    some = found.select_related("claim__case")[:AT_ONCE]
    numbers = [one.pk for one in some if one.day <= today_of(one.claim, now)]
    return [numbers[first : first + EACH] for first in range(0, len(numbers), EACH)]


def retry(deferred: DeferredErasure, *, user: Any, now: datetime) -> bool:
    """Staff: try again at once. False where it has not failed."""
    with transaction.atomic():
        found = DeferredErasure.objects.filter(pk=deferred.pk).exclude(status=Status.DONE).exclude(error="")
        if not ledger.reopen(found):
            return False
        record(deferred, "deferred_retried", {}, now=now, actor=Actor.STAFF, user=user)
    return True


def settle(deferred: DeferredErasure, *, note: str, user: Any, now: datetime) -> bool:
    """Staff: what no machine could decide was seen to by hand. ValueError without a word on how, `StillThere` where a
    machine can look and finds the rows: two people approved that they go.

    Rows nobody can look for are taken on their word; the person and the recipients are told only of what is gone.
    """
    if not note.strip():
        raise ValueError("note: found nothing, expected what was done with these records")
    if not DeferredErasure.objects.filter(pk=deferred.pk, status=Status.FAILED).exists():
        return False
    on_word = _on_word(deferred, today=today_of(deferred.claim, now))
    values = {"status": Status.DONE, "done_at": now, "settled_by": user, "settled_note": note.strip(),
              "result": {**deferred.result, "on_word": on_word}}  # fmt: skip
    with transaction.atomic():
        if not DeferredErasure.objects.filter(pk=deferred.pk, status=Status.FAILED).update(**values):
            return False
        data = {"records": deferred.records, "on_word": on_word}
        record(deferred, "deferred_settled", data, now=now, actor=Actor.STAFF, user=user)
        if not on_word:
            tell(deferred.claim, deferred.summary, now=now)
        transaction.on_commit(partial(vault.shred, deferred.file, now=now))
    return True


def tell(claim: Claim, gone: Collection[Mapping[str, Any]], *, now: datetime) -> None:
    """Recipients (Art. 19), and the person who asked for it: what is gone now, what must wait still, why and until
    when (Art. 12(3)). `gone`: lines of `plans.summarise`."""
    notices.tell_again(claim, what=notices.What.ERASURE, gone=gone, now=now)
    if claim.scope.get("tell_later"):
        left = [line for other in open_of(claim) for line in other.summary]
        by_hand = claim.deferred.filter(status=Status.DONE, result__on_word__gt=0).exists()
        values = certificate.completed(claim, gone=gone, left=left, done=today_of(claim, now), by_hand=by_hand)
        correspondence.write(claim.case, "erasure_completed", now=now, claim=claim, values=values)


def _on_word(deferred: DeferredErasure, *, today: date) -> int:
    """How many rows only staff can say are gone: without a key, in a source that is no more, or somebody else's too and
    no longer reached from this person. Raises `StillThere`."""
    company, rows = controller(deferred.claim.case.controller), kept.read(deferred.file)
    asked = [row for row in rows if row.key is not None and row.source in company.sources]
    try:
        left = _still_theirs(asked, company, today=today)
    except ConnectorError as error:
        raise StillThere("not_asked") from error
    if any(not row.shared for row in left) or (left and _reached(left, company, claim=deferred.claim)):
        raise StillThere("still_there")
    return len(rows) - len(asked) + len(left)


def _still_theirs(rows: Iterable[Row], company: Controller, *, today: date) -> list[Row]:
    """Rows that are there, tied to whom they were tied to, and not emptied. Raises `ConnectorError`."""
    rows, ties, judge = list(rows), Ties(company), Judge(company, on=today, requested=True)
    now = _as_they_are(rows, company)
    return [
        row for row in rows
        if (held := now.get(row.mark)) and still(row.ties, ties.of(held)) and judge.personal(held)
    ]  # fmt: skip


def _reached(rows: Iterable[Row], company: Controller, *, claim: Claim) -> bool:
    """Whether a search for the person still comes upon one of them."""
    who = find.proved(claim.case)
    marks = {row.mark for row in rows}
    try:
        return any(mark(record) in marks for record in find.records(company, proved=who, given=who))
    except ConnectorError as error:
        raise StillThere("not_asked") from error


def put_off(deferred: DeferredErasure, *, until: date, note: str, user: Any, now: datetime) -> bool:
    """Staff: it must be kept longer, for a reason (17(3)). On the day after it is decided again. ValueError without a
    reason, for a day that has passed, and for one more than a year from now: one person may not keep it for good.

    The reason goes to the person where they wished to hear of the rest (12(4)), so it is in their language.
    """
    today = today_of(deferred.claim, now)
    if not note.strip() or not today <= until <= add_months(today, ASKED_AGAIN):
        raise ValueError(
            "found no reason or a day out of reach, expected why it is kept, and until when: a year at most"
        )
    day = until + timedelta(days=1)
    lines = [{**line, "keep_through": until.isoformat()} for line in deferred.summary]
    values = {"status": Status.READY, "attempts": 0, "error": "", "day": day, "times": deferred.times + 1,
              "settled_by": user, "settled_note": note.strip(), "next_try_at": None, "summary": lines}  # fmt: skip
    with transaction.atomic():
        if not DeferredErasure.objects.filter(pk=deferred.pk, status=Status.FAILED).update(**values):
            return False
        record(deferred, "deferred_put_off", {"day": day.isoformat()}, now=now, actor=Actor.STAFF, user=user)
        if deferred.claim.scope.get("tell_later"):
            _refuse(deferred.claim, certificate.longer(deferred.claim, lines, why=note.strip(), until=until), now=now)
    return True


def _refuse(claim: Claim, longer: Refused, *, now: datetime) -> None:
    """What was to go by now stays: a refusal like any other, with its reason and day (Art. 12(4))."""
    values = {"right": claim.right, "partly": claim.outcome != Outcome.refused, "items": (longer,)}
    correspondence.write(claim.case, "refusal", now=now, claim=claim, values=values)


def shred_unlisted(*, before: datetime, now: datetime) -> None:
    """Files a killed worker had stored and not yet listed; and those of rows that are done with."""
    listed = DeferredErasure.objects.exclude(status=Status.DONE).values("file")
    lost = SealedFile.objects.filter(purpose=kept.PURPOSE, shredded_at=None, created_at__lt=before)
    for file in lost.exclude(pk__in=listed).iterator():
        vault.shred(file, now=now)


def of_case(case: Case) -> QuerySet[DeferredErasure]:
    return DeferredErasure.objects.filter(claim__case=case).select_related("claim", "file", "settled_by")


def open_of(claim: Claim) -> QuerySet[DeferredErasure]:
    return claim.deferred.exclude(status=Status.DONE)


# -- what stays, when the erasure is proved -------------------------------------------------------------------------


def _stays(fate: Mapping[str, Any]) -> bool:
    return fate["outcome"] in KEEPING or (fate["outcome"] in GOING and fate["action"] not in (None, "erase"))


def _rows(
    claim: Claim, company: Controller, staying: Mapping[str, Mapping[str, Any]], *, round: int, today: date
) -> Iterable[Row]:
    book, known = FactBook(company), claim.scope.get("facts")
    for record in plans.collected(claim, round, tables=book.wanted):
        book.add(record)
    bench = Bench(company, on=today, known=known)
    tables = {(fate["source"], fate["collection"]) for fate in staying.values()}
    for record in plans.collected(claim, round, tables=tables):
        fate = staying.get(mark(record))
        if fate is None:
            continue
        day = _day(fate, bench, record, book, today=today)
        if day:
            due, why, decision = day
            yield Row(
                record.source, record.collection, record.key, mark(record), record.shared, bench.ties.of(record),
                kept.dates(book.facts(record)), book.subject(record), due.isoformat(), why, decision,
            )  # fmt: skip


def _day(
    fate: Mapping[str, Any], bench: Bench, record: Record, book: FactBook, *, today: date
) -> tuple[date, str, dict[str, Any]] | None:
    """(day, why, what is told of it) of one row as the plan left it."""
    if fate["by_person"]:
        told = {name: fate[name] for name in ("outcome", "rule", "basis", "keep_through", "by_person", "reasons")}
        if fate["keep_through"] is None:
            return add_months(today, ASKED_AGAIN), WITHOUT_DAY, told
        return date.fromisoformat(fate["keep_through"]) + timedelta(days=1), PERIOD_ENDED, told
    rest = bench.rest(record, book=book, outcome=fate["outcome"], going=fate["fields"])
    return (rest[0], rest[1], kept.told(rest[2], by_person=0)) if rest else None


def tied_as_now(rows: list[Row], company: Controller) -> list[Row]:
    """The rows with what ties them to their person after the deed; those that are gone are left out."""
    ties = Ties(company)
    now = _as_they_are(rows, company)
    return [
        replace(row, ties=ties.of(now[row.mark])) if row.key is not None else row
        for row in rows if row.key is None or row.mark in now
    ]  # fmt: skip


def _as_they_are(rows: list[Row], company: Controller) -> dict[str, Record]:
    """The rows as their sources hold them now, by mark. Raises `ConnectorError`."""
    with ExitStack() as stack:
        names = {row.source for row in rows}
        readers = {name: stack.enter_context(closing(sources.open_one(company, name))) for name in names}
        return again.present(rows, readers)


def sealed(rows: Iterable[Row], *, claim: Claim) -> list[Kept]:
    """The rows day by day, each day in a file of its own. Before the transaction that lists them."""
    return [
        Kept(day, kept.why(some), kept.seal(some, case=claim.case), len(some), kept.summarise(some))
        for day, some in kept.by_day(rows)
    ]


def add(claim: Claim, *, origin: Plan, one: Kept, now: datetime, **more: Any) -> DeferredErasure:
    """Write one day down. In the transaction that says why."""
    return DeferredErasure.objects.create(
        claim=claim, origin=origin, day=one.day, why=one.why, file=one.file, records=one.records,
        summary=one.summary, made_at=now, **more,
    )  # fmt: skip


def record(
    deferred: DeferredErasure, kind: str, data: Mapping[str, Any], *, now: datetime, actor: Actor = Actor.SYSTEM,
    user: Any = None,
) -> None:  # fmt: skip
    """An event of the case, with the number of the row."""
    about = {"deferred": deferred.pk, **data}
    events.record(deferred.claim.case, kind, now=now, actor=actor, user=user, claim=deferred.claim, data=about)


def today_of(claim: Claim, now: datetime) -> date:
    """The day it is where the company is."""
    return local_day(now, tz=controller(claim.case.controller).policy.tz)
