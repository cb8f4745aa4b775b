"""The steps of an objection (Art. 21(1)), and what its second person approves.

Collect → the rows are only stored while it is weighed (18(1)(d), R-47), recipients and the data protection officer are
told → a recorded balancing for each purpose (`law.balancing`) → approval → what stops is marked in the sources → the
letter. The restriction is announced to end with the answer (18(3)). Direct marketing in it is not weighed: the instant
lane stops it (Art. 21(3)).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.urls import reverse

from connectors.base import PlanOutdated, Record
from connectors.errors import ConnectorError
from fulfilment import answer, ledger
from fulfilment.changing import rectification, restriction
from fulfilment.extract import shape
from fulfilment.models import Plan, Restriction, Step
from fulfilment.planning import by_hand, changes, marking, plans
from fulfilment.planning.plans import NoPlan
from fulfilment.telling import notices
from law.balancing import WEIGHED, Balance, Verdict, Weighing, balance
from law.deadlines import local_day
from law.outcomes import Outcome
from law.reasons import say
from law.rights import Right
from policies.load import Controller
from policies.promises import Purpose
from policies.sources import CollectionMap, MarkName
from requests_app import access, correspondence, events, intake, lifecycle
from requests_app.controllers import controller
from requests_app.models import Claim
from requests_app.states import Act, Actor, Stage

rehearse_step, prove_step = rectification.rehearse_step, rectification.prove_step
TEXTS = ("interests", "necessity", "effect", "safeguards", "legal_claim")


class NotWeighed(NoPlan):
    """The balancing is not whole; `reasons` say what is missing (Art. 21(1): the burden is the company's)."""

    def __init__(self, reasons: Sequence[Any]) -> None:
        super().__init__("not_weighed")
        self.reasons = tuple(reasons)


# --- while it is weighed --------------------------------------------------------------------------------------------
def restrict_step(claim: Claim, *, step: Step, now: datetime) -> dict[str, Any]:
    """Until it is decided the data is only stored (18(1)(d)): what is used on a ground one can object to."""
    company = controller(claim.case.controller)
    tell_officer(claim, now=now)
    if any(one.direct_marketing for one in _ticked(claim)):  # not weighed, and not put off either (Art. 21(3))
        stop_marketing(claim, user=None, now=now)
    meant = _tables(company, _objectable(claim), mark="restrict")
    found = [one for one in _collected(claim) if not one.shared and _is_in(one, meant, company)]
    if not found:
        return {"records": 0}
    held = restriction.open(claim.case, claim=claim, ground="d", why="objection", records=found, now=now)
    notices.tell(claim, what="restriction", now=now)
    return {"records": len(found), "restriction": held.pk}


def tell_officer(claim: Claim, *, now: datetime) -> bool:
    """Where the company sends objections to its data protection officer, a mail that says only that there is one."""
    officer = _officer(controller(claim.case.controller))
    if not officer or claim.events.filter(kind="officer_told").exists():
        return False
    company = controller(claim.case.controller)
    with transaction.atomic():
        url = access.absolute(reverse("admin:case", args=[claim.case.reference]))
        correspondence.write(
            claim.case, "officer_notice", now=now, claim=claim, to=officer, values={"desk_url": url},
            language=company.policy.languages[0],
        )  # fmt: skip
        events.record(claim.case, "officer_told", now=now, actor=Actor.SYSTEM, claim=claim)
    return True


def _officer(company: Controller) -> str:
    """The officer's address, if the policy names it for objections and not just for everything."""
    dpo = company.policy.dpo
    named = [one.value for one in company.policy.channels if one.kind == "email" and Right.objection in one.rights]
    return dpo.email if dpo and dpo.email and dpo.email in named else ""


# --- the balancing --------------------------------------------------------------------------------------------------
def purposes(claim: Claim) -> tuple[Purpose, ...]:
    """What can be objected to at all: every purpose of the company."""
    return controller(claim.case.controller).policy.purposes


def weigh(claim: Claim, said: Mapping[str, Any]) -> Balance:
    """`said`: {"situation": text, "weighings": [{"purpose": id, "conclusion", "interests", …}]}."""
    language = claim.case.language
    company = controller(claim.case.controller)
    weighings = []
    for one in said.get("weighings", ()):
        purpose = company.policy.purpose(one["purpose"])
        texts = {name: str(one.get(name) or "") for name in TEXTS}
        weighings.append(
            Weighing(
                shape.say(purpose.name, language), tuple(purpose.basis), purpose.direct_marketing,
                one.get("conclusion", ""), **texts,
            )
        )  # fmt: skip
    return balance(weighings, situation=str(said.get("situation") or ""))


def proposal(
    claim: Claim, said: Mapping[str, Any], grounds: Sequence[str]
) -> tuple[Outcome, Sequence[str], dict[str, Any]]:
    """Outcome, grounds and the decision in words. Raises `NotWeighed`: an incomplete balancing decides nothing."""
    found = weigh(claim, said)
    if found.outcome is None:
        raise NotWeighed(found.missing)
    given = list(said["weighings"])
    pairs = list(zip(given, found.verdicts, strict=True))
    stopped = [one["purpose"] for one, verdict in pairs if verdict.stops and verdict.reach == "weighed"]
    told = {
        **said, "stopped": [verdict.purpose for verdict in found.verdicts if verdict.stops], "erased": [],
        "stops": stopped, **_in_words(claim, given, found),
        "verdicts": [
            {"purpose": one.purpose, "stops": one.stops, "reason": one.reason.to_json()} for one in found.verdicts
        ],
        "lifts": claim.restrictions.filter(why="objection", lifted_at=None).exists(),
        "erase_url": _erase_url(claim) if stopped else "",
    }  # fmt: skip
    return found.outcome, found.grounds, told


def _in_words(claim: Claim, given: Iterable[Mapping[str, Any]], found: Balance) -> dict[str, Any]:
    """What goes on and why, purpose by purpose, for the letter: facts, provision, and the grounds that weigh more."""
    kept = [
        _kept(one, verdict, language=claim.case.language)
        for one, verdict in zip(given, found.verdicts, strict=True) if not verdict.stops
    ]  # fmt: skip
    weighed = [one for one in kept if one["interests"]]
    outside = [f"{one['what']}: {fact}" for one in kept if not one["interests"] for fact in one["facts"]]
    facts = [fact for one in weighed for fact in one["facts"]]
    return {
        "kept": kept, "reasons": "\n".join([*facts, *outside]),
        "interests": "\n".join(f"{one['what']}: {one['interests']}" for one in weighed),
        "weighed": "\n".join([*facts, *outside]) if weighed else "",
    }  # fmt: skip


def _kept(one: Mapping[str, Any], verdict: Verdict, *, language: str) -> dict[str, Any]:
    if verdict.reach == "outside":
        facts, interests = [say(verdict.reason, language)], ""
    else:
        facts = [str(one[name]).strip() for name in ("necessity", "effect", "safeguards") if one.get(name)]
        interests = str(one.get("legal_claim") or one.get("interests")).strip()
    return {"what": verdict.purpose, "facts": facts, "ground": verdict.ground, "interests": interests}


def _erase_url(claim: Claim) -> str:
    """Where the person can ask for what is no longer needed to be erased (17(1)(c)): a claim with its own clock."""
    return access.absolute(reverse("public:form", args=[claim.case.controller, "rights"]) + "?right=erasure")


def save(claim: Claim, said: Mapping[str, Any], *, user: Any, now: datetime) -> None:
    """Keep what is written so far; nothing is decided by it. Raises `lifecycle.NotPossible` once it is submitted."""
    with transaction.atomic():
        if not Claim.objects.filter(pk=claim.pk, stage=Stage.REVIEW).update(decision=dict(said)):
            raise lifecycle.NotPossible("stage", Act.SUBMIT, claim.stage)
        about = [one["purpose"] for one in said.get("weighings", ())]
        data = {"purposes": about}
        events.record(claim.case, "balancing_saved", now=now, actor=Actor.STAFF, user=user, claim=claim, data=data)


def stop_marketing(claim: Claim, *, user: Any, now: datetime) -> Claim | None:
    """Direct marketing in the objection goes to the instant lane at once (Art. 21(3)); None where it is there."""
    return intake.also(claim.case, Right.marketing_objection, now=now, user=user)


# --- what the second person approves --------------------------------------------------------------------------------
def digest_to_submit(claim: Claim, *, now: datetime) -> str:
    """Freeze and rehearse the marks of what stops; the plan holds the decision as well. Raises `NoPlan`.

    That something has stopped can be said only of sources that were asked (Art. 12(3), 5(1)(a)).
    """
    company = controller(claim.case.controller)
    stops = frozenset(claim.decision["stops"])
    if stops and not claim.steps.filter(name="settle", status=Step.Status.DONE).exists():
        raise NoPlan("not_searched")
    whole(claim)
    try:
        meant = _tables(company, stops, mark="object")
        found = (one for one in _collected(claim) if _is_in(one, meant, company))
        told = marking.instructions(
            list(changes.present(company, found)), company, mark="object", now=now,
            only=lambda table, _name: any(table is one for one in meant),
        )  # fmt: skip
        refused = changes.would_refuse(company, told.instructions)
        unable = {one.id for one, _finding in refused}
        plan = changes.freeze(
            claim, [one for one in told.instructions if one.id not in unable], now=now, purpose=Plan.Purpose.MARK,
            about={**rectification.approved(claim), "by_hand": _left(told, refused)},
        )  # fmt: skip
        changes.rehearse(plan, now=now)
    except PlanOutdated:
        raise NoPlan("outdated") from None
    except ConnectorError:
        raise NoPlan("source_down") from None
    return plan.digest


def whole(claim: Claim) -> None:
    """Whether the letter can be written as it is decided, before anybody approves it. Raises `NoPlan`."""
    try:
        answer.letter(claim, decided=date.min)
    except (ValueError, KeyError):
        raise NoPlan("letter_incomplete") from None


def digest_to_approve(claim: Claim) -> str:
    return rectification.digest_to_approve(claim, purpose=Plan.Purpose.MARK)


def _left(told: marking.Marked, refused: Iterable[tuple[Any, Any]]) -> list[list[Any]]:
    """[[source, collection, rows]] that a person must see to."""
    count = dict(told.unmarkable)
    for one, _finding in refused:
        place = (one.source, one.collection)
        count[place] = count.get(place, 0) + 1
    return [[*place, rows] for place, rows in sorted(count.items())]


# --- carried out ----------------------------------------------------------------------------------------------------
def change_step(claim: Claim, *, step: Step, now: datetime) -> dict[str, Any]:
    """One source, one transaction. One in which nothing changes is not asked: it may be down and holds nothing up."""
    concerned = {planned.source for planned in plans.source_plans(changes.approved_plan(claim))}
    if step.source not in concerned:
        return {"rows": 0}
    return rectification.change_step(claim, step=step, now=now)


def by_hand_step(claim: Claim, *, step: Step, now: datetime) -> dict[str, Any]:
    """The letter may not say that something has stopped before it has: somebody writes down what no mark can do."""
    tables = plans.read(changes.approved_plan(claim))["about"]["by_hand"]
    by_hand.lay_out(claim, code="object", now=now, tables=[tuple(one) for one in tables])
    if by_hand.left(claim, code="object"):
        raise ledger.StepFailed("by_hand_left")
    return {"tables": len(tables)}


def answer_step(claim: Claim, *, step: Step, now: datetime) -> dict[str, Any]:
    """The letter, once: it says what the approved plan says."""
    about = plans.read(changes.approved_plan(claim))["about"]
    if any(about[name] != value for name, value in rectification.approved(claim).items()):
        raise ledger.StepFailed("answer_altered")
    kind, values = answer.letter(claim, decided=_today(claim, now))
    with transaction.atomic():
        ledger.renew(step, now=now)
        letter = correspondence.write(claim.case, kind, now=now, values=values, claim=claim)
    return {"letter": letter.pk, "sha256": letter.sha256}


def refuse_step(claim: Claim, *, step: Step, now: datetime) -> dict[str, Any]:
    """The refusal with the balancing, which also tells the day on which the restriction ends (12(4), 18(3))."""
    if answer.digest(claim) != claim.approved_digest:
        raise ledger.StepFailed("answer_altered")
    kind, values = answer.letter(claim, decided=_today(claim, now))
    told = getattr(values, "lifted_on", None)
    with transaction.atomic():
        ledger.renew(step, now=now)
        letter = correspondence.write(claim.case, kind, now=now, values=values, claim=claim)
        held = _held(claim) if told else None
        if held and held.announced_at is None:
            reason = say(restriction.law.ended("objection", outcome=Outcome.refused), claim.case.language)
            restriction.announce(held, reason=reason, lift_on=told, user=None, now=now, letter=False)
    return {"letter": letter.pk, "sha256": letter.sha256}


# --- small things ---------------------------------------------------------------------------------------------------
def _held(claim: Claim) -> Restriction | None:
    return claim.restrictions.filter(why="objection", lifted_at=None).first()


def _collected(claim: Claim) -> Iterable[Record]:
    return plans.collected(claim, ledger.round_of(claim, Stage.REVIEW))


def _ticked(claim: Claim) -> list[Purpose]:
    """Purposes the person named on the form; the rest of the objection is in words."""
    named = set(claim.scope.get("purposes", ()))
    return [one for one in purposes(claim) if one.id in named]


def _objectable(claim: Claim) -> frozenset[str]:
    """Purposes on a ground one can object to (Art. 6(1)(e)-(f)): those the person named, or all while nobody knows."""
    able = frozenset(one.id for one in purposes(claim) if not WEIGHED.isdisjoint(one.basis))
    return able.intersection(one.id for one in _ticked(claim)) or able


def _tables(company: Controller, purposes: frozenset[str], *, mark: MarkName) -> list[CollectionMap]:
    """Tables used for these purposes, and those whose mark the programs read before they use such a table."""
    meant = []
    for source in company.sources.values():
        used = {name for name, table in source.collections.items() if not purposes.isdisjoint(table.purposes)}
        for name, table in source.collections.items():
            said = table.mark(mark)
            if name in used or (said and not used.isdisjoint(said.covers)):
                meant.append(table)
    return meant


def _is_in(record: Record, tables: Iterable[CollectionMap], company: Controller) -> bool:
    source = company.sources.get(record.source)
    table = source.collections.get(record.collection) if source else None
    return any(table is one for one in tables)


def _today(claim: Claim, now: datetime) -> date:
    return local_day(now, tz=controller(claim.case.controller).policy.tz)
