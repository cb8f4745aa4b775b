"""One control question the person can reasonably answer, after the link: a postcode, an order or customer number.

Alternatives are offered, because not everybody keeps an old order (IMY, CDON and Lensway). Five tries; the answer
is always the same sentence. Only digests of the expected answers are remembered.
"""

import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from identity.lookup import digest_answer
from identity.methods.verdict import Verdict
from identity.models import Verification
from requests_app.models import Case


def fits(case: Case) -> bool:
    return case.verifications.filter(method="control_question", status=Verification.Status.OPEN).exists()


def questions(verification: Verification) -> list[str]:
    """The questions that can be asked, by id."""
    return sorted(verification.memory.get("answers", {}))


def check(verification: Verification, answer: Mapping[str, Any], *, now: datetime) -> Verdict:
    question, given = str(answer.get("question", "")), str(answer.get("answer", ""))
    expected = verification.memory.get("answers", {}).get(question, [])
    offered = digest_answer(question, given)
    right = [hmac.compare_digest(offered, one) for one in expected]
    return Verdict.PASSED if given.strip() and any(right) else Verdict.WRONG
