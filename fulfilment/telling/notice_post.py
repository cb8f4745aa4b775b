"""Hands notices over to recipients' systems and mailboxes, and writes down what became of each.

The lease is a compare-and-set in the row, as in the outbox: one worker at a time; a worker that dies after the other
side took the message sends it again under the same id, and the receiver counts it once.
"""

import json
import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet

from fulfilment.models import RecipientNotice
from fulfilment.telling import webhook
from law.deadlines import local_day
from requests_app import events, outbox
from requests_app.controllers import UnknownController, controller
from requests_app.states import Actor

log = logging.getLogger(__name__)
Status, Way = RecipientNotice.Status, RecipientNotice.Way
LEASE = timedelta(minutes=5)
ATTEMPTS = outbox.ATTEMPTS
MOST = 100


def send_due(notices: QuerySet[RecipientNotice], *, now: datetime) -> int:
    """Send what is due among these: letters through the outbox, messages to their systems. How many are told now."""
    waiting = notices.filter(status=Status.WAITING).select_related("claim__case", "letter")
    for notice in waiting.filter(way=Way.LETTER, letter__sent_at=None, letter__failed_at=None)[:MOST]:
        assert notice.letter is not None
        outbox.send(notice.letter, now=now)
    sent = follow_letters(notices, now=now)
    due = Q(next_try_at=None) | Q(next_try_at__lte=now)
    return sent + sum(_send(notice, now=now) for notice in waiting.filter(due, way=Way.WEBHOOK)[:MOST])


def follow_letters(notices: QuerySet[RecipientNotice], *, now: datetime) -> int:
    """What became of the letters in the outbox. How many went out."""
    open_ones = notices.filter(way=Way.LETTER, status__in=(Status.WAITING, Status.FAILED)).exclude(letter=None)
    count = 0
    for notice in open_ones.exclude(letter__sent_at=None, letter__failed_at=None).select_related(
        "claim__case", "letter"
    ):
        letter = notice.letter
        assert letter is not None
        try:
            if letter.sent_at:
                count += _told(notice, now=letter.sent_at)
            elif notice.status == Status.WAITING:
                _failed(notice, code=letter.error, now=now)
        except UnknownController:  # a company that has left keeps none of the others back
            log.warning("notice not followed", extra={"case": notice.claim.case.reference, "notice": notice.pk})
    return count


def message(notice: RecipientNotice) -> bytes:
    """The JSON a recipient's system gets: what was done, whom it concerns, and by when we ask for it."""
    company = controller(notice.claim.case.controller)
    person = {name: value for name, value in notice.about.items() if name in _PERSON and value}
    data: dict[str, Any] = {
        "notice": str(notice.uid), "what": str(notice.what), "reference": notice.claim.case.reference,
        "controller": company.slug, "controller_name": company.policy.legal_name, "person": person,
        "answer_by": notice.answer_by.isoformat(),
    }  # fmt: skip
    data |= {name: notice.about[name] for name in _DEED if notice.about.get(name)}
    body = {"type": f"data_subject.{notice.what}", "timestamp": notice.made_at.isoformat(), "data": data}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


_PERSON = ("name", "email", "customer_no", "address")
_DEED = ("data", "changes", "statement", "stopped", "rests", "link")


def _send(notice: RecipientNotice, *, now: datetime) -> bool:
    """Hand over one message if nobody else holds it."""
    mine = RecipientNotice.objects.filter(pk=notice.pk, status=Status.WAITING, attempts=notice.attempts)
    if not mine.update(attempts=F("attempts") + 1, next_try_at=now + LEASE):
        return False
    notice.attempts += 1
    try:
        webhook.post(notice.to, uid=str(notice.uid), body=message(notice), now=now)
    except UnknownController:
        return _not_taken(notice, webhook.NotTaken("unknown_controller"), now=now)
    except webhook.NotTaken as error:
        return _not_taken(notice, error, now=now)
    return _told(notice, now=now)


def _told(notice: RecipientNotice, *, now: datetime) -> bool:
    today = local_day(now, tz=controller(notice.claim.case.controller).policy.tz)
    with transaction.atomic():
        mine = RecipientNotice.objects.filter(pk=notice.pk, status__in=(Status.WAITING, Status.FAILED))
        if not mine.update(status=Status.SENT, told_on=today, next_try_at=None, error=""):
            return False  # they have answered already
        _record(notice, "recipient_told", now=now)
    return True


def _not_taken(notice: RecipientNotice, error: webhook.NotTaken, *, now: datetime) -> bool:
    log.warning(
        "notice not taken", extra={"case": notice.claim.case.reference, "notice": notice.pk, "code": error.code}
    )
    if error.permanent or notice.attempts >= ATTEMPTS:
        _failed(notice, code=error.code, now=now)
    else:
        RecipientNotice.objects.filter(pk=notice.pk, status=Status.WAITING).update(
            error=error.code, next_try_at=now + outbox.wait(notice.attempts)
        )
    return False


def _failed(notice: RecipientNotice, *, code: str, now: datetime) -> None:
    with transaction.atomic():
        mine = RecipientNotice.objects.filter(pk=notice.pk, status=Status.WAITING)
        if mine.update(status=Status.FAILED, error=code[:64], next_try_at=None):
            _record(notice, "recipient_failed", now=now, code=code[:64])


def _record(notice: RecipientNotice, kind: str, *, now: datetime, **more: str) -> None:
    data = {"notice": notice.pk, "recipient": notice.recipient, "what": str(notice.what), "way": str(notice.way)}
    claim = notice.claim
    events.record(claim.case, kind, now=now, actor=Actor.SYSTEM, claim=claim, data=data | more)
