"""The steps of a rectification claim, and what its second person approves (Art. 16).

Collect → restrict what is disputed, at once (18(1)(a), R-47) → staff enter the right values → approval of exactly those
→ rehearse → change, one transaction a source → prove by asking again → tell the recipients → the letter. The
restriction is announced to end when the claim is closed (18(3)).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from connectors.base import PlanOutdated
from connectors.errors import ConnectorError
from fulfilment import answer, ledger
from fulfilment.changing import corrections, holdings, restriction
from fulfilment.collecting import find
from fulfilment.extract import shape
from fulfilment.extract.words import text
from fulfilment.models import Correction, Plan, Step
from fulfilment.planning import by_hand, carry_out, changes, plans, restricted
from fulfilment.planning.fate import mark
from fulfilment.planning.plans import NoPlan
from fulfilment.telling import notices
from law.deadlines import local_day
from law.decisions import Outcome
from policies.columns import correctable
from requests_app import correspondence, sources
from requests_app.controllers import controller
from requests_app.models import Claim
from requests_app.states import Stage

Purpose = Plan.Purpose
Line = dict[str, str]
BY_HAND = "correct"


def dispute_step(claim: Claim, *, step: Step, now: datetime) -> dict[str, Any]:
    """While the accuracy is being verified the data is only stored; the person is told (18(1)(a), R-47).

    Tables that hold something a person can have corrected, as far as their map says how they are marked.
    """
    company = controller(claim.case.controller)
    in_question = {(source, name) for source, name, _ in company.collections() if correctable(company, source, name)}
    found = [
        one for one in plans.collected(claim, ledger.round_of(claim, Stage.REVIEW))
        if (one.source, one.collection) in in_question and not one.shared
    ]  # fmt: skip
    if not found:
        return {"records": 0}
    held = restriction.open(claim.case, claim=claim, ground="a", why="accuracy", records=found, now=now)
    notices.tell(claim, what="restriction", now=now)
    return {"records": len(found), "restriction": held.pk}


def proposal(
    claim: Claim, said: Mapping[str, Any], grounds: Sequence[str]
) -> tuple[Outcome, Sequence[str], dict[str, Any]]:
    """Outcome, grounds and the decision in words: the changes by their labels, and the statement of completion.

    Refusing a part is a refusal of that part (Art. 12(4)). Raises `NoPlan` nothing_chosen.
    """
    changed = [*_done_before(claim), *_lines(claim, holdings.of(claim))]
    statement = str(said.get("statement_text") or "").strip()
    if not changed and not statement:
        raise NoPlan("nothing_chosen")
    if statement and not str(said.get("statement_kept") or "").strip():
        raise NoPlan("statement_kept")
    outcome = Outcome.partly_granted if grounds else Outcome.granted
    told = {**said, "changes": in_words(changed), "statement": bool(statement), "lines": changed}
    return outcome, tuple(grounds), told


def digest_to_submit(claim: Claim, *, now: datetime) -> str:
    """Freeze and rehearse. Raises `NoPlan` when a value changed since it was shown, or a source would not take it."""
    wanted = holdings.of(claim)
    resting = restricted.marks_of_others(claim)
    try:
        told, rows = corrections.instructions(claim, wanted)
        plan = changes.freeze(
            claim, told, now=now, purpose=Purpose.RECTIFY,
            rows=[
                changes.row(
                    record, mark=mark(record), number=one.number, field=one.field, fingerprint=record.fingerprint,
                    outcome="by_hand" if one.by_hand else "set", restricted=mark(record) in resting,
                )
                for one, record in rows
            ],
            about={**approved(claim), "by_hand": [_promise(one) for one in wanted if one.by_hand]},
        )  # fmt: skip
        if changes.refused(plan):
            changes.outdated(plan)
            raise NoPlan("refused")
        changes.rehearse(plan, now=now)
    except (corrections.NotNow, PlanOutdated):
        raise NoPlan("outdated") from None
    except ConnectorError as error:
        raise NoPlan(error.code if error.permanent else "source_down") from error
    return plan.digest


def digest_to_approve(claim: Claim, *, purpose: str = Purpose.RECTIFY) -> str:
    """Of the frozen plan, which holds the decision as well: empty where either is not what was submitted."""
    plan = plans.current(claim, purpose=purpose)
    if plan is None or plan.status != Plan.Status.REHEARSED:
        return ""
    return plan.digest if _holds(plan, claim) else ""


def approved(claim: Claim) -> dict[str, Any]:
    """What the second person approves beside the rows: it lies in the plan, under the same digest."""
    return {"outcome": str(claim.outcome), "grounds": list(claim.grounds), "decision": claim.decision}


def _holds(plan: Plan, claim: Claim) -> bool:
    about = plans.read(plan)["about"]
    return all(about[name] == value for name, value in approved(claim).items())


def rehearse_step(claim: Claim, *, step: Step, now: datetime) -> dict[str, Any]:
    return carry_out.rehearse_approved(claim, overtaken=_now_resting, now=now)


def _now_resting(plan: Plan) -> int:
    """Rows that have been restricted for another reason since somebody decided to correct them (Art. 18(2))."""
    if plan.purpose != Purpose.RECTIFY:
        return 0
    resting = restricted.marks_of_others(plan.claim)
    return sum(row["mark"] in resting for row in plans.read(plan)["fates"] if not row["restricted"])


def change_step(claim: Claim, *, step: Step, now: datetime) -> dict[str, Any]:
    return carry_out.execute_approved(claim, step.source, now=now)


def prove_step(claim: Claim, *, step: Step, now: datetime) -> dict[str, Any]:
    return dict(changes.prove(changes.approved_plan(claim), now=now))


def by_hand_step(claim: Claim, *, step: Step, now: datetime) -> dict[str, Any]:
    """What somebody promised to correct in the system itself is asked for, before a letter says that it is done."""
    promised = plans.read(changes.approved_plan(claim))["about"]["by_hand"]
    tables = Counter((one["source"], one["collection"]) for one in promised)
    by_hand.lay_out(claim, code=BY_HAND, tables=[(*place, count) for place, count in tables.items()], now=now)
    left = _by_hand_left(claim, promised)
    if left or by_hand.left(claim, code=BY_HAND):
        raise ledger.StepFailed("by_hand_left")
    return {"left": left}


def answer_step(claim: Claim, *, step: Step, now: datetime) -> dict[str, Any]:
    """The letter, once: it says what the approved plan says, and who has been told (Art. 16, 19)."""
    return send_letter(claim, plan=changes.approved_plan(claim), what="rectification", step=step, now=now)


def send_letter(claim: Claim, *, plan: Plan, what: str, step: Step, now: datetime) -> dict[str, Any]:
    if not _holds(plan, claim):
        raise ledger.StepFailed("answer_altered")
    today = local_day(now, tz=controller(claim.case.controller).policy.tz)
    kind, values = answer.letter(claim, decided=today)
    told: Any = replace(values, recipients_told=notices.told(claim, what=(what,)))  # type: ignore[call-arg]
    with transaction.atomic():
        ledger.renew(step, now=now)
        letter = correspondence.write(claim.case, kind, now=now, values=told, claim=claim)
    return {"letter": letter.pk, "sha256": letter.sha256}


def in_words(lines: Iterable[Line]) -> list[Line]:
    """One line a change, with the systems that hold it: "Telephone (Web shop, Accounts)": old, new."""
    systems: dict[tuple[str, str, str], dict[str, None]] = {}
    for one in lines:
        systems.setdefault((one["label"], one["old"], one["new"]), {})[one["system"]] = None
    return [
        {"field": f"{label} ({', '.join(where)})", "old": old, "new": new}
        for (label, old, new), where in systems.items()
    ]


def _lines(claim: Claim, wanted: Iterable[Correction]) -> list[Line]:
    company, language = controller(claim.case.controller), claim.case.language
    lines = []
    for one in wanted:
        system = shape.named(company, one.source, one.collection, language=language)[0]
        label = shape.columns(company, one.source, one.collection, [one.field], language=language)[0].label
        old, new = (_said(value, language=language, tz=company.policy.tz) for value in (one.old, one.new))
        table = company.sources[one.source].collections.get(one.collection)
        kind = table.kind_of(one.field) if table else ""
        lines.append({"source": one.source, "system": system, "label": label, "old": old, "new": new, "kind": kind})
    return lines


def _said(value: Any, *, language: str, tz: str) -> str:
    return text(value, language=language, tz=tz)


def _done_before(claim: Claim) -> list[Line]:
    """Changes an earlier plan of this claim had made before another source stopped it: they are told, too."""
    done = []
    for plan in claim.plans.filter(purpose=Purpose.RECTIFY, status=Plan.Status.STALE, receipts__rows__gt=0).distinct():
        reached = set(plan.receipts.filter(rows__gt=0).values_list("source", flat=True))
        decision = plans.read(plan)["about"]["decision"]
        done += [line for line in decision.get("lines", ()) if line["source"] in reached]
    return done


def _promise(one: Correction) -> dict[str, Any]:
    return {"source": one.source, "collection": one.collection, "number": one.number, "field": one.field,
            "new": one.new}  # fmt: skip


def _by_hand_left(claim: Claim, promised: Sequence[Mapping[str, Any]]) -> int:
    """How many of them still hold what they held. A row without a key is looked for by what it was (Art. 5(1)(d))."""
    if not promised:
        return 0
    company = controller(claim.case.controller)
    rows = {
        (row["source"], row["collection"], row["number"]): row
        for row in plans.read(changes.approved_plan(claim))["fates"] if row["outcome"] == "by_hand"
    }  # fmt: skip
    left = 0
    there: set[str] | None = None
    for one in promised:
        row = rows[one["source"], one["collection"], one["number"]]
        if row["key"] is None:
            there = there if there is not None else _fingerprints(claim)
            left += row["fingerprint"] in there
            continue
        with closing(sources.open_one(company, one["source"])) as connector:
            now_held = [found.fields.get(one["field"]) for found in connector.by_key(one["collection"], [row["key"]])]
        left += any(str(held if held is not None else "") != (one["new"] or "") for held in now_held)
    return left


def _fingerprints(claim: Claim) -> set[str]:
    case = claim.case
    found = find.records(controller(case.controller), proved=find.proved(case), given=find.given(case.person))
    return {record.fingerprint for record in found}
