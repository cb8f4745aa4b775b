"""What needs somebody now. One list for the first page's counts and for the queue's filter: they cannot differ."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from desk.days import SOON, SOON_GONE
from fulfilment.models import DeferredErasure, Incident, OwnerTask, RecipientNotice, Step
from fulfilment.planning import by_hand
from identity.models import Evidence, Verification
from identity.need import WAITING
from identity.waiting.silence import NOTICE
from law.rights import IMMEDIATE
from requests_app.clock import told_now
from requests_app.controllers import controllers
from requests_app.models import Case, Claim, Letter, Message
from requests_app.states import AUTOMATIC, Stage

Cases = QuerySet[Case]


@dataclass(frozen=True)
class Need:
    """`narrow(cases, user, today)`: those of the cases that need this."""

    code: str
    title: Any
    hint: Any
    narrow: Callable[[Cases, Any, date], Cases]
    urgent: bool = False


def _claims(**which: Any) -> Exists:
    return Exists(Claim.objects.filter(case=OuterRef("pk"), **which))


def _overdue(cases: Cases, user: Any, today: date) -> Cases:
    late = Claim.objects.filter(case=OuterRef("pk"), due_on__lt=today).exclude(stage=Stage.CLOSED)
    return cases.filter(Exists(late))


def _soon(cases: Cases, user: Any, today: date) -> Cases:
    window = (today, today + timedelta(days=SOON))
    near = Claim.objects.filter(case=OuterRef("pk"), due_on__range=window).exclude(stage=Stage.CLOSED)
    return cases.filter(Exists(near))


def _failed(cases: Cases, user: Any, today: date) -> Cases:
    steps = Step.objects.filter(claim__case=OuterRef("pk"), claim__stage__in=AUTOMATIC, status=Step.Status.FAILED)
    letters = Letter.objects.filter(case=OuterRef("pk"), sent_at=None).exclude(failed_at=None)
    later = DeferredErasure.objects.filter(claim__case=OuterRef("pk"), status=DeferredErasure.Status.FAILED)
    return cases.filter(Q(Exists(steps)) | Q(Exists(letters)) | Q(Exists(later)))


def _new(cases: Cases, user: Any, today: date) -> Cases:
    return cases.filter(assignee=None, closed_at=None)


def _identity(cases: Cases, user: Any, today: date) -> Cases:
    given = Verification.objects.filter(case=OuterRef("pk"), status=Verification.Status.SUBMITTED)
    return cases.filter(Exists(given))


def _expiring(cases: Cases, user: Any, today: date) -> Cases:
    """A picture nobody has decided on, and the policy's limit near: then it is gone, and the person is asked again."""
    until = datetime.combine(today + SOON_GONE + timedelta(days=1), time.min, tzinfo=UTC)
    left = Evidence.objects.filter(
        verification__case=OuterRef("pk"), verification__status=Verification.Status.SUBMITTED,
        file__shredded_at=None, destroy_by__lt=until,
    )  # fmt: skip
    return cases.filter(Exists(left))


def _approve(cases: Cases, user: Any, today: date) -> Cases:
    """Not one's own: whoever prepared an answer cannot release it."""
    waiting = Claim.objects.filter(case=OuterRef("pk"), stage=Stage.APPROVAL).exclude(prepared_by=user)
    return cases.filter(Exists(waiting))


def _unheard(cases: Cases, user: Any, today: date) -> Cases:
    """Who never proves who they are is told so by the *unpaused* day (R-20); it shows ten days before that, and until
    the notice has left. Where something waits to be looked at it is our turn, and nobody is to be told anything.
    """
    limits = Q(pk=None)
    for slug in controllers():
        limits |= Q(controller=slug, received_on__lte=told_now(slug, on=today + timedelta(days=SOON)))
    ours = Verification.objects.filter(case=OuterRef("pk"), status=Verification.Status.SUBMITTED)
    told = Letter.objects.filter(case=OuterRef("pk"), kind=NOTICE).exclude(sent_at=None)
    waits = Claim.objects.filter(case=OuterRef("pk"), stage__in=WAITING).exclude(right__in=list(IMMEDIATE))
    return cases.filter(limits, Exists(waits)).exclude(Exists(ours) | Exists(told))


