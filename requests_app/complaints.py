"""A complaint about how a request was handled, to the company or to the authority. It stops no clock (R-31)."""

from collections.abc import Sequence
from datetime import date, datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from law.deadlines import local_day
from letters.render import Rendered
from requests_app import correspondence, events
from requests_app.controllers import controller
from requests_app.models import Case, Letter
from requests_app.states import Actor


class ImpossibleDay(ValueError):
    """Nobody complains tomorrow, or about a request that has not been made."""


def preview(case: Case, *, complained_on: date, answer: Sequence[str], to_authority: bool, now: datetime) -> Rendered:
    """The letter as it would read; nothing is written. Raises as `reply` does."""
    values = _values(case, complained_on=complained_on, answer=answer, to_authority=to_authority, now=now)
    return correspondence.rendered(case, "complaint_answer", values=values, now=now)


def reply(
    case: Case,
    *,
    complained_on: date,
    answer: Sequence[str],
    to_authority: bool,
    now: datetime,
    user: AbstractBaseUser,
) -> Letter:
    """Answer the person, with the way on to the authority and to the courts. `answer`: paragraphs in their language.
    Raises `ImpossibleDay`, and ValueError without an answer."""
    values = _values(case, complained_on=complained_on, answer=answer, to_authority=to_authority, now=now)
    with transaction.atomic():
        letter, is_new = correspondence.write_once(case, "complaint_answer", values=values, now=now)
        if not is_new:
            return letter
        events.record(
            case,
            "complaint_answered",
            now=now,
            actor=Actor.STAFF,
            user=user,
            data={"on": complained_on.isoformat(), "addressed": "authority" if to_authority else "company"},
        )
    return letter


def _values(
    case: Case, *, complained_on: date, answer: Sequence[str], to_authority: bool, now: datetime
) -> dict[str, object]:
    today = local_day(now, tz=controller(case.controller).policy.tz)
    if not case.received_on <= complained_on <= today:
        raise ImpossibleDay(f"complained_on: found {complained_on}, expected {case.received_on} to {today}")
    paragraphs = tuple(line.strip() for line in answer if line.strip())
    return {"complained_on": complained_on, "answer": paragraphs, "to_authority": to_authority}
