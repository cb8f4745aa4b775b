"""Who asks for somebody else, and what must be shown of both people (Art. 12(6) GDPR; EDPB 01/2022 paras. 80-81)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from law.durations import Period
from law.reasons import Reason

BOTH = "EDPB 01/2022 para. 80-81"
DEAD_DK = "databeskyttelsesloven § 2, stk. 5"
DEAD_ELSEWHERE = "recital 27 GDPR"
AFTER_DEATH = Period.parse("P10Y")


class Authority(StrEnum):
    """What gives somebody the right to ask for another. Whether it does is national law (EDPB 01/2022 para. 80)."""

    power_of_attorney = "power_of_attorney"
    lawyer = "lawyer"
    guardian = "guardian"
    parent = "parent"
    estate = "estate"


class Part(StrEnum):
    """What is shown: the right to act, who acts, and that the person behind it is who the data is about."""

    authority = "authority"
    speaker = "speaker"
    person = "person"


WHY_NOT_ASKED: Mapping[Authority, str] = {
    Authority.guardian: "speaker.not_asked_guardian",
    Authority.parent: "speaker.not_asked_parent",
    Authority.estate: "speaker.not_asked_estate",
}
"""Whoever is not here can be asked, and is: a power of attorney says nothing of who wrote it."""


@dataclass(frozen=True)
class Needed:
    """What must be shown for one kind of authority, in this order, and why."""

    parts: tuple[Part, ...]
    reasons: tuple[Reason, ...]


def needed(authority: Authority) -> Needed:
    """The parts to be shown (EDPB 01/2022 paras. 80-81).

    Where the person cannot answer for themselves (a child, somebody under guardianship, somebody who has died), whoever
    checks writes down that this is why they were not asked.
    """
    own = "speaker.register" if authority is Authority.lawyer else "speaker.own"
    reasons = (Reason("speaker.authority", BOTH), Reason(own, BOTH))
    if authority not in WHY_NOT_ASKED:
        return Needed(tuple(Part), (*reasons, Reason("speaker.person_asked", BOTH)))
    return Needed((Part.authority, Part.speaker), (*reasons, Reason(WHY_NOT_ASKED[authority], BOTH)))


@dataclass(frozen=True)
class AfterDeath:
    """`protected`: the rules of data protection still cover the data of somebody who has died; None: a person decides
    by another law, because these rules leave it open."""

    protected: bool | None
    reasons: tuple[Reason, ...]


def after_death(country: str, *, died: date, today: date) -> AfterDeath:
    """Whether data of the deceased is covered: databeskyttelsesloven § 2(5), recital 27 GDPR.

    `country`: DK, SE or NO. ValueError for a day to come. Denmark applies the Regulation for ten years after the death;
    in Sweden and Norway it does not cover the dead.
    """
    if died > today:
        raise ValueError("a day of death that has not been yet")
    if country != "DK":
        return AfterDeath(None, (Reason("speaker.dead_not_covered", DEAD_ELSEWHERE),))
    until = AFTER_DEATH.after(died)
    code = "speaker.dead_covered" if today <= until else "speaker.dead_too_long"
    return AfterDeath(today <= until, (Reason(code, DEAD_DK, {"until": until}),))
