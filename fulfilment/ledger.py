"""The only writer of `Step`: lease, fencing and back-off live in the database, never in the broker.

Other pieces of work that inherit `Leased` (the chunks of the monthly run) are taken, renewed and finished here, too.

A worker takes a step by compare-and-set on its token and writes only while that token is still its own. A worker that
was thought dead and wakes up late finds another token and leaves everything alone.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import F, QuerySet

from fulfilment.models import Leased, Step
from requests_app import events
from requests_app.models import Claim, Event
from requests_app.states import Act, Actor, Stage

LEASE = timedelta(minutes=5)
"""Renewed at every chunk written; a worker silent for longer is taken for dead."""
ATTEMPTS = 6
"""Then a person looks. Waits between them: 30 s, 1, 2, 4 and 8 minutes: about a quarter of an hour in all."""
LONGEST_REST = timedelta(hours=1)

Work = TypeVar("Work", bound=Leased)


class LeaseLost(Exception):
    """Another worker has the step: whatever this one did not yet write, it must not write."""


class StepFailed(Exception):
    """A step cannot be done; `code` says why in a word, `permanent` that trying again cannot help."""

    def __init__(self, code: str, *, permanent: bool = True) -> None:
        super().__init__(code)
        self.code, self.permanent = code, permanent


def round_of(claim: Claim, stage: str) -> int:
    """Which time round this is: a claim can be collected again, or approved again after it was sent back."""
    acts = (Act.START, Act.RECOLLECT) if stage in (Stage.COLLECTING, Stage.REVIEW) else (Act.APPROVE, Act.AT_ONCE)
    return Event.objects.filter(claim=claim, kind__in=[act.value for act in acts]).count() or 1


def lay_out(claim: Claim, wanted: Iterable[tuple[str, str]], *, round: int) -> list[Step]:
    """The steps (name, source) of this round in order, made where missing. Repeating is harmless."""
    wanted = list(wanted)
    missing = [Step(claim=claim, round=round, name=name, source=source) for name, source in wanted]
    Step.objects.bulk_create(missing, ignore_conflicts=True)
    there = {(step.name, step.source): step for step in Step.objects.filter(claim=claim, round=round)}
    return [there[pair] for pair in wanted]


def is_free(step: Leased, *, now: datetime) -> bool:
    """Whether a step may be taken now: open, not at rest after an error, and nobody alive is at it."""
    rested = step.next_try_at is None or step.next_try_at <= now
    return step.status == Leased.Status.READY and rested and (step.leased_until is None or step.leased_until < now)


def take(step: Work, *, now: datetime) -> Work | None:
    """Lease a free step, or None when somebody else was first: the token is compared and set in one statement."""
    if not is_free(step, now=now):
        return None
    changed = mine(step).update(token=F("token") + 1, attempts=F("attempts") + 1, leased_until=now + LEASE)
    if not changed:
        return None
    step.refresh_from_db()
    return step


def mine(step: Work) -> QuerySet[Work]:
    """The step, as long as the lease is ours. Lock it in the transaction that writes what the step made."""
    return type(step)._default_manager.filter(pk=step.pk, token=step.token, status=Leased.Status.READY)


def renew(step: Leased, *, now: datetime) -> None:
    """Raises `LeaseLost`. An update, so inside a transaction it also keeps others from taking the step."""
    if not mine(step).update(leased_until=now + LEASE):
        raise LeaseLost(step.pk)


def finish(step: Leased, *, result: dict[str, Any], now: datetime) -> None:
    """Done, once. Raises `LeaseLost`."""
    values = {"result": result, "done_at": now, "leased_until": None, "next_try_at": None, "error": ""}
    if not mine(step).update(status=Leased.Status.DONE, **values):
        raise LeaseLost(step.pk)


def release(step: Leased) -> None:
    """Give the step back untried: it waits for something else."""
    mine(step).update(leased_until=None, attempts=F("attempts") - 1)


def fail(step: Leased, *, code: str, permanent: bool, now: datetime, attempts: int = ATTEMPTS) -> None:
    """Rest and try again, or hand it to a person, with an event that says which step and why (code only)."""
    given_up = permanent or step.attempts >= attempts
    values: dict[str, Any] = {"error": code[:64], "leased_until": None}
    if given_up:
        values |= {"status": Leased.Status.FAILED, "next_try_at": None}
    else:
        values["next_try_at"] = now + rest(step.attempts)
    with transaction.atomic():
        if mine(step).update(**values) and given_up and isinstance(step, Step):
            data = {"step": step.name, "source": step.source, "code": code[:64]}
            events.record(step.claim.case, "step_failed", now=now, actor=Actor.SYSTEM, claim=step.claim, data=data)


def rest(times: int) -> timedelta:
    """How long to rest after so many tries: twice as long each time, an hour at most."""
    return min(timedelta(seconds=30 * 2 ** min(times - 1, 10)), LONGEST_REST)


def reopen(steps: QuerySet[Work], *, at: datetime | None = None) -> int:
    """Make steps ready again, now or `at`; the raised token fences off whoever may still be at work on them."""
    return steps.update(
        status=Leased.Status.READY, attempts=0, token=F("token") + 1, leased_until=None, next_try_at=at, error="",
        done_at=None,
    )  # fmt: skip
