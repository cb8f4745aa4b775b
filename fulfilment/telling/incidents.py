"""A personal data breach in a case: recorded, reported within 72 hours, told to the person (Art. 33, 34; R-77)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from fulfilment.models import Incident
from law.deadlines import local_day
from letters.kinds import BreachNotice
from letters.render import Rendered
from requests_app import correspondence, events
from requests_app.controllers import controller
from requests_app.models import Case, Letter
from requests_app.states import Actor

REPORT_WITHIN = timedelta(hours=72)
"""Art. 33(1). A period in hours does not roll over a weekend or a holiday (Art. 3(4) Regulation 1182/71; R-35)."""
NEEDED = ("happened", "data", "people", "records", "contact", "consequences", "measures")
"""Art. 33(3)(a)-(d) and 33(5)."""


class NotTrue(ValueError):
    """`field`: what cannot be as it was given; `code`: missing, future, before_aware, after_report, reported."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(f"{field}: {code}")
        self.field, self.code = field, code


@dataclass(frozen=True)
class HoursLeft:
    """Until the report is due; `hours`: whole hours, negative when late. `done`: reported, or not to be reported."""

    by: datetime
    hours: int
    done: bool


def clock(incident: Incident, *, now: datetime) -> HoursLeft:
    """How long is left to report (Art. 33(1)): hours from awareness, never rolled forward."""
    by = _report_by(incident)
    done = incident.reported_at is not None or incident.risk == Incident.Risk.NONE
    return HoursLeft(by=by, hours=int((by - now).total_seconds() // 3600), done=done)


def record(
    case: Case,
    *,
    kind: str,
    risk: str,
    aware_at: datetime,
    facts: Mapping[str, Any],
    now: datetime,
    user: AbstractBaseUser,
) -> Incident:
    """Into the register. Raises `NotTrue` for a fact missing or a moment that has not been."""
    _check(risk=risk, aware_at=aware_at, facts=facts, now=now)
    with transaction.atomic():
        incident = Incident.objects.create(
            case=case, kind=kind, risk=risk, aware_at=aware_at, facts=dict(facts), recorded_at=now, recorded_by=user
        )
        _event(incident, "breach_recorded", now=now, user=user, breach=kind, risk=risk, aware_at=_utc(aware_at))
    return incident


def amend(
    incident: Incident,
    *,
    kind: str,
    risk: str,
    aware_at: datetime,
    facts: Mapping[str, Any],
    now: datetime,
    user: AbstractBaseUser,
) -> None:
    """What is learned later is added (Art. 33(4)). Raises `NotTrue` as `record` does."""
    _check(risk=risk, aware_at=aware_at, facts=facts, now=now)
    with transaction.atomic():
        _lock(incident)
        if incident.reported_at and incident.reported_at < aware_at:
            raise NotTrue("aware_at", "after_report")
        incident.kind, incident.risk, incident.aware_at = kind, risk, aware_at
        incident.facts = {**incident.facts, **facts}
        incident.save(update_fields=["kind", "risk", "aware_at", "facts"])
        _event(incident, "breach_amended", now=now, user=user, breach=kind, risk=risk, aware_at=_utc(aware_at))


def report(incident: Incident, *, reported_at: datetime, why_late: str, now: datetime, user: AbstractBaseUser) -> None:
    """It was reported to the authority at that moment. After 72 hours the reasons for the delay go with it (33(1)).

    Written down once: raises `NotTrue` the second time, and for a moment that cannot be.
    """
    if reported_at > now:
        raise NotTrue("reported_at", "future")
    with transaction.atomic():
        _lock(incident)
        if incident.reported_at:
            raise NotTrue("reported_at", "reported")
        if reported_at < incident.aware_at:
            raise NotTrue("reported_at", "before_aware")
        late = reported_at > _report_by(incident)
        if late and not why_late.strip():
            raise NotTrue("why_late", "missing")
        incident.reported_at = reported_at
        incident.facts = {**incident.facts, "why_late": why_late.strip() if late else ""}
        incident.save(update_fields=["reported_at", "facts"])
        _event(incident, "breach_reported", now=now, user=user, late=late, reported_at=_utc(reported_at))


def notice(incident: Incident, told: Mapping[str, Any]) -> BreachNotice:
    """The letter to the person (Art. 34(2)). `told`: happened, data, consequences, measures, advice, contact, in the
    person's language. ValueError where one is missing."""
    case = incident.case
    return BreachNotice(
        reference=case.reference,
        name=case.person.get("name", ""),
        received=case.received_on,
        aware_on=local_day(incident.aware_at, tz=controller(case.controller).policy.tz),
        **told,
    )


def preview(incident: Incident, told: Mapping[str, Any], *, now: datetime) -> Rendered:
    """The letter as it would read; nothing is written."""
    return correspondence.rendered(incident.case, "breach_notice", values=notice(incident, told), now=now)


def tell(incident: Incident, told: Mapping[str, Any], *, now: datetime, user: AbstractBaseUser) -> Letter:
    """Tell the person without undue delay (Art. 34(1))."""
    with transaction.atomic():
        letter, is_new = correspondence.write_once(
            incident.case, "breach_notice", values=notice(incident, told), now=now
        )
        if not is_new:
            return letter
        incident.letter = letter
        incident.save(update_fields=["letter"])
        _event(incident, "breach_told", now=now, user=user, letter=letter.pk)
    return letter


def _lock(incident: Incident) -> None:
    """The entry as it is now, nobody else's to write until the transaction ends. What a colleague added stays."""
    incident.refresh_from_db(from_queryset=Incident.objects.select_for_update())


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _report_by(incident: Incident) -> datetime:
    """In UTC: hours on a clock that nobody puts forward or back."""
    return incident.aware_at.astimezone(UTC) + REPORT_WITHIN


def _check(*, risk: str, aware_at: datetime, facts: Mapping[str, Any], now: datetime) -> None:
    if aware_at > now:
        raise NotTrue("aware_at", "future")
    needed = (*NEEDED, "why_no_risk") if risk == Incident.Risk.NONE else NEEDED
    for name in needed:
        if facts.get(name) in (None, "", [], ()):
            raise NotTrue(name, "missing")


def _event(incident: Incident, what: str, *, now: datetime, user: AbstractBaseUser, **data: Any) -> None:
    """Codes and moments only: what happened, and to whom, is sealed in the register."""
    events.record(incident.case, what, now=now, actor=Actor.STAFF, user=user, data={"incident": incident.pk, **data})
