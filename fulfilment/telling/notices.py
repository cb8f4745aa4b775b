"""Those who received the data are told of an erasure, a correction, a restriction (Art. 19); and that what was public
is to be erased elsewhere, too (Art. 17(2)). The only writer of `RecipientNotice`, with `notice_post`.

One notice a recipient and deed, however often a step is repeated. What goes by machine is handed over at once and then
by the sweep until it is taken; what a person must say is a task of the desk. All that a mail says is that there is
something to read: whom it concerns stands behind a link of which only a digest is kept.
"""

import secrets
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet
from django.urls import reverse

from fulfilment import ledger
from fulfilment.models import RecipientNotice, Step
from fulfilment.telling import notice_post, recipients
from fulfilment.telling.recipients import Addressee
from law.deadlines import local_day
from law.durations import Period
from requests_app import access, correspondence, events
from requests_app.controllers import controller
from requests_app.models import Case, Claim
from requests_app.sealed import digest
from requests_app.states import Actor

What, Way, Status = RecipientNotice.What, RecipientNotice.Way, RecipientNotice.Status
LATER = 100
"""Rounds above it are of what was erased later, apart from those of the claim's own approvals."""
LINK_DAYS = 30
"""How long a recipient can read whom it concerns; staff can send a new link."""
TOLD = (Status.SENT, Status.CONFIRMED, Status.DECLINED)
SETTLES = {
    Status.SENT: (Status.WAITING, Status.FAILED),
    Status.CONFIRMED: (Status.WAITING, Status.FAILED, Status.SENT, Status.DECLINED),
    Status.IMPOSSIBLE: (Status.WAITING, Status.FAILED),
    Status.NOT_DISCLOSED: (Status.WAITING, Status.FAILED, Status.SENT, Status.DECLINED),
}
"""What staff may write down, and from where."""


