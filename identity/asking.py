"""Asking for proof on a recorded doubt, and closing where it never came: each with the letter the law asks for."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import override

from identity import flows
from law.citations import cite
from law.deadlines import local_day
from law.decisions import Outcome
from law.identification import Means
from law.reasons import say
from requests_app import access, clock, correspondence, lifecycle, messages
from requests_app.controllers import controller
from requests_app.models import Case, Claim
from requests_app.plain_words import MEANS
from requests_app.states import Act, Actor, Stage

DOUBTS = ("other_address", "contradicts_source", "unusual", "shared_identifier", "other")
"""Codes of reasonable doubts about this very request (Art. 12(6)). The facts are written in an internal note."""
LAW = ("Art. 11(2) GDPR", "Art. 12(2) GDPR", "Art. 12(6) GDPR")


class NoDoubt(ValueError):
    """A doubt needs its code and its facts; nobody is asked for more as a matter of course (R-13)."""


class NothingWaits(Exception):
    """No claim of the case waits for proof."""


def ask(case: Case, *, doubt: str, facts: str, now: datetime, user: object) -> bool:
    """Ask for more proof; whether the clock stands still. Raises `NoDoubt`, `NothingWaits`."""
    if doubt not in DOUBTS or not facts.strip():
        raise NoDoubt(doubt)
    with transaction.atomic():
        messages.from_staff(case, body=facts, author=user, internal=True, now=now)  # type: ignore[arg-type]
        paused = flows.ask(case, reason=doubt, now=now, user=user)
        waiting = flows.waiting_claims(case)
        if not waiting:
            raise NothingWaits(case.reference)
        correspondence.write(
            case, "identity_question", now=now, values=_question(case, waiting, paused=paused, now=now)
        )
    return paused


def close_unidentified(case: Case, *, facts: str, now: datetime, user: object) -> list[Claim]:
    """Nothing came, or not enough: close and say why (Art. 11(2), 12(2); R-19, R-20).

    `facts`: in the person's language. A later answer reopens. Raises `NothingWaits`.
    """
    waiting = [claim for claim in flows.waiting_claims(case) if claim.stage == Stage.IDENTIFYING]
    if not waiting or not facts.strip():
        raise NothingWaits(case.reference)
    asked = asked_on(case)
    with transaction.atomic():
        for claim in waiting:
            clock.resume(claim, answered_on=_today(case, now), now=now, actor=Actor.STAFF, user=user)
            lifecycle.apply(
                claim,
                Act.CLOSE_UNIDENTIFIED,
                now=now,
                actor=Actor.STAFF,
                user=user,
                outcome=Outcome.not_identified,  # type: ignore[arg-type]
            )
            values = {"asked": asked, "facts": (facts.strip(),), "law": tuple(cite(law, case.language) for law in LAW)}
            correspondence.write(case, "not_identified", now=now, values=values, claim=claim)
    return waiting


def asked_on(case: Case) -> date:
    """The day the last question was sent; without one, the day the receipt told how to prove it."""
    last = case.events.filter(kind="ask_identity").order_by("-seq").first()
    return _today(case, last.at) if last else case.received_on


def _question(case: Case, waiting: list[Claim], *, paused: bool, now: datetime) -> dict[str, object]:
    means = flows.offered(case) or (Means.in_person,)
    with override(case.language):
        said = tuple(str(MEANS[one]) for one in means)
    return {
        "reasons": tuple(say(reason, case.language) for reason in flows.required(case).reasons),
        "means": said,
        "document": Means.document in means,
        "identity_url": access.status_url(case, now=now),
        "answer_by": _today(case, now + flows.OPEN_FOR),
        "pauses": paused,
        "due": max(claim.due_on for claim in waiting if claim.due_on),
    }


def _today(case: Case, at: datetime) -> date:
    return local_day(at, tz=controller(case.controller).policy.tz)
