"""Grounds on which a claim may be refused in whole or in part, each bound to its provision (Art. 12(4) and 23 GDPR)."""

from dataclasses import dataclass

from law.reasons import Reason
from law.rights import IMMEDIATE, Right

_ALL = frozenset(Right) - IMMEDIATE


@dataclass(frozen=True)
class Ground:
    """One ground. `countries` None means everywhere; a letter states it with the sentence `ground.<code>`.

    `two_people`: a second person must agree, the burden is the controller's (Art. 12(5) GDPR).
    `needs_interest_text`: the interests must be written out (personopplysningsloven § 16 tredje ledd).
    `needs_provision`: the concrete national or Union provision must be named beside it (Art. 23 GDPR).
    """

    code: str
    article: str
    rights: frozenset[Right]
    countries: frozenset[str] | None = None
    two_people: bool = False
    needs_interest_text: bool = False
    needs_provision: bool = False

    def reason(self) -> Reason:
        """The ground as a sentence for the letter, Art. 12(4) GDPR."""
        return Reason(f"ground.{self.code}", self.article)


def _on(right: Right, code: str, article: str, *, needs_provision: bool = False) -> Ground:
    return Ground(code, f"Art. {article} GDPR", frozenset({right}), needs_provision=needs_provision)


GENERAL: tuple[Ground, ...] = (
    Ground("unfounded", "Art. 12(5)(b) GDPR", _ALL, two_people=True),
    Ground("excessive", "Art. 12(5)(b) GDPR", _ALL, two_people=True),
    # Whatever else restricts a right stands in a concrete provision of Union or national law, which must be named.
    Ground("other_statute", "Art. 23 GDPR", _ALL, needs_provision=True),
    Ground("not_identifiable", "Art. 11(2) GDPR", _ALL - {Right.objection, Right.automated_decision}),
    Ground("identity_not_proven", "Art. 12(6) GDPR", _ALL - {Right.automated_decision}),
    _on(Right.access, "others_rights", "15(4)"),
    _on(Right.rectification, "data_accurate", "16"),
    _on(Right.erasure, "no_erasure_ground", "17(1)"),
    _on(Right.erasure, "expression", "17(3)(a)"),
    _on(Right.erasure, "legal_obligation", "17(3)(b)", needs_provision=True),
    _on(Right.erasure, "public_health", "17(3)(c)"),
    _on(Right.erasure, "archiving", "17(3)(d)"),
    _on(Right.erasure, "legal_claims", "17(3)(e)"),
    _on(Right.restriction, "no_restriction_ground", "18(1)"),
    _on(Right.portability, "not_portable", "20(1)"),
    _on(Right.portability, "portability_public_task", "20(3)"),
    _on(Right.portability, "portability_others", "20(4)"),
    _on(Right.objection, "compelling_grounds", "21(1)"),
    _on(Right.objection, "objection_legal_claims", "21(1)"),
    _on(Right.objection, "not_objectable", "21(1)"),
    _on(Right.automated_decision, "not_solely_automated", "22(1)"),
    _on(Right.automated_decision, "no_significant_effect", "22(1)"),
    _on(Right.automated_decision, "automation_permitted", "22(2)"),
)


def national(
    country: str,
    code: str,
    provision: str,
    *,
    rights: frozenset[Right] = frozenset({Right.access}),
    needs_interest_text: bool = False,
) -> Ground:
    """A ground in national statute, which Art. 23 GDPR allows; the provision is written as the country writes it."""
    return Ground(code, provision, rights, frozenset({country}), needs_interest_text=needs_interest_text)
