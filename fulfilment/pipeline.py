"""The whole machine on one page: for each right and stage the steps, in order, and what runs them.

Nothing here knows the broker. `advance` does one step of a claim, whoever calls it and however often; a step whose
worker died is free again when its lease ends.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from connectors.errors import ConnectorError
from fulfilment import answer, ledger, queues
from fulfilment.asking import steps as asked
from fulfilment.changing import rectification, restricting
from fulfilment.collecting import collect
from fulfilment.handing_over import bundle, delivery
from fulfilment.models import Step
from fulfilment.removing import erasure, suppress_erased
from fulfilment.stopping import lane
from fulfilment.telling import notices
from fulfilment.weighing import automated, objection
from law.rights import IMMEDIATE, Right
from requests_app import events, lifecycle
from requests_app.controllers import controller
from requests_app.models import Claim
from requests_app.states import AUTOMATIC, Act, Actor, Stage

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Work:
    """One kind of step. `run(claim, *, step, now)` returns what to remember (counts and digests), or None: not yet.

    It may raise `ledger.NotYet` where it knows when to look again. `queue`: whose workers do it; empty: whoever comes.
    """

    name: str
    run: Callable[..., dict[str, Any] | None]
    each_source: bool = False
    queue: str = ""


COLLECT = (Work("collect", asked.collect, each_source=True, queue=queues.COLLECT), Work("settle", collect.settle))
PREPARE = (Work("bundle", bundle.build_step, queue=queues.HAND_OVER),)
ANSWER = (Work("answer", answer.send),)
LANE = (
    Work("suppress", lane.suppress_step),
    Work("mark", lane.mark_step, each_source=True, queue=queues.LANE),
    Work("settle", lane.settle_step),
)
TELL = (Work("answer", lane.tell_step),)

MACHINE: dict[tuple[str, str], tuple[Work, ...]] = {
    (Right.access, Stage.COLLECTING): COLLECT,
    (Right.access, Stage.PREPARING): PREPARE,
    (Right.access, Stage.FULFILLING): (Work("check", bundle.check, queue=queues.HAND_OVER),),
    (Right.access, Stage.DELIVERING): (Work("hand_over", delivery.hand_over, queue=queues.HAND_OVER),),
    (Right.portability, Stage.COLLECTING): COLLECT,
    (Right.portability, Stage.PREPARING): PREPARE,
    (Right.portability, Stage.FULFILLING): (Work("check", bundle.check, queue=queues.HAND_OVER),),
    (Right.portability, Stage.DELIVERING): (Work("hand_over", delivery.hand_over, queue=queues.HAND_OVER),),
    (Right.erasure, Stage.COLLECTING): (*COLLECT, Work("plan", erasure.plan_step, queue=queues.WRITE)),
    (Right.erasure, Stage.FULFILLING): (
        Work("by_hand", erasure.by_hand_step),
        Work("rehearse", erasure.rehearse_step, queue=queues.WRITE),
        Work("suppress", suppress_erased.suppress_step),
        Work("erase", erasure.erase_step, each_source=True, queue=queues.WRITE),
        Work("prove", erasure.prove_step, queue=queues.WRITE),
        Work("tell", notices.tell_step("erasure")),
    ),
    (Right.erasure, Stage.DELIVERING): (Work("certify", erasure.certify_step),),
    (Right.rectification, Stage.COLLECTING): (*COLLECT, Work("dispute", rectification.dispute_step)),
    (Right.rectification, Stage.FULFILLING): (
        Work("rehearse", rectification.rehearse_step, queue=queues.WRITE),
        Work("change", rectification.change_step, each_source=True, queue=queues.WRITE),
        Work("by_hand", rectification.by_hand_step),
        Work("prove", rectification.prove_step, queue=queues.WRITE),
        Work("tell", notices.tell_step("rectification")),
    ),
    (Right.rectification, Stage.DELIVERING): (Work("answer", rectification.answer_step),),
    (Right.restriction, Stage.COLLECTING): COLLECT,
    (Right.restriction, Stage.FULFILLING): (
        Work("rehearse", restricting.rehearse_step, queue=queues.WRITE),
        Work("restrict", restricting.restrict_step),
        Work("change", restricting.change_step, each_source=True, queue=queues.WRITE),
        Work("prove", restricting.prove_step, queue=queues.WRITE),
        Work("by_hand", restricting.by_hand_step),
        Work("tell", notices.tell_step("restriction")),
    ),
    (Right.restriction, Stage.DELIVERING): (Work("answer", restricting.answer_step),),
    (Right.objection, Stage.COLLECTING): (*COLLECT, Work("restrict", objection.restrict_step)),
    (Right.objection, Stage.FULFILLING): (
        Work("rehearse", objection.rehearse_step, queue=queues.WRITE),
        Work("change", objection.change_step, each_source=True, queue=queues.WRITE),
        Work("prove", objection.prove_step, queue=queues.WRITE),
        Work("by_hand", objection.by_hand_step),
    ),
    (Right.objection, Stage.DELIVERING): (Work("answer", objection.answer_step),),
    (Right.automated_decision, Stage.COLLECTING): COLLECT,
    (Right.automated_decision, Stage.FULFILLING): (
        Work("rehearse", automated.rehearse_step, queue=queues.WRITE),
        Work("change", automated.change_step, each_source=True, queue=queues.WRITE),
        Work("prove", automated.prove_step, queue=queues.WRITE),
        Work("by_hand", automated.by_hand_step),
    ),
    (Right.automated_decision, Stage.DELIVERING): (Work("answer", automated.answer_step),),
    (Right.marketing_objection, Stage.FULFILLING): LANE,
    (Right.marketing_objection, Stage.DELIVERING): TELL,
    (Right.withdraw_consent, Stage.FULFILLING): LANE,
    (Right.withdraw_consent, Stage.DELIVERING): TELL,
}
REFUSED = {(Right.objection, Stage.DELIVERING): (Work("answer", objection.refuse_step),)}
"""A refusal that does more than say so: it also tells when the restriction ends."""
IN_WORDS: dict[str, tuple[Work, ...]] = {Stage.DELIVERING: ANSWER}
"""For the other rights, and for every refusal or "we hold nothing": all there is to do is to say so (Art. 12(4))."""

LEAVE = {
    Stage.COLLECTING: Act.COLLECTED, Stage.PREPARING: Act.PREPARED, Stage.FULFILLING: Act.FULFILLED,
    Stage.DELIVERING: Act.DELIVERED,
}  # fmt: skip
MOVES_DATA = ("", "granted", "partly_granted")
READS_FIRST = (Right.access, Right.portability)
WRITES = (Right.erasure, Right.rectification, Right.restriction, Right.objection, Right.automated_decision)


class Progress(Enum):
    RAN = "ran"
    MOVED = "moved"
    RESTS = "rests"


def works(claim: Claim) -> tuple[Work, ...]:
    """What there is to do for a claim at its stage."""
    if claim.right in IMMEDIATE and claim.approved_digest:  # taken back from the lane, and answered by people
        return IN_WORDS.get(claim.stage, ())
    moves_data = claim.stage == Stage.COLLECTING or claim.outcome in MOVES_DATA
    if moves_data and any(right == claim.right for right, _ in MACHINE):
        return MACHINE.get((claim.right, claim.stage), ())
    refused = REFUSED.get((claim.right, claim.stage)) if claim.outcome == "refused" else None
    return refused or IN_WORDS.get(claim.stage, ())


def steps(claim: Claim) -> list[tuple[Work, Step]]:
    """The ledger of this stage and round, laid out where it is not yet."""
    sources = sorted(controller(claim.case.controller).sources)
    wanted = [(work, source) for work in works(claim) for source in (sources if work.each_source else [""])]
    laid = ledger.lay_out(
        claim, [(work.name, source) for work, source in wanted], round=ledger.round_of(claim, claim.stage)
    )
    return [(work, step) for (work, _), step in zip(wanted, laid, strict=True)]


def runnable(claim: Claim, *, now: datetime) -> list[tuple[Work, Step]]:
    """Steps that could be taken now: of the first kind of work that is not done yet, those that are free."""
    if claim.stage not in AUTOMATIC or waits(claim):
        return []
    open_steps = [(work, step) for work, step in steps(claim) if step.status != Step.Status.DONE]
    return [(work, step) for work, step in open_steps if work is open_steps[0][0] and ledger.is_free(step, now=now)]


def due(claim: Claim, *, now: datetime) -> bool:
    """Whether `advance` would do something now."""
    if claim.stage not in AUTOMATIC or waits(claim):
        return False
    return all(step.status == Step.Status.DONE for _, step in steps(claim)) or bool(runnable(claim, now=now))


def waiting(*, now: datetime, most: int) -> list[Claim]:
    """Claims the machine may have something to do for: first those with a step that is free, the oldest first; then
    those that have only to go on, the newest first, so that what waits for a person for days holds nobody up.
    """
    ready = Step.objects.filter(claim=OuterRef("pk"), status=Step.Status.READY)
    rested = Q(next_try_at=None) | Q(next_try_at__lte=now)
    free = Exists(ready.filter(rested, Q(leased_until=None) | Q(leased_until__lt=now)))
    standing = Claim.objects.filter(stage__in=AUTOMATIC).select_related("case")
    found = list(standing.filter(free).order_by("stage_at", "pk")[:most])
    return found + list(standing.exclude(free).order_by("-stage_at", "-pk")[: most - len(found)])


def waits(claim: Claim) -> bool:
    """Nothing is erased while the same person still waits for a copy of it (R-44)."""
    if claim.right != Right.erasure or claim.stage != Stage.FULFILLING:
        return False
    return claim.case.claims.filter(right__in=READS_FIRST).exclude(stage=Stage.CLOSED).exists()


def advance(claim: Claim, *, now: datetime, elsewhere: Callable[[Work, Step], object] | None = None) -> Progress:
    """Do the next thing for a claim that anybody can do now. Harmless at any time, by any number of callers.

    `elsewhere`: told of every step that other workers are to do; those are not done here.
    """
    if claim.stage not in AUTOMATIC or waits(claim):
        return Progress.RESTS
    if all(step.status == Step.Status.DONE for _, step in steps(claim)):
        return _leave(claim, now=now)
    for work, step in runnable(claim, now=now):
        if elsewhere and work.queue:
            elsewhere(work, step)
        elif _try(work, claim, step=step, now=now):
            return Progress.RAN  # one step that rests keeps none of the others back
    return Progress.RESTS


def do(claim: Claim, *, name: str, source: str, now: datetime) -> Progress:
    """This one step, if it can be taken now."""
    for work, step in runnable(claim, now=now):
        if (step.name, step.source) == (name, source) and _try(work, claim, step=step, now=now):
            return Progress.RAN
    return Progress.RESTS


def _try(work: Work, claim: Claim, *, step: Step, now: datetime) -> bool:
    """Take the step and do it; False where somebody else has it, too many are at its source, or it is given up."""
    if step.attempts >= ledger.ATTEMPTS:
        ledger.fail(step, code="worker_lost", permanent=True, now=now)
        return False
    seats = controller(claim.case.controller).sources[step.source].at_once if step.source else None
    if not ledger.take(step, now=now, slug=claim.case.controller, seats=seats):
        return False
    _run(work, claim, step=step, now=now)
    return True


def _leave(claim: Claim, *, now: datetime) -> Progress:
    try:
        lifecycle.apply(claim, LEAVE[Stage(claim.stage)], now=now, actor=Actor.SYSTEM)
    except lifecycle.NotPossible:  # somebody else was first, or the person withdrew
        return Progress.RESTS
    return Progress.MOVED


def _run(work: Work, claim: Claim, *, step: Step, now: datetime) -> None:
    about = {"case": claim.case.reference, "claim": claim.pk, "step": step.name, "source": step.source}
    try:
        with ledger.kept(step, now=now):
            result = work.run(claim, step=step, now=now)
        if result is None:
            ledger.release(step)
        else:
            ledger.finish(step, result=result, now=now)
    except ledger.LeaseLost:
        log.warning("lease lost", extra=about)
    except ledger.NotYet as rests:
        ledger.release(step, at=rests.until)
    except (ConnectorError, ledger.StepFailed) as error:
        log.warning("step failed", extra=about | {"code": error.code})
        ledger.fail(step, code=error.code, permanent=error.permanent, now=now)
    except Exception:  # whatever it was: the claim must show it and be able to go on
        log.exception("step broke", extra=about | {"code": "internal"})
        ledger.fail(step, code="internal", permanent=False, now=now)


def failed(claim: Claim) -> list[Step]:
    """Steps of this stage that a person must look at."""
    return [step for _, step in steps(claim) if step.status == Step.Status.FAILED]


def take_back(claim: Claim, *, user: Any, now: datetime) -> Claim:
    """Staff: what failed for good goes back to review, to be prepared and approved anew.

    Raises `lifecycle.NotPossible` while the machine still works on it, and for what the sources have already been told:
    there only the letter is missing.
    """
    done = claim.right in WRITES and claim.stage == Stage.DELIVERING and claim.outcome in MOVES_DATA
    if done or not failed(claim):
        raise lifecycle.NotPossible("stage", Act.SEND_BACK, claim.stage)
    return lifecycle.apply(claim, Act.SEND_BACK, now=now, actor=Actor.STAFF, user=user, data={"why": "step_failed"})


def retry(claim: Claim, *, user: Any, now: datetime) -> int:
    """Staff: try the failed steps again at once, and those that rest after an error. Returns how many."""
    laid = [step for _, step in steps(claim)]
    again = [step.pk for step in laid if step.status == Step.Status.FAILED or (step.error and not step.done_at)]
    with transaction.atomic():
        count = ledger.reopen(Step.objects.filter(pk__in=again).exclude(status=Step.Status.DONE))
        if count:
            events.record(
                claim.case, "steps_retried", now=now, actor=Actor.STAFF, user=user, claim=claim, data={"steps": count}
            )
    return count
