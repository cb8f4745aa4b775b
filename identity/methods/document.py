"""A picture of a passport, identity card or driving licence, looked at by a person and destroyed at the decision.

Cleaned at the door (`requests_app.door`), sealed with a key of its own. Offered first only where the controller's own
policy demands it; a lesser proof that suffices always stands beside it (Art. 12(6), EDPB 01/2022 paras 74-79).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from identity.methods.verdict import Verdict
from identity.models import Evidence, Verification
from identity.pictures import vault
from policies.load import Controller
from requests_app.controllers import controller
from requests_app.door import antivirus
from requests_app.door.clean import Refused, clean
from requests_app.models import Case

DOCUMENTS = ("passport", "identity_card", "driving_licence")
BIRTH_DATE = "user.demographic.date_of_birth"


def fits(case: Case) -> bool:
    handed_in = case.verifications.filter(method="document", status=Verification.Status.SUBMITTED)
    waiting = handed_in.filter(subject=Verification.Subject.PERSON).exists()
    offered = controller(case.controller).policy.identity.document.offered
    doubted = case.events.filter(kind="identity_doubt").exists()
    if waiting or not antivirus.takes_files():
        return False
    return offered == "first" or (offered == "on_doubt" and doubted)


def check(verification: Verification, answer: Mapping[str, Any], *, now: datetime) -> Verdict:
    """`answer`: {"document": one of DOCUMENTS, "staged": True}, or with {"files": {"front": binary file, …}} at once.

    Raises `door.clean.Refused`; "empty" where nothing waits to be sent, or something waits uncovered.
    """
    if answer.get("staged"):
        waiting = list(verification.evidence.filter(file__shredded_at=None))
        if not any(page.side == "front" for page in waiting) or not all(page.masked_by for page in waiting):
            raise Refused("empty")
        return Verdict.FOR_STAFF
    cleaned = [(side, clean(upload)) for side, upload in answer["files"].items()]  # all of them, or none comes in
    for side, pages in cleaned:
        vault.keep(verification, pages=pages, side=side, masked_by=Evidence.MaskedBy.BROWSER, now=now)
    return Verdict.FOR_STAFF


def birth_date_helps(company: Controller) -> bool:
    """Only where a source of the company holds one: nobody is asked for more than is on file (Art. 5(1)(c))."""
    return any(
        BIRTH_DATE in (field.data_categories or ())
        for dataset in company.datasets.values()
        for collection in dataset.collections
        for field in collection.fields
    )
