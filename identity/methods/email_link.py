"""A one-time link to the e-mail address the company has on file.

Sent only if a source knows the address; the page says the same either way. Never the telephone number alone (DTN
20/02144).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse

from identity import attempts
from identity.lookup import digest_answers, look_up
from identity.methods.verdict import Verdict
from identity.models import Verification
from law.deadlines import local_day
from law.identification import Means
from requests_app import access, contact, correspondence, events, rates
from requests_app.controllers import controller
from requests_app.models import AccessLink, Case
from requests_app.states import Actor


def fits(case: Case) -> bool:
    return not case.verifications.filter(method="email_link", status=Verification.Status.PASSED).exists()


def prepare(verification: Verification, *, now: datetime) -> None:
    """Look the person up and send the link if the address is known. Called by a task: the page does not wait for it.

    Raises `connectors.base.ConnectorError` when a source cannot be asked; the task tries again.
    """
    wanted = verification.memory.get("wanted")
    on_file = look_up(verification.case)
    address = on_file.address_for(verification.case.person)
    with transaction.atomic():
        current = Verification.objects.select_for_update().get(pk=verification.pk)
        if attempts.looked_up(current) or current.memory.get("wanted") != wanted:
            return  # a second task was faster, or the person has asked anew
        attempts.remember(current, looked_up=wanted, answers=digest_answers(on_file), address=address, trouble="")
        anew = current.case.links.filter(purpose=access.Purpose.PROOF).exists()
        if address and rates.allowed("proof_mail" if anew else "proof_mail_first", address, now=now):
            _write(current, address, now=now)
        # The event is the same either way: the history is no place to learn who is a customer.
        events.record(current.case, "identity_looked_up", now=now, actor=Actor.SYSTEM)


def _write(verification: Verification, address: str, *, now: datetime) -> None:
    case = verification.case
    link, secret = access.issue(case, AccessLink.Purpose.PROOF, now=now)
    values = {
        "proof_url": access.absolute(reverse("identity:proof", args=[secret])),
        "valid_until": local_day(link.expires_at, tz=controller(case.controller).policy.tz),
    }
    correspondence.write(case, "proof_link", now=now, values=values, to=address)


def check(verification: Verification, answer: Mapping[str, Any], *, now: datetime) -> Verdict:
    """`answer["link"]` is the redeemed link: whoever holds it reads the mail at the address on file."""
    link = answer.get("link")
    if isinstance(link, AccessLink) and link.case_id == verification.case_id:
        contact.move_to(verification.case, verification.memory["address"], now=now)
        correspondence.tell_news(verification.case, now=now)  # earlier links have ended: the proved address gets one
        _remember_answers(verification, now=now)
        return Verdict.PASSED
    return Verdict.WRONG


def _remember_answers(verification: Verification, *, now: datetime) -> None:
    """Hand the digests of the expected answers to the control question, which needs no source then."""
    answers = verification.memory.get("answers")
    if answers:
        question = attempts.begin(
            verification.case,
            Means.control_question,
            now=now,
            subject=verification.subject,
            memory={"answers": answers},
        )
        attempts.remember(question, answers=answers)
