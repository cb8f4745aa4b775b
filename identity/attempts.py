"""The rows of `Verification`, and their only writer. Whoever acts (person, staff, clock) writes through here.

Every change is compare-and-set: of two who act at once the second gets `Closed`, and nothing is written twice.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from identity.models import Evidence, Verification
from law.identification import Level, Means
from requests_app import access, events
from requests_app.models import Case
from requests_app.states import Actor

OPEN_FOR = timedelta(days=14)
LINK_FOR = access.LIFETIME[access.Purpose.PROOF]
"""No longer than the link itself lives: then another can be asked for."""
TRIES = 5
Status, Subject = Verification.Status, Verification.Subject
UNDECIDED = (Status.OPEN, Status.SUBMITTED)


class Closed(Exception):
    """This attempt is used up, expired or decided; `code` says which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def current(case: Case, means: Means, *, subject: str = Subject.PERSON) -> Verification | None:
    """The attempt that waits for the person, expired or not."""
    return case.verifications.filter(method=means, subject=subject, status=Status.OPEN).first()


@contextmanager
def still_open(verification: Verification) -> Iterator[None]:
    """One transaction in which the attempt waits for the person: nobody sends, closes or changes it meanwhile.

    Raises `Closed`.
    """
    with transaction.atomic():
        held = Verification.objects.select_for_update().only("status").get(pk=verification.pk)
        if held.status != Status.OPEN:
            raise Closed(held.status)
        yield


def looked_up(verification: Verification) -> bool:
    """Whether a worker has asked the sources since the person last asked for it."""
    memory = verification.memory
    return "looked_up" in memory and memory["looked_up"] == memory.get("wanted")


def begin(
    case: Case,
    means: Means,
    *,
    now: datetime,
    subject: str = Subject.PERSON,
    tries: int = TRIES,
    memory: Mapping[str, Any] | None = None,
) -> Verification:
    """A new open attempt; where two begin at once, both get the one that was first."""
    try:
        with transaction.atomic():
            return Verification.objects.create(
                case=case, method=means, subject=subject, level=means.level, attempts_left=tries, created_at=now,
                memory=dict(memory or {}), expires_at=now + (LINK_FOR if means is Means.email_link else OPEN_FOR),
            )  # fmt: skip
    except IntegrityError:
        return case.verifications.get(method=means, subject=subject, status=Status.OPEN)


def record_passed(
    case: Case,
    means: Means,
    *,
    now: datetime,
    user: Any,
    reason: str,
    subject: str = Subject.PERSON,
    level: Level = Level.L4,
    document: str = "",
) -> Verification:
    """Proof seen outside the portal by `user`, as one row that was never open."""
    verification = Verification.objects.create(
        case=case, method=means, subject=subject, level=level, document=document, status=Status.PASSED, reason=reason,
        created_at=now, expires_at=now, decided_at=now, decided_by=user,
    )  # fmt: skip
    _tell(verification, now=now, actor=Actor.STAFF, user=user)
    return verification


def take_try(verification: Verification, *, now: datetime) -> None:
    """Counted before the answer is looked at: two answers at once cost two tries. Raises `Closed`."""
    usable = Verification.objects.filter(
        pk=verification.pk, status=Status.OPEN, expires_at__gt=now, attempts_left__gt=0
    ).update(attempts_left=F("attempts_left") - 1)
    verification.refresh_from_db()
    if not usable:
        raise Closed("expired" if verification.expires_at <= now else verification.status)


def prolong(verification: Verification, *, until: datetime) -> None:
    Verification.objects.filter(pk=verification.pk, status=Status.OPEN).update(expires_at=until)
    verification.refresh_from_db()


def give_back(verification: Verification) -> None:
    """An answer nobody could look at (a file refused at the door, a provider that is down) was no try."""
    Verification.objects.filter(pk=verification.pk, attempts_left__lt=TRIES).update(
        attempts_left=F("attempts_left") + 1
    )
    verification.refresh_from_db()


def remember(verification: Verification, **memory: Any) -> None:
    """Add to what an undecided attempt remembers; a decided one remembers nothing."""
    with transaction.atomic():
        locked = Verification.objects.select_for_update().get(pk=verification.pk)
        if locked.status in UNDECIDED:
            locked.memory = {**locked.memory, **memory}
            locked.save(update_fields=["memory"])
    verification.refresh_from_db()


def hand_in(
    verification: Verification, *, now: datetime, document: str = "", typed: Mapping[str, str] | None = None
) -> None:
    """From the person to staff. `typed` is remembered, sealed, until the decision. Raises `Closed`."""
    with transaction.atomic():
        _move(verification, was=(Status.OPEN,), status=Status.SUBMITTED, document=document)
        if typed:
            remember(verification, typed=dict(typed))
        data = {"means": verification.method, "subject": verification.subject}
        events.record(verification.case, "identity_submitted", now=now, actor=Actor.PERSON, data=data)


def close(
    verification: Verification,
    status: str,
    *,
    now: datetime,
    reason: str = "",
    user: Any = None,
    actor: Actor | None = None,
    was: Iterable[str] = UNDECIDED,
    **checked: Any,
) -> None:
    """The end of an attempt: what it remembered goes, the result stays. Raises `Closed`: somebody was first.

    `checked`: `level` and `document` where staff found another than was said.
    `actor`: staff where there is a `user`, else the person; the clock says `Actor.SYSTEM`.
    """
    with transaction.atomic():
        _move(
            verification, was=was, status=status, reason=reason, decided_at=now, decided_by=user, memory={}, **checked
        )
        _tell(verification, now=now, actor=actor or (Actor.STAFF if user else Actor.PERSON), user=user)


def note_results(verification: Verification, *, codes: Iterable[str], now: datetime) -> bool:
    """What the machine compared, as codes. False: decided meanwhile, nothing is written."""
    with transaction.atomic():
        noted = Verification.objects.filter(pk=verification.pk, status=Status.SUBMITTED).update(results=list(codes))
        if not noted:
            return False
        Evidence.objects.filter(verification=verification, read_at=None).update(read_at=now)
        verification.refresh_from_db()
        events.record(verification.case, "identity_read", now=now, actor=Actor.SYSTEM, data={"codes": list(codes)})
    return True


def _move(verification: Verification, *, was: Iterable[str], **fields: Any) -> None:
    moved = Verification.objects.filter(pk=verification.pk, status__in=tuple(was)).update(**fields)
    verification.refresh_from_db()
    if not moved:
        raise Closed(verification.status)


def _tell(verification: Verification, *, now: datetime, actor: Actor, user: Any) -> None:
    data = {
        "means": verification.method,
        "level": verification.level,
        "reason": verification.reason,
        "subject": verification.subject,
    }
    kind = f"identity_{verification.status}"
    events.record(verification.case, kind, now=now, actor=actor, user=user, data=data)
