"""What the facts of a claim speak for. A person decides."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from law.outcomes import Outcome
from law.reasons import Reason
from law.rights import IMMEDIATE, Right


@dataclass(frozen=True)
class ClaimFacts:
    """What is known about a claim when a person comes to decide; None means that nobody knows yet.

    `answered`: the person answered the identity question, where one was asked. Of the `records` found some are
    `retained` by law or obligation on the `retention_grounds`, `undetermined`, `withheld` for the sake of others, or
    `portable` in the sense of Art. 20(1) GDPR.
    """

    identified: bool | None = None
    answered: bool = True
    records: int | None = None
    retained: int = 0
    retention_grounds: tuple[str, ...] = ()
    undetermined: int = 0
    withheld: int = 0
    portable: int | None = None
    inaccurate: bool | None = None
    restriction_ground: bool | None = None
    compelling_grounds: bool | None = None
    solely_automated: bool | None = None
    significant_effect: bool | None = None


@dataclass(frozen=True)
class Suggestion:
    """A proposal for the person who decides; outcome None means that the facts do not carry one yet."""

    outcome: Outcome | None
    grounds: tuple[str, ...]
    reasons: tuple[Reason, ...]


def suggest(right: Right, *, facts: ClaimFacts) -> Suggestion:
    """What the facts speak for (Art. 12(2)-(5) and 15-22 GDPR); the decision stays a person's."""
    if right in IMMEDIATE:
        return _to(Outcome.granted, "suggest.immediate", right.article)
    return _identity(facts) or _records(facts) or _BY_RIGHT[right](facts)


def _to(outcome: Outcome | None, code: str, article: str, *grounds: str) -> Suggestion:
    return Suggestion(outcome, grounds, (Reason(code, article),))


def _identity(facts: ClaimFacts) -> Suggestion | None:
    """Without an answer nothing more is owed on this request, yet the person is told: IMY DI-2020-10538; Art. 11(2)."""
    if facts.identified:
        return None
    if not facts.answered:
        return _to(Outcome.not_identified, "suggest.not_answered", "Art. 12(6) GDPR")
    if facts.identified is False:
        return _to(Outcome.not_identified, "suggest.not_identified", "Art. 11(2) GDPR")
    return _to(None, "suggest.identity_first", "Art. 12(6) GDPR")


def _records(facts: ClaimFacts) -> Suggestion | None:
    """ "No data" is an answer and better than a refusal: EDPB 01/2022 para. 179."""
    if facts.records is None:
        return _to(None, "suggest.collect_first", "Art. 12(3) GDPR")
    if facts.records == 0:
        return _to(Outcome.no_data, "suggest.no_data", "Art. 15(1) GDPR")
    return None


def _access(facts: ClaimFacts) -> Suggestion:
    if facts.withheld:
        return _to(Outcome.partly_granted, "suggest.withheld", "Art. 15(4) GDPR", "others_rights")
    return _to(Outcome.granted, "suggest.access", "Art. 15(1) GDPR")


def _erasure(facts: ClaimFacts) -> Suggestion:
    if facts.undetermined:
        return _to(None, "suggest.decide_by_hand", "Art. 5(2) GDPR")
    if facts.retained and facts.retained == facts.records:
        return _to(Outcome.refused, "suggest.all_retained", "Art. 17(3) GDPR", *facts.retention_grounds)
    if facts.retained:
        return _to(Outcome.partly_granted, "suggest.some_retained", "Art. 17(3) GDPR", *facts.retention_grounds)
    return _to(Outcome.granted, "suggest.erasure", "Art. 17(1) GDPR")


def _portability(facts: ClaimFacts) -> Suggestion:
    if facts.portable is None:
        return _to(None, "suggest.sort_first", "Art. 20(1) GDPR")
    if facts.portable == 0:
        return _to(Outcome.refused, "suggest.not_portable", "Art. 20(1) GDPR", "not_portable")
    return _to(Outcome.granted, "suggest.portability", "Art. 20(1) GDPR")


def _rectification(facts: ClaimFacts) -> Suggestion:
    """While the accuracy is being verified the data is restricted, Art. 18(1)(a)."""
    if facts.inaccurate is None:
        return _to(None, "suggest.restrict_while_verifying", "Art. 18(1)(a) GDPR")
    if facts.inaccurate:
        return _to(Outcome.granted, "suggest.rectification", "Art. 16 GDPR")
    return _to(Outcome.refused, "suggest.accurate", "Art. 16 GDPR", "data_accurate")


def _restriction(facts: ClaimFacts) -> Suggestion:
    if facts.restriction_ground is None:
        return _to(None, "suggest.restriction_ground", "Art. 18(1) GDPR")
    if facts.restriction_ground:
        return _to(Outcome.granted, "suggest.restriction", "Art. 18(1) GDPR")
    return _to(Outcome.refused, "suggest.no_restriction", "Art. 18(1) GDPR", "no_restriction_ground")


def _objection(facts: ClaimFacts) -> Suggestion:
    """The burden is the controller's: no compelling grounds shown, no further processing."""
    if facts.compelling_grounds is None:
        return _to(None, "suggest.restrict_while_weighing", "Art. 18(1)(d) GDPR")
    if facts.compelling_grounds:
        return _to(Outcome.refused, "suggest.compelling", "Art. 21(1) GDPR", "compelling_grounds")
    return _to(Outcome.granted, "suggest.objection", "Art. 21(1) GDPR")


def _automated(facts: ClaimFacts) -> Suggestion:
    """A score that others draw strongly upon is itself the decision: CJEU C-634/21 (SCHUFA)."""
    if facts.solely_automated is None or facts.significant_effect is None:
        return _to(None, "suggest.review_decision", "Art. 22(1) GDPR")
    if not facts.solely_automated:
        return _to(Outcome.refused, "suggest.human_decided", "Art. 22(1) GDPR", "not_solely_automated")
    if not facts.significant_effect:
        return _to(Outcome.refused, "suggest.no_effect", "Art. 22(1) GDPR", "no_significant_effect")
    return _to(Outcome.granted, "suggest.human_review", "Art. 22(3) GDPR")


_BY_RIGHT: Mapping[Right, Callable[[ClaimFacts], Suggestion]] = {
    Right.access: _access,
    Right.erasure: _erasure,
    Right.portability: _portability,
    Right.rectification: _rectification,
    Right.restriction: _restriction,
    Right.objection: _objection,
    Right.automated_decision: _automated,
}
