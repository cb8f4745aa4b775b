"""The steps of a review of an automated decision (Art. 22(3)), and what its second person approves.

A named person of the company's staff looks at all of it again, with authority to change it and with the person's own
view in mind, and tells the logic actually applied (C-203/22). What it changes in a source is a SET change of the plan,
or a task somebody does by hand; then the letter.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.base import Action, Instruction, PlanOutdated, Record
from connectors.errors import ConnectorError
from fulfilment import ledger
from fulfilment.changing import rectification
from fulfilment.extract import shape
from fulfilment.models import Plan, Step
from fulfilment.planning import by_hand, changes, plans
from fulfilment.planning.plans import NoPlan
from fulfilment.weighing import objection
from law.human_review import Review, check
from law.outcomes import Outcome
from policies.promises import AutomatedDecision
from requests_app import access
from requests_app.controllers import controller
from requests_app.models import Claim
from requests_app.states import Stage

rehearse_step, prove_step = rectification.rehearse_step, rectification.prove_step
change_step, answer_step = objection.change_step, objection.answer_step
OTHER = "other"
"""A decision the policy does not list: a company must answer for it all the same."""


class NotReviewed(NoPlan):
    """The review is not whole; `reasons` say what is missing (Art. 22(3))."""

    def __init__(self, reasons: Sequence[Any]) -> None:
        super().__init__("not_reviewed")
        self.reasons = tuple(reasons)


@dataclass(frozen=True)
class Value:
    """One value of one record the reviewer wants to hold something else."""

    source: str
    collection: str
    number: int
    column: str
    value: str | None

    @property
    def place(self) -> tuple[str, str, int]:
        return (self.source, self.collection, self.number)


def decisions(claim: Claim) -> tuple[AutomatedDecision, ...]:
    return controller(claim.case.controller).policy.automated_decisions


def review(claim: Claim, said: Mapping[str, Any], *, reviewer: Any) -> Review:
    """What was written down, as the law judges it. The reviewer is whoever writes it: nobody states it for another."""
    roles = access.roles(reviewer, claim.case.controller) & access.CASE_ROLES if reviewer else frozenset()
    return Review(
        result=said.get("outcome_of_review") or "", view=str(said.get("view") or ""),
        logic=tuple(said.get("explanation") or ()), holds=str(said.get("holds") or ""),
        reasons=str(said.get("reasons") or ""), is_staff=bool(roles and name_of(reviewer)),
        has_authority=bool(said.get("has_authority")), saw_all=bool(said.get("saw_all")),
    )  # fmt: skip


def name_of(user: Any) -> str:
    """The name the person is told: of a human being, never of an account (Art. 22(3))."""
    return str(user.get_full_name() or "").strip()


def prepared(claim: Claim, said: Mapping[str, Any], *, reviewer: Any) -> dict[str, Any]:
    """The decision in words. Raises `NotReviewed`."""
    answer = check(review(claim, said, reviewer=reviewer))
    if not answer.allowed:
        raise NotReviewed(answer.reasons)
    return {
        **said, "reviewer_id": reviewer.pk, "reviewer": name_of(reviewer), "decision": _named(claim, said),
        "result": f"{said['holds'].strip()}\n{said['reasons'].strip()}", "review": said["outcome_of_review"],
    }  # fmt: skip


def proposal(
    claim: Claim, said: Mapping[str, Any], grounds: Sequence[str]
) -> tuple[Outcome, Sequence[str], dict[str, Any]]:
    """The right is granted by a review that was one, whatever it came to; the letter says what holds (22(3))."""
    if not said.get("reviewer_id"):
        raise NotReviewed(check(Review()).reasons)
    return Outcome.granted, (), dict(said)


def _named(claim: Claim, said: Mapping[str, Any]) -> str:
    """The decision it is about: as the policy names it, and as staff found it."""
    chosen = {one.id: shape.say(one.name, claim.case.language) for one in decisions(claim)}
    words = [chosen.get(str(said.get("decision_id")), ""), str(said.get("which") or "").strip()]
    return ": ".join(word for word in words if word)


# --- what the second person approves --------------------------------------------------------------------------------
def digest_to_submit(claim: Claim, *, now: datetime) -> str:
    """Freeze and rehearse what is changed in the sources; the plan holds the decision as well. Raises `NoPlan`."""
    objection.whole(claim)
    try:
        plan = changes.freeze(
            claim, instructions(claim, values(claim.decision)), now=now, purpose=Plan.Purpose.MARK,
            about=rectification.approved(claim),
        )  # fmt: skip
        if changes.refused(plan):
            changes.outdated(plan)
            raise NoPlan("refused")
        changes.rehearse(plan, now=now)
    except PlanOutdated:
        raise NoPlan("outdated") from None
    except ConnectorError:
        raise NoPlan("source_down") from None
    return plan.digest


def digest_to_approve(claim: Claim) -> str:
    return rectification.digest_to_approve(claim, purpose=Plan.Purpose.MARK)


def values(said: Mapping[str, Any]) -> list[Value]:
    return [Value(**one) for one in said.get("values", ())]


def instructions(claim: Claim, wanted: Iterable[Value]) -> list[Instruction]:
    """One instruction a record, on the row as it is now. Raises `NoPlan` outdated where a row is gone or not theirs."""
    by_place: dict[tuple[str, str, int], dict[str, Any]] = {}
    for one in wanted:
        by_place.setdefault(one.place, {})[one.column] = one.value
    found = records(claim, by_place)
    fresh = {id_of(one): one for one in changes.present(controller(claim.case.controller), found.values())}
    told = []
    for place, columns in by_place.items():
        row = fresh.get(id_of(found[place])) if place in found else None
        if row is None or row.needs_person or not set(columns) <= set(row.fields):
            raise NoPlan("outdated")
        told.append(Instruction(row.source, row.collection, row.key, row.fingerprint, Action.SET, values=columns))
    return told


def records(claim: Claim, places: Iterable[tuple[str, str, int]]) -> dict[tuple[str, str, int], Record]:
    """The collected records at these places."""
    wanted, count = set(places), {}
    found = {}
    for one in plans.collected(claim, ledger.round_of(claim, Stage.REVIEW)):
        number = count.get((one.source, one.collection), 0)
        count[one.source, one.collection] = number + 1
        if (one.source, one.collection, number) in wanted:
            found[one.source, one.collection, number] = one
    return found


def id_of(record: Record) -> tuple[Any, ...]:
    return (record.source, record.collection, tuple(sorted((record.key or {}).items())))


# --- carried out ----------------------------------------------------------------------------------------------------
def by_hand_step(claim: Claim, *, step: Step, now: datetime) -> dict[str, Any]:
    """The letter may not say what holds now before it does: somebody writes down that it was done in the system."""
    todo = str(claim.decision.get("todo") or "")
    by_hand.lay_out(claim, code="decision", now=now, text=todo)
    if by_hand.left(claim, code="decision"):
        raise ledger.StepFailed("by_hand_left")
    return {"tasks": bool(todo)}
