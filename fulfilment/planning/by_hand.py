"""What a person must do in a system no map tells the machine how to change, and that it has been done.

The only writer of `HandTask`. An answer that says "done" waits for its tasks.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from fulfilment import ledger
from fulfilment.models import HandTask
from law.decisions import Outcome
from requests_app import events
from requests_app.models import Case, Claim
from requests_app.states import Actor, Stage

OF_APPROVAL = frozenset({"erase", "correct", "object", "decision"})
"""Codes of what stands and falls with an approval; the others outlive it: a restriction, its end, marketing."""
LIFTED = "lift"


class NotDone(ValueError):
    """A task cannot be closed so; `code`: how (nothing written), done (somebody did it before)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def lay_out(
    claim: Claim, *, code: str, now: datetime, tables: Iterable[tuple[str, str, int]] = (), text: str = ""
) -> QuerySet[HandTask]:
    """The tasks of this round, made where missing: one a table, or one in words. Repeating is harmless."""
    round = ledger.round_of(claim, claim.stage)
    wanted = [HandTask(claim=claim, round=round, code=code, source=source, collection=table, count=count, made_at=now)
              for source, table, count in tables]  # fmt: skip
    if text.strip():
        wanted.append(HandTask(claim=claim, round=round, code=code, text=text.strip(), made_at=now))
    HandTask.objects.bulk_create(wanted, ignore_conflicts=True)
    return claim.hand_tasks.filter(round=round, code=code)


def to_do() -> QuerySet[HandTask]:
    """What nobody has done yet and is still wanted (`is_wanted`): no list may ask for what no approval covers."""
    newer = HandTask.objects.filter(claim=OuterRef("claim"), code=OuterRef("code"), round__gt=OuterRef("round"))
    taken_back = Q(claim__outcome=Outcome.withdrawn) & ~Q(code=LIFTED)
    ended = Q(code__in=OF_APPROVAL) & (~Q(claim__stage=Stage.FULFILLING) | Exists(newer))
    return HandTask.objects.filter(done_at=None).exclude(taken_back | ended)


def of_case(case: Case) -> QuerySet[HandTask]:
    """What was done, and what is still to be done."""
    found = HandTask.objects.filter(claim__case=case).select_related("claim", "done_by")
    return found.filter(~Q(done_at=None) | Q(pk__in=to_do().filter(claim__case=case).values("pk")))


def open_of(slug: str, *, codes: Iterable[str]) -> QuerySet[HandTask]:
    """What is still to be done at a company, the oldest first."""
    found = to_do().filter(claim__case__controller=slug, code__in=codes)
    return found.select_related("claim__case").order_by("made_at", "pk")


def is_wanted(claim: Claim, *, code: str, round: int) -> bool:
    """Whether what these tasks say may be done: nothing once the person took the request back (but for marks that must
    come off), and what an approval asked for only while that approval is being carried out."""
    if claim.outcome == Outcome.withdrawn and code != LIFTED:
        return False
    approved = claim.stage == Stage.FULFILLING and round == ledger.round_of(claim, Stage.FULFILLING)
    return approved or code not in OF_APPROVAL


def left(claim: Claim, *, code: str = "") -> int:
    """Tasks nobody has done yet; with `code`, of this round alone: what was approved anew asks for its own."""
    open_ones = claim.hand_tasks.filter(done_at=None)
    return (open_ones.filter(code=code, round=ledger.round_of(claim, claim.stage)) if code else open_ones).count()


def void(claim: Claim, *, code: str) -> list[tuple[str, str, int]]:
    """What nobody did is not needed any more. The tables in which it was done."""
    tasks = claim.hand_tasks.filter(code=code)
    tasks.filter(done_at=None).delete()
    return list(tasks.values_list("source", "collection", "count"))


def done(task: HandTask, *, how: str, user: Any, now: datetime) -> None:
    """Somebody did it, and says how; without `user` it was the system's owner. Raises `NotDone`."""
    if not how.strip():
        raise NotDone("how")
    with transaction.atomic():
        mine = HandTask.objects.filter(pk=task.pk, done_at=None)
        if not mine.update(how=how.strip(), done_at=now, done_by=user):
            raise NotDone("done")
        data = {"task": task.pk, "code": task.code, "source": task.source, "collection": task.collection}
        events.record(
            task.claim.case, "by_hand_done", now=now, actor=Actor.STAFF if user else Actor.SYSTEM, user=user,
            claim=task.claim, data=data,
        )  # fmt: skip
