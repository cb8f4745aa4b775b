"""Where a claim can stand and which act leads where: the whole machine on one page.

A leaf: imports nothing of this project but `law`. Four things about a claim are kept apart: its stage (here), its clock
(`clock.py`), its outcome (`law.decisions.Outcome`) and its delivery (`fulfilment.models.Delivery`). Overdue, at risk,
paused and extended are derived, never stored.
"""

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from law.rights import Right


class Stage(TextChoices):
    RECEIVED = "received", _("Received")
    IDENTIFYING = "identifying", _("Waiting for proof of identity")
    TRIAGE = "triage", _("To be triaged")
    COLLECTING = "collecting", _("Collecting data")
    REVIEW = "review", _("In review")
    PREPARING = "preparing", _("Being put together")
    APPROVAL = "approval", _("Waiting for a second person")
    FULFILLING = "fulfilling", _("Being carried out")
    DELIVERING = "delivering", _("Being delivered")
    CLOSED = "closed", _("Closed")


class Actor(TextChoices):
    PERSON = "person", _("The person")
    STAFF = "staff", _("Staff")
    SYSTEM = "system", _("The system")


class Act(TextChoices):
    AT_ONCE = "at_once", _("Carry out at once")
    ASK_IDENTITY = "ask_identity", _("Ask for proof of identity")
    CONFIRM_IDENTITY = "confirm_identity", _("Accept the proof of identity")
    CLOSE_UNIDENTIFIED = "close_unidentified", _("Close: identity not proved")
    REOPEN = "reopen", _("Reopen")
    REOPEN_TO_IDENTIFY = "reopen_to_identify", _("Reopen: proof has come")
    START = "start", _("Start collecting")
    DECIDE = "decide", _("Go to the decision")
    COLLECTED = "collected", _("Data collected")
    RECOLLECT = "recollect", _("Collect again")
    SUBMIT = "submit", _("Submit for approval")
    PREPARE = "prepare", _("Submit for approval once it is put together")
    PREPARED = "prepared", _("Put together")
    SEND_BACK = "send_back", _("Send back to review")
    APPROVE = "approve", _("Approve")
    FULFILLED = "fulfilled", _("Carried out")
    DELIVERED = "delivered", _("Delivered")
    WITHDRAW = "withdraw", _("Withdraw")


@dataclass(frozen=True)
class Move:
    """One act: from which stages, to which, by whom."""

    sources: frozenset[Stage]
    target: Stage
    by: frozenset[Actor]


def _move(sources: list[Stage], target: Stage, *by: Actor) -> Move:
    return Move(frozenset(sources), target, frozenset(by))


S, A = Stage, Actor
MOVES: dict[Act, Move] = {
    # Art. 7(3), 21(2)-(3): nobody has to prove who they are, nobody decides, nobody approves.
    Act.AT_ONCE: _move([S.RECEIVED], S.FULFILLING, A.SYSTEM),
    Act.ASK_IDENTITY: _move([S.RECEIVED, S.TRIAGE], S.IDENTIFYING, A.STAFF, A.SYSTEM),
    Act.CONFIRM_IDENTITY: _move([S.RECEIVED, S.IDENTIFYING], S.TRIAGE, A.PERSON, A.STAFF, A.SYSTEM),
    Act.CLOSE_UNIDENTIFIED: _move([S.RECEIVED, S.IDENTIFYING], S.CLOSED, A.STAFF, A.SYSTEM),
    Act.REOPEN: _move([S.CLOSED], S.TRIAGE, A.STAFF, A.PERSON, A.SYSTEM),
    # A late answer, which somebody must look at before the claim goes on.
    Act.REOPEN_TO_IDENTIFY: _move([S.CLOSED], S.IDENTIFYING, A.STAFF, A.PERSON, A.SYSTEM),
    Act.START: _move([S.TRIAGE], S.COLLECTING, A.STAFF),
    Act.DECIDE: _move([S.TRIAGE], S.REVIEW, A.STAFF),
    Act.COLLECTED: _move([S.COLLECTING], S.REVIEW, A.SYSTEM),
    Act.RECOLLECT: _move([S.REVIEW], S.COLLECTING, A.STAFF, A.SYSTEM),
    Act.SUBMIT: _move([S.REVIEW], S.APPROVAL, A.STAFF),
    # A bundle of very many records takes longer than a web page may: workers make it.
    Act.PREPARE: _move([S.REVIEW], S.PREPARING, A.STAFF),
    Act.PREPARED: _move([S.PREPARING], S.APPROVAL, A.SYSTEM),
    Act.SEND_BACK: _move([S.PREPARING, S.APPROVAL, S.FULFILLING, S.DELIVERING], S.REVIEW, A.STAFF, A.SYSTEM),
    Act.APPROVE: _move([S.APPROVAL], S.FULFILLING, A.STAFF),
    Act.FULFILLED: _move([S.FULFILLING], S.DELIVERING, A.SYSTEM),
    Act.DELIVERED: _move([S.DELIVERING], S.CLOSED, A.SYSTEM),
    # Once data is being erased or handed over there is nothing left to withdraw.
    Act.WITHDRAW: _move(
        [S.RECEIVED, S.IDENTIFYING, S.TRIAGE, S.COLLECTING, S.REVIEW, S.PREPARING, S.APPROVAL], S.CLOSED,
        A.PERSON, A.STAFF,
    ),
}

AUTOMATIC = frozenset({Stage.COLLECTING, Stage.PREPARING, Stage.FULFILLING, Stage.DELIVERING})
"""Stages the machine leaves by itself: the sweep advances every claim that stands in one of them."""

COLLECTED_RIGHTS = frozenset({
    Right.access, Right.portability, Right.erasure, Right.rectification, Right.restriction, Right.objection,
    Right.automated_decision,
})  # fmt: skip
"""Rights whose answer needs data from the sources; the others go from triage straight to the decision."""


class Channel(TextChoices):
    FORM = "form", _("Web form")
    EMAIL = "email", _("E-mail")
    PHONE = "phone", _("Telephone")
    LETTER = "letter", _("Letter")
    IN_PERSON = "in_person", _("In person")
    SOCIAL = "social", _("Social media")


class Relation(TextChoices):
    PRIVATE = "private", _("Private customer")
    BUSINESS = "business", _("Contact person of a business")
    UNKNOWN = "unknown", _("Not stated")
