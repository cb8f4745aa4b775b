"""How sure the controller must be of who is asking (Art. 12(2), 12(6) and 11 GDPR)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from law.reasons import Reason
from law.rights import Right


class Level(IntEnum):
    """How strong a proof is."""

    L0 = 0
    L1 = 1
    L2 = 2
    L3 = 3
    L4 = 4


class Means(StrEnum):
    """A way to prove who one is."""

    email_link = "email_link"
    control_question = "control_question"
    login = "login"
    eid = "eid"
    document = "document"
    in_person = "in_person"
    representative = "representative"

    @property
    def level(self) -> Level:
        """The level this means reaches."""
        return _LEVELS[self]


_LEVELS = {
    Means.email_link: Level.L1,
    Means.control_question: Level.L2,
    Means.login: Level.L2,
    Means.eid: Level.L3,
    Means.document: Level.L4,
    Means.in_person: Level.L4,
    Means.representative: Level.L4,
}


@dataclass(frozen=True)
class Required:
    """The level a claim needs, and why."""

    level: Level
    reasons: tuple[Reason, ...]


def required_level(
    right: Right, *, levels: Mapping[Right, Level], low_risk: bool = False, doubt: str | None = None
) -> Required:
    """The level of proof one claim needs."""
    raise NotImplementedError
