"""How much time is left, as a number, a word and a shade; never by colour alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from requests_app.models import Claim, ClockSegment
from requests_app.states import Stage

SOON = 10
"""Days before the due date from which a claim asks for attention."""
SOON_GONE = timedelta(days=2)
"""How long before a picture nobody decided on is destroyed."""


@dataclass(frozen=True)
class DaysLeft:
    """`shade`: late, soon, fine, paused or closed. `text`: the words."""

    days: int | None
    shade: str
    text: str
    due: date | None


def of_claim(claim: Claim, *, today: date) -> DaysLeft:
    """Reads `claim.segments` (prefetch them in lists)."""
    if claim.stage == Stage.CLOSED:
        return DaysLeft(None, "closed", _("Closed"), claim.due_on)
    if claim.due_on is None:
        return DaysLeft(None, "fine", _("No due date yet"), None)
    days = (claim.due_on - today).days
    if any(one.kind == ClockSegment.Kind.PAUSE and one.ended_on is None for one in claim.segments.all()):
        return DaysLeft(days, "paused", _("Paused, %(left)s") % {"left": _left(days)}, claim.due_on)
    shade = "late" if days < 0 else "soon" if days <= SOON else "fine"
    return DaysLeft(days, shade, _left(days), claim.due_on)


def of_case(claims: Iterable[Claim], *, today: date) -> DaysLeft:
    """The open claim that is due first speaks for the case."""
    open_ones = [claim for claim in claims if claim.stage != Stage.CLOSED]
    if not open_ones:
        return DaysLeft(None, "closed", _("Closed"), None)
    return of_claim(min(open_ones, key=lambda claim: claim.due_on or date.max), today=today)


def _left(days: int) -> Any:
    if days < 0:
        return ngettext("%(n)d day overdue", "%(n)d days overdue", -days) % {"n": -days}
    if days == 0:
        return _("due today")
    return ngettext("%(n)d day left", "%(n)d days left", days) % {"n": days}
