"""The only writer of `Step`: lease, fencing and back-off live in the database, never in the broker.

Other pieces of work that inherit `Leased` (the chunks of the monthly run) are taken, renewed and finished here, too.

A worker takes a step by compare-and-set on its token and writes only while that token is still its own. A worker that
was thought dead and wakes up late finds another token and leaves everything alone.
"""

import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Event as Signal
from threading import Thread
from time import monotonic
from typing import Any, TypeVar

from django.db import DatabaseError, connection, transaction
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
FULL = 5
"""Seconds, at least, before somebody asks again for a place at a source that had none left."""

COUNTED: dict[str, tuple[Act, ...]] = {
    Stage.COLLECTING: (Act.START, Act.RECOLLECT), Stage.REVIEW: (Act.START, Act.RECOLLECT),
    Stage.PREPARING: (Act.PREPARE,),
}  # fmt: skip
"""The acts that begin a round of each stage; of all later ones the approval does."""

Work = TypeVar("Work", bound=Leased)


class LeaseLost(Exception):
    """Another worker has the step: whatever this one did not yet write, it must not write."""


class NotYet(Exception):
    """A step waits for something else, and there is no use in looking again before `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


class StepFailed(Exception):
    """A step cannot be done; `code` says why in a word, `permanent` that trying again cannot help."""

    def __init__(self, code: str, *, permanent: bool = True) -> None:
        super().__init__(code)
        self.code, self.permanent = code, permanent


def round_of(claim: Claim, stage: str) -> int:
    """Which time round this is: a claim can be collected again, or approved again after it was sent back."""
    acts = COUNTED.get(stage, (Act.APPROVE, Act.AT_ONCE))
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


def take(step: Work, *, now: datetime, slug: str = "", seats: int | None = None) -> Work | None:
    """Lease a free step, or None when somebody else was first: the token is compared and set in one statement.

    With `seats`, never more than so many are at the step's source of that company: whoever finds the place full when
    the lease is his gives it back and rests some seconds, each another number so that two do not meet again.
    """
    if not is_free(step, now=now):
        return None
    changed = mine(step).update(token=F("token") + 1, attempts=F("attempts") + 1, leased_until=now + LEASE)
    if not changed:
        return None
    step.refresh_from_db()
    if seats and _others_at(step, slug=slug, now=now) >= seats:
        release(step, at=now + timedelta(seconds=FULL * (1 + random.random())))  # noqa: S311 - not a secret
        return None
    return step


def _others_at(step: Leased, *, slug: str, now: datetime) -> int:
    assert isinstance(step, Step)
    there = Step.objects.filter(claim__case__controller=slug, source=step.source, status=Leased.Status.READY)
    return there.filter(leased_until__gte=now).exclude(pk=step.pk).count()


@contextmanager
def kept(step: Leased, *, now: datetime) -> Iterator[None]:
    """The lease of a step is renewed for as long as this lasts: a source may think for longer than a lease.

    By a thread with a database connection of its own. A worker that is killed, or runs into the time limit of its
    task, takes the thread along, and the lease ends.
    """
    over, started = Signal(), monotonic()

    def renewing() -> None:
        try:
            while not over.wait(LEASE.total_seconds() / 3):
                renew(step, now=now + timedelta(seconds=monotonic() - started))
        except (LeaseLost, DatabaseError):
            pass  # the worker itself finds out when it writes
        finally:
            connection.close()

    thread = Thread(target=renewing, name="lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


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


def release(step: Leased, *, at: datetime | None = None) -> None:
    """Give the step back untried: it waits for something else. `at`: nobody needs to look before."""
    mine(step).update(leased_until=None, attempts=F("attempts") - 1, next_try_at=at)


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
