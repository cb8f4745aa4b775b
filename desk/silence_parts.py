"""What the portal does by itself while it waits for proof of identity, for the pages of a case: what, and when."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from identity import need
from identity.waiting import silence
from law.unanswered import Unanswered
from requests_app.models import Case
from requests_app.states import Stage

Step = tuple[Any, date | None]


def of_case(case: Case) -> list[Step]:
    """(what, day); a line without a day is how it stands. Empty where nothing waits for proof."""
    if not any(claim.stage != Stage.CLOSED for claim in need.waiting_claims(case)):
        return []
    seen = silence.of(case)
    if seen.ours:
        return [(_("It is our turn: what they sent, a message, or a source that was down. Nothing is closed."), None)]
    plan = silence.follows(case, asked=seen.since or case.received_on, told=seen.told)
    if seen.asked is None:
        left = _("The letter that asks has not left. Nobody is reminded or closed before it has.")
        return [(left, None), *_notice(plan)]
    return [*_reminder(plan, warned=bool(seen.warned)), *_notice(plan), *_end(plan)]


def if_asked_now(case: Case, *, today: date) -> list[Step]:
    """What the letter will promise, and what follows where nobody answers."""
    plan = silence.follows(case, asked=today, told=silence.of(case).told)
    promised = (_("The letter asks for an answer by"), plan.answer_by)
    return [promised, *_reminder(plan, warned=False), *_notice(plan), *_end(plan)]


def _reminder(plan: Unanswered, *, warned: bool) -> list[Step]:
    return [(_("Reminder on"), plan.remind_on)] if plan.remind_on and not warned else []


def _notice(plan: Unanswered) -> list[Step]:
    return [(_("Notice that nothing has been done, on"), plan.tell_on)] if plan.tell_on else []


def _end(plan: Unanswered) -> list[Step]:
    return [(_("Closed if nothing has come by the end of"), plan.open_until)]
