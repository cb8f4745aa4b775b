"""In person or by video: arranged by message, seen and recorded by staff (`identity.deciding.seen`).

What is kept is which document was shown, where, when and to whom: never a copy, never a number.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from identity.methods.verdict import Verdict
from identity.models import Verification
from requests_app.models import Case


def fits(case: Case) -> bool:
    waiting = case.verifications.filter(method="in_person", status=Verification.Status.SUBMITTED)
    return not waiting.filter(subject=Verification.Subject.PERSON).exists()


def check(verification: Verification, answer: Mapping[str, Any], *, now: datetime) -> Verdict:
    """The person asks for an appointment; staff answer and record what they saw.

    `answer`: {"typed": {"how": in_person or by_video, "when": what suits them}}, remembered until the decision.
    """
    return Verdict.FOR_STAFF
