"""Asking for proof on a recorded doubt, and closing where it never came: each with the letter the law asks for."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import override

from identity import need
from identity.models import Verification
from identity.waiting import resuming, silence
from law import doubts
from law.citations import cite
from law.decisions import Outcome
from law.durations import Period
from law.identification import Level, Means
from law.reasons import say
from law.rights import IMMEDIATE, Right
from requests_app import access, clock, correspondence, events, lifecycle, messages
from requests_app.controllers import controller
from requests_app.models import Case, Claim
from requests_app.plain_words import MEANS
from requests_app.states import Act, Actor, Stage

DOUBTS = tuple(doubts.DOUBTS)
"""Codes of reasonable doubts about this very request (Art. 12(6)). The facts are written in an internal note."""
LAW = ("Art. 11(2) GDPR", "Art. 12(2) GDPR", "Art. 12(6) GDPR")


class NoDoubt(ValueError):
    """A doubt needs its code and its facts; nobody is asked for more as a matter of course (R-13)."""


class NothingWaits(Exception):
    """No claim of the case waits for proof."""


class NotNow(NothingWaits):
    """`code`: look_first (something has come that nobody has looked at), asked (a colleague was first),
    proved_meanwhile (the person has proved more since the doubt was weighed)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def ask(case: Case, *, doubt: str, facts: str, now: datetime, user: Any, reached: Level | None = None) -> bool:
    """Ask for more proof; whether the clock stands still. Raises `NoDoubt`, `NotNow`, `NothingWaits`.

    `reached`: how much was proved when the doubt was weighed.
    """
    if doubt not in DOUBTS or not facts.strip():
        raise NoDoubt(doubt)
    with transaction.atomic():
        resuming.lock(case)  # of two who ask at once, or of asking and proving, the second sees what the first did
        _may_ask(case, reached=reached)
        messages.from_staff(case, body=facts, author=user, internal=True, now=now)
        paused = put(case, reason=doubt, now=now, user=user)
        correspondence.write(
            case, "identity_question", now=now, values=_question(case, doubt=doubt, paused=paused, now=now)
        )
    return paused


def put(case: Case, *, reason: str, now: datetime, user: Any) -> bool:
    """The claims wait from now on, and their clocks stand still where the law allows it (R-27, R-30)."""
    today = silence.local(case, now)
    with transaction.atomic():
        resuming.lock(case)
        events.record(case, "identity_doubt", now=now, actor=Actor.STAFF, user=user, data={"reason": reason})
        paused = False
        for claim in askable(case):
            lifecycle.apply(claim, Act.ASK_IDENTITY, now=now, actor=Actor.STAFF, user=user, data={"reason": reason})
            paused |= clock.pause(claim, reason="identity", asked_on=today, now=now, actor=Actor.STAFF, user=user)
    return paused


def askable(case: Case) -> list[Claim]:
    """Claims a question about identity can still hold up; never a marketing objection or a withdrawn consent (R-16)."""
    found = case.claims.filter(stage__in=(Stage.RECEIVED, Stage.TRIAGE))
    return [claim for claim in found if Right(claim.right) not in IMMEDIATE]


def close_unidentified(case: Case, *, facts: str, now: datetime, user: Any) -> list[Claim]:
    """Staff: nothing came, or not enough. Close and say why (Art. 11(2), 12(2); R-19, R-20).

    `facts`: in the person's language. A later answer reopens. Raises `NothingWaits`, `NotNow`.
    """
    with transaction.atomic():
        resuming.lock(case)
        waiting = [claim for claim in need.waiting_claims(case) if claim.stage == Stage.IDENTIFYING]
        if not waiting or not facts.strip():
            raise NothingWaits(case.reference)
        if _to_look_at(case):
            raise NotNow("look_first")
        end(case, waiting, facts=(facts.strip(),), now=now, actor=Actor.STAFF, user=user)
    return waiting


def end(
    case: Case, claims: Sequence[Claim], *, facts: Sequence[str], now: datetime, actor: Actor, user: Any = None
) -> None:
    """Close these claims by one letter. Call it with the case locked."""
    today = silence.local(case, now)
    values = {
        "rights": tuple(str(claim.right) for claim in claims), "asked": asked_on(case), "facts": tuple(facts),
        "law": tuple(cite(law, case.language) for law in LAW),
    }  # fmt: skip
    for claim in claims:
        clock.resume(claim, answered_on=today, now=now, actor=actor, user=user, answered=False)
        lifecycle.apply(
            claim, Act.CLOSE_UNIDENTIFIED, now=now, actor=actor, user=user, outcome=Outcome.not_identified
        )
    correspondence.write(case, "not_identified", now=now, values=values, claim=claims[0] if len(claims) == 1 else None)


def asked_on(case: Case) -> date:
    """The day the last question was sent; without one, the day the receipt told how to prove it."""
    return silence.of(case).asked or case.received_on


def _may_ask(case: Case, *, reached: Level | None) -> None:
    if _to_look_at(case):
        raise NotNow("look_first")
    if not askable(case):
        waits = case.claims.filter(stage=Stage.IDENTIFYING).exists()
        raise NotNow("asked") if waits else NothingWaits(case.reference)
    if reached is not None and need.reached(case) != reached:
        raise NotNow("proved_meanwhile")


def _to_look_at(case: Case) -> bool:
    return case.verifications.filter(status=Verification.Status.SUBMITTED).exists()


def _question(case: Case, *, doubt: str, paused: bool, now: datetime) -> dict[str, object]:
    means = need.offered(case) or (Means.in_person,)
    with override(case.language):
        said = tuple(str(MEANS[one]) for one in means)
    open_ones = [claim for claim in need.waiting_claims(case) if claim.stage != Stage.CLOSED]
    why = (doubts.told(doubt), *need.required(case).reasons)
    return {
        "reasons": tuple(say(reason, case.language) for reason in why),
        "means": said,
        "document": Means.document in means,
        "kept_days": _kept_days(case, today=silence.local(case, now)),
        "identity_url": access.status_url(case, now=now),
        "answer_by": silence.follows(case, asked=silence.local(case, now)).answer_by,
        "pauses": paused,
        "due": max(claim.due_on for claim in open_ones if claim.due_on),
    }


def _kept_days(case: Case, *, today: date) -> int:
    """How long a picture may wait to be looked at, by the company's own policy."""
    limit = Period.parse(controller(case.controller).policy.identity.document.destroy_after)
    return (limit.after(today) - today).days
