"""How identity is proved: what the person and staff do, and the act that lets the claims go on.

One attempt is an object with memory (tries left, expiry; rows are written by `identity.attempts`); what the person is
shown never tells whether a source knows them (EDPB 01/2022, paras 58-79; Art. 12(6)).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from identity import attempts, methods, tries
from identity.attempts import OPEN_FOR, Closed, close, hand_in, note_results
from identity.models import Verification
from identity.waiting import resuming
from identity.waiting.minding import expire
from identity.waiting.resuming import go_on
from law.identification import Means
from requests_app import events
from requests_app.models import AccessLink, Case
from requests_app.states import Actor

__all__ = [
    "OPEN_FOR", "Closed", "close", "expire", "go_on", "hand_in", "not_looked_up", "note_results",
    "note_trouble", "open_link", "start", "submit", "want_link",
]  # fmt: skip
Status, Subject = Verification.Status, Verification.Subject


def start(case: Case, means: Means, *, now: datetime, subject: str = Subject.PERSON) -> Verification:
    """The open attempt by this means, or a new one with the tries that are left. Raises `Closed`: it rests."""
    current = attempts.current(case, means, subject=subject)
    if current and current.expires_at > now:
        return current
    if current:
        _expire(current, now=now, reason="expired")
    left = tries.left(case, means, now=now, subject=subject)
    if not left.tries:
        raise Closed("rests")
    verification = attempts.begin(case, means, now=now, subject=subject, tries=left.tries)
    events.record(case, "identity_started", now=now, actor=Actor.PERSON, data={"means": means, "subject": subject})
    return verification


def submit(verification: Verification, answer: Mapping[str, Any], *, now: datetime) -> bool:
    """One try. True: passed, or handed to staff. False: wrong, one try fewer. Raises `Closed`.

    What the means raises (a file refused at the door, a provider that is down) comes through, and was no try.
    """
    attempts.take_try(verification, now=now)
    try:
        verdict = methods.BY_MEANS[Means(verification.method)].check(verification, answer, now=now)
    except Exception:
        attempts.give_back(verification)
        raise
    if verdict is methods.Verdict.PASSED:
        _pass(verification, now=now)
    elif verdict is methods.Verdict.FOR_STAFF:
        with transaction.atomic():  # handed in and our turn, or neither
            hand_in(verification, document=str(answer.get("document", "")), typed=answer.get("typed"), now=now)
            resuming.answered(verification.case, now=now, actor=Actor.PERSON)
    elif verification.attempts_left == 0:
        close(verification, Status.FAILED, now=now, reason="too_many_tries")
    return verdict is not methods.Verdict.WRONG


def want_link(verification: Verification, *, now: datetime) -> None:
    """The person asks for a link, or for another one: each is a try. A worker looks up and sends. Raises `Closed`."""
    attempts.take_try(verification, now=now)
    attempts.remember(verification, wanted=verification.attempts_left)
    attempts.prolong(verification, until=now + attempts.LINK_FOR)


def open_link(verification: Verification, link: AccessLink, *, now: datetime) -> bool:
    """The link that went to the address on file was opened. It cannot be guessed, so it costs no try."""
    verdict = methods.email_link.check(verification, {"link": link}, now=now)
    if verdict is methods.Verdict.PASSED:
        _pass(verification, now=now)
    return verdict is methods.Verdict.PASSED


def not_looked_up(*, now: datetime) -> list[Verification]:
    """Open attempts whose look-up has not been made: the task was lost, or a source was down."""
    waiting = Verification.objects.filter(
        method__in=methods.LOOKED_UP, status=Status.OPEN, expires_at__gt=now, created_at__lt=now - timedelta(seconds=30)
    )
    return [verification for verification in waiting if not attempts.looked_up(verification)]


def note_trouble(verification: Verification, *, code: str, now: datetime) -> None:
    """A source could not be asked. Said once in the history; the sweep asks again."""
    if verification.memory.get("trouble") != code:
        attempts.remember(verification, trouble=code)
        events.record(verification.case, "identity_source_down", now=now, actor=Actor.SYSTEM, data={"code": code})


def _pass(verification: Verification, *, now: datetime) -> None:
    with transaction.atomic():  # proved and gone on, or neither: nothing sweeps a proof without its claims
        close(verification, Status.PASSED, now=now, was=(Status.OPEN,))
        go_on(verification.case, now=now, actor=Actor.PERSON)


def _expire(verification: Verification, *, now: datetime, reason: str) -> None:
    try:
        close(verification, Status.EXPIRED, now=now, reason=reason, actor=Actor.SYSTEM)
    except Closed:  # decided in this instant
        return
