"""Somebody acts for the person: power of attorney, guardian, lawyer, estate.

Staff check both people (R-10, EDPB-A 80-81).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from identity import vault
from identity.clean import clean
from identity.methods.verdict import Verdict
from identity.models import Verification
from requests_app.models import Case


def fits(case: Case) -> bool:
    waiting = case.verifications.filter(method="representative", status=Verification.Status.SUBMITTED).exists()
    return bool(case.representative) and not waiting


def check(verification: Verification, answer: Mapping[str, Any], *, now: datetime) -> Verdict:
    """`answer`: {"files": [the authority, as picture or PDF]}. Raises `identity.clean.Refused`."""
    pages = [page for upload in answer["files"] for page in clean(upload)]
    vault.keep(verification, pages=pages, document="authority", now=now)
    return Verdict.FOR_STAFF