class NotAllowed(ValueError):
    """A notice cannot be settled or sent so; `code`: status, how, day, address, name."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


# --- telling --------------------------------------------------------------------------------------------------------
def tell(claim: Claim, *, what: str, now: datetime) -> list[RecipientNotice]:
    """One notice to each recipient of the company's register; repeating is harmless. Returns those made now.

    Outside any transaction: what goes by machine is handed over at once, so that the letter to the person can name it.
    """
    with transaction.atomic():
        made = _lay_out(claim, what=what, now=now)
        _write(made, claim, what=what, now=now)
    notice_post.send_due(claim.notices.all(), now=now)
    return made


def tell_again(
    claim: Claim, *, what: str, now: datetime, gone: recipients.Lines | None = None
) -> list[RecipientNotice]:  # fmt: skip
    """Once more of the same deed: what had to wait is erased, too (Art. 19). For the caller's transaction; the sweep
    hands over what goes by machine. `gone`: lines of what is gone now; none: as the newest plan says."""
    with transaction.atomic():
        round = 1 + max(LATER, claim.notices.aggregate(last=Max("round"))["last"] or 0)
        about = recipients.about(claim, what=what, lines=gone)
        made = [
            _make(claim, one, what=what, about=about, round=round, now=now)
            for one in recipients.concerned(claim, what=what, lines=gone) if not _has_nothing(claim, one)
        ]  # fmt: skip
        _write(made, claim, what=what, now=now)
    return made


def _write(made: Iterable[RecipientNotice], claim: Claim, *, what: str, now: datetime) -> None:
    """The letters of notices just made, and the event."""
    made = list(made)
    for notice in made:
        if notice.way == Way.LETTER:
            _write_letter(notice, now=now)
    if made:
        data = {"what": str(what), "count": len(made)}
        events.record(claim.case, "recipients_listed", now=now, actor=Actor.SYSTEM, claim=claim, data=data)


def tell_step(what: str) -> Any:
    """The step of the pipeline that tells of a deed once it is proved."""

    def step(claim: Claim, *, step: Step, now: datetime) -> dict[str, Any]:
        tell(claim, what=what, now=now)
        return {"notices": claim.notices.filter(what=what).count()}

    return step


def _lay_out(claim: Claim, *, what: str, now: datetime) -> list[RecipientNotice]:
    Claim.objects.select_for_update().only("pk").get(pk=claim.pk)  # of two workers the second finds all made
    round = ledger.round_of(claim, claim.stage)
    there = set(claim.notices.filter(round=round).values_list("what", "recipient"))
    told = recipients.about(claim, what=what)
    wanted = [
        (kind, one)
        for one in recipients.concerned(claim, what=what)
        for kind in (what, *((What.PUBLIC,) if what == What.ERASURE and one.publishes else ()))
        if (kind, one.recipient) not in there and not (what == What.LIFTED and _has_nothing(claim, one))
    ]
    return [_make(claim, one, what=kind, about=told, round=round, now=now) for kind, one in wanted]


def _has_nothing(claim: Claim, one: Addressee) -> bool:
    return claim.notices.filter(recipient=one.recipient, status=Status.NOT_DISCLOSED).exists()


def _make(
    claim: Claim, one: Addressee, *, what: str, about: dict[str, Any], round: int, now: datetime, user: Any = None
) -> RecipientNotice:
    policy = controller(claim.case.controller).policy
    within = Period.parse(policy.notices.within)
    return RecipientNotice.objects.create(
        claim=claim, round=round, what=what, recipient=one.recipient, name=one.name, way=one.way, to=one.to,
        about=recipients.for_one(about, one), answer_by=within.after(local_day(now, tz=policy.tz)), made_at=now,
        by=user, next_try_at=now if one.way == Way.WEBHOOK else None,
    )  # fmt: skip


def _write_letter(notice: RecipientNotice, *, now: datetime) -> None:
    """A mail with a fresh link; the one before ends."""
    url = new_link(notice, now=now)
    case, company = notice.claim.case, controller(notice.claim.case.controller)
    values = {"recipient": notice.name, "what": str(notice.what), "url": url, "answer_by": notice.answer_by}
    notice.letter = correspondence.write(
        case, "recipient_notice", now=now, values=values, claim=notice.claim, to=notice.to,
        language=recipients.as_told(company),
    )  # fmt: skip
    notice.save(update_fields=["letter"])


def new_link(notice: RecipientNotice, *, now: datetime) -> str:
    """A fresh secret address of the page of this notice. Only a digest is kept; the one before is void."""
    secret = secrets.token_urlsafe(32)
    notice.secret_digest, notice.expires_at = digest("recipient", secret), now + timedelta(days=LINK_DAYS)
    notice.save(update_fields=["secret_digest", "expires_at"])
    return access.absolute(reverse("fulfilment:recipient_link", args=[secret]))


# --- what the recipient says ----------------------------------------------------------------------------------------
def find(secret: str, *, now: datetime) -> RecipientNotice | None:
    """The notice of a secret that still works; unknown, expired and revoked look the same."""
    found = RecipientNotice.objects.select_related("claim__case")
    return found.filter(secret_digest=digest("recipient", secret), expires_at__gt=now).first()


def alive(uid: Any, *, secret_digest: str, now: datetime) -> RecipientNotice | None:
    """The notice a session was let in to, as long as the link it came by has not ended."""
    found = RecipientNotice.objects.select_related("claim__case")
    return found.filter(uid=uid, secret_digest=secret_digest or None, expires_at__gt=now).first()


def opened(notice: RecipientNotice, *, now: datetime) -> None:
    """Somebody there reads whom it concerns: only now are they told."""
    first = RecipientNotice.objects.filter(pk=notice.pk, opened_at=None).update(opened_at=now)
    if first:
        _record(notice, "recipient_read", actor=Actor.SYSTEM, now=now)


def answer(notice: RecipientNotice, *, done: bool, why: str, now: datetime) -> bool:
    """The recipient confirms, or says why it cannot. False when it had confirmed, or staff had settled it, before."""
    if not done and not why.strip():
        raise NotAllowed("how")
    new = Status.CONFIRMED if done else Status.DECLINED
    still = (Status.WAITING, Status.SENT, Status.FAILED, Status.DECLINED)
    with transaction.atomic():
        values = {"status": new, "answer": why.strip(), "answered_at": now, "error": "", "next_try_at": None}
        if not RecipientNotice.objects.filter(pk=notice.pk, status__in=still).update(**values):
            return False
        _told_today(notice, now=now)
        _record(notice, "recipient_answered", actor=Actor.SYSTEM, now=now, outcome=str(new))
    return True


# --- what staff do --------------------------------------------------------------------------------------------------
def settle(notice: RecipientNotice, *, status: str, how: str, on: date, user: Any, now: datetime) -> None:
    """Staff write down what came of a notice: how and when it was told, or why it need not or cannot be.

    Raises `NotAllowed`. Art. 19 spares only what is impossible or takes disproportionate effort: a reason is needed.
    """
    today = local_day(now, tz=controller(notice.claim.case.controller).policy.tz)
    begun = local_day(notice.made_at, tz=controller(notice.claim.case.controller).policy.tz)
    if not how.strip():
        raise NotAllowed("how")
    if not begun <= on <= today:
        raise NotAllowed("day")
    new = Status(status)
    values: dict[str, Any] = {
        "status": new, "answer": how.strip(), "answered_at": now, "by": user, "error": "", "next_try_at": None
    }  # fmt: skip
    if new in TOLD:
        values["told_on"] = notice.told_on or on
    else:
        values |= {"secret_digest": None, "expires_at": None}  # nobody reads on behind a link that is settled
    with transaction.atomic():
        old = RecipientNotice.objects.filter(pk=notice.pk, status__in=SETTLES.get(new, ()))
        if not old.update(**values):
            raise NotAllowed("status")
        _record(notice, "recipient_settled", actor=Actor.STAFF, user=user, now=now, outcome=str(new))


def send_again(notice: RecipientNotice, *, user: Any, now: datetime, to: str = "") -> None:
    """A fresh letter or message: by the way the policy has today, or to an address staff found. Raises `NotAllowed`."""
    today = recipients.named(controller(notice.claim.case.controller), notice.recipient)
    if to:
        way, address = Way.LETTER, to
    elif today and today.way != Way.BY_HAND:
        way, address = Way(today.way), today.to
    elif notice.to:
        way, address = Way(notice.way), notice.to
    else:
        raise NotAllowed("address")
    again = RecipientNotice.objects.filter(
        pk=notice.pk, status__in=(Status.WAITING, Status.FAILED, Status.SENT, Status.DECLINED)
    )
    with transaction.atomic():
        if not again.update(
            status=Status.WAITING, way=way, to=address, attempts=0, error="",
            next_try_at=now if way == Way.WEBHOOK else None, letter=None,
        ):  # fmt: skip
            raise NotAllowed("status")
        notice.refresh_from_db()
        if way == Way.LETTER:
            _write_letter(notice, now=now)
        elsewhere = bool(to and not (today and today.to == to))  # who opens it is not whom the policy names
        more = {"readdressed": True} if elsewhere else {}
        _record(notice, "recipient_again", actor=Actor.STAFF, user=user, now=now, **more)


def add(claim: Claim, *, name: str, email: str, link: str, user: Any, now: datetime) -> RecipientNotice:
    """Another controller who shows what the company had made public: the reasonable step of Art. 17(2)."""
    if not name.strip():
        raise NotAllowed("name")
    with transaction.atomic():
        Claim.objects.select_for_update().only("pk").get(pk=claim.pk)
        number = claim.notices.filter(recipient__startswith="added:").count() + 1
        way = Way.LETTER if email else Way.BY_HAND
        one = Addressee(f"added:{number}", name.strip(), way, email.strip(), True)
        told = recipients.about(claim, what=What.PUBLIC) | {"link": link.strip()}
        round = ledger.round_of(claim, claim.stage)
        notice = _make(claim, one, what=What.PUBLIC, about=told, round=round, now=now, user=user)
        if way == Way.LETTER:
            _write_letter(notice, now=now)
        _record(notice, "recipient_added", actor=Actor.STAFF, user=user, now=now)
    return notice


# --- who has been told ----------------------------------------------------------------------------------------------
def told(claim: Claim, *, what: Iterable[str] = ()) -> tuple[str, ...]:
    """Names of those who have been told, for a letter; empty while nobody has."""
    found = claim.notices.filter(status__in=TOLD)
    found = found.filter(what__in=list(what)) if what else found
    return tuple(dict.fromkeys(notice.name for notice in found))


def of_case(case: Case) -> QuerySet[RecipientNotice]:
    return RecipientNotice.objects.filter(claim__case=case).select_related("claim", "letter", "by")


def _told_today(notice: RecipientNotice, *, now: datetime) -> None:
    today = local_day(now, tz=controller(notice.claim.case.controller).policy.tz)
    RecipientNotice.objects.filter(pk=notice.pk, told_on=None).update(told_on=today)


def _record(
    notice: RecipientNotice, kind: str, *, actor: Actor, now: datetime, user: Any = None, outcome: str = "",
    **more: bool,
) -> None:  # fmt: skip
    data = {"notice": notice.pk, "recipient": notice.recipient, "what": str(notice.what), "way": str(notice.way)}
    data |= ({"status": outcome} if outcome else {}) | more
    events.record(notice.claim.case, kind, now=now, actor=actor, user=user, claim=notice.claim, data=data)