def _replies(cases: Cases, user: Any, today: date) -> Cases:
    unread = Message.objects.filter(case=OuterRef("pk"), author=None, internal=False, read_at=None)
    return cases.filter(Exists(unread))


def _by_hand(cases: Cases, user: Any, today: date) -> Cases:
    return cases.filter(Exists(by_hand.to_do().filter(claim__case=OuterRef("pk"))))


def _owners(cases: Cases, user: Any, today: date) -> Cases:
    """A system's owner who is silent, says that it is somebody else's, or that it cannot be done."""
    silent = Q(status="waiting") & (Q(escalated_at__isnull=False) | Q(answer_by__lt=today))
    stuck = OwnerTask.objects.filter(silent | Q(status__in=("elsewhere", "cannot")), claim__case=OuterRef("pk"))
    return cases.filter(Exists(stuck))


def _recipients(cases: Cases, user: Any, today: date) -> Cases:
    """A recipient nobody has told, that could not be reached, that says no, or whose mail nobody opened in time."""
    own = Q(status="waiting", way="by_hand") | Q(status__in=("failed", "declined"))
    unread = Q(status="sent", way="letter", opened_at=None, answer_by__lt=today)
    return cases.filter(Exists(RecipientNotice.objects.filter(own | unread, claim__case=OuterRef("pk"))))


def _recipients_late(cases: Cases, user: Any, today: date) -> Cases:
    late = RecipientNotice.objects.filter(
        claim__case=OuterRef("pk"), status__in=("waiting", "failed"), answer_by__lt=today
    )
    return cases.filter(Exists(late))


def _breaches(cases: Cases, user: Any, today: date) -> Cases:
    """Not yet reported although it must be (Art. 33(1))."""
    unreported = Incident.objects.filter(case=OuterRef("pk"), reported_at=None).exclude(risk=Incident.Risk.NONE)
    return cases.filter(Exists(unreported))


NEEDS = {
    need.code: need
    for need in (
        Need("overdue", _("Overdue"), _("The time limit has passed."), _overdue, urgent=True),
        Need("breach", _("Breach to report"), _("The authority must know within 72 hours (Art. 33)."), _breaches,
             urgent=True),
        Need("soon", _("Due within ten days"), _("The answer must go out soon."), _soon),
        Need("failed", _("Failed"), _("A step or a letter that needs a person."), _failed, urgent=True),
        Need("new", _("New"), _("Nobody has taken it yet."), _new),
        Need("identity", _("Identity to check"), _("Somebody has sent proof of who they are."), _identity),
        Need("identity_expiring", _("Picture about to be destroyed"),
             _("Decide before its limit: after that the person must be asked again."), _expiring, urgent=True),
        Need("unheard", _("No proof of identity yet"),
             _("The portal tells them by the day the month ends unpaused. See that nothing stands in the way."),
             _unheard),
        Need("triage", _("To be triaged"), _("Decide what happens next."),
             lambda cases, user, today: cases.filter(_claims(stage=Stage.TRIAGE))),
        Need("review", _("Ready for review"), _("Go through it and prepare the answer."),
             lambda cases, user, today: cases.filter(_claims(stage=Stage.REVIEW))),
        Need("approve", _("To approve"), _("Prepared by a colleague, waiting for a second person."), _approve),
        Need("recipients_late", _("Recipients overdue"), _("Should have been told by now (Art. 19)."), _recipients_late,
             urgent=True),
        Need("recipients", _("Recipients to tell"), _("Tell them, or see why they could not be reached."), _recipients),
        Need("owners", _("Owners of systems to chase"), _("Silent, not theirs, or they cannot."), _owners, urgent=True),
        Need("by_hand", _("To do by hand"), _("A system the machine cannot change waits for somebody."), _by_hand),
        Need("replies", _("Replies"), _("Messages from people that nobody has read."), _replies),
    )
}  # fmt: skip


def counts(cases: Cases, *, user: Any, today: date) -> list[tuple[Need, int]]:
    return [(need, need.narrow(cases, user, today).count()) for need in NEEDS.values()]
