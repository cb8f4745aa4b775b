"""What staff decide about a proof: accept it, ask for another, turn it down, or write down what they saw themselves.

A picture is destroyed in the same moment, whatever the decision. Whoever is not accepted is told why by letter.
"""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import override

from identity import attempts, flows, need
from identity.attempts import OPEN_FOR
from identity.models import Verification
from identity.pictures import vault
from law.deadlines import local_day
from law.identification import Level, Means
from law.representation import WHY_NOT_ASKED, Authority, Part, needed
from requests_app import access, correspondence, events
from requests_app.controllers import controller
from requests_app.models import Case
from requests_app.plain_words import MEANS
from requests_app.states import Actor

Status, Subject = Verification.Status, Verification.Subject
AGAIN: dict[str, tuple[str, ...]] = {
    Means.document: ("not_readable", "too_much_covered", "side_missing", "expired", "other_document"),
    Means.representative: ("not_readable", "side_missing", "not_signed", "too_narrow", "expired"),
}
"""Why the same is asked for once more, by means."""
REFUSED: dict[str, tuple[str, ...]] = {
    Means.document: ("other_person", "not_genuine", "too_little"),
    Means.representative: ("no_authority", "other_person", "not_genuine"),
    Means.in_person: ("did_not_come", "not_shown", "other_person"),
    Means.login: ("other_person", "too_little"),
    Means.eid: ("other_person", "too_little"),
}
"""Why it is turned down."""
KINDS = frozenset(Authority)


class Unfounded(ValueError):
    """A decision without its reason, or with one that does not belong to this means."""


def accept(verification: Verification, *, now: datetime, user: Any, reason: str = "", document: str = "") -> None:
    """It is proof. `document`: what it was, where staff saw another kind than was said. Raises `flows.Closed`."""
    kind = document or verification.document
    checked = {"document": kind, "level": level(Means(verification.method), kind)}
    with transaction.atomic():
        attempts.close(
            verification, Status.PASSED, now=now, reason=reason, user=user, was=(Status.SUBMITTED,), **checked
        )
        _note_not_asked(verification, now=now, user=user)
        flows.go_on(verification.case, now=now, actor=Actor.STAFF, user=user)
    vault.destroy(verification, now=now, why="decided")  # after the commit; should it fail, the sweep does it


def ask_again(verification: Verification, *, reason: str, now: datetime, user: Any) -> None:
    """Not yet: a letter says what was wrong, and the person can begin anew at once. Raises `Unfounded`, `Closed`."""
    _turn_down(verification, reason=reason, known=AGAIN, now=now, user=user)


def refuse(verification: Verification, *, reason: str, now: datetime, user: Any) -> None:
    """It is no proof, and the same once more would be none; other ways stay open. Raises `Unfounded`, `Closed`."""
    _turn_down(verification, reason=reason, known=REFUSED, now=now, user=user)


def seen(
    case: Case, means: Means, *, subject: str, how: str, document: str, on: date, now: datetime, user: Any
) -> Verification:
    """Proof staff have seen themselves. An appointment the person asked for is settled by it.

    `how`: in person, by video, in a public register; `document`: the kind that was shown, or the kind of authority.
    """
    with transaction.atomic():
        waiting = case.verifications.filter(method=means, subject=subject, status=Status.SUBMITTED).first()
        if waiting:
            checked = {"document": document, "level": level(means, document)}
            attempts.close(waiting, Status.PASSED, now=now, reason=how, user=user, was=(Status.SUBMITTED,), **checked)
        found = waiting or attempts.record_passed(
            case, means, now=now, user=user, reason=how, subject=subject, level=level(means, document),
            document=document,
        )  # fmt: skip
        _note_not_asked(found, now=now, user=user)
        data = {"means": means, "subject": subject, "reason": how, "document": document, "on": on.isoformat()}
        events.record(case, "identity_seen", now=now, actor=Actor.STAFF, user=user, data=data)
        flows.go_on(case, now=now, actor=Actor.STAFF, user=user)
    vault.destroy(found, now=now, why="decided")
    return found


def level(means: Means, document: str) -> Level:
    """An authority tells nothing of the person it names, unless they cannot be asked (EDPB 01/2022, paras 80-81)."""
    if means is not Means.representative:
        return means.level
    asked = document not in KINDS or Part.person in needed(Authority(document)).parts
    return Level.L0 if asked else means.level


def _note_not_asked(verification: Verification, *, now: datetime, user: Any) -> None:
    """A child, somebody under guardianship, somebody who has died: why they were not asked is written down."""
    if verification.document in WHY_NOT_ASKED:
        data = {"reason": verification.document}
        events.record(verification.case, "person_not_asked", now=now, actor=Actor.STAFF, user=user, data=data)


def _turn_down(
    verification: Verification, *, reason: str, known: dict[str, tuple[str, ...]], now: datetime, user: Any
) -> None:
    if reason not in known.get(verification.method, ()):
        raise Unfounded(reason)
    with transaction.atomic():
        attempts.close(verification, Status.FAILED, now=now, reason=reason, user=user, was=(Status.SUBMITTED,))
        values = _letter(verification, again=known is AGAIN, now=now)
        correspondence.write(verification.case, "identity_again", now=now, values=values)
    vault.destroy(verification, now=now, why="decided")


def _letter(verification: Verification, *, again: bool, now: datetime) -> dict[str, object]:
    case = verification.case
    others = [means for means in need.offered(case, verification.subject) if means != verification.method]
    with override(case.language):
        said = tuple(str(MEANS[one]) for one in others)
    return {
        "what": verification.method,
        "wrong": verification.reason,
        "again": again,
        "means": said,
        "identity_url": access.status_url(case, now=now),
        "answer_by": local_day(now + OPEN_FOR, tz=controller(case.controller).policy.tz),
    }
