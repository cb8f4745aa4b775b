"""The letter after an erasure: what is gone, what was kept, why and until when (Art. 12(3)-(4), 17(3); R-55)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from fulfilment.models import Plan, PlanDecision
from law.decisions import Outcome
from law.reasons import Reason, say
from letters.kinds import Counted, Refused
from policies.load import Controller
from requests_app import correspondence
from requests_app.controllers import controller
from requests_app.models import Letter

GONE = frozenset({"erase", "by_hand"})
KEPT = frozenset({"retain", "hold"})


def outcome(plan: Plan) -> Outcome:
    """Granted when nothing is kept, refused when nothing goes, else granted in part: that, too, is a refusal (R-55)."""
    said = {row["outcome"] for row in plan.summary}
    if not said:
        return Outcome.no_data
    if not said & KEPT:
        return Outcome.granted
    return Outcome.partly_granted if said & {*GONE, "anonymise"} or _stripped(plan) else Outcome.refused


def _stripped(plan: Plan) -> bool:
    return any(row["action"] for row in plan.summary)


def values(plan: Plan, *, language: str, done: date) -> dict[str, Any]:
    """Values of the letter `erasure_certificate`."""
    company = controller(plan.claim.case.controller)
    label = _labels(company, language)
    return {
        "done": done,
        "erased": _counted((row for row in plan.summary if row["outcome"] in GONE), label),
        "anonymised": _counted((row for row in plan.summary if row["outcome"] == "anonymise"), label),
        "kept": _kept(plan, language=language, label=label),
        "backups": "",
        "recipients_told": (),
        "suppressed": False,
    }


def write(plan: Plan, *, now: datetime, done: date) -> Letter:
    case = plan.claim.case
    given = values(plan, language=case.language, done=done)
    return correspondence.write(case, "erasure_certificate", now=now, claim=plan.claim, values=given)


def _labels(company: Controller, language: str) -> Mapping[tuple[str, str], str]:
    return {
        (source, name): collection.label.say(language)
        for source, given in company.sources.items()
        for name, collection in given.collections.items()
    }


def _what(row: Mapping[str, Any], label: Mapping[tuple[str, str], str]) -> str:
    return label.get((row["source"], row["collection"]), row["collection"])


def _counted(rows: Iterable[Mapping[str, Any]], label: Mapping[tuple[str, str], str]) -> tuple[Counted, ...]:
    total: dict[str, int] = defaultdict(int)
    for row in rows:
        total[_what(row, label)] += row["count"]
    return tuple(Counted(what=what, count=count) for what, count in sorted(total.items()))


def _kept(plan: Plan, *, language: str, label: Mapping[tuple[str, str], str]) -> tuple[Refused, ...]:
    """One entry a table, date and reason, in order of the date."""
    by_person = {
        (d.source, d.collection): d for d in plan.claim.plan_decisions.filter(round=plan.round, outcome="retain")
    }
    rows = sorted(
        (row for row in plan.summary if row["outcome"] in KEPT), key=lambda row: row["keep_through"] or "9999"
    )
    kept: dict[Refused, None] = {}
    for row in rows:
        decision = by_person.get((row["source"], row["collection"])) if row["by_person"] else None
        kept[_refused(row, decision, language=language, what=_what(row, label))] = None
    return tuple(kept)


def _refused(row: Mapping[str, Any], decision: PlanDecision | None, *, language: str, what: str) -> Refused:
    reasons = [Reason.from_json(data) for data in row["reasons"]]
    facts = (decision.reason,) if decision else tuple(dict.fromkeys(say(reason, language) for reason in reasons))
    law = tuple(dict.fromkeys(reason.article for reason in reasons if reason.article))
    until = date.fromisoformat(row["keep_through"]) if row["keep_through"] else None
    return Refused(what=what, facts=facts, law=law, kept_until=until)
