"""Acts of the reviewer: withhold a record or a field with a ground, hand out what is also somebody else's.

The only writer of `Withholding` and `Release`. Nothing is refused as a whole for the sake of others (recital 63): each
item is weighed, and what nobody weighed is not handed out.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction

from fulfilment import ledger
from fulfilment.models import Release, Withholding
from law.decisions import grounds_for
from law.rights import Right
from requests_app import events
from requests_app.controllers import controller
from requests_app.models import Claim
from requests_app.states import Actor, Stage


class NotNow(Exception):
    """The decision does not fit; `code`: stage, ground, reason."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def withhold(
    claim: Claim, *, source: str, collection: str, numbers: Iterable[int], ground: str, reason: str, user: Any,
    now: datetime, field: str = "",
) -> int:  # fmt: skip
    """Do not hand out these records, or one field of them. `reason`: the facts, in the person's language (Art. 12(4)).

    Raises `NotNow`. Returns how many were changed.
    """
    allowed = grounds_for(Right(claim.right), country=controller(claim.case.controller).policy.country)
    if ground not in {one.code for one in allowed}:
        raise NotNow("ground")
    if not reason.strip():
        raise NotNow("reason")
    what = {"source": source, "collection": collection, "field": field}
    with _review(claim, "withheld", what | {"ground": ground}, numbers, user=user, now=now) as (place, chosen):
        for number in chosen:
            Withholding.objects.update_or_create(
                **place, field=field, number=number,
                defaults={"ground": ground, "reason": reason.strip(), "by": user, "at": now},
            )  # fmt: skip
            if not field:
                Release.objects.filter(**place, number=number).delete()
    return len(chosen)


def hand_out(claim: Claim, *, source: str, collection: str, numbers: Iterable[int], user: Any, now: datetime) -> int:
    """Hand out records that also belong to somebody else, or that were withheld before. Raises `NotNow`."""
    what = {"source": source, "collection": collection}
    with _review(claim, "released", what, numbers, user=user, now=now) as (place, chosen):
        Withholding.objects.filter(**place, number__in=chosen, field="").delete()
        for number in chosen:
            Release.objects.get_or_create(**place, number=number, defaults={"by": user, "at": now})
    return len(chosen)


def show_field(
    claim: Claim, *, source: str, collection: str, number: int, field: str, user: Any, now: datetime
) -> None:
    """Take back that a field is withheld. Raises `NotNow`."""
    what = {"source": source, "collection": collection, "field": field}
    with _review(claim, "field_shown", what, [number], user=user, now=now) as (place, chosen):
        Withholding.objects.filter(**place, number__in=chosen, field=field).delete()


@contextmanager
def _review(
    claim: Claim, kind: str, what: dict[str, Any], numbers: Iterable[int], *, user: Any, now: datetime
) -> Iterator[tuple[dict[str, Any], list[int]]]:
    """One decision: the claim must stand in review, and the event is written in the same transaction."""
    chosen = sorted(set(numbers))
    with transaction.atomic():
        if not Claim.objects.select_for_update().filter(pk=claim.pk, stage=Stage.REVIEW).first():
            raise NotNow("stage")
        round = ledger.round_of(claim, Stage.REVIEW)
        yield {"claim": claim, "round": round, "source": what["source"], "collection": what["collection"]}, chosen
        data = what | {"count": len(chosen)}
        events.record(claim.case, kind, now=now, actor=Actor.STAFF, user=user, claim=claim, data=data)
