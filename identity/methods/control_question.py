"""One control question the person can reasonably answer, after the link: a postcode, an order or customer number.

Alternatives are offered, because not everybody keeps an old order (IMY, CDON and Lensway). Five tries, whichever
questions they are spent on; the answer is always the same sentence. Only digests of the expected answers are kept.
"""

import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from identity import attempts
from identity.lookup import digest_answer, digest_answers, look_up
from identity.methods.verdict import Verdict
from identity.models import Verification
from requests_app import events
from requests_app.models import Case
from requests_app.states import Actor

NOTHING_TO_ASK = "nothing_to_ask"


def fits(case: Case) -> bool:
    """After the link, which brings the answers along; also when the tries were used up and there are new ones."""
    latest = case.verifications.filter(method="control_question").order_by("-pk").first()
    return latest is not None and latest.status != Verification.Status.PASSED and latest.reason != NOTHING_TO_ASK


def prepare(verification: Verification, *, now: datetime) -> None:
    """Look up what can be asked, when somebody begins anew. Raises `ConnectorError`; the task tries again."""
    answers = digest_answers(look_up(verification.case))
    with transaction.atomic():
        current = Verification.objects.select_for_update().get(pk=verification.pk)
        if attempts.looked_up(current):
            return  # a second task was faster
        attempts.remember(current, looked_up=None, answers=answers, trouble="")
        events.record(current.case, "identity_looked_up", now=now, actor=Actor.SYSTEM)
        if not answers:
            attempts.close(current, Verification.Status.EXPIRED, now=now, reason=NOTHING_TO_ASK, actor=Actor.SYSTEM)


def questions(verification: Verification) -> list[str]:
    """The questions that can be asked, by id."""
    return sorted(verification.memory.get("answers", {}))


def check(verification: Verification, answer: Mapping[str, Any], *, now: datetime) -> Verdict:
    question, given = str(answer.get("question", "")), str(answer.get("answer", ""))
    expected = verification.memory.get("answers", {}).get(question, [])
    offered = digest_answer(question, given)
    right = [hmac.compare_digest(offered, one) for one in expected]
    return Verdict.PASSED if given.strip() and any(right) else Verdict.WRONG
