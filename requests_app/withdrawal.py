"""A person takes a request back, whole or one right of it."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from law.deadlines import local_day
from law.decisions import Outcome
from requests_app import access, correspondence, lifecycle
from requests_app.controllers import controller
from requests_app.models import Case, Claim
from requests_app.states import MOVES, Act, Actor

DONE = Q(kind="erased") | Q(kind="changed", data__purpose="rectify")
"""Events of data that is no longer what it was."""


class NothingToWithdraw(Exception):
    """Every claim is closed, or is being carried out and can no longer be stopped."""


def open_claims(case: Case) -> list[Claim]:
    """Claims that can still be taken back."""
    return [claim for claim in case.claims.all() if claim.stage in MOVES[Act.WITHDRAW].sources]


def withdraw(
    case: Case,
    *,
    claims: Sequence[Claim] | None = None,
    now: datetime,
    actor: Actor = Actor.PERSON,
    user: AbstractBaseUser | None = None,
) -> list[Claim]:
    """Close the claims (all that can be, unless named) as withdrawn and confirm it by letter."""
    chosen = [claim for claim in open_claims(case) if claims is None or claim.pk in {one.pk for one in claims}]
    if not chosen:
        raise NothingToWithdraw(case.reference)
    with transaction.atomic():
        for claim in chosen:
            lifecycle.apply(claim, Act.WITHDRAW, now=now, actor=actor, user=user, outcome=Outcome.withdrawn)
        correspondence.write(
            case,
            "withdrawn",
            now=now,
            values={
                "withdrawn": local_day(now, tz=controller(case.controller).policy.tz),
                # Stopped half-way (the data had changed) it stands in review again; what is done is done.
                "nothing_done": not case.events.filter(claim__in=chosen).filter(DONE).exists(),
                "new_request_url": access.absolute(reverse("public:company", args=[case.controller])),
            },
        )
    return chosen
