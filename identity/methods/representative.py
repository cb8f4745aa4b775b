"""Somebody acts for the person: power of attorney, lawyer, guardian, parent, estate (R-10, EDPB 01/2022 paras 80-81).

The paper is looked at by a person and destroyed at the decision, like a document. Who the representative is themselves
is a proof of its own (`subject` = representative), and the person's too: `identity.speaking` says what is missing.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from identity import speaking
from identity.methods.verdict import Verdict
from identity.models import Evidence, Verification
from identity.pictures import vault
from requests_app.door.clean import clean
from requests_app.models import Case

SIDE = "paper"


def fits(case: Case) -> bool:
    """While anything is missing: the page says what, and where it stands."""
    return bool(speaking.missing(case))


def check(verification: Verification, answer: Mapping[str, Any], *, now: datetime) -> Verdict:
    """`answer`: {"document": one of law.representation.Authority, "files": {"front": the authority}}. Raises
    `door.clean.Refused`."""
    pages = [page for upload in answer["files"].values() for page in clean(upload)]
    vault.keep(verification, pages=pages, side=SIDE, masked_by=Evidence.MaskedBy.PAPER, now=now)
    return Verdict.FOR_STAFF
