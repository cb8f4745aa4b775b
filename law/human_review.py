"""When a person has really reviewed an automated decision (Art. 22(3) GDPR; WP251 rev.01 p. 21, CJEU C-203/22)."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from law.reasons import Answer, Reason

Result: TypeAlias = Literal["", "upheld", "changed", "set_aside"]
RESULTS: tuple[Result, ...] = ("upheld", "changed", "set_aside")
ART_22_3 = "Art. 22(3) GDPR"


@dataclass(frozen=True)
class Review:
    """What a named person looked at and concluded.

    `view`: the person's own point of view, as it was considered. `logic`: the procedure and principles actually
    applied, in words a person understands. `holds`: what applies now. `reasons`: why. `is_staff`: whoever reviewed is a
    person who works for this company. `has_authority`: they say that they could change the decision. `saw_all`: they
    say that they looked at all relevant data.
    """

    result: Result = ""
    view: str = ""
    logic: tuple[str, ...] = ()
    holds: str = ""
    reasons: str = ""
    is_staff: bool = False
    has_authority: bool = False
    saw_all: bool = False


def check(review: Review) -> Answer:
    """Whether the review may be answered with: human involvement must be meaningful, not a token gesture (Art. 22(3)).

    ValueError for a result that is none of RESULTS.
    """
    if review.result and review.result not in RESULTS:
        raise ValueError(f"result: found {review.result!r}, expected one of {', '.join(RESULTS)}")
    asked = (
        (review.is_staff, "review.not_staff", ART_22_3),
        (review.has_authority, "review.no_authority", ART_22_3),
        (review.saw_all, "review.not_all_seen", ART_22_3),
        (review.view.strip(), "review.no_view", ART_22_3),
        (any(line.strip() for line in review.logic), "review.no_logic", "Art. 15(1)(h) GDPR"),
        (review.result, "review.no_result", ART_22_3),
        (review.holds.strip(), "review.nothing_holds", ART_22_3),
        (review.reasons.strip(), "review.no_reasons", ART_22_3),
    )
    missing = tuple(Reason(code, article) for there, code, article in asked if not there)
    return Answer(False, missing) if missing else Answer(True, (Reason("review.whole", ART_22_3),))
