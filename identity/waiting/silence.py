"""How long we have waited for proof of who is asking, and whose turn it is. Reads only; the history is what counts.

The question is the last letter that asked: the receipt, a question on a doubt, or our asking again. It counts from the
day it left. What the person tried since, without success, lets the time begin anew: they did answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from identity.models import Verification
from identity.tries import NOT_DECIDED
from law.deadlines import deadline, local_day
from law.durations import Period
from law.unanswered import Unanswered, unanswered
from requests_app.controllers import controller
from requests_app.models import Case, Letter
from requests_app.states import Act

BY_STAFF = ("identity_question", "identity_again", "identity_unseen")
QUESTIONS = ("acknowledgement", *BY_STAFF)
NOTICE, REMINDER = "identity_notice", "reminder_identity"
WARNINGS = (NOTICE, REMINDER)
TRIED = ("identity_passed", "identity_failed")
OPENED = (str(Act.REOPEN), str(Act.REOPEN_TO_IDENTIFY))
KINDS = ("letter_written", "identity_expired", "identity_source_down", "identity_looked_up", "identity_compared",
         "message_received", "message_sent", *TRIED, *OPENED)  # fmt: skip


@dataclass
class Silence:
    """`asked`: the day the last question left, None = none did, or it has not left. `since`: the day from which the
    person's time counts. `warned`: the days we wrote again since; None for a letter that has not left. `told`: the
    notice of Art. 12(4) is written. `came`: they tried, but it was not enough. `ours`: it is our turn, not theirs.
    """

    asked: date | None = None
    since: date | None = None
    warned: list[date | None] = field(default_factory=list)
    told: bool = False
    came: bool = False
    ours: bool = False


def of(case: Case) -> Silence:
    """The state of waiting in this case, from its events and the letters that have left."""
    tz, found, trouble, unread = controller(case.controller).policy.tz, Silence(), False, False
    sent = left(case)
    for kind, at, data in case.events.filter(kind__in=KINDS).order_by("seq").values_list("kind", "at", "data"):
        letter = data.get("kind", "") if kind == "letter_written" else ""
        if letter in BY_STAFF or (letter in QUESTIONS and found.asked is None):  # a receipt sent again asks nothing
            found.asked = sent.get(data["letter"])
            found.since, found.warned, found.came = found.asked or local_day(at, tz=tz), [], False
            unread = unread and letter not in BY_STAFF
        elif letter in WARNINGS:
            found.warned.append(sent.get(data["letter"]))
            found.told |= letter == NOTICE
            found.asked = found.asked or found.warned[-1]  # whoever got no receipt was asked by this
        elif kind in (*TRIED, *OPENED) or (kind == "identity_expired" and data.get("reason") == NOT_DECIDED):
            day = local_day(at, tz=tz)
            found.since, found.warned = max(day, found.since or day), []
            found.came, trouble = found.came or kind in TRIED, False
        elif kind in ("identity_source_down", "identity_looked_up", "identity_compared"):
            trouble = kind == "identity_source_down"
        elif kind in ("message_received", "message_sent"):
            unread = kind == "message_received"
    waits = case.verifications.filter(status=Verification.Status.SUBMITTED).exists()
    found.ours = waits or trouble or unread
    return found


def follows(case: Case, *, asked: date, told: bool = False) -> Unanswered:
    """What follows from a question of that day where nothing comes, under the company's own time."""
    promised = controller(case.controller).policy
    given: Mapping[str, Any] = {
        "country": promised.country, "extra_non_working_days": promised.deadlines.extra_non_working_days,
    }  # fmt: skip
    return unanswered(
        asked,
        unpaused=deadline(case.received_on, **given).unpaused,
        told=told,
        close_after=Period.parse(promised.deadlines.close_unanswered_after),
        **given,
    )


def local(case: Case, at: datetime) -> date:
    """The company's calendar day of a moment."""
    return local_day(at, tz=controller(case.controller).policy.tz)


def left(case: Case) -> dict[int, date]:
    """Letter → the day it left, for those that have: the day of posting where it went on paper."""
    posted = case.events.filter(kind="letter_posted").values_list("data", flat=True)
    by_post = {data["letter"]: date.fromisoformat(data["on"]) for data in posted}
    kinds, tz = (*QUESTIONS, *WARNINGS), controller(case.controller).policy.tz
    letters = Letter.objects.filter(case=case, kind__in=kinds).exclude(sent_at=None).values_list("pk", "sent_at")
    return {pk: local_day(at, tz=tz) for pk, at in letters} | by_post
