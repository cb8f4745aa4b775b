"""How sure the controller must be of who is asking (Art. 11, 12(2) and 12(6) GDPR)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from law.reasons import Reason
from law.rights import IMMEDIATE, Right

ART_12_6 = "Art. 12(6) GDPR"
ID_COPY = "EDPB 01/2022 para. 74-79"


class Level(IntEnum):
    """How strong a proof is (proportionality: EDPB 01/2022 para. 65 and 70).

    L0 the message or the link in the mailing is enough · L1 a one-time link to the e-mail address on file ·
    L2 a login, or L1 and one control question · L3 a national eID, offered and never the only way ·
    L4 an identity document shown or sent, masked.
    """

    L0 = 0
    L1 = 1
    L2 = 2
    L3 = 3
    L4 = 4


class Means(StrEnum):
    """A way to prove who one is. A phone number alone is none: Datatilsynet (NO) 20/02144, PostNord."""

    email_link = "email_link"
    control_question = "control_question"
    login = "login"
    eid = "eid"
    document = "document"
    in_person = "in_person"
    representative = "representative"

    @property
    def level(self) -> Level:
        """The level this means reaches; a control question follows upon the e-mail link (IMY DI-2020-10549, CDON)."""
        return _LEVELS[self]


_LEVELS = {
    Means.email_link: Level.L1,
    Means.control_question: Level.L2,
    Means.login: Level.L2,
    Means.eid: Level.L3,
    Means.document: Level.L4,
    Means.in_person: Level.L4,
    # A person of the controller has read the authorisation and checked both: EDPB 01/2022 para. 80-81.
    Means.representative: Level.L4,
}

DEFAULT_LEVELS: Mapping[Right, Level] = {
    Right.access: Level.L2,
    Right.portability: Level.L2,
    Right.erasure: Level.L2,
    Right.automated_decision: Level.L2,
    Right.rectification: Level.L1,
    Right.restriction: Level.L1,
    Right.objection: Level.L1,
    Right.marketing_objection: Level.L0,
    Right.withdraw_consent: Level.L0,
}
# Where a mistake would hurt little, little proof is asked: IMY-2022-9109 (MAG Interactive).
_EASED_BY_LOW_RISK = frozenset({Right.erasure, Right.rectification, Right.restriction, Right.objection})


@dataclass(frozen=True)
class Required:
    """The level a claim needs, and why."""

    level: Level
    reasons: tuple[Reason, ...]


def required_level(
    right: Right, *, levels: Mapping[Right, Level], low_risk: bool = False, doubt: str | None = None
) -> Required:
    """The level of proof one claim needs (Art. 12(6) GDPR), from the controller's own map of levels.

    `doubt` is the reasonable doubt a person has written down about this very request. Only it raises the level, and a
    document for everybody is brought down to L2 without it: Datatilsynet 2018-7320-0166 (Pandora), IMY-2022-1032
    (Lensway). A blank doubt is no doubt. A right missing from `levels` has the level of DEFAULT_LEVELS.
    """
    if right in IMMEDIATE:
        return Required(Level.L0, (Reason("identity.never_asked", right.article, {"right": right}),))
    level = levels.get(right, DEFAULT_LEVELS[right])
    reasons = [Reason("identity.policy", "Art. 12(2) GDPR", {"level": level.name, "right": right})]
    doubted = bool(doubt and doubt.strip())
    if doubted:
        level = max(level, Level.L3)
        reasons.append(Reason("identity.doubt", ART_12_6, {"level": level.name}))
    elif level is Level.L4:
        level = Level.L2
        reasons.append(Reason("identity.no_blanket_document", ID_COPY, {"level": level.name}))
    if low_risk and not doubted and right in _EASED_BY_LOW_RISK and level > Level.L1:
        level = Level.L1
        reasons.append(Reason("identity.low_risk", "Art. 5(1)(c) GDPR", {"level": level.name}))
    return Required(level, tuple(reasons))
