"""Four eyes: one person submits an answer, another approves exactly that one, by digest (Art. 5(2), 24, 32)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from fulfilment import answer, ledger
from fulfilment.changing import rectification, restricting
from fulfilment.collecting import records
from fulfilment.handing_over import bundle
from fulfilment.planning import plans
from fulfilment.removing import erasure
from fulfilment.weighing import automated, objection
from law.deadlines import local_day
from law.decisions import GROUNDS, REFUSING, Outcome, check
from law.rights import Right
from requests_app import clock, lateness, lifecycle, waivers
from requests_app.controllers import controller
from requests_app.models import Claim
from requests_app.states import Act, Actor


class NotReady(Exception):
    """The answer cannot be submitted or approved; `code` in a word, `reasons` where the law gives them."""

    def __init__(self, code: str, reasons: tuple[Any, ...] = ()) -> None:
        super().__init__(code)
        self.code, self.reasons = code, reasons


def _bundle(claim: Claim, *, now: datetime) -> str:
    if records.undecided(claim):
        raise NotReady("undecided")
    try:
        return bundle.build(claim, now=now).content_digest
    except bundle.Empty:
        raise NotReady("no_data") from None


def _later(claim: Claim) -> str:
    if records.undecided(claim):
        raise NotReady("undecided")
    return ""


def _newest_bundle(claim: Claim) -> str:
    found = bundle.latest(claim)
    return found.content_digest if found else ""


def _letter(claim: Claim, *, now: datetime) -> str:
    try:
        return answer.digest(claim)
    except (ValueError, KeyError):  # the kind of letter refuses values that leave out what the law asks for
        raise NotReady("letter_incomplete") from None


Prepare = Callable[..., str]
PREPARE: dict[str, tuple[Prepare, Callable[[Claim], str]]] = {
    Right.access: (_bundle, _newest_bundle),
    Right.portability: (_bundle, _newest_bundle),
    Right.erasure: (erasure.digest_to_submit, erasure.digest_to_approve),
    Right.rectification: (rectification.digest_to_submit, rectification.digest_to_approve),
    Right.restriction: (restricting.digest_to_submit, restricting.digest_to_approve),
    Right.objection: (objection.digest_to_submit, objection.digest_to_approve),
    Right.automated_decision: (automated.digest_to_submit, automated.digest_to_approve),
}
"""Right to (what prepares the answer and returns its digest, what gives the digest to approve now)."""
PROPOSE: dict[str, Callable[..., tuple[str, Sequence[str], dict[str, Any]]]] = {
    Right.erasure: erasure.proposal,
    Right.rectification: rectification.proposal,
    Right.restriction: restricting.proposal,
    Right.objection: objection.proposal,
    Right.automated_decision: automated.proposal,
}
"""Right to what makes outcome, grounds and decision of what was prepared."""
MOVES_DATA = (Outcome.granted, Outcome.partly_granted)
LARGE = 10_000
"""Records beyond which workers put the bundle together: a page that is asked for must answer."""
WEIGHED = frozenset({"compelling_grounds", "objection_legal_claims"})
"""Grounds that only a recorded balancing carries (Art. 21(1): the burden is the company's)."""


def submit(
    claim: Claim, *, outcome: str, user: Any, now: datetime, grounds: Sequence[str] = (),
    decision: Mapping[str, Any] | None = None,
) -> str:  # fmt: skip
    """Prepare the answer and hand it to a second person; its digest. Raises `NotReady`, `lifecycle.NotPossible`.

    Empty where workers have yet to put a large bundle together: then it goes to the second person by itself.

    An access or portability answer from which something is withheld becomes partly granted, with the grounds of what is
    withheld. `decision`: {reasons, interests, summary, provision, …} in the person's language.
    """
    if code := lifecycle.why_not(claim, Act.SUBMIT, actor=Actor.STAFF, user=user):
        raise lifecycle.NotPossible(code, Act.SUBMIT, claim.stage)
    if code := _untrue(claim, outcome):
        raise NotReady(code)
    said = dict(decision or {})
    if claim.right in PROPOSE and outcome in MOVES_DATA:
        outcome, grounds, said = _proposed(claim, said, grounds)
    elif claim.right in PREPARE and outcome in MOVES_DATA:
        outcome, grounds, said = _with_withheld(claim, outcome, grounds, said)
    _lawful(claim, outcome, grounds, said, now=now)
    if two_people(grounds) and outcome in REFUSING and not said.get("confirmed"):
        raise NotReady("not_confirmed")
    if WEIGHED.intersection(grounds) and not said.get("weighings"):
        raise NotReady("not_weighed")
    _told(claim, outcome)
    claim.outcome, claim.grounds, claim.decision = outcome, list(dict.fromkeys(grounds)), said
    later = _preparer(claim)[0] is _bundle and records.count(claim) > LARGE
    try:
        digest = _later(claim) if later else _preparer(claim)[0](claim, now=now)
    except plans.NoPlan as error:
        raise NotReady(error.code) from None
    lifecycle.apply(
        claim, Act.PREPARE if later else Act.SUBMIT, now=now, actor=Actor.STAFF, user=user,
        data=_submitted(claim, digest, outcome), prepared_by=user, outcome=outcome, grounds=claim.grounds,
        decision=said, approved_digest="", approved_by=None,
    )  # fmt: skip
    return digest


def _told(claim: Claim, outcome: str) -> None:
    """What the answer needs and the company has not told: it says it, or somebody answers for going without."""
    if waivers.blocking(claim, outcome=outcome):
        raise NotReady("open_points")


def _submitted(claim: Claim, digest: str, outcome: str) -> dict[str, Any]:
    without = waivers.waived(claim, outcome=outcome)
    about = {"digest": digest} if digest else {}
    return about | {"outcome": str(outcome)} | ({"waived": without} if without else {})


def _untrue(claim: Claim, outcome: str) -> str:
    """That nothing is held can be said only of sources that were asked and gave nothing (Art. 15(1), 5(1)(a))."""
    if outcome != Outcome.no_data or claim.right not in PREPARE:
        return ""
    again = claim.events.filter(kind=Act.REOPEN).order_by("-seq").first()
    searched = claim.steps.filter(name="settle", status="done", round=ledger.round_of(claim, claim.stage))
    if not (searched.filter(done_at__gte=again.at) if again else searched).exists():
        return "not_searched"
    if _undecided(claim):
        return "undecided"
    return "data_found" if records.own(claim) and claim.right != Right.portability else ""


def _undecided(claim: Claim) -> int:
    """Records that may or may not be this person's, about which nobody has said so yet."""
    if claim.right in (Right.access, Right.portability):
        return records.undecided(claim)
    plan = plans.current(claim)
    return plan.undecided if plan else 0


def digest(claim: Claim) -> str:
    """Digest of the answer waiting for approval; what the approver's page shows and sends back."""
    return _preparer(claim)[1](claim)


def approve(claim: Claim, *, digest: str, user: Any, now: datetime, confirmed: bool = False) -> Claim:
    """Release exactly the answer with this digest. Raises `NotReady("changed")`, `lifecycle.NotPossible`.

    `confirmed`: for a ground that two people must carry, that this second person has judged it, too (Art. 12(5), R-62).
    """
    if code := lifecycle.why_not(claim, Act.APPROVE, actor=Actor.STAFF, user=user):
        raise lifecycle.NotPossible(code, Act.APPROVE, claim.stage)
    current = _preparer(claim)[1](claim)
    if not digest or digest != current:
        raise NotReady("changed")
    _told(claim, claim.outcome)
    two = two_people(claim.grounds)
    if two and not confirmed:
        raise NotReady("not_confirmed")
    people = len({claim.prepared_by_id, user.pk}) if two else None
    _lawful(claim, claim.outcome, claim.grounds, claim.decision, now=now, people=people)  # it may have grown late since
    today = local_day(now, tz=controller(claim.case.controller).policy.tz)
    data = {"digest": digest} | ({"confirmed": sorted(two)} if two else {})
    with transaction.atomic():
        lateness.answered(claim, on=today, now=now, user=user)
        return lifecycle.apply(
            claim, Act.APPROVE, now=now, actor=Actor.STAFF, user=user, data=data, approved_by=user,
            approved_digest=digest,
        )  # fmt: skip


def two_people(grounds: Iterable[str]) -> frozenset[str]:
    """Those of the grounds that two people must judge each: manifestly unfounded or excessive (Art. 12(5))."""
    return frozenset(code for code in grounds if code in GROUNDS and GROUNDS[code].two_people)


def _preparer(claim: Claim) -> tuple[Prepare, Callable[[Claim], str]]:
    if claim.right in PREPARE and claim.outcome in MOVES_DATA:
        return PREPARE[claim.right]
    return _letter, answer.digest


def _with_withheld(
    claim: Claim, outcome: str, grounds: Sequence[str], said: dict[str, Any]
) -> tuple[str, Sequence[str], dict[str, Any]]:
    """Something withheld is a refusal of that part: its grounds and facts belong to the decision (Art. 12(4))."""
    withheld = records.extract(claim).withheld
    if not withheld:
        return Outcome.granted, (), said
    grounds = (*grounds, *(one.ground for one in withheld))
    reasons = said.get("reasons") or "\n".join(dict.fromkeys(one.reason for one in withheld))
    return Outcome.partly_granted, tuple(dict.fromkeys(grounds)), said | {"reasons": reasons}


def _proposed(
    claim: Claim, said: dict[str, Any], grounds: Sequence[str]
) -> tuple[str, Sequence[str], dict[str, Any]]:
    """What was prepared says what is done and what is not; anything not done is a refusal of that part (R-55)."""
    try:
        return PROPOSE[claim.right](claim, said, tuple(dict.fromkeys(grounds)))
    except plans.NoPlan as error:
        raise NotReady(error.code, getattr(error, "reasons", ())) from None


def _lawful(
    claim: Claim, outcome: str, grounds: Sequence[str], said: Mapping[str, Any], *, now: datetime,
    people: int | None = None,
) -> None:  # fmt: skip
    """`people`: who has confirmed a ground that needs two (Art. 12(5)); None before the second was asked."""
    policy = controller(claim.case.controller).policy
    today = local_day(now, tz=policy.tz)
    answer = check(
        Outcome(outcome), right=Right(claim.right), country=policy.country, grounds=list(dict.fromkeys(grounds)),
        reasons_text=said.get("reasons", ""), interests_text=said.get("interests", ""),
        provision=said.get("provision", ""), today=today, deadline=clock.explain(claim, today=today), people=people,
        late_because=said.get("late_because", "") or (lateness.NOTED if lateness.noted(claim) else ""),
    )  # fmt: skip
    if not answer.allowed:
        raise NotReady("not_lawful", answer.reasons)
