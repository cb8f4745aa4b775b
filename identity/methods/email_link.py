"""A one-time link to the e-mail address the company has on file.

Sent only if a source knows the address; the page says the same either way. Never the telephone number alone (DTN 20/02144).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from identity.lookup import OnFile, digest_answer, look_up
from identity.methods.verdict import Verdict
from identity.models import Verification
from requests_app import access, correspondence, events
from requests_app.models import AccessLink, Case
from requests_app.states import Actor


def fits(case: Case) -> bool:
    return not case.verifications.filter(method="email_link", status=Verification.Status.PASSED).exists()


def send(verification: Verification, *, now: datetime) -> bool:
    """Look the person up and send the link if the address is known. Called by a task: the page does not wait for it.

    Raises `connectors.base.ConnectorError` when a source cannot be asked; the task tries again.
    """
    if verification.memory.get("looked_up"):
        return bool(verification.memory.get("sent"))
    on_file = look_up(verification.case)
    address = on_file.address_for(verification.case.person)
    verification.memory = {"looked_up": True, "sent": bool(address), "answers": _digests(on_file)}
    verification.save(update_fields=["memory"])
    if address:
        secret = access.issue(
            verification.case, AccessLink.Purpose.PROOF, now=now, expires_at=verification.expires_at
        )
        correspondence.proof_link(verification.case, secret=secret, to=address, now=now, expires_at=verification.expires_at)
    # The event is the same either way: the history is no place to learn who is a customer.
    events.record(verification.case, "identity_looked_up", now=now, actor=Actor.SYSTEM)
    return bool(address)


def check(verification: Verification, answer: Mapping[str, Any], *, now: datetime) -> Verdict:
    """`answer["link"]` is the redeemed link: whoever holds it reads the mail at the address on file."""
    link = answer.get("link")
    if isinstance(link, AccessLink) and link.case_id == verification.case_id:
        _remember_answers(verification, now=now)
        return Verdict.PASSED
    return Verdict.WRONG


def _digests(on_file: OnFile) -> dict[str, list[str]]:
    return {question: sorted({digest_answer(question, one) for one in given}) for question, given in on_file.answers.items()}


def _remember_answers(verification: Verification, *, now: datetime) -> None:
    """Hand the digests of the expected answers to the control question, which needs no source then."""
    answers = verification.memory.get("answers") or {}
    if not answers:
        return
    Verification.objects.create(
        case=verification.case,
        method="control_question",
        level=2,
        memory={"answers": answers},
        created_at=now,
        expires_at=verification.expires_at,
    )
