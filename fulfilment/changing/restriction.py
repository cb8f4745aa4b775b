"""Data that is only stored for now (Art. 18): marked, listed, announced, and lifted on the day that was told.

The only writer of `Restriction`. It is in force from the moment its row is written, before the first mark: whatever
asks `restricted` leaves the rows alone from then on.
"""

import logging
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any, Literal

from django.db import transaction
from django.db.models import Q, QuerySet

from connectors.base import PlanOutdated, Record
from connectors.errors import ConnectorError
from fulfilment.extract import shape
from fulfilment.ledger import LEASE
from fulfilment.models import Plan, Restriction
from fulfilment.planning import by_hand, changes, marking, restricted
from fulfilment.planning.fate import mark
from fulfilment.telling import notices
from law import restriction as law
from law.deadlines import local_day
from law.durations import Period
from law.outcomes import Outcome
from law.reasons import say
from policies.load import Controller
from requests_app import correspondence, events
from requests_app.controllers import UnknownController, controller
from requests_app.models import Case, Claim
from requests_app.states import Actor, Stage

log = logging.getLogger(__name__)
Why = Literal["claim", "accuracy", "objection"]
Purpose = Plan.Purpose
active_marks, in_force = restricted.active_marks, restricted.in_force
BY_HAND, LIFTED_BY_HAND = "restrict", "lift"
"""Codes of the tasks for what no machine can mark."""
TRIES = 3
"""A row that changes between two statements is read again; one that never rests goes to the next sweep."""


class NotNow(Exception):
    """It does not fit: `code` is announced, not_announced, too_soon, waits or reason; `reasons` of the law."""

    def __init__(self, code: str, reasons: tuple[Any, ...] = ()) -> None:
        super().__init__(code)
        self.code, self.reasons = code, reasons


# --- into force -----------------------------------------------------------------------------------------------------
def open(case: Case, *, claim: Claim, ground: str, why: Why, records: Iterable[Record], now: datetime) -> Restriction:
    """Restrict these rows at once, mark and prove them, and tell the person (R-47). Harmless to repeat after a crash.

    What no machine can mark is in `unmarked`, for staff. Raises `ConnectorError` when a source is down: what is marked
    by then stays, and the rest follows when it is called again.
    """
    found = list(records)
    held = claim.restrictions.filter(why=why, lifted_at=None).first()
    if held and held.announced_at:  # taken up again: what was to end goes on until it is decided once more
        keep_on(held, user=None, now=now)
    if held and held.marked_at:
        return held
    if held is None:
        plan, unmarked = prepare(claim, found, now=now)
        held = put_in_force(claim, ground=ground, why=why, plan=plan, unmarked=unmarked, now=now)
    for left in reversed(range(TRIES)):
        try:
            changes.at_once(held.plan, now=now)
            break
        except PlanOutdated:
            if not left:
                raise
            plan, unmarked = prepare(claim, found, now=now)
            held = put_in_force(claim, ground=ground, why=why, plan=plan, unmarked=unmarked, now=now)
    with transaction.atomic():
        marked(held, now=now)
        if why != "claim":
            _tell(held, now=now)
    return held


def prepare(
    claim: Claim, records: Iterable[Record], *, now: datetime, tables: Collection[tuple[str, str]] | None = None,
    about: Mapping[str, Any] | None = None,
) -> tuple[Plan, list[list[Any]]]:  # fmt: skip
    """(plan that marks the rows as they are now, [[source, collection, rows that need a person]]). Writes no source.

    A row that is somebody else's too is left to a person, and is not covered: another's data is not frozen on the word
    of this one. `tables`: only these. Raises `ConnectorError`.
    """
    company = controller(claim.case.controller)
    meant = [one for one in records if tables is None or (one.source, one.collection) in tables]
    fresh = list(changes.present(company, meant))
    told = marking.instructions(fresh, company, mark="restrict", now=now)
    ours = _set_by_us(company) | {mark_of(one) for one in told.instructions}
    own = {mark(one): one for one in fresh if not one.shared}
    rows = {name: changes.row(one, mark=name, set=name in ours) for name, one in own.items()}
    before = {row["mark"]: row for one in claim.restrictions.filter(lifted_at=None) for row in restricted.rows(one)}
    refused = changes.would_refuse(company, told.instructions)
    unmarked = Counter(told.unmarkable) + Counter((one.source, one.collection) for one, _ in refused)
    by_hand = [[*place, count] for place, count in sorted(unmarked.items())]
    plan = changes.freeze(
        claim, told.instructions, now=now, purpose=Purpose.RESTRICT, rows=(before | rows).values(),
        about={"unmarked": by_hand, **(about or {})},
    )  # fmt: skip
    return plan, by_hand


def mark_of(one: Any) -> str:
    """`fate.mark` of the row an instruction is about."""
    return mark(Record(one.source, one.collection, one.key, {}, (), False, (), one.fingerprint))


def _set_by_us(company: Controller) -> set[str]:
    """Rows whose mark in the source is ours. One the company had set itself is not ours to take away."""
    return {row["mark"] for one in in_force(company.slug) for row in restricted.rows(one) if row.get("set")}


