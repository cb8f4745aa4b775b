"""What a company has not told yet and an answer needs: it goes out only once that is told, or waived with a reason.

The only writer of `Waiver`. The rows are the history: a waiver ends, it is never deleted (Art. 5(2)).
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from law.outcomes import Outcome
from policies import check
from policies.promises import OpenQuestion
from requests_app import access
from requests_app.controllers import controller
from requests_app.models import Claim, Membership, Waiver

Role = Membership.Role
MAY_WAIVE = frozenset({Role.APPROVER, Role.ADMINISTRATOR})
LETTERHEAD = check.LETTERHEAD


class NotAllowed(Exception):
    """`code`: approver_or_administrator, no_reason, unknown (no such question), blocks_nothing, taken (in force)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Point:
    """One open question of a company. `waiver`: the one in force, for exactly these words."""

    question: OpenQuestion
    waiver: Waiver | None

    @property
    def blocks(self) -> tuple[str, ...]:
        return self.question.blocks


def points(slug: str) -> list[Point]:
    """Everything the company has not told yet, what blocks something first. Raises `UnknownController`."""
    return _with_waivers(slug, check.open_questions(controller(slug)))


def blocking(claim: Claim, *, outcome: str = Outcome.granted) -> list[Point]:
    """What keeps this answer from being released: neither told nor waived."""
    return [point for point in _needed(claim, outcome) if point.waiver is None]


def waived(claim: Claim, *, outcome: str = Outcome.granted) -> list[str]:
    """Ids of the questions this answer goes out without."""
    return [point.question.id for point in _needed(claim, outcome) if point.waiver]


def history(slug: str) -> QuerySet[Waiver]:
    return Waiver.objects.filter(controller=slug).select_related("user", "taken_back_by")


def waive(slug: str, *, question: str, reason: str, user: AbstractBaseUser, now: datetime) -> Waiver:
    """Answers may go out without it. Raises `NotAllowed`, `UnknownController`."""
    _check(slug, user)
    if not reason.strip():
        raise NotAllowed("no_reason")
    asked = next((one for one in check.open_questions(controller(slug)) if one.id == question), None)
    if asked is None:
        raise NotAllowed("unknown")
    if not asked.blocks:
        raise NotAllowed("blocks_nothing")
    try:
        with transaction.atomic():
            return Waiver.objects.create(
                controller=slug, question=asked.id, digest=digest(asked), reason=reason.strip(), user=user, at=now
            )
    except IntegrityError:  # two at the same moment, or the same button twice
        raise NotAllowed("taken") from None


def take_back(slug: str, *, pk: int, user: AbstractBaseUser, now: datetime) -> bool:
    """It blocks again. False where the company has no such waiver in force. Raises `NotAllowed`."""
    _check(slug, user)
    mine = Waiver.objects.filter(controller=slug, pk=pk, taken_back_at=None)
    return bool(mine.update(taken_back_at=now, taken_back_by=user))


def digest(question: OpenQuestion) -> str:
    """Hex SHA-256 of what was asked, what the portal does meanwhile and what is blocked: what a waiver accepts."""
    said = question.model_dump_json(include={"id", "question", "meanwhile", "blocks"})
    return hashlib.sha256(said.encode()).hexdigest()


def _needed(claim: Claim, outcome: str) -> list[Point]:
    """That nothing is held can always be said. A refusal needs its letterhead alone (Art. 12(4), 13(1)(a))."""
    if outcome == Outcome.no_data:
        return []
    company = controller(claim.case.controller)
    found = check.blocking(company, claim.right)
    if outcome == Outcome.refused:
        found = [question for question in found if LETTERHEAD in question.blocks]
    return _with_waivers(company.slug, found)


def _check(slug: str, user: AbstractBaseUser) -> None:
    if not MAY_WAIVE & access.roles(user, slug):
        raise NotAllowed("approver_or_administrator")


def _with_waivers(slug: str, questions: Iterable[OpenQuestion]) -> list[Point]:
    questions = list(questions)
    if not questions:
        return []
    inforce = {(one.question, one.digest): one for one in history(slug).filter(taken_back_at=None)}
    return [Point(question, inforce.get((question.id, digest(question)))) for question in questions]
