"""The only writer of a claim's stage: compare-and-set together with its event, in one short transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from requests_app import events
from requests_app.models import Claim
from requests_app.states import MOVES, Act, Actor, Stage


class NotPossible(Exception):
    """The act does not fit where the claim stands; `code` says why: stage, actor, same_person, taken."""

    def __init__(self, code: str, act: Act, stage: str) -> None:
        super().__init__(f"{act.value} at {stage}: {code}")
        self.code, self.act, self.stage = code, act, stage


def why_not(claim: Claim, act: Act, *, actor: Actor, user: AbstractBaseUser | None = None) -> str | None:
    """Code of the reason why this act is not possible now, or None."""
    move = MOVES[act]
    if actor not in move.by:
        return "actor"
    if claim.stage not in move.sources:
        return "stage"
    if act is Act.APPROVE and (user is None or user.pk == claim.prepared_by_id):
        return "same_person"  # four eyes: whoever prepared an answer cannot release it
    return None


def apply(
    claim: Claim,
    act: Act,
    *,
    now: datetime,
    actor: Actor,
    user: AbstractBaseUser | None = None,
    data: Mapping[str, Any] | None = None,
    **changes: Any,
) -> Claim:
    """Move the claim, write `changes` to it in the same statement and record the event. Raises `NotPossible`.

    `taken`: somebody moved the claim first. Nothing was written.
    """
    if code := why_not(claim, act, actor=actor, user=user):
        raise NotPossible(code, act, claim.stage)
    old, new = claim.stage, MOVES[act].target
    fields = {**changes, "stage": new, "stage_at": now, "closed_at": now if new is Stage.CLOSED else None}
    with transaction.atomic():
        if not Claim.objects.filter(pk=claim.pk, stage=old).update(**fields):
            raise NotPossible("taken", act, old)
        for name, value in fields.items():
            setattr(claim, name, value)
        events.record(
            claim.case,
            act.value,
            now=now,
            actor=actor,
            user=user,
            claim=claim,
            data={"from": old, "to": new, **(data or {})},
        )
        _close_case(claim, now=now)
    return claim


def _close_case(claim: Claim, *, now: datetime) -> None:
    """A case is closed when its last claim is, and open again when one reopens."""
    is_open = Claim.objects.filter(case_id=claim.case_id).exclude(stage=Stage.CLOSED).exists()
    claim.case.closed_at = None if is_open else now
    claim.case.save(update_fields=["closed_at"])
