"""The balancing after an objection: who must show what, and when it may be refused (Art. 21(1)-(3) GDPR).

The burden is the controller's. It goes on only where it *demonstrates* compelling legitimate grounds which override
this person's interests, or needs the data for a legal claim. An incomplete balancing cannot refuse; stopping needs no
reasons.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from law.outcomes import Outcome
from law.reasons import Reason

Reach: TypeAlias = Literal["absolute", "weighed", "outside"]
Conclusion: TypeAlias = Literal["", "stop", "continue"]

ART_21_1 = "Art. 21(1) GDPR"
WEIGHED = frozenset({"e", "f"})  # a task in the public interest, a legitimate interest
OUTSIDE: Mapping[str, tuple[str, str]] = {
    "a": ("balancing.consent", "Art. 7(3) GDPR"),
    "b": ("balancing.contract", "Art. 6(1)(b) GDPR"),
    "c": ("balancing.duty", "Art. 6(1)(c) GDPR"),
    "d": ("balancing.vital", "Art. 6(1)(d) GDPR"),
}
PARTS: tuple[tuple[str, str], ...] = (
    ("interests", "balancing.no_interests"),
    ("necessity", "balancing.no_necessity"),
    ("effect", "balancing.no_effect"),
    ("safeguards", "balancing.no_safeguards"),
)
"""What a refusal must have weighed, and what is said where it is missing (Art. 21(1) GDPR)."""


@dataclass(frozen=True)
class Weighing:
    """One purpose objected to, and what the controller brings forward for it. All texts are whole sentences.

    `purpose`: its name. `bases`: letters of Art. 6(1), "a" to "f". `interests`: the compelling legitimate grounds.
    `necessity`: why it does not go without these data. `effect`: what it means for this person. `safeguards`: what
    lessens that. `legal_claim`: the claim the data are needed for, which stands in for the balancing (Art. 21(1)).
    """

    purpose: str
    bases: tuple[str, ...]
    direct_marketing: bool = False
    conclusion: Conclusion = ""
    interests: str = ""
    necessity: str = ""
    effect: str = ""
    safeguards: str = ""
    legal_claim: str = ""


@dataclass(frozen=True)
class Verdict:
    """What becomes of one purpose. `ground`: a code of `law.decisions.GROUNDS` where it goes on, else empty."""

    purpose: str
    reach: Reach
    stops: bool
    ground: str
    reason: Reason


@dataclass(frozen=True)
class Balance:
    """What all of it comes to. `outcome` None while something in `missing` has to be written first."""

    outcome: Outcome | None
    grounds: tuple[str, ...]
    verdicts: tuple[Verdict, ...]
    missing: tuple[Reason, ...]


def reach(bases: Sequence[str], *, direct_marketing: bool = False) -> tuple[Reach, Reason]:
    """How far an objection reaches for processing on these bases, and why (Art. 21(1)-(3) GDPR).

    Direct marketing stops without balancing, whatever its basis. ValueError for no basis, or one that is not a to f.
    """
    unknown = set(bases) - WEIGHED - set(OUTSIDE)
    if unknown or not bases:
        raise ValueError(f"bases: found {sorted(unknown) or 'none'}, expected letters a to f of Art. 6(1)")
    if direct_marketing:
        return "absolute", Reason("balancing.absolute", "Art. 21(3) GDPR")
    if WEIGHED.intersection(bases):
        return "weighed", Reason("balancing.weighed", ART_21_1)
    code, article = OUTSIDE[bases[0]]
    return "outside", Reason(code, article)


def balance(weighings: Sequence[Weighing], *, situation: str) -> Balance:
    """Whether the objection is upheld, for every purpose it is about (Art. 21(1) GDPR).

    `situation`: the person's particular situation, in their words or as it is known; a refusal must have looked at it.
    """
    if not weighings:
        return Balance(None, (), (), (Reason("balancing.no_purpose", ART_21_1),))
    missing = tuple(reason for one in weighings for reason in _missing(one, situation))
    verdicts = tuple(_verdict(one) for one in weighings)
    grounds = tuple(dict.fromkeys(verdict.ground for verdict in verdicts if verdict.ground))
    return Balance(None if missing else _outcome(verdicts), grounds, verdicts, missing)


def _missing(one: Weighing, situation: str) -> list[Reason]:
    kind, _why = reach(one.bases, direct_marketing=one.direct_marketing)
    if kind != "weighed" or one.conclusion == "stop":
        return []
    if not one.conclusion:
        return [Reason("balancing.no_conclusion", ART_21_1, {"purpose": one.purpose})]
    if one.legal_claim.strip():
        asked: tuple[tuple[str, str], ...] = (("necessity", "balancing.no_necessity"),)
    else:
        asked = PARTS
    lacking = [code for name, code in asked if not getattr(one, name).strip()]
    lacking += [] if situation.strip() else ["balancing.no_situation"]
    return [Reason(code, ART_21_1, {"purpose": one.purpose}) for code in lacking]


def _verdict(one: Weighing) -> Verdict:
    kind, why = reach(one.bases, direct_marketing=one.direct_marketing)
    if kind == "outside":
        return Verdict(one.purpose, kind, False, "not_objectable", why)
    if kind == "absolute":
        return Verdict(one.purpose, kind, True, "", why)
    if one.conclusion != "continue":
        return Verdict(one.purpose, kind, True, "", Reason("balancing.stops", ART_21_1))
    if one.legal_claim.strip():
        return Verdict(one.purpose, kind, False, "objection_legal_claims", Reason("balancing.claims", ART_21_1))
    return Verdict(one.purpose, kind, False, "compelling_grounds", Reason("balancing.compelling", ART_21_1))


def _outcome(verdicts: Sequence[Verdict]) -> Outcome:
    stops = {verdict.stops for verdict in verdicts}
    if stops == {True}:
        return Outcome.granted
    return Outcome.refused if stops == {False} else Outcome.partly_granted
