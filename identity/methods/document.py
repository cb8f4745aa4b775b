"""A picture of a passport, identity card or driving licence, looked at by a person and destroyed at the decision.

Cleaned at the door (`identity.clean`), sealed with a key of its own. Offered first only where the controller's own
policy demands it; a lesser proof that suffices always stands beside it (Art. 12(6), EDPB 01/2022 paras 74-79).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from identity import vault
from identity.clean import clean
from identity.methods.verdict import Verdict
from identity.models import Verification
from requests_app.controllers import controller
from requests_app.models import Case

DOCUMENTS = ("passport", "identity_card", "driving_licence")


def fits(case: Case) -> bool:
    waiting = case.verifications.filter(method="document", status=Verification.Status.SUBMITTED).exists()
    offered = controller(case.controller).policy.identity.document.offered
    doubted = case.events.filter(kind="identity_doubt").exists()
    return not waiting and (offered == "first" or (offered == "on_doubt" and doubted))


def check(verification: Verification, answer: Mapping[str, Any], *, now: datetime) -> Verdict:
    """`answer`: {"document": one of DOCUMENTS, "files": [binary files]}. Raises `identity.clean.Refused`."""
    pages = [page for upload in answer["files"] for page in clean(upload)]
    vault.keep(verification, pages=pages, document=answer["document"], now=now)
    return Verdict.FOR_STAFF
