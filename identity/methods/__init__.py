"""The means of proof, one file each, behind one small contract."""

from collections.abc import Mapping
from typing import Any

from identity.methods import control_question, document, email_link, in_person, login, representative
from identity.methods.verdict import Verdict
from law.identification import Means
from requests_app.models import Case

__all__ = ["BY_MEANS", "LOOKED_UP", "Verdict", "email_link", "fits"]

BY_MEANS: Mapping[Means, Any] = {
    Means.email_link: email_link,
    Means.control_question: control_question,
    Means.login: login.LOGIN,
    Means.eid: login.EID,
    Means.document: document,
    Means.in_person: in_person,
    Means.representative: representative,
}
"""Each has `fits(case)`: may it be used now? and `check(verification, answer, *, now)`: a `Verdict`."""

LOOKED_UP = (Means.email_link, Means.control_question)
"""Means for which a worker asks the sources first: each has `prepare(verification, *, now)`."""


def fits(means: Means, case: Case) -> bool:
    return bool(BY_MEANS[means].fits(case))
