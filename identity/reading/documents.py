"""Documents that were handed in: the machine looks at what stays visible, and leaves codes for whoever decides."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from identity import attempts
from identity.models import Evidence, Verification
from identity.reading import reader
from identity.reading.compare import codes
from identity.reading.values import Reading, Seen, Typed
from law.deadlines import local_day
from law.identification import Means
from requests_app import vault
from requests_app.controllers import controller

BEST_FIRST = (Seen.WHOLE, Seen.UNSURE, Seen.PARTS, Seen.NOTHING, Seen.FAILED)


def unread() -> QuerySet[Verification]:
    """Documents that wait for staff and that no machine has looked at."""
    waiting = Verification.objects.filter(
        method=Means.document, status=Verification.Status.SUBMITTED, evidence__in=_pages()
    )
    return waiting.distinct()


def look_at(verification: Verification, *, now: datetime) -> tuple[str, ...]:
    """Read its pages and note the codes. A decision taken meanwhile wins: then nothing is noted, and () returned."""
    pages = list(_pages().filter(verification=verification).order_by("pk"))
    if not pages or verification.status != Verification.Status.SUBMITTED:
        return ()
    try:
        readings = [reader.read(vault.read(page.file)) for page in pages]
    except (vault.Shredded, OSError):  # destroyed in this moment, or storage is down: then the sweep comes again
        return ()
    company = controller(verification.case.controller)
    found = codes(best(readings), typed=_typed(verification), today=local_day(now, tz=company.policy.tz))
    return found if attempts.note_results(verification, codes=found, now=now) else ()


def best(readings: list[Reading]) -> Reading:
    """Of front and back, the one that says most: valid before wrong, whole before part."""
    return min(readings, key=lambda one: (BEST_FIRST.index(one.seen), one.zone is None or not one.zone.valid))


def _pages() -> QuerySet[Evidence]:
    """What the person covered and sent; a page nobody has covered is looked at by nobody, a machine included."""
    return (
        Evidence.objects.exclude(masked_by="")
        .exclude(side="paper")
        .filter(read_at=None, file__shredded_at=None)
        .select_related("file")
    )


def _typed(verification: Verification) -> Typed:
    case = verification.case
    speaks = verification.subject == Verification.Subject.REPRESENTATIVE
    given = (case.representative or {}) if speaks else case.person
    typed = verification.memory.get("typed", {})
    return Typed(name=str(given.get("name") or ""), birth=_day(typed, "birth_date"), expires=_day(typed, "valid_until"))


def _day(typed: Mapping[str, Any], name: str) -> date | None:
    try:
        return date.fromisoformat(typed.get(name) or "")
    except ValueError:
        return None
