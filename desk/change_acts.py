"""The buttons of corrections and restrictions: one function of a lower room each. Submitting them stands in `acts`."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from fulfilment.changing import corrections, restriction
from fulfilment.changing.holdings import Kind
from fulfilment.models import Restriction
from requests_app import tasks
from requests_app.models import Claim

User = Any


def correct(
    claim: Claim, kind: Kind, *, new: str, at: Sequence[str], shown: Sequence[str], user: User, now: datetime
) -> int:
    return corrections.propose(claim, kind, new=new, at=at, shown=shown, user=user, now=now)


def drop_correction(claim: Claim, kind: Kind, *, user: User, now: datetime) -> int:
    return corrections.forget(claim, kind, user=user, now=now)


def announce_lifting(held: Restriction, *, reason: str, lift_on: date, user: User, now: datetime) -> None:
    restriction.announce(held, reason=reason, lift_on=lift_on, user=user, now=now)
    tasks.post_letters()


def keep_restricted(held: Restriction, *, user: User, now: datetime) -> None:
    restriction.keep_on(held, user=user, now=now)
