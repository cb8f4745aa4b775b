"""What the case page tells, part by part, as plain values for its template."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone

from desk import days, grounds, history, next_acts, pages, silence_parts, trouble_parts, words
from desk.next_acts import Button
from desk.screens import breach, open_points
from fulfilment import pipeline
from fulfilment.asking import mails, tasks
from fulfilment.collecting import records
from fulfilment.models import OwnerTask, Step
from fulfilment.planning import plans, restricted
from identity import need, speaking
from identity.models import Verification
from identity.waiting.asking import asked_on
from law.deadlines import conservative
from law.decisions import ClaimFacts, Suggestion, suggest
from law.rights import IMMEDIATE, Right
from requests_app import clock
from requests_app.controllers import controller
from requests_app.models import Case, Claim, Letter
from requests_app.states import AUTOMATIC, COLLECTED_RIGHTS, Stage


@dataclass(frozen=True)
class ClaimPart:
    """Everything about one right."""

    claim: Claim
    title: Any
    article: str
    stage: Any
    left: days.DaysLeft
    steps: list[str]
    buttons: list[Button]
    next: Any
    failed: list[tuple[Any, str, str]]
    tables: list[records.TableView]
    plan: list[tuple[Any, int]]
    outcome: Any
    grounds: list[str]
    suggestion: list[str]
    blocked: list[open_points.Line]
    waited: list[tuple[OwnerTask, str]]
    partly: trouble_parts.Partly | None
    changed: str


def all_of(case: Case, *, user: Any, roles: frozenset[str]) -> dict[str, Any]:
    claims = [_claim(claim, user=user, roles=roles) for claim in case.claims.prefetch_related("segments")]
    open_ones = [one for one in claims if one.claim.stage != Stage.CLOSED]
    first = min(open_ones, key=lambda one: one.left.due or one.claim.case.received_on, default=None)
    return {
        "claims": claims,
        "found_any": any(one.tables for one in claims),
        "decided_any": any(one.claim.outcome for one in claims),
        "first": first,
        "left": first.left if first else days.of_case([], today=pages.today_of(case.controller)),
        "relation": case.get_relation_display(),
        "language": dict(settings.LANGUAGES).get(case.language, case.language),
        "identity": identity(case),
        "letters": letters(case),
        "restrictions": restricted.of_case(case),
        "breaches": [(one, breach.hours(one, now=timezone.now())) for one in case.incidents.all()],
        "thread": case.messages.select_related("author").prefetch_related("attachments__file"),
        **history.of_case(case),
    }


def identity(case: Case) -> dict[str, Any]:
    """What is asked, what is reached, and every attempt."""
    waiting = need.waiting_claims(case)
    required = need.required(case)
    attempts = case.verifications.select_related("decided_by")
    asked = case.claims.filter(stage=Stage.IDENTIFYING).exists()
    kinds = words.DOCUMENTS | words.AUTHORITIES
    return {
        "waits": bool(waiting),
        "required": required.level,
        "why": pages.sentences(required.reasons),
        "reached": need.reached(case),
        "attempts": [
            (one, words.MEANS.get(one.method, one.method), kinds.get(one.document, ""), why(one.reason))
            for one in attempts
        ],
        "missing": [words.PARTS[part] for part in speaking.missing(case)],
        "to_check": [one for one in attempts if one.status == Verification.Status.SUBMITTED],
        "may_ask": case.claims.filter(stage__in=(Stage.RECEIVED, Stage.TRIAGE)).exclude(right__in=IMMEDIATE).exists(),
        "asked": asked_on(case) if asked else None,
        "doubt": words.DOUBTS.get(need.doubt(case) or "", need.doubt(case)),
        "coming": silence_parts.of_case(case),
    }


def why(code: str) -> Any:
    return (words.SEEN | words.DOCUMENTS | words.NOT_PROVED).get(code, code)


def letters(case: Case) -> list[tuple[Letter, Any]]:
    return [(letter, words.LETTERS.get(letter.kind, letter.kind)) for letter in case.letters.order_by("-pk")]


def _claim(claim: Claim, *, user: Any, roles: frozenset[str]) -> ClaimPart:
    today = pages.today_of(claim.case.controller)
    counted = clock.explain(claim, today=today)
    buttons = next_acts.of_claim(claim, user=user, roles=roles)
    tables = records.tables(claim, language=pages.language()) if claim.collected.exists() else []
    return ClaimPart(
        claim=claim,
        title=words.right_title(claim.right),
        article=Right(claim.right).article,
        stage=Stage(claim.stage).label,
        left=days.of_claim(claim, today=today),
        steps=pages.sentences((*counted.steps, *conservative(counted))),
        buttons=buttons,
        next=next_acts.next_step(claim, buttons),
        failed=_failed(claim),
        tables=tables,
        plan=_plan(claim),
        outcome=words.OUTCOMES.get(claim.outcome, claim.outcome),
        grounds=[grounds.refusal(code) for code in claim.grounds],
        suggestion=_suggestion(claim, sum(table.count for table in tables)),
        blocked=open_points.of_claim(claim),
        waited=_waited(claim),
        partly=trouble_parts.partly_done(claim),
        changed=trouble_parts.changed(claim),
    )


def _failed(claim: Claim) -> list[tuple[Any, str, str]]:
    """(step, source, code of the error): given up, or resting before another try."""
    if claim.stage not in AUTOMATIC:
        return []
    troubled = [step for _, step in pipeline.steps(claim) if step.error and step.status != Step.Status.DONE]
    return [(words.STEPS.get(step.name, step.name), step.source, step.error) for step in troubled]


def _waited(claim: Claim) -> list[tuple[OwnerTask, str]]:
    """Systems whose owners have not answered, with their names: waited for, or gone on without."""
    found = claim.owner_tasks.filter(status__in=tasks.OPEN) | claim.owner_tasks.filter(
        outcome=tasks.Outcome.WITHOUT, source__in=tasks.without(claim)
    )
    ours = controller(claim.case.controller) if found else None
    return [(one, mails.system(ours, one.source, pages.language())) for one in found] if ours else []


def _plan(claim: Claim) -> list[tuple[Any, int]]:
    plan = plans.current(claim) if claim.right == Right.erasure else None
    return [(words.FATES.get(fate, fate), count) for fate, count in plans.by_outcome(plan).items()] if plan else []


def _suggestion(claim: Claim, found: int) -> list[str]:
    """What the facts speak for, while there is something to decide. A person decides."""
    if claim.stage not in (Stage.TRIAGE, Stage.REVIEW):
        return []
    known = found if claim.steps.exists() else None
    records = (
        known if claim.right in COLLECTED_RIGHTS else 1
    )  # the other rights are decided without reading the sources
    facts = ClaimFacts(identified=True, records=records, **_details(claim))
    advice: Suggestion = suggest(Right(claim.right), facts=facts)
    return pages.sentences(advice.reasons)


def _details(claim: Claim) -> dict[str, int]:
    plan = plans.current(claim) if claim.right == Right.erasure else None
    if plan is None:
        return {"withheld": claim.withholdings.count()}
    counts = plans.by_outcome(plan)
    return {"undetermined": plan.undecided, "retained": counts.get("retain", 0) + counts.get("hold", 0)}
