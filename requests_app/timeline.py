"""What has happened, what stands and what is asked of the person: the status page's view of a case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import NoReverseMatch, reverse

from law.outcomes import Outcome
from law.reasons import Reason, say
from law.rights import IMMEDIATE, Right
from requests_app import clock
from requests_app.models import Case, Claim, ClockSegment
from requests_app.plain_words import (
    DONE_IMMEDIATE,
    HAPPENED,
    OUTCOMES,
    RIGHTS,
    STANDING,
    STANDING_IMMEDIATE,
    STANDING_OF,
    Words,
)
from requests_app.states import Stage


@dataclass(frozen=True)
class Line:
    """One thing that happened; `rights` where it was about some of the rights asked for."""

    at: datetime
    text: Words
    rights: tuple[Words, ...] = ()


@dataclass(frozen=True)
class Standing:
    """One right: where it stands and when its answer is due, with the reasons for that day."""

    right: Right
    title: Words
    text: Words
    closed: bool
    paused: bool
    extended: bool
    due: date
    steps: tuple[str, ...]


def lines(case: Case) -> list[Line]:
    """Newest first; the same thing about several rights at one moment is one line."""
    told: list[Line] = []
    for event in case.events.select_related("claim").order_by("-seq"):
        text = HAPPENED.get(event.kind)
        if text is None:
            continue
        rights = (RIGHTS[Right(event.claim.right)].title,) if event.claim else ()
        if told and told[-1].at == event.at and told[-1].text is text:
            told[-1] = Line(event.at, text, (*rights, *told[-1].rights))
        else:
            told.append(Line(event.at, text, rights))
    return told


def standings(case: Case, *, today: date, language: str) -> list[Standing]:
    return [_standing(claim, today=today, language=language) for claim in case.claims.prefetch_related("segments")]


def same_day(standing: Sequence[Standing]) -> Standing | None:
    """The one due date of all open claims, or None where they differ or none is open."""
    open_ones = [one for one in standing if not one.closed]
    return open_ones[0] if open_ones and len({(one.due, one.steps) for one in open_ones}) == 1 else None


def explained(steps: Sequence[Reason], language: str) -> tuple[str, ...]:
    return tuple(say(step, language) for step in steps)


def _standing(claim: Claim, *, today: date, language: str) -> Standing:
    right, answer = Right(claim.right), clock.explain(claim, today=today)
    by_lane = right in IMMEDIATE and not claim.prepared_by_id
    text = STANDING_IMMEDIATE if by_lane else STANDING_OF.get((right, claim.stage), STANDING[claim.stage])
    ended = DONE_IMMEDIATE if by_lane and claim.outcome == "granted" else OUTCOMES.get(claim.outcome, text)
    kinds = {segment.kind for segment in claim.segments.all()}
    return Standing(
        right=right,
        title=RIGHTS[right].ask,
        text=ended if claim.stage == Stage.CLOSED else text,
        closed=claim.stage == Stage.CLOSED,
        paused=answer.paused,
        extended=ClockSegment.Kind.EXTENSION in kinds,
        due=answer.due,
        steps=explained(answer.steps, language),
    )


def identity_url(case: Case) -> str | None:
    """Where the person can prove who they are, if that is what the case waits for, or what it was closed for."""
    waiting = [
        claim for claim in case.claims.all()
        if claim.stage in (Stage.RECEIVED, Stage.IDENTIFYING)
        or (claim.stage == Stage.CLOSED and claim.outcome == Outcome.not_identified)
    ]  # fmt: skip
    return (
        _upward("identity:start", case.reference) if any(Right(one.right) not in IMMEDIATE for one in waiting) else None
    )


def download_url(case: Case) -> str | None:
    """Where the data lies ready: the last event that names a delivery."""
    for event in case.events.filter(kind="download_ready").order_by("-seq")[:1]:
        return _upward("fulfilment:download", case.reference, event.data["delivery"])
    return None


def told_url(case: Case) -> str | None:
    """Where the person can ask who has been told, once somebody was to be told (Art. 19)."""
    listed = case.events.filter(kind__in=("recipients_listed", "recipient_added")).exists()
    return _upward("fulfilment:told", case.reference) if listed else None


def _upward(name: str, *args: object) -> str | None:
    """A room above is known by the name of its URL only; a portal without that room has no such page."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return None