def put_in_force(
    claim: Claim, *, ground: str, why: Why, plan: Plan, unmarked: list[list[Any]], now: datetime
) -> Restriction:
    """The row that holds everybody else back; a second time, with what has been added to it."""
    with transaction.atomic():
        held, made = Restriction.objects.get_or_create(
            claim=claim, why=why, lifted_at=None,
            defaults={"case": claim.case, "ground": ground, "since": now, "plan": plan, "unmarked": unmarked},
        )  # fmt: skip
        if not made:
            held.ground, held.plan, held.unmarked, held.marked_at = ground, plan, unmarked, None
            held.save(update_fields=["ground", "plan", "unmarked", "marked_at"])
            by_hand.void(claim, code=BY_HAND)  # what nobody has done yet may not be asked for any more
        by_hand.lay_out(claim, code=BY_HAND, tables=[tuple(one) for one in unmarked], now=now)
        data = {"ground": ground, "why": why, "digest": plan.digest, "count": len(unmarked)}
        events.record(claim.case, "restricted", now=now, actor=Actor.SYSTEM, claim=claim, data=data)
    return held


def marked(held: Restriction, *, now: datetime) -> None:
    """Every mark a machine can set is set, and was asked for again."""
    Restriction.objects.filter(pk=held.pk).update(marked_at=now)
    held.marked_at = now


def what(held: Restriction, *, language: str) -> tuple[str, ...]:
    """The tables whose rows it covers, in words; what staff see to by hand is among them."""
    company = controller(held.case.controller)
    places = {(row["source"], row["collection"]) for row in restricted.rows(held)}
    places |= {(source, collection) for source, collection, _count in held.unmarked}
    return _named(company, places, language=language)


def _named(company: Controller, places: Collection[tuple[str, str]], *, language: str) -> tuple[str, ...]:
    order = [(source, name) for source, name, _ in company.collections() if (source, name) in places]
    return tuple(dict.fromkeys(shape.named(company, *place, language=language)[1] for place in order))


