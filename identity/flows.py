"""How identity is proved: the only writer of `Verification`, and the act that lets the claims go on.

One attempt is an object with memory (attempts left, expiry); what the person is shown never tells whether a source
knows them (EDPB 01/2022, paras 58-79; Art. 12(6)).
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from identity import methods, vault
from identity.models import Verification
from law.deadlines import local_day
from law.identification import Level, Means, Required, required_level
from law.rights import IMMEDIATE, Right
from requests_app import access, clock, events, lifecycle
from requests_app.controllers import controller
from requests_app.models import Case, Claim
from requests_app.states import Act, Actor, Stage

OPEN_FOR = timedelta(days=14)
LINK_FOR = access.LIFETIME[access.Purpose.PROOF]
"""No longer than the link itself lives: then another can be asked for."""
ATTEMPTS = 5
SEEN_BY_STAFF = (Means.representative, Means.in_person)
WAITING = (Stage.RECEIVED, Stage.IDENTIFYING)
Status = Verification.Status


class Closed(Exception):
    """This attempt is used up, expired or decided; `code` says which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def waiting_claims(case: Case) -> list[Claim]:
    """Claims that cannot go on before the person has proved who they are. Never the immediate ones (Art.

    7(3), 21(3)).
    """
    return [claim for claim in case.claims.filter(stage__in=WAITING) if Right(claim.right) not in IMMEDIATE]


def required(case: Case) -> Required:
    """The highest level any of the waiting claims needs, with its reasons."""
    levels = controller(case.controller).policy.level_map()
    answers = [required_level(Right(claim.right), levels=levels, doubt=doubt(case)) for claim in waiting_claims(case)]
    return max(answers, key=lambda answer: answer.level, default=Required(Level.L0, ()))


def doubt(case: Case) -> str | None:
    """The reasonable doubt a member of staff recorded for this case (Art. 12(6)), as a code."""
    asked = case.events.filter(kind="identity_doubt").order_by("-seq").first()
    return asked.data.get("reason") if asked else None


def reached(case: Case) -> Level:
    """The highest level proved so far."""
    levels = case.verifications.filter(status=Status.PASSED).values_list("level", flat=True)
    return Level(max(levels, default=0))


def may_speak(case: Case) -> bool:
    """Whoever speaks for another has shown staff that they may, or there is nobody who does (R-10)."""
    seen = case.verifications.filter(status=Status.PASSED, method__in=SEEN_BY_STAFF)
    return not case.representative or seen.exists()


def lacks_proof(claim: Claim) -> bool:
    """Whether this claim may not go on for want of proof. Never so for the immediate rights (R-16)."""
    case, right = claim.case, Right(claim.right)
    needed = required_level(right, levels=controller(case.controller).policy.level_map(), doubt=doubt(case)).level
    return right not in IMMEDIATE and (reached(case) < needed or not may_speak(case))


def offered(case: Case) -> tuple[Means, ...]:
    """Means for this case in the policy's order: those that reach the level, and those that lead to it."""
    policy = controller(case.controller).policy.identity
    needed = required(case).level
    wanted = [Means.representative] if case.representative else []  # whoever speaks for another shows that, too
    for claim in waiting_claims(case):
        for level in range(Level.L1, Level.L4 + 1):
            wanted += [Means(name) for name in policy.offered(Right(claim.right), level=Level(level))]
    known = [means for means in dict.fromkeys(wanted) if means in methods.BY_MEANS]
    if needed <= reached(case):
        known = [] if may_speak(case) else [means for means in known if means in SEEN_BY_STAFF]
    return tuple(means for means in known if needed and methods.fits(means, case))


def start(case: Case, means: Means, *, now: datetime) -> Verification:
    """The open attempt by this means, or a new one."""
    current = case.verifications.filter(method=means, status=Status.OPEN, expires_at__gt=now).first()
    if current:
        return current
    verification = Verification.objects.create(
        case=case, method=means, level=means.level, attempts_left=ATTEMPTS, created_at=now,
        expires_at=now + (LINK_FOR if means is Means.email_link else OPEN_FOR),
    )  # fmt: skip
    events.record(case, "identity_started", now=now, actor=Actor.PERSON, data={"means": means})
    return verification


def submit(verification: Verification, answer: Mapping[str, Any], *, now: datetime) -> bool:
    """One try. True: passed, or handed to staff. False: wrong, one attempt fewer. Raises `Closed`."""
    _take_attempt(verification, now=now)
    verdict = methods.BY_MEANS[Means(verification.method)].check(verification, answer, now=now)
    if verdict is methods.Verdict.PASSED:
        with transaction.atomic():  # proved and gone on, or neither: nothing sweeps a proof without its claims
            _close(verification, Status.PASSED, now=now)
            _go_on(verification.case, now=now, actor=Actor.PERSON)
    elif verdict is methods.Verdict.FOR_STAFF:
        _set(verification, status=Status.SUBMITTED)
        events.record(
            verification.case, "identity_submitted", now=now, actor=Actor.PERSON, data={"means": verification.method}
        )
    elif verification.attempts_left == 0:
        _close(verification, Status.FAILED, now=now, reason="too_many_tries")
    return verdict is not methods.Verdict.WRONG


