"""A case opens: rows, due dates, letters and the event, all in one transaction; sent twice, it is still one case."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction

from law.deadlines import local_day
from law.rights import IMMEDIATE, Right
from policies.load import Controller
from requests_app import access, clock, correspondence, events, lifecycle
from requests_app.answers import Answers
from requests_app.controllers import controller as serving
from requests_app.controllers import remember_version
from requests_app.models import Case, Claim, SearchToken
from requests_app.reference import new_reference
from requests_app.sealed import digest
from requests_app.searching import tokens
from requests_app.states import Act, Actor, Channel


class IntakeError(ValueError):
    """An entry that cannot be taken as it stands; `code`: no_rights, forward_dated, backdated_without_reason."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def submit(
    answers: Answers,
    *,
    controller: Controller,
    language: str,
    channel: str,
    received_at: datetime,
    now: datetime,
    entered_by: AbstractBaseUser | None = None,
    email_confirmed: bool = False,
    form_token: str | None = None,
    backdated_because: str = "",
    receipt: bool = True,
) -> Case:
    """Open a case. With a `form_token` seen before, the case opened then is returned and nothing is written.

    Without `receipt` no mail says that the request has come: for what is answered within the minute, and where the
    address has had too many today.
    """
    if not answers.rights:
        raise IntakeError("no_rights")
    token = digest("form", form_token) if form_token else None
    if known := _by_token(token):
        return known
    try:
        with transaction.atomic():
            case = Case.objects.create(
                reference=_free_reference(controller.slug),
                controller=controller.slug,
                policy_digest=remember_version(controller),
                language=language,
                channel=channel,
                relation=answers.relation,
                received_at=received_at,
                received_on=local_day(received_at, tz=controller.policy.tz),
                backdated_because=backdated_because,
                person=answers.person(),
                representative=answers.speaker(),
                email_confirmed_at=now if email_confirmed else None,
                entered_by=entered_by,
                form_token=token,
            )
            _fill(case, answers, now=now, user=entered_by, today=local_day(now, tz=controller.policy.tz))
            if receipt:
                _acknowledge(case, answers, now=now)
            return case
    except IntegrityError:
        if known := _by_token(token):  # the other one of a double click was first
            return known
        raise


def enter(
    answers: Answers,
    *,
    controller: Controller,
    language: str,
    channel: str,
    received_on: date,
    now: datetime,
    user: AbstractBaseUser,
    because: str = "",
) -> Case:
    """A request that came by mail, telephone, letter … The day it truly came counts (R-02, R-03)."""
    today = local_day(now, tz=controller.policy.tz)
    if received_on > today:
        raise IntakeError("forward_dated")
    if received_on < today and not because.strip():
        raise IntakeError("backdated_without_reason")
    noon = datetime.combine(received_on, time(12), tzinfo=ZoneInfo(controller.policy.tz))
    return submit(
        answers,
        controller=controller,
        language=language,
        channel=channel,
        received_at=now if received_on == today else noon,
        now=now,
        entered_by=user,
        backdated_because=because.strip() if received_on < today else "",
    )


def confirm_email(secret: str, *, now: datetime) -> Case | None:
    """The address is the person's. None for a link that does not work (any more)."""
    with transaction.atomic():
        link = access.redeem(secret, access.Purpose.CONFIRM_EMAIL, now=now)
        if link is None:
            return None
        if Case.objects.filter(pk=link.case_id, email_confirmed_at=None).update(email_confirmed_at=now):
            events.record(link.case, "email_confirmed", now=now, actor=Actor.PERSON)
    return link.case


def _fill(case: Case, answers: Answers, *, now: datetime, user: AbstractBaseUser | None, today: date) -> None:
    actor = Actor.STAFF if user else Actor.PERSON
    events.record(
        case,
        "received",
        now=now,
        actor=actor,
        user=user,
        data={
            "channel": case.channel,
            "on": case.received_on.isoformat(),
            "rights": [str(right) for right in answers.rights],
            "backdated": bool(case.backdated_because),
        },
    )
    SearchToken.objects.bulk_create(
        SearchToken(case=case, kind=kind, digest=value) for kind, value in tokens(answers.person())
    )
    for right in dict.fromkeys(answers.rights):
        _claim(case, Right(right), answers, now=now, today=today)


def _acknowledge(case: Case, answers: Answers, *, now: datetime) -> None:
    correspondence.acknowledge(case, now=now)
    if case.channel == Channel.FORM and not case.email_confirmed_at and not IMMEDIATE.issuperset(answers.rights):
        correspondence.ask_to_confirm(case, now=now)  # for the others nothing waits for whose address it is


def _claim(case: Case, right: Right, answers: Answers, *, now: datetime, today: date) -> None:
    claim = Claim.objects.create(case=case, right=right, scope=answers.scope(right), stage_at=now)
    clock.set_due(claim, today=today)
    if right in IMMEDIATE:  # Art. 7(3), 21(2)-(3): nobody has to prove who they are
        lifecycle.apply(claim, Act.AT_ONCE, now=now, actor=Actor.SYSTEM)


def also(case: Case, right: Right, *, now: datetime, user: AbstractBaseUser | None = None) -> Claim | None:
    """Open one more right in a case: what the person wrote was this, too (Art. 12(2)). None where the case has it.

    The clock runs from the day the case was received.
    """
    with transaction.atomic():
        Case.objects.select_for_update().only("pk").get(pk=case.pk)
        if case.claims.filter(right=right).exists():
            return None
        claim = Claim.objects.create(case=case, right=right, scope={}, stage_at=now)
        clock.set_due(claim, today=local_day(now, tz=serving(case.controller).policy.tz))
        actor = Actor.STAFF if user else Actor.SYSTEM
        events.record(case, "claim_added", now=now, actor=actor, user=user, claim=claim, data={"right": str(right)})
        if right in IMMEDIATE:
            lifecycle.apply(claim, Act.AT_ONCE, now=now, actor=Actor.SYSTEM)
    return claim


def _by_token(token: str | None) -> Case | None:
    return Case.objects.filter(form_token=token).first() if token else None


def _free_reference(slug: str) -> str:
    while Case.objects.filter(reference=(reference := new_reference(slug))).exists():
        pass
    return reference
