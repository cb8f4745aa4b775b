"""What the facts of a claim speak for."""

from law.decisions import GROUNDS, ClaimFacts, Outcome, suggest
from law.rights import IMMEDIATE, Right
from tests.law.rows import each


def known(**more: object) -> ClaimFacts:
    return ClaimFacts(**({"identified": True, "records": 3} | more))  # type: ignore[arg-type]


@each("right", sorted(IMMEDIATE))
def test_immediate_rights_are_granted_before_anything_is_known(right: Right) -> None:
    assert suggest(right, facts=ClaimFacts(identified=False, records=0)).outcome is Outcome.granted


@each("right", sorted(set(Right) - IMMEDIATE))
@each(
    ("facts", "outcome", "code"),
    [
        (ClaimFacts(), None, "suggest.identity_first"),
        (ClaimFacts(answered=False), Outcome.not_identified, "suggest.not_answered"),
        (ClaimFacts(identified=False), Outcome.not_identified, "suggest.not_identified"),
        (ClaimFacts(identified=True), None, "suggest.collect_first"),
        (ClaimFacts(identified=True, records=0), Outcome.no_data, "suggest.no_data"),
    ],
)
def test_first_who_and_then_what(right: Right, facts: ClaimFacts, outcome: Outcome | None, code: str) -> None:
    suggestion = suggest(right, facts=facts)
    assert (suggestion.outcome, suggestion.reasons[0].code) == (outcome, code)


@each(
    ("right", "facts", "outcome", "grounds"),
    [
        (Right.access, known(), Outcome.granted, ()),
        (Right.access, known(withheld=1), Outcome.partly_granted, ("others_rights",)),
        (Right.erasure, known(), Outcome.granted, ()),
        (Right.erasure, known(undetermined=1, retained=2), None, ()),
        (
            Right.erasure,
            known(retained=1, retention_grounds=("dk_bookkeeping",)),
            Outcome.partly_granted,
            ("dk_bookkeeping",),
        ),
        (Right.erasure, known(retained=3, retention_grounds=("legal_claims",)), Outcome.refused, ("legal_claims",)),
        (Right.portability, known(), None, ()),
        (Right.portability, known(portable=0), Outcome.refused, ("not_portable",)),
        (Right.portability, known(portable=2), Outcome.granted, ()),
        (Right.rectification, known(), None, ()),
        (Right.rectification, known(inaccurate=True), Outcome.granted, ()),
        (Right.rectification, known(inaccurate=False), Outcome.refused, ("data_accurate",)),
        (Right.restriction, known(), None, ()),
        (Right.restriction, known(restriction_ground=True), Outcome.granted, ()),
        (Right.restriction, known(restriction_ground=False), Outcome.refused, ("no_restriction_ground",)),
        (Right.objection, known(), None, ()),
        (Right.objection, known(compelling_grounds=True), Outcome.refused, ("compelling_grounds",)),
        (Right.objection, known(compelling_grounds=False), Outcome.granted, ()),
        (Right.automated_decision, known(), None, ()),
        (Right.automated_decision, known(solely_automated=True), None, ()),
        (
            Right.automated_decision,
            known(solely_automated=False, significant_effect=True),
            Outcome.refused,
            ("not_solely_automated",),
        ),
        (
            Right.automated_decision,
            known(solely_automated=True, significant_effect=False),
            Outcome.refused,
            ("no_significant_effect",),
        ),
        (Right.automated_decision, known(solely_automated=True, significant_effect=True), Outcome.granted, ()),
    ],
)
def test_what_the_facts_speak_for(
    right: Right, facts: ClaimFacts, outcome: Outcome | None, grounds: tuple[str, ...]
) -> None:
    suggestion = suggest(right, facts=facts)
    assert (suggestion.outcome, suggestion.grounds) == (outcome, grounds)
    assert suggestion.reasons
    assert all(right in GROUNDS[code].rights for code in grounds)


def test_a_disputed_fact_is_restricted_while_it_is_verified() -> None:
    assert suggest(Right.rectification, facts=known()).reasons[0].article == "Art. 18(1)(a) GDPR"
    assert suggest(Right.objection, facts=known()).reasons[0].article == "Art. 18(1)(d) GDPR"