def decide(verification: Verification, *, accepted: bool, reason: str, now: datetime, user: Any) -> None:
    """A member of staff has looked. The picture is destroyed in the same moment, whatever the decision."""
    with transaction.atomic():
        taken = Verification.objects.filter(pk=verification.pk, status=Status.SUBMITTED).update(status=Status.OPEN)
        if not taken:
            raise Closed("decided")
        _close(verification, Status.PASSED if accepted else Status.FAILED, now=now, reason=reason, user=user)
        if accepted:
            _go_on(verification.case, now=now, actor=Actor.STAFF, user=user)
    vault.destroy(verification, now=now, why="decided")  # after the commit; should it fail, the sweep does it


def record_by_staff(case: Case, means: Means, *, reason: str, now: datetime, user: Any) -> Verification:
    """Proof seen outside the portal: in person, on a call, in the company's own log-in. Who and when is recorded."""
    with transaction.atomic():
        verification = Verification.objects.create(
            case=case, method=means, level=Level.L4, created_at=now, expires_at=now + OPEN_FOR, status=Status.OPEN
        )
        _close(verification, Status.PASSED, now=now, reason=reason, user=user)
        _go_on(case, now=now, actor=Actor.STAFF, user=user)
    return verification


def ask(case: Case, *, reason: str, now: datetime, user: Any) -> bool:
    """Ask for proof on a recorded, reasonable doubt (Art. 12(6)). Returns whether the clock pauses."""
    today = _today(case, now)
    with transaction.atomic():
        events.record(case, "identity_doubt", now=now, actor=Actor.STAFF, user=user, data={"reason": reason})
        paused = False
        for claim in case.claims.filter(stage__in=(Stage.RECEIVED, Stage.TRIAGE)):
            if Right(claim.right) in IMMEDIATE:
                continue
            lifecycle.apply(claim, Act.ASK_IDENTITY, now=now, actor=Actor.STAFF, user=user, data={"reason": reason})
            paused |= clock.pause(claim, reason="identity", asked_on=today, now=now, actor=Actor.STAFF, user=user)
    return paused


def expire(*, now: datetime) -> int:
    """Close attempts nobody finished and destroy pictures nobody decided on. Run by the sweep."""
    late = Verification.objects.filter(status__in=(Status.OPEN, Status.SUBMITTED), expires_at__lte=now)
    for verification in late:
        _close(verification, Status.EXPIRED, now=now, reason="expired")
        vault.destroy(verification, now=now, why="expired")
    due = Verification.objects.filter(evidence__destroy_by__lte=now, evidence__file__shredded_at=None).distinct()
    for verification in due:
        vault.destroy(verification, now=now, why="limit")
        if verification.status == Status.SUBMITTED:
            _close(verification, Status.EXPIRED, now=now, reason="not_decided_in_time")
    decided = Verification.objects.filter(status__in=(Status.PASSED, Status.FAILED), evidence__file__shredded_at=None)
    for verification in decided.filter(evidence__isnull=False).distinct():  # killed between decision and destruction
        vault.destroy(verification, now=now, why="decided")
    return len(late)


def unsent_links(*, now: datetime) -> list[Verification]:
    """Open link attempts whose look-up has not been made: the task was lost, or a source was down."""
    waiting = Verification.objects.filter(
        method=Means.email_link, status=Status.OPEN, expires_at__gt=now, created_at__lt=now - timedelta(seconds=30)
    )
    return [verification for verification in waiting if not verification.memory.get("looked_up")]


def note_trouble(verification: Verification, *, code: str, now: datetime) -> None:
    """A source could not be asked. Said once in the history; the sweep asks again."""
    if verification.memory.get("trouble") != code:
        _set(verification, memory={**verification.memory, "trouble": code})
        events.record(verification.case, "identity_source_down", now=now, actor=Actor.SYSTEM, data={"code": code})


def _today(case: Case, now: datetime) -> date:
    """A pause runs in the controller's calendar days."""
    return local_day(now, tz=controller(case.controller).policy.tz)


def _take_attempt(verification: Verification, *, now: datetime) -> None:
    """Counted before the answer is looked at: two answers at once cost two attempts."""
    usable = Verification.objects.filter(
        pk=verification.pk, status=Status.OPEN, expires_at__gt=now, attempts_left__gt=0
    ).update(attempts_left=F("attempts_left") - 1)
    verification.refresh_from_db()
    if not usable:
        raise Closed("expired" if verification.expires_at <= now else verification.status)


def _set(verification: Verification, **fields: Any) -> None:
    Verification.objects.filter(pk=verification.pk).update(**fields)
    verification.refresh_from_db()


def _close(verification: Verification, status: str, *, now: datetime, reason: str = "", user: Any = None) -> None:
    """The end of an attempt: what it remembered goes, the result stays."""
    _set(verification, status=status, reason=reason, decided_at=now, decided_by=user, memory={})
    events.record(
        verification.case,
        f"identity_{status}",
        now=now,
        actor=Actor.STAFF if user else Actor.PERSON,
        user=user,
        data={"means": verification.method, "level": verification.level, "reason": reason},
    )


def _go_on(case: Case, *, now: datetime, actor: Actor, user: Any = None) -> None:
    """Let every claim go on whose level is reached."""
    for claim in waiting_claims(case):
        if lacks_proof(claim):
            continue
        clock.resume(claim, answered_on=_today(case, now), now=now, actor=actor, user=user)
        lifecycle.apply(claim, Act.CONFIRM_IDENTITY, now=now, actor=actor, user=user)
