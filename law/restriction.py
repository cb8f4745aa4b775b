"""When data may only be stored, what that means, and what must happen before it ends (Art. 18 GDPR)."""

from collections.abc import Mapping
from datetime import date
from typing import Literal

from law.durations import Period
from law.outcomes import Outcome
from law.reasons import Answer, Reason

ART_18_2, ART_18_3 = "Art. 18(2) GDPR", "Art. 18(3) GDPR"
Why = Literal["accuracy", "objection"]

GROUNDS: Mapping[str, Reason] = {
    "a": Reason("restriction.accuracy", "Art. 18(1)(a) GDPR"),
    "b": Reason("restriction.unlawful", "Art. 18(1)(b) GDPR"),
    "c": Reason("restriction.claims", "Art. 18(1)(c) GDPR"),
    "d": Reason("restriction.objection", "Art. 18(1)(d) GDPR"),
}
"""The only grounds, by their letter in Art. 18(1) GDPR, each as a sentence for the person."""


def storage_only() -> tuple[Reason, ...]:
    """What a restriction means: Art. 18(2), 18(3) and 19 GDPR, recital 67."""
    return (
        Reason("restriction.storage_only", ART_18_2),
        Reason("restriction.told_before", ART_18_3),
        Reason("restriction.recipients_told", "Art. 19 GDPR"),
    )


def may_announce(*, today: date, lift_on: date, notice: Period) -> Answer:
    """Whether a restriction may end on this day when the person is told today: told before, Art. 18(3) GDPR.

    `notice`: how long before the company promises to tell; never less than one day, or it would not be before.
    """
    earliest = earliest_lifting(today=today, notice=notice)
    if lift_on < earliest:
        return Answer(False, (Reason("restriction.too_soon", ART_18_3, {"day": earliest}),))
    return Answer(True, (Reason("restriction.lifts_on", ART_18_3, {"told": today, "day": lift_on}),))


def earliest_lifting(*, today: date, notice: Period) -> date:
    """The first day on which a restriction may end when the person is told today, Art. 18(3) GDPR."""
    return max(notice.after(today), Period(days=1).after(today))


def may_lift(*, today: date, told_on: date | None, lift_on: date | None) -> Answer:
    """Whether a restriction may end today: the person was told, and the day has come (Art. 18(3) GDPR)."""
    if told_on is None or lift_on is None or told_on >= today:
        return Answer(False, (Reason("restriction.not_announced", ART_18_3),))
    if today < lift_on:
        return Answer(False, (Reason("restriction.too_soon", ART_18_3, {"day": lift_on}),))
    return Answer(True, (Reason("restriction.lifts_on", ART_18_3, {"told": told_on, "day": lift_on}),))


def may_delete(ground: str) -> Answer:
    """Whether routine deletion may take a restricted record: never by itself (Art. 18(2) GDPR).

    Under (b) and (c) the person asked for the data to be kept, so that deleting it takes what they asked for. KeyError
    for a letter that is no ground.
    """
    kept = "restriction.kept" if ground in ("b", "c") else "restriction.waits"
    return Answer(False, (Reason(kept, GROUNDS[ground].article),), review=True)


def ended(why: Why, *, outcome: Outcome) -> Reason:
    """Why a restriction that came by itself ends: the claim it waited for is decided (Art. 18(1)(a), 18(1)(d) GDPR)."""
    if outcome is Outcome.withdrawn:
        return Reason("restriction.ended_withdrawn", ART_18_3)
    if why == "objection":
        return Reason("restriction.ended_objection", "Art. 21(1) GDPR")
    corrected = outcome in (Outcome.granted, Outcome.partly_granted)
    if corrected:
        return Reason("restriction.ended_corrected", "Art. 16 GDPR")
    return Reason("restriction.ended_accurate", "Art. 18(1)(a) GDPR")
