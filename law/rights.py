"""The rights a person may use, each with the provision that gives it."""

from enum import StrEnum


class Right(StrEnum):
    """One right of the data subject. The value is the word used in policies and in the database."""

    access = "access"
    rectification = "rectification"
    erasure = "erasure"
    restriction = "restriction"
    portability = "portability"
    objection = "objection"
    marketing_objection = "marketing_objection"
    withdraw_consent = "withdraw_consent"
    automated_decision = "automated_decision"

    @property
    def article(self) -> str:
        """The provision of the Regulation, as "Art. 15 GDPR"."""
        return _ARTICLES[self]


_ARTICLES = {
    Right.access: "Art. 15 GDPR",
    Right.rectification: "Art. 16 GDPR",
    Right.erasure: "Art. 17 GDPR",
    Right.restriction: "Art. 18 GDPR",
    Right.portability: "Art. 20 GDPR",
    Right.objection: "Art. 21(1) GDPR",
    Right.marketing_objection: "Art. 21(2) GDPR",
    Right.withdraw_consent: "Art. 7(3) GDPR",
    Right.automated_decision: "Art. 22 GDPR",
}

# Honoured at once and never behind an identity step: Art. 7(3) and 21(2)-(3) GDPR; IMY DI-2020-10696 (Nordax).
IMMEDIATE: frozenset[Right] = frozenset({Right.marketing_objection, Right.withdraw_consent})
