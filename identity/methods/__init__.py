"""The means of proof, one file each, behind one small contract."""

from collections.abc import Mapping
from types import ModuleType

from identity.methods import control_question, document, email_link, in_person, representative
from identity.methods.verdict import Verdict
from law.identification import Means
from requests_app.models import Case

__all__ = ["BY_MEANS", "Verdict", "fits"]

BY_MEANS: Mapping[Means, ModuleType] = {
    Means.email_link: email_link,
    Means.control_question: control_question,
    Means.document: document,
    Means.in_person: in_person,
    Means.representative: representative,
}
"""Each module has `fits(case)`: may it be used now? and `check(verification, answer, *, now)`: a `Verdict`."""


def fits(means: Means, case: Case) -> bool:
    return bool(BY_MEANS[means].fits(case))
