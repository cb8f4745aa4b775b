"""Rows that nothing routine may touch for now: what somebody has asked for, what is restricted, what is under way.

Whoever erases by the calendar asks here first: deleting what an open request asked for is a breach of its own
(R-44; Datatilsynet (DK) 2023-31-0053), and restricted data is only stored (Art. 18(2), R-48).
"""

from collections.abc import Iterator

from django.db.models import Max, QuerySet

from connectors.base import row_digest
from fulfilment.collecting import chunks, find
from fulfilment.models import Collected, Plan, Restriction
from fulfilment.planning import plans, restricted
from fulfilment.planning.fate import mark
from law.rights import Right
from requests_app.controllers import controller
from requests_app.models import Claim, Event
from requests_app.states import Stage

COPIES = (Right.access, Right.portability)


def marks(slug: str) -> set[str]:
    """`fate.mark` of every such row of a company, as it is now.

    Raises `ConnectorError` where a request that has not been collected yet cannot be looked up: then nothing is known
    and nothing may go.
    """
    held = set(restricted.active_marks(slug))
    for claim in _open(slug):
        held.update(_collected(claim))
        held.update(_planned(claim))
        if claim.right in COPIES and not Collected.objects.filter(claim=claim).exists():
            held.update(_asked_for(claim))
    return held


def signature(slug: str) -> tuple[int | None, ...]:
    """Changes whenever `marks` may: every act on a case writes an event, every chunk and every plan is a row."""
    ours = {"case__controller": slug}, {"claim__case__controller": slug}
    found = (Event.objects.filter(**ours[0]), Collected.objects.filter(**ours[1]), Plan.objects.filter(**ours[1]),
             Restriction.objects.filter(**ours[0]))  # fmt: skip
    last = [rows.aggregate(last=Max("pk"))["last"] for rows in found]
    return *last, found[3].filter(lifted_at=None).count(), _open(slug).count()


def _open(slug: str) -> QuerySet[Claim]:
    return Claim.objects.filter(case__controller=slug).exclude(stage=Stage.CLOSED).select_related("case")


def _collected(claim: Claim) -> Iterator[str]:
    """What was found for the claim, whatever round: an extract may be made again until the claim is closed."""
    for chunk in Collected.objects.filter(claim=claim).select_related("file"):
        for _number, line in chunks.read(chunk):
            yield row_digest(chunk.source, chunk.collection, line["key"] or line["fingerprint"])


def _planned(claim: Claim) -> Iterator[str]:
    """Rows of an erasure or a change under way: it would find them changed and have to begin anew."""
    done = (Plan.Status.STALE, Plan.Status.PROVED)
    for plan in claim.plans.exclude(status__in=done).select_related("file"):
        yield from plans.marks(plan)


def _asked_for(claim: Claim) -> Iterator[str]:
    """A request nobody has started yet is a request: what a search for it finds today (Art. 15(1))."""
    case = claim.case
    found = find.records(controller(case.controller), proved=find.proved(case), given=find.given(case.person))
    return map(mark, found)