def _resting(held: Restriction, *, language: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(tables whose rows rest by now, those that wait for staff), in words. Rows of others, too, are not told."""
    company, waits = controller(held.case.controller), {(source, name) for source, name, _count in held.unmarked}
    own = list(restricted.rows(held))
    left = waits & {(row["source"], row["collection"]) for row in own if not row.get("set")}
    rests = {(row["source"], row["collection"]) for row in own} - left
    return _named(company, rests, language=language), _named(company, left, language=language)


def _tell(held: Restriction, *, now: datetime) -> None:
    """A restriction nobody asked for is told all the same: the person is to know that the data rests (R-47)."""
    language = held.case.language
    rests, left = _resting(held, language=language)
    values = {
        "outcome": "granted", "decided": _today(held, now), "ground": say(law.GROUNDS[held.ground], language),
        "restricted": rests, "by_hand": left, "recipients_told": (), "asked": False,
    }  # fmt: skip
    if rests or left:
        correspondence.write(held.case, "restriction", now=now, claim=held.claim, values=values)


# --- out of force ---------------------------------------------------------------------------------------------------
def earliest(held: Restriction, *, now: datetime) -> date:
    """The first day it may end when the person is told now (Art. 18(3))."""
    return law.earliest_lifting(today=_today(held, now), notice=_notice(held))


def announce(
    held: Restriction, *, reason: str, lift_on: date, user: Any, now: datetime, letter: bool = True
) -> Restriction:
    """Tell the person that it ends on this day, and why (Art. 18(3)). Raises `NotNow`.

    `reason`: a sentence in the person's language. Without `letter` another letter has told it, in the same transaction.
    `user` None: by itself, because what it waited for is decided. Until then no one person ends it (18(1)(a), (d)).
    """
    if user and held.why != "claim" and held.claim.stage != Stage.CLOSED:
        raise NotNow("waits")
    may = law.may_announce(today=_today(held, now), lift_on=lift_on, notice=_notice(held))
    if not may.allowed:
        raise NotNow("too_soon", may.reasons)
    if not reason.strip():
        raise NotNow("reason")
    with transaction.atomic():
        open_ones = Restriction.objects.filter(pk=held.pk, lifted_at=None, announced_at=None)
        if not open_ones.update(announced_at=now, lift_on=lift_on):
            raise NotNow("announced")
        held.refresh_from_db()
        _record(held, "lifting_announced", now=now, user=user, data={"on": lift_on.isoformat()})
        language = held.case.language
        if letter:
            values = {"what": what(held, language=language), "reason": reason.strip(), "lifted_on": lift_on,
                      "stopped": restricted.stopped(held.claim, language=language)}  # fmt: skip
            correspondence.write(held.case, "restriction_lifting", now=now, claim=held.claim, values=values)
    return held


def keep_on(held: Restriction, *, user: Any, now: datetime) -> None:
    """The announced end is taken back: the person has shown why it should go on. Raises `NotNow`.

    Not once a worker has begun to lift it, alive or dead: marks may be gone, so it is ended by the next.
    """
    with transaction.atomic():
        if not _announced(held).filter(busy_until=None).update(announced_at=None, lift_on=None):
            raise NotNow("not_announced")
        held.refresh_from_db()
        _record(held, "lifting_taken_back", now=now, user=user, data={})


def announce_ended(*, now: datetime) -> int:
    """What came by itself ends by itself: announce it once the claim it waited for is closed (R-47, Art. 18(3))."""
    came = Restriction.objects.filter(lifted_at=None, announced_at=None, claim__stage=Stage.CLOSED).exclude(why="claim")
    count = 0
    for held in came.select_related("case", "claim", "plan__file"):
        if held.case.events.filter(kind="lifting_taken_back", claim=held.claim, actor=Actor.STAFF).exists():
            continue  # a person said that it goes on: a person ends it
        try:
            reason = law.ended("objection" if held.why == "objection" else "accuracy", outcome=_outcome(held.claim))
            announce(
                held, reason=say(reason, held.case.language), lift_on=earliest(held, now=now), user=None, now=now,
                letter=bool(what(held, language=held.case.language)),
            )  # fmt: skip
            count += 1
        except (NotNow, UnknownController) as error:
            log.warning("lifting not announced", extra={"case": held.case.reference, "code": str(error)})
        except Exception:  # whatever it was: it keeps none of the others back
            log.exception("lifting not announced", extra={"case": held.case.reference, "code": "internal"})
    return count


def lift_due(*, now: datetime) -> int:
    """Lift every restriction whose told day has come. Harmless to repeat; a source that is down waits for the next."""
    due = Restriction.objects.filter(lifted_at=None, lift_on__isnull=False).exclude(announced_at=None)
    count = 0
    for held in due.select_related("case", "claim", "plan__file"):
        try:
            told_on = local_day(held.announced_at or now, tz=controller(held.case.controller).policy.tz)
            if law.may_lift(today=_today(held, now), told_on=told_on, lift_on=held.lift_on).allowed:
                count += _lift(held, now=now)
        except (ConnectorError, UnknownController) as error:
            code = getattr(error, "code", "unknown_controller")
            log.warning("restriction not lifted", extra={"case": held.case.reference, "code": code})
        except Exception:  # whatever it was: it keeps none of the others back
            log.exception("restriction not lifted", extra={"case": held.case.reference, "code": "internal"})
    return count


def _lift(held: Restriction, *, now: datetime) -> bool:
    """Take our marks away, prove it, and let others have the rows again; one worker at a time."""
    free = Q(busy_until=None) | Q(busy_until__lt=now)
    if not _announced(held).filter(free, lift_on=held.lift_on).update(busy_until=now + LEASE):
        return False  # another worker is at it, or it was taken back since it was looked up
    try:
        plan = _unmark(held, now=now)
    except ConnectorError:
        Restriction.objects.filter(pk=held.pk).update(busy_until=None)
        raise
    if held.claim.notices.filter(what="restriction").exists():  # whoever was told hears that it is over (Art. 19)
        notices.tell(held.claim, what="lifted", now=now)
    with transaction.atomic():
        if not _announced(held).update(lifted_at=now, lift_plan=plan, busy_until=None):
            return False
        held.refresh_from_db()
        done = by_hand.void(held.claim, code=BY_HAND)
        by_hand.lay_out(held.claim, code=LIFTED_BY_HAND, tables=done, now=now)
        _record(held, "restriction_lifted", now=now, user=None, data={"digest": plan.digest})
    return True


def _announced(held: Restriction) -> QuerySet[Restriction]:
    """The restriction while it is in force and its end stands as told."""
    return Restriction.objects.filter(pk=held.pk, lifted_at=None).exclude(announced_at=None)


def _unmark(held: Restriction, *, now: datetime) -> Plan:
    company = controller(held.case.controller)
    still = {row["mark"] for one in in_force(company.slug) if one.pk != held.pk for row in restricted.rows(one)}
    ours = [
        Record(row["source"], row["collection"], row["key"], {}, ("restriction",), False, (), "")
        for row in restricted.rows(held)
        if row.get("set") and row["key"] is not None and row["mark"] not in still
    ]
    told = marking.instructions(changes.present(company, ours), company, mark="lift", now=now)
    plan = changes.freeze(held.claim, told.instructions, now=now, purpose=Purpose.LIFT)
    return changes.at_once(plan, now=now)


# --- small things ---------------------------------------------------------------------------------------------------
def _record(held: Restriction, kind: str, *, now: datetime, user: Any, data: Mapping[str, Any]) -> None:
    actor = Actor.STAFF if user else Actor.SYSTEM
    about = {"restriction": held.pk, **data}
    events.record(held.case, kind, now=now, actor=actor, user=user, claim=held.claim, data=about)


def _today(held: Restriction, now: datetime) -> date:
    return local_day(now, tz=controller(held.case.controller).policy.tz)


def _notice(held: Restriction) -> Period:
    return Period.parse(controller(held.case.controller).policy.deadlines.lifting_notice)


def _outcome(claim: Claim) -> Outcome:
    return Outcome(claim.outcome) if claim.outcome in set(Outcome) else Outcome.withdrawn
