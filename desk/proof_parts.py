"""What the page of a proof tells, as plain values for its template: pictures, what to compare, results, who looked."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from desk import words
from desk.days import SOON_GONE
from desk.pages import sentences, today_of
from identity import speaking
from identity.models import Evidence, Verification
from identity.reading import results
from law.citations import spell_date
from law.identification import Means
from law.representation import Authority, after_death, needed
from requests_app.controllers import controller
from requests_app.models import Case, Event

GOOD = frozenset({"mrz_valid", "name_matches", "birth_date_matches", "expiry_matches", "not_expired"})


@dataclass(frozen=True)
class Page:
    evidence: Evidence
    name: Any
    covered: Any


@dataclass(frozen=True)
class Result:
    text: Any
    shade: str


def shown(verification: Verification, *, now: datetime) -> QuerySet[Evidence]:
    """Pages staff may look at: only what the person has covered and sent, and not a minute past the limit."""
    covered = verification.evidence.exclude(masked_by="").select_related("file")
    return covered.filter(file__shredded_at=None, destroy_by__gt=now)


def of(verification: Verification, *, now: datetime, language: str) -> dict[str, Any]:
    found = pages(verification, now=now)
    limit = min((one.evidence.destroy_by for one in found), default=None)
    return {
        "verification": verification,
        "pages": found,
        "many": len(found) > 1,
        "means": words.MEANS.get(verification.method, verification.method),
        "about": name_of(verification),
        "speaks": verification.subject == Verification.Subject.REPRESENTATIVE,
        "facts": _facts(verification, language=language),
        "results": read(verification),
        "unread": verification.method == Means.document and any(one.evidence.read_at is None for one in found),
        "looks": looks(verification),
        "limit": limit,
        "near": limit is not None and limit - now <= SOON_GONE,
        "wish": verification.memory.get("typed", {}) if verification.method == Means.in_person else {},
        **_speaking(verification),
    }


def pages(verification: Verification, *, now: datetime) -> list[Page]:
    """In the order they are looked at; a side of several pages counts them."""
    found = sorted(shown(verification, now=now), key=lambda one: (one.side != "front", one.side, one.pk))
    sides = [one.side for one in found]
    return [
        Page(one, _name(one.side, sides[:at].count(one.side) + 1, sides.count(one.side)), _covered(one))
        for at, one in enumerate(found)
    ]


def _name(side: str, number: int, of: int) -> Any:
    if side == "paper" and of > 1:
        return _("Page %(number)d") % {"number": number}
    said = words.SIDES.get(side, side)
    return said if of == 1 else _("%(side)s, page %(number)d") % {"side": said, "number": number}


def _covered(evidence: Evidence) -> Any:
    """A black box was put there by the person, and hides nothing they must show."""
    return "" if evidence.side == "paper" else evidence.get_masked_by_display()


def name_of(verification: Verification) -> str:
    """Whose name the document should bear."""
    case = verification.case
    speaks = verification.subject == Verification.Subject.REPRESENTATIVE
    given = (case.representative or {}) if speaks else case.person
    return str(given.get("name") or given.get("email") or "")


def _facts(verification: Verification, *, language: str) -> list[tuple[Any, Any]]:
    typed = verification.memory.get("typed", {})
    kind = words.DOCUMENTS | words.AUTHORITIES
    found = [
        (_("Shown as"), kind.get(verification.document, "")),
        (_("Date of birth, as typed"), _day(typed.get("birth_date"), language)),
        (_("Valid until, as typed"), _day(typed.get("valid_until"), language)),
    ]
    return [(label, value) for label, value in found if value]


def _day(value: str | None, language: str) -> str:
    return spell_date(date.fromisoformat(value), language) if value else ""


def read(verification: Verification) -> list[Result]:
    """What the machine compared, in words."""
    said = results.say(verification.results)
    return [Result(text, "bad" if attention else "good" if code in GOOD else "") for code, text, attention in said]


def looks(verification: Verification) -> list[Event]:
    """Who looked at its pictures, newest first."""
    found = verification.case.events.filter(kind="viewed_evidence", data__attempt=verification.pk)
    return list(found.select_related("user").order_by("-seq"))


def _speaking(verification: Verification) -> dict[str, Any]:
    """Where the check of both people stands, for whoever acts for another."""
    case = verification.case
    if not case.representative:
        return {}
    said = verification.document if verification.method == Means.representative else ""
    kind = speaking.authority(case) or (Authority(said) if said in words.AUTHORITIES else None)
    return {
        "speaker": case.representative,
        "dead": the_dead(case),
        "missing": [words.PARTS[part] for part in speaking.missing(case)],
        "why_both": sentences(needed(kind).reasons) if kind else [],
    }


def the_dead(case: Case) -> list[str]:
    """What the law says of an estate where no day decides it; in Denmark the form asks for the day."""
    company, today = controller(case.controller), today_of(case.controller)
    answer = after_death(company.policy.country, died=today, today=today)
    return sentences(answer.reasons) if answer.protected is None else []
