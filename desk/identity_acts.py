"""The buttons of proof of identity: one function of `identity` each, then the letters go out."""

from datetime import date, datetime
from typing import Any

from identity import deciding
from identity.models import Verification
from identity.waiting import asking
from law.identification import Level, Means
from requests_app import tasks
from requests_app.models import Case

User = Any


def ask_identity(case: Case, *, doubt: str, facts: str, reached: int | None, user: User, now: datetime) -> bool:
    level = None if reached is None else Level(reached)
    paused = asking.ask(case, doubt=doubt, facts=facts, reached=level, now=now, user=user)
    tasks.post_letters()
    return paused


def accept_proof(verification: Verification, *, reason: str, document: str, user: User, now: datetime) -> None:
    deciding.accept(verification, reason=reason, document=document, now=now, user=user)
    tasks.post_letters()


def ask_again(verification: Verification, *, reason: str, user: User, now: datetime) -> None:
    deciding.ask_again(verification, reason=reason, now=now, user=user)
    tasks.post_letters()


def refuse_proof(verification: Verification, *, reason: str, user: User, now: datetime) -> None:
    deciding.refuse(verification, reason=reason, now=now, user=user)
    tasks.post_letters()


def identity_seen(
    case: Case, *, means: Means, subject: str, how: str, document: str, on: date, user: User, now: datetime
) -> Verification:  # fmt: skip
    found = deciding.seen(case, means, subject=subject, how=how, document=document, on=on, now=now, user=user)
    tasks.post_letters()
    return found


def close_unidentified(case: Case, *, facts: str, user: User, now: datetime) -> None:
    asking.close_unidentified(case, facts=facts, now=now, user=user)
    tasks.post_letters()
