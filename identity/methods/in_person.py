"""In person or by video: arranged by message, seen and recorded by staff (`flows.record_by_staff`)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from identity.methods.verdict import Verdict
from identity.models import Verification
from requests_app.models import Case


def fits(case: Case) -> bool:
    return not case.verifications.filter(method="in_person", status=Verification.Status.SUBMITTED).exists()


def check(verification: Verification, answer: Mapping[str, Any], *, now: datetime) -> Verdict:
    """The person asks for an appointment; staff answer and record what they saw."""
    return Verdict.FOR_STAFF
