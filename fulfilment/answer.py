"""Answers in words: refusals, "we hold nothing", and the decision on the rights that do not hand out or erase data.

What the second person approves is the digest of the letter's values; the letter is written from the same values.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any

import orjson
from django.db import transaction

from fulfilment import ledger
from fulfilment.asking import tasks as asking
from fulfilment.collecting import find
from fulfilment.extract.shape import say
from fulfilment.handing_over.access import searched_with
from fulfilment.models import Step
from law.citations import cite
from law.deadlines import local_day
from law.decisions import GROUNDS
from law.durations import Period
from law.rights import Right
from letters import kinds
from letters.render import Rendered, render
from letters.words import right as in_words
from requests_app import correspondence, lateness
from requests_app.controllers import controller
from requests_app.models import Claim
from requests_app.paper import letterhead


def send(claim: Claim, *, step: Step, now: datetime) -> dict[str, Any]:
    """Write the letter, once: under the lease of `step`. `ledger.StepFailed` when it is not what was approved."""
    if digest(claim) != claim.approved_digest:
        raise ledger.StepFailed("answer_altered")
    today = local_day(now, tz=controller(claim.case.controller).policy.tz)
    kind, values = letter(claim, decided=today)
    with transaction.atomic():
        ledger.renew(step, now=now)
        written = correspondence.write(claim.case, kind, now=now, values=values, claim=claim)
    return {"letter": written.pk, "sha256": written.sha256}


def digest(claim: Claim) -> str:
    """SHA-256 of what the letter will say, whatever day it is written."""
    kind, values = letter(claim, decided=date.min)
    return hashlib.sha256(orjson.dumps([kind, asdict(values)], option=orjson.OPT_SORT_KEYS)).hexdigest()


def letter(claim: Claim, *, decided: date) -> tuple[str, kinds.Values]:
    """(kind, values) of the answer to a claim as it is decided."""
    shared = {"reference": claim.case.reference, "name": claim.case.person.get("name", ""),
              "received": claim.case.received_on}  # fmt: skip
    if claim.outcome == "no_data":
        return "no_data", kinds.NoData(right=claim.right, **_searched(claim), **shared)
    shared["late_since"] = lateness.since(claim, on=decided)
    if claim.outcome == "refused" and claim.decision.get("weighed"):
        return "objection_refused", kinds.ObjectionRefused(**_weighed(claim, decided), **shared)
    if claim.outcome == "refused":
        return "refusal", kinds.Refusal(right=claim.right, partly=False, items=_items(claim), **shared)
    shape = kinds.KINDS[claim.right].values
    own = {"outcome": claim.outcome, "decided": decided, "not_done": _not_done(claim)}
    names = {field.name for field in fields(shape)} - {*shared, *own}
    return claim.right, shape(**shared, **own, **_details(claim, names))


def _refused(claim: Claim) -> kinds.Refused:
    """The facts and the provisions (Art. 12(4)); the interests where the ground asks for them."""
    language, decision = claim.case.language, claim.decision
    law = [cite(GROUNDS[code].article, language) for code in claim.grounds]
    law += [decision["provision"]] if decision.get("provision") else []
    what = in_words(claim.right, language)
    return kinds.Refused(
        what=what[:1].upper() + what[1:], facts=(decision.get("reasons", ""),), law=tuple(dict.fromkeys(law)),
        interests=decision.get("interests", ""),
    )  # fmt: skip


def _weighed(claim: Claim, decided: date) -> dict[str, Any]:
    """What outweighs an objection, and the day the restriction ends: told in the same letter (Art. 21(1), 18(3))."""
    decision, language = claim.decision, claim.case.language
    notice = Period.parse(controller(claim.case.controller).policy.deadlines.lifting_notice)
    return {
        "interests": decision["interests"], "weighed": decision["weighed"],
        "law": tuple(dict.fromkeys(cite(GROUNDS[code].article, language) for code in claim.grounds)),
        "lifted_on": notice.after(decided) if decision.get("lifts") else None,
    }  # fmt: skip


def _not_done(claim: Claim) -> tuple[kinds.Refused, ...]:
    return _items(claim) if claim.outcome == "partly_granted" else ()


def _items(claim: Claim) -> tuple[kinds.Refused, ...]:
    """One entry for each thing not done where the decision tells them apart, as that on an objection does."""
    language = claim.case.language
    return tuple(
        kinds.Refused(
            what=one["what"], facts=tuple(one["facts"]), law=(cite(GROUNDS[one["ground"]].article, language),),
            interests=one["interests"],
        )
        for one in claim.decision.get("kept", ())
    ) or (_refused(claim),)  # fmt: skip


def _details(claim: Claim, names: Iterable[str]) -> dict[str, Any]:
    """What the letter of this right tells, from the decision; the summary stands in for what was not spelled out."""
    decision: Mapping[str, Any] = claim.decision
    summary = str(decision.get("summary") or "").strip()
    single = {"ground": summary, "statement": False, "decision": "", "reviewer": "", "result": summary, "asked": True,
              "erase_url": "", "review": ""}  # fmt: skip
    first = {
        Right.restriction: "restricted", Right.objection: "stopped", Right.marketing_objection: "stopped",
        Right.withdraw_consent: "consents", Right.automated_decision: "explanation",
    }.get(Right(claim.right))  # fmt: skip
    told: dict[str, Any] = {}
    for name in names:
        if name == "changes":
            told[name] = tuple(kinds.Change(**one) for one in decision.get("changes", ()))
        elif name in single:
            told[name] = decision.get(name, single[name])
        else:
            standing_in = (summary,) if name == first and summary else ()
            told[name] = tuple(decision.get(name, ())) or standing_in
    return told


def _searched(claim: Claim) -> dict[str, tuple[str, ...]]:
    language, ours = claim.case.language, controller(claim.case.controller)
    return {
        "searched": tuple(
            say(source.name, language) for key, source in ours.sources.items() if key not in asking.without(claim)
        ),
        "searched_with": searched_with(find.given(claim.case.person), language),
    }


def rendered(claim: Claim, *, written: date) -> Rendered:
    """The letter as the claim is decided now, to read before it goes out; it is not kept. ValueError if incomplete."""
    kind, values = letter(claim, decided=written)
    paper = letterhead(controller(claim.case.controller))
    return render(kind, language=claim.case.language, values=values, letterhead=paper, written=written)
