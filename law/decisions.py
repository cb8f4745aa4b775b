"""What a claim may end in, on which grounds, and when a refusal is complete (Art. 12(4) and 23 GDPR)."""

from collections.abc import Mapping, Sequence
from datetime import date

from law.deadlines import ART_12_4, Deadline, may_refuse
from law.grounds import GENERAL, Ground
from law.national import COUNTRIES
from law.outcomes import Outcome
from law.reasons import Answer, Reason
from law.rights import IMMEDIATE, Right
from law.suggestions import ClaimFacts, Suggestion, suggest

__all__ = ["GROUNDS", "ClaimFacts", "Ground", "Outcome", "Suggestion", "check", "grounds_for", "suggest"]

REFUSING = frozenset({Outcome.partly_granted, Outcome.refused})
# A whole refusal for the sake of others is no answer: recital 63 GDPR, "should not be a refusal to provide all".
_PART_ONLY = frozenset({"others_rights", "portability_others"})

GROUNDS: Mapping[str, Ground] = {
    ground.code: ground
    for ground in (*GENERAL, *(ground for country in COUNTRIES.values() for ground in country.EXEMPTIONS))
}


def grounds_for(right: Right, *, country: str) -> tuple[Ground, ...]:
    """The grounds on which this right may be refused in this country (Art. 23 GDPR).

    None at all for a marketing objection and a withdrawn consent (Art. 21(3) and 7(3) GDPR).
    """
    return tuple(
        ground
        for ground in GROUNDS.values()
        if right in ground.rights and (ground.countries is None or country in ground.countries)
    )


def check(
    outcome: Outcome,
    *,
    right: Right,
    country: str,
    grounds: Sequence[str],
    reasons_text: str,
    today: date,
    deadline: Deadline,
    interests_text: str = "",
    provision: str = "",
    people: int | None = None,
    late_because: str = "",
) -> Answer:
    """Whether a decision may go out; an incomplete refusal may not (Art. 12(4) GDPR).

    `grounds` are codes of GROUNDS. `reasons_text` holds the facts of this case in words. `interests_text`: the
    interests weighed, where the ground asks for them (personopplysningsloven § 16 tredje ledd). `provision`: the
    concrete statute, where the ground leaves it open (Art. 23 GDPR). `people`: how many persons have agreed; None while
    the second has yet to be asked. A refusal after the first month, extended or not, is stopped (Art. 12(4) GDPR)
    unless `late_because` records why it comes only now: a person left without an answer is worse off, and the letter
    tells them that it is late.
    """
    if outcome not in REFUSING:
        return _without_grounds(outcome, right, grounds)
    if right in IMMEDIATE:
        return Answer(False, (Reason("decision.unconditional", right.article, {"right": right}),))
    allowed = {ground.code: ground for ground in grounds_for(right, country=country)}
    chosen = [allowed[code] for code in grounds if code in allowed]
    problems = [
        Reason("decision.foreign_ground", ART_12_4, {"ground": code, "right": right})
        for code in grounds
        if code not in allowed
    ]
    problems += _incomplete(outcome, grounds, reasons_text)
    problems += [problem for ground in chosen for problem in _missing(ground, interests_text, provision, people)]
    in_time = may_refuse(deadline, today=today)
    if not in_time.allowed and not late_because.strip():
        problems += in_time.reasons
    if problems:
        return Answer(False, tuple(problems))
    notes = [ground.reason() for ground in chosen]
    two = any(ground.two_people for ground in chosen) and people is None
    if two:
        notes.append(Reason("decision.two_people", "Art. 12(5) GDPR"))
    if not in_time.allowed:
        notes.append(Reason("refuse.late", ART_12_4, {"day": deadline.notice_by}))
    return Answer(True, tuple(notes), review=two)


def _without_grounds(outcome: Outcome, right: Right, grounds: Sequence[str]) -> Answer:
    if outcome is Outcome.not_identified and right in IMMEDIATE:
        return Answer(False, (Reason("identity.never_asked", right.article, {"right": right}),))
    if grounds:
        return Answer(False, (Reason("decision.ground_without_refusal", ART_12_4),))
    return Answer(True, (Reason(f"decision.{outcome}", "Art. 12(3) GDPR"),))


def _incomplete(outcome: Outcome, grounds: Sequence[str], reasons_text: str) -> list[Reason]:
    problems = []
    if not grounds:
        problems.append(Reason("decision.no_ground", ART_12_4))
    if not reasons_text.strip():
        problems.append(Reason("decision.no_reasons", ART_12_4))
    if outcome is Outcome.refused and grounds and _PART_ONLY.issuperset(grounds):
        problems.append(Reason("decision.part_only", "Art. 15(4) GDPR"))
    return problems


def _missing(ground: Ground, interests_text: str, provision: str, people: int | None) -> list[Reason]:
    problems = []
    if ground.needs_interest_text and not interests_text.strip():
        problems.append(Reason("decision.no_interests", ground.article))
    if ground.needs_provision and not provision.strip():
        problems.append(Reason("decision.no_provision", "Art. 23 GDPR"))
    if ground.two_people and people is not None and people < 2:
        problems.append(Reason("decision.second_person", "Art. 12(5) GDPR"))
    return problems
