"""Every button of the desk: one function of a lower room, then the workers are woken. Nothing is decided here."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from fulfilment import approval, ledger, pipeline
from fulfilment.asking import tasks as asking
from fulfilment.collecting import review
from fulfilment.handing_over import bundle, delivery
from fulfilment.models import (
    Bundle,
    DeferredErasure,
    Delivery,
    HandTask,
    Incident,
    OwnerTask,
    Plan,
    RecipientNotice,
    RetentionRun,
)  # fmt: skip
from fulfilment.planning import by_hand, plans
from fulfilment.removing import deferred, erasure
from fulfilment.routine import runs
from fulfilment.telling import incidents, notices, told_list
from fulfilment.weighing import automated, objection
from identity import need
from identity.waiting import resuming
from law.outcomes import Outcome
from policies.load import Controller
from requests_app import (
    assignment,
    clarification,
    complaints,
    extension,
    intake,
    lateness,
    lifecycle,
    memberships,
    messages,
    outbox,
    staff_accounts,
    tasks,
    viewing,
    waivers,
    withdrawal,
)  # fmt: skip
from requests_app.answers import Answers
from requests_app.models import Case, Claim, Letter, Membership, Waiver
from requests_app.states import AUTOMATIC, Act, Actor, Stage

User = Any


def _move(claim: Claim, act: Act, *, user: User, now: datetime, why: str = "") -> None:
    lifecycle.apply(claim, act, now=now, actor=Actor.STAFF, user=user, data={"why": why} if why else None)
    _wake(claim)


def _wake(claim: Claim) -> None:
    tasks.wake(claim.pk)
    tasks.post_letters()


# --- the walk of a claim --------------------------------------------------------------------------------------------
def start(claim: Claim, *, user: User, now: datetime) -> None:
    _move(claim, Act.START, user=user, now=now)


def decide(claim: Claim, *, user: User, now: datetime) -> None:
    _move(claim, Act.DECIDE, user=user, now=now)


def recollect(claim: Claim, *, user: User, now: datetime) -> None:
    _move(claim, Act.RECOLLECT, user=user, now=now)


def reopen(claim: Claim, *, user: User, now: datetime) -> None:
    """Back to triage, or, where nobody has proved who is asking, to waiting for that (Art. 12(6), 32)."""
    if claim.outcome == Outcome.not_identified:
        resuming.reopen(claim, now=now, actor=Actor.STAFF, user=user)
        return _wake(claim)
    with transaction.atomic():
        _move(claim, Act.REOPEN, user=user, now=now)
        if need.lacks_proof(claim):
            _move(claim, Act.ASK_IDENTITY, user=user, now=now)


def withdraw(claim: Claim, *, user: User, now: datetime) -> None:
    withdrawal.withdraw(claim.case, claims=[claim], now=now, actor=Actor.STAFF, user=user)
    tasks.post_letters()


def retry(claim: Claim, *, user: User, now: datetime) -> None:
    pipeline.retry(claim, user=user, now=now)
    _wake(claim)


def take_back(claim: Claim, *, user: User, now: datetime) -> None:
    pipeline.take_back(claim, user=user, now=now)


def resume(claim: Claim, *, user: User, now: datetime) -> None:
    """The person answered the question some other way than by the status page."""
    clarification.answered(claim.case, now=now, actor=Actor.STAFF, user=user)


def offer_again(claim: Claim, *, user: User, now: datetime) -> Delivery | None:
    chosen = bundle.released(claim)  # never a preview nobody approved
    made = delivery.offer(chosen, now=now, user=user) if chosen else None
    tasks.post_letters()
    return made


# --- review, plan, answer -------------------------------------------------------------------------------------------
def withhold(
    claim: Claim, *, source: str, collection: str, numbers: Iterable[int], field: str, ground: str, reason: str,
    user: User, now: datetime,
) -> int:  # fmt: skip
    return review.withhold(
        claim,
        source=source,
        collection=collection,
        numbers=numbers,
        field=field,
        ground=ground,
        reason=reason,
        user=user,
        now=now,
    )


def hand_out(
    claim: Claim, *, source: str, collection: str, numbers: Iterable[int], user: User, now: datetime
) -> int:  # fmt: skip
    return review.hand_out(claim, source=source, collection=collection, numbers=numbers, user=user, now=now)


def show_field(
    claim: Claim, *, source: str, collection: str, number: int, field: str, user: User, now: datetime
) -> None:  # fmt: skip
    review.show_field(claim, source=source, collection=collection, number=number, field=field, user=user, now=now)


def preview(claim: Claim, *, now: datetime) -> Bundle:
    """The bundle as it would be submitted now."""
    return bundle.build(claim, now=now)


def decide_fate(
    claim: Claim, *, source: str, collection: str, number: int | None, outcome: str, ground: str, reason: str,
    keep_through: date | None, user: User, now: datetime, provision: str = "",
) -> Plan:  # fmt: skip
    """A person decides what the rules leave open; the plan is made and rehearsed anew with it, or nothing changes."""
    with transaction.atomic():
        plans.decide(
            claim, source=source, collection=collection, number=number, outcome=outcome, ground=ground, reason=reason,
            keep_through=keep_through, round=ledger.round_of(claim, Stage.REVIEW), now=now, user=user,
            provision=provision,
        )  # fmt: skip
        return erasure.remake(claim, now=now)


def submit(
    claim: Claim, *, outcome: str, user: User, now: datetime, grounds: Sequence[str] = (),
    decision: Mapping[str, Any] | None = None,
) -> str:  # fmt: skip
    digest = approval.submit(claim, outcome=outcome, user=user, now=now, grounds=grounds, decision=decision)
    if not digest:
        _wake(claim)
    return digest


def approve(claim: Claim, *, digest: str, user: User, now: datetime, confirmed: bool = False) -> None:
    approval.approve(claim, digest=digest, user=user, now=now, confirmed=confirmed)
    _wake(claim)


def send_back(claim: Claim, *, why: str, user: User, now: datetime) -> None:
    """Back to the preparer; what is to be mended is an internal note, since events hold no free text."""
    with transaction.atomic():
        lifecycle.apply(claim, Act.SEND_BACK, now=now, actor=Actor.STAFF, user=user)
        messages.from_staff(claim.case, body=why, author=user, internal=True, now=now)


# --- an objection ---------------------------------------------------------------------------------------------------
def save_balancing(claim: Claim, said: Mapping[str, Any], *, user: User, now: datetime) -> None:
    objection.save(claim, said, user=user, now=now)


def stop_marketing(claim: Claim, *, user: User, now: datetime) -> Claim | None:
    """Direct marketing in an objection goes to the instant lane at once (Art. 21(3))."""
    opened = objection.stop_marketing(claim, user=user, now=now)
    if opened:
        _wake(opened)
    return opened


def review_decision(claim: Claim, said: Mapping[str, Any], *, user: User, now: datetime) -> str:
    """Whoever is logged in reviewed an automated decision; another person approves the answer (Art. 22(3))."""
    decision = automated.prepared(claim, said, reviewer=user)
    return approval.submit(claim, outcome="granted", user=user, now=now, decision=decision)


# --- by hand --------------------------------------------------------------------------------------------------------
def hand_tasks_done(found: Iterable[HandTask], *, how: str, user: User, now: datetime) -> None:
    """All of them, or none; a claim that waited for them goes on."""
    claims = {}
    with transaction.atomic():
        for task in found:
            by_hand.done(task, how=how, user=user, now=now)
            claims[task.claim_id, task.code] = task.claim
    for (_, code), claim in claims.items():
        waits = claim.stage in AUTOMATIC and not by_hand.left(claim, code=code)
        if waits and pipeline.retry(claim, user=user, now=now):
            _wake(claim)


# --- systems whose owners are asked ---------------------------------------------------------------------------------
def ask_owner_again(task: OwnerTask, *, to: str, user: User, now: datetime) -> None:
    asking.send_again(task, to=to, user=user, now=now)
    tasks.post_letters()


def answer_for_owner(task: OwnerTask, form: Any, *, user: User, now: datetime) -> None:
    """What staff found out instead of the owner; the source goes on."""
    form.apply(task, user=user, now=now)
    _wake(task.claim)


# --- what is erased later -------------------------------------------------------------------------------------------
def retry_later(one: DeferredErasure, *, user: User, now: datetime) -> bool:
    return deferred.retry(one, user=user, now=now)


def settle_later(one: DeferredErasure, *, note: str, until: date | None, user: User, now: datetime) -> bool:
    """Seen to by hand, or with a day kept until then. ValueError for a day that has passed."""
    if until:
        return deferred.put_off(one, until=until, note=note, user=user, now=now)
    return deferred.settle(one, note=note, user=user, now=now)


# --- recipients (Art. 19, 17(2)) ------------------------------------------------------------------------------------
def settle_notices(
    found: Iterable[RecipientNotice], *, status: str, how: str, on: date, user: User, now: datetime
) -> None:  # fmt: skip
    """All of them, or none."""
    with transaction.atomic():
        for notice in found:
            notices.settle(notice, status=status, how=how, on=on, user=user, now=now)


def send_notices_again(found: Iterable[RecipientNotice], *, to: str, user: User, now: datetime) -> None:
    with transaction.atomic():
        for notice in found:
            notices.send_again(notice, to=to, user=user, now=now)
    tasks.post_letters()


def add_notice(claim: Claim, *, name: str, email: str, link: str, user: User, now: datetime) -> RecipientNotice:
    notice = notices.add(claim, name=name, email=email, link=link, user=user, now=now)
    tasks.post_letters()
    return notice


def tell_the_person(case: Case, *, user: User, now: datetime) -> list[Letter]:
    """The person asked by telephone or letter who has been told."""
    written = told_list.write(case, now=now, user=user)
    tasks.post_letters()
    return written


# --- time -----------------------------------------------------------------------------------------------------------
def extend(claim: Claim, *, reason: str, told: Sequence[str], user: User, now: datetime) -> None:
    extension.extend(claim, reason=reason, told=told, now=now, user=user)
    tasks.post_letters()


def note_lateness(claim: Claim, *, because: str, today: date, user: User, now: datetime) -> None:
    lateness.note(claim, because=because, today=today, now=now, user=user)


def clarify(claim: Claim, *, question: str, large_quantity: bool, user: User, now: datetime) -> bool:
    paused = clarification.ask(claim, question=question, large_quantity=large_quantity, now=now, user=user)
    tasks.post_letters()
    return paused


# --- talking --------------------------------------------------------------------------------------------------------
def write(case: Case, *, body: str, internal: bool, files: Sequence[UploadedFile], user: User, now: datetime) -> None:
    messages.from_staff(case, body=body, author=user, internal=internal, files=files, now=now)
    tasks.post_letters()


def send_letter_again(letter: Letter, *, to: str, user: User, now: datetime) -> None:
    outbox.retry(letter, now=now, user=user, to=to)
    tasks.post_letters()


def letter_posted(letter: Letter, *, on: date, user: User, now: datetime) -> None:
    outbox.posted(letter, on=on, now=now, user=user)


# --- complaints and breaches ---------------------------------------------------------------------------------------
def answer_complaint(
    case: Case, *, complained_on: date, answer: Sequence[str], to_authority: bool, user: User, now: datetime
) -> Letter:  # fmt: skip
    letter = complaints.reply(
        case, complained_on=complained_on, answer=answer, to_authority=to_authority, now=now, user=user
    )
    tasks.post_letters()
    return letter


def record_breach(case: Case, *, user: User, now: datetime, **entry: Any) -> Incident:
    return incidents.record(case, **entry, now=now, user=user)


def amend_breach(incident: Incident, *, user: User, now: datetime, **entry: Any) -> None:
    incidents.amend(incident, **entry, now=now, user=user)


def report_breach(incident: Incident, *, reported_at: datetime, why_late: str, user: User, now: datetime) -> None:
    incidents.report(incident, reported_at=reported_at, why_late=why_late, now=now, user=user)


def tell_breach(incident: Incident, told: Mapping[str, Any], *, user: User, now: datetime) -> Letter:
    letter = incidents.tell(incident, told, now=now, user=user)
    tasks.post_letters()
    return letter


# --- cases and people -----------------------------------------------------------------------------------------------
def enter(answers: Answers, *, controller: Controller, user: User, now: datetime, **how: Any) -> Case:
    case = intake.enter(answers, controller=controller, user=user, now=now, **how)
    tasks.wake_open(case)
    tasks.post_letters()
    return case


def assign(case: Case, to: User | None, *, user: User, now: datetime) -> bool:
    return assignment.assign(case, to, by=user, now=now)


def give_role(email: str, *, name: str, controller: str, role: str, user: User) -> Membership:
    return memberships.give(email, name=name, controller=controller, role=role, by=user)


def take_role(membership: Membership, *, user: User) -> None:
    memberships.take(membership, by=user)


def log_in_anew(colleague: User, *, user: User) -> None:
    staff_accounts.log_in_anew(colleague, by=user)


def waive(slug: str, *, question: str, reason: str, user: User, now: datetime) -> Waiver:
    return waivers.waive(slug, question=question, reason=reason, user=user, now=now)


def take_back_waiver(slug: str, *, pk: int, user: User, now: datetime) -> bool:
    return waivers.take_back(slug, pk=pk, user=user, now=now)


def approve_run(run: RetentionRun, *, digest: str, user: User, now: datetime) -> RetentionRun:
    return runs.approve(run, digest=digest, user=user, now=now)


def stop_run(run: RetentionRun, *, user: User, now: datetime) -> RetentionRun:
    return runs.stop(run, user=user, now=now)


def rehearse_run_again(run: RetentionRun, *, user: User, now: datetime) -> RetentionRun:
    return runs.again(run, user=user, now=now)


def looked(
    case: Case, kind: str, *, user: User, now: datetime, claim: Claim | None = None, each: bool = False, **data: Any
) -> None:  # fmt: skip
    """Somebody sees personal data: written down."""
    viewing.note(case, kind, user=user, now=now, claim=claim, data=data, each=each)


def read_messages(case: Case, *, now: datetime) -> None:
    """A caseworker has the messages before their eyes."""
    messages.mark_read(case, by_person=False, now=now)
