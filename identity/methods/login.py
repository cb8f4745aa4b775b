"""The company's own customer account or a national eID: one log-in at a provider the company's policy names.

What the log-in said is compared with what the sources hold for the identifiers of the case, by a worker: the page is
the same whoever is known. A verified address, a customer number, or name and date of birth pass; the name in the
request alone goes to staff, whether or not a source holds it; else it was a try, and another way is left. A
representative's log-in shows their own name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from identity import attempts
from identity.log_in import known, log_ins
from identity.log_in.assertion import agreeing, is_strong, same_name
from identity.methods.verdict import Verdict
from identity.models import Verification
from identity.reading.results import Code
from law.identification import Means
from requests_app import access, contact, correspondence, events, proofs
from requests_app.controllers import controller
from requests_app.models import Case
from requests_app.states import Actor

Status, Subject = Verification.Status, Verification.Subject
NO_MATCH = "no_match"
PATIENCE = timedelta(seconds=30)
COMPARED_WITHIN = timedelta(minutes=10)
"""How long a comparison may take before another worker makes it: the first was killed."""


@dataclass(frozen=True)
class LogInMeans:
    """One means, by whichever of the company's connections serve it."""

    means: Means

    def fits(self, case: Case) -> bool:
        waiting = case.verifications.filter(method=self.means, status=Status.SUBMITTED)
        return not waiting.exists() and bool(log_ins.connected(controller(case.controller), self.means))

    def check(self, verification: Verification, answer: Mapping[str, Any], *, now: datetime) -> Verdict:
        """Compare what `arrive` remembered. Raises `ConnectorError`: a source cannot be asked; that was no try.

        Raises `Closed`, no try either: it was decided meanwhile, or another log-in came, which is compared itself.
        """
        said_at, asserted = verification.memory.get("said_at"), verification.memory.get("asserted")
        if asserted is None:
            raise attempts.Closed("compared")
        agreed = _agreed(verification, asserted)
        with transaction.atomic():
            held = Verification.objects.select_for_update().get(pk=verification.pk)
            if not is_waiting(held) or held.memory["said_at"] != said_at:
                raise attempts.Closed("compared")
            return _judge(held, asserted, agreed, now=now)


LOGIN, EID = LogInMeans(Means.login), LogInMeans(Means.eid)


def arrive(
    verification: Verification, *, asserted: Mapping[str, str], who: Mapping[str, str], link: int, now: datetime
) -> None:
    """Somebody logged in. `asserted`: what is compared, sealed until then. `who`: what is kept. `link`: their grant."""
    attempts.remember(
        verification, asserted=dict(asserted), said_at=now.isoformat(), compared="", comparing="", link=link
    )
    data = {"means": verification.method, "subject": verification.subject, **who}
    events.record(verification.case, "identity_logged_in", now=now, actor=Actor.PERSON, data=data)


def is_waiting(verification: Verification) -> bool:
    """Whether something said has not been compared: the task was lost, or a source was down."""
    return verification.status == Status.OPEN and verification.memory.get("asserted") is not None


def claim(verification: Verification, *, now: datetime) -> bool:
    """Whether nobody else compares this just now: a source may be slower than the sweep is patient."""
    with transaction.atomic():
        held = Verification.objects.select_for_update().get(pk=verification.pk)
        free = is_waiting(held) and held.memory.get("comparing", "") < now.isoformat()
        if free:
            attempts.remember(verification, comparing=(now + COMPARED_WITHIN).isoformat())
    return free


def let_go(verification: Verification) -> None:
    """A source is down: whoever comes next may compare."""
    attempts.remember(verification, comparing="")


def not_compared(*, now: datetime) -> list[Verification]:
    """For the sweep: said more than half a minute ago."""
    open_ones = Verification.objects.filter(method__in=(Means.login, Means.eid), status=Status.OPEN, expires_at__gt=now)
    return [one for one in open_ones if is_waiting(one) and one.memory["said_at"] < (now - PATIENCE).isoformat()]


def tell_staff(verification: Verification, *, now: datetime) -> None:
    """What whoever decides must know of a log-in that alone was not enough."""
    if verification.status == Status.SUBMITTED:
        on_file = verification.memory.get("on_file")
        code = Code.log_in_name_only if on_file else Code.log_in_name_given
        attempts.note_results(verification, codes=[code], now=now)


def is_refused(verification: Verification) -> bool:
    return verification.memory.get("compared") == NO_MATCH


def _judge(
    verification: Verification, asserted: Mapping[str, str], agreed: list[str], *, now: datetime
) -> Verdict:
    """For whom it is to decide follows from the request alone: the page must not tell whom a source knows."""
    case, by_person = verification.case, verification.subject == Subject.PERSON
    proves = proofs.agreeing(case.person, {what: asserted[what] for what in agreed if what in asserted})
    data = {"agreed": agreed, "proves": proves if by_person else {}}
    events.record(case, "identity_compared", now=now, actor=Actor.SYSTEM, data=data)
    if is_strong(agreed) or (agreed and not by_person):
        _answer_to(verification, address=asserted["email"] if by_person and "email" in agreed else "", now=now)
        return Verdict.PASSED
    attempts.remember(  # read and forgotten
        verification, asserted=None, compared=NO_MATCH, on_file="name" in agreed, trouble=""
    )
    named = same_name(asserted.get("name", ""), str(case.person.get("name", "")))
    return Verdict.FOR_STAFF if by_person and named else Verdict.WRONG


def _answer_to(verification: Verification, *, address: str, now: datetime) -> None:
    """Whoever logged in keeps the case, and nobody else does: a stranger may have begun it and passed the link on."""
    case, mine = verification.case, verification.memory.get("link")
    if not address:
        access.revoke(case, access.Purpose.STATUS, now=now, keep=mine)
        return
    contact.move_to(case, address, now=now, keep=mine)
    correspondence.tell_news(case, now=now)


def _agreed(verification: Verification, asserted: Mapping[str, str]) -> list[str]:
    case = verification.case
    if verification.subject == Subject.REPRESENTATIVE:
        named = str((case.representative or {}).get("name", ""))
        return ["name"] if same_name(asserted.get("name", ""), named) else []
    proved = case.verifications.filter(method=Means.email_link, status=Status.PASSED).exists()
    return list(agreeing(asserted, known.rows(case), link=proved))
