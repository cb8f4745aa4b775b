"""The letter after an erasure: what is gone, what was kept, why and until when (Art. 12(3)-(4), 17(3); R-55)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from fulfilment.models import Plan, PlanDecision
from fulfilment.removing import suppress_erased
from fulfilment.telling import notices
from law.citations import cite
from law.decisions import GROUNDS, Outcome
from law.reasons import Reason, say
from law.retention import FOR_STAFF
from letters.kinds import Counted, ErasureCertificate, Refused
from letters.render import Rendered, render
from letters.words import listed
from policies.load import Controller
from requests_app import correspondence, lateness
from requests_app.controllers import controller
from requests_app.models import Claim, Letter
from requests_app.paper import letterhead

OBLIGATION, CLAIMS = "legal_obligation", "legal_claims"
LEGAL_CLAIM = "Art. 17(3)(e) GDPR"
GONE = frozenset({"erase", "by_hand"})
KEPT = frozenset({"retain", "hold"})


def outcome(plan: Plan) -> Outcome:
    """Granted when nothing is kept, refused when nothing goes, else granted in part: that, too, is a refusal (R-55)."""
    said = {row["outcome"] for row in plan.summary} - {"not_theirs"}
    if not said:
        return Outcome.no_data
    if not said & KEPT:
        return Outcome.granted
    return Outcome.partly_granted if said & {*GONE, "anonymise"} or _stripped(plan) else Outcome.refused


def _stripped(plan: Plan) -> bool:
    return any(row["action"] for row in plan.summary)


def decision(plan: Plan, *, language: str) -> tuple[tuple[str, ...], dict[str, str]]:
    """Grounds (codes of law.decisions.GROUNDS), and the reasons and provisions in words, of what the plan keeps."""
    rows = [row for row in plan.summary if row["outcome"] in KEPT]
    reasons = [Reason.from_json(data) for row in rows for data in row["reasons"]]
    decided = _kept_by_person(plan.claim)
    own = [decided[row["by_person"]] for row in rows if row["by_person"] in decided]
    grounds = {CLAIMS if LEGAL_CLAIM in _articles(row) else OBLIGATION for row in rows if not row["by_person"]}
    grounds |= {one.ground for one in own if one.ground}
    provisions = {reason.article for reason in reasons if not reason.article.endswith("GDPR")}
    provisions |= {one.provision for one in own if one.provision}
    facts = dict.fromkeys(
        fact for entry in values(plan, language=language, done=date.min)["kept"] for fact in entry.facts
    )
    return tuple(sorted(grounds)), {"reasons": "\n".join(facts), "provision": ", ".join(sorted(provisions))}


def _articles(row: Mapping[str, Any]) -> set[str]:
    return {data["article"] for data in row["reasons"]}


def _kept_by_person(claim: Claim) -> Mapping[int, PlanDecision]:
    """Decisions to keep something, by their number, as the rows of the plan name them."""
    return {one.pk: one for one in claim.plan_decisions.filter(outcome="retain")}


def values(plan: Plan, *, language: str, done: date) -> dict[str, Any]:
    """Values of the letter `erasure_certificate`."""
    company = controller(plan.claim.case.controller)
    label = _labels(company, language)
    return {
        "done": done,
        "erased": _counted((row for row in plan.summary if row["outcome"] in GONE), label),
        "anonymised": _counted((row for row in plan.summary if row["outcome"] == "anonymise"), label),
        "stripped": _counted((row for row in plan.summary if row["outcome"] in KEPT and row["action"]), label),
        "kept": _kept(plan.summary, plan.claim, language=language, label=label),
        "backups": company.policy.backups.text.say(language) if company.policy.backups.text else "",
        "recipients_told": notices.told(plan.claim, what=("erasure", "public")),
        "suppressed": suppress_erased.applies(plan),
    }


def completed(
    claim: Claim, *, gone: Iterable[Mapping[str, Any]], left: Iterable[Mapping[str, Any]], done: date, by_hand: bool
) -> dict[str, Any]:
    """Values of the letter `erasure_completed`: lines of `plans.summarise` of what went now, and of what must wait.
    `by_hand`: of some of it staff alone could see that it is gone."""
    language, label = claim.case.language, _labels(controller(claim.case.controller), claim.case.language)
    return {
        "done": done,
        "erased": _counted(gone, label),
        "kept": _kept(left, claim, language=language, label=label),
        "by_hand": by_hand,
    }


def longer(claim: Claim, rows: Iterable[Mapping[str, Any]], *, why: str, until: date) -> Refused:
    """What staff keep longer than was told. `why`: a sentence in the person's language."""
    language, label = claim.case.language, _labels(controller(claim.case.controller), claim.case.language)
    what = dict.fromkeys(_what(row, label) for row in rows)
    law = (cite("Art. 17(3) GDPR", language),)
    return Refused(what=listed(what, language), facts=(why,), law=law, kept_until=until)


def write(plan: Plan, *, now: datetime, done: date) -> Letter:
    case = plan.claim.case
    given = values(plan, language=case.language, done=done) | {"late_since": lateness.since(plan.claim, on=done)}
    return correspondence.write(case, "erasure_certificate", now=now, claim=plan.claim, values=given)


def rendered(plan: Plan, *, written: date) -> Rendered:
    """The certificate as it would read were the plan carried out that day, to read beforehand; it is not kept."""
    case = plan.claim.case
    given = ErasureCertificate(
        reference=case.reference, name=case.person.get("name", ""), received=case.received_on,
        **values(plan, language=case.language, done=written), late_since=lateness.since(plan.claim, on=written),
    )  # fmt: skip
    paper = letterhead(controller(case.controller))
    return render("erasure_certificate", language=case.language, values=given, letterhead=paper, written=written)


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


def _kept(
    rows: Iterable[Mapping[str, Any]], claim: Claim, *, language: str, label: Mapping[tuple[str, str], str]
) -> tuple[Refused, ...]:
    """One entry a reason and date, in order of the date: what is kept for the same reason is told once."""
    by_person = _kept_by_person(claim)
    kept: dict[tuple[Any, ...], dict[str, None]] = {}
    for row in sorted((row for row in rows if row["outcome"] in KEPT), key=lambda row: row["keep_through"] or "9"):
        own = by_person.get(row["by_person"])
        kept.setdefault(_why(row, own, language=language), {})[_what(row, label)] = None
    return tuple(
        Refused(what=listed(what, language), facts=facts, law=law, kept_until=until)
        for (facts, law, until), what in kept.items()
    )


def _why(row: Mapping[str, Any], own: PlanDecision | None, *, language: str) -> tuple[Any, ...]:
    """(facts, provisions, last day): what a person wrote where a person decided, else what the rules say."""
    until = date.fromisoformat(row["keep_through"]) if row["keep_through"] else None
    if own:
        law = [cite(GROUNDS[own.ground].article, language), own.provision]
        return (own.reason,), tuple(one for one in law if one), until
    reasons = [Reason.from_json(data) for data in row["reasons"] if data["code"] not in FOR_STAFF]
    facts = tuple(dict.fromkeys(say(reason, language) for reason in reasons))
    return facts, tuple(dict.fromkeys(cite(reason.article, language) for reason in reasons if reason.article)), until
