"""What can be done with a claim now, and for the rest the reason why not."""

from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from desk.pages import sentences, today_of
from desk.permissions import Role
from desk.words import why_not
from fulfilment import pipeline
from fulfilment.asking import tasks as asking
from fulfilment.handing_over import bundle
from fulfilment.planning import by_hand
from identity.models import Verification
from law.deadlines import may_extend
from law.rights import Right
from requests_app import clarification, clock, lateness, lifecycle
from requests_app.models import Claim
from requests_app.states import AUTOMATIC, COLLECTED_RIGHTS, Act, Actor, Stage

CASEWORKER, APPROVER = Role.CASEWORKER, Role.APPROVER
READ_RIGHTS = frozenset({Right.access, Right.portability})


@dataclass(frozen=True)
class Button:
    """`why`: empty when it can be pressed. `posts`: pressed here; else it leads to a page. `asks`: confirmed first."""

    code: str
    label: Any
    url: str
    why: str = ""
    posts: bool = True
    main: bool = False
    asks: Any = ""


def of_claim(claim: Claim, *, user: Any, roles: frozenset[str]) -> list[Button]:
    """All acts that belong to where the claim stands, the most likely first; then those that are not possible."""
    found = [
        *_identity(claim),
        *_triage(claim),
        *_review(claim),
        *_approval(claim),
        *_machine(claim),
        *_asked(claim),
        *_by_hand(claim),
        *_restrictions(claim),
        *_recipients(claim),
        *_later(claim),
        *_time(claim),
        *_ends(claim),
    ]
    judged = [_judge(button, act, claim, user=user, roles=roles) for button, act in found]
    return _one_leads(sorted(judged, key=lambda button: bool(button.why)))


def _one_leads(buttons: list[Button]) -> list[Button]:
    """Only the first that can be pressed stands out."""
    first = next((button for button in buttons if button.main and not button.why), None)
    return [replace(button, main=button is first) for button in buttons]


def next_step(claim: Claim, buttons: list[Button]) -> Any:
    """What the head of the page says comes next."""
    for button in buttons:
        if button.main and not button.why:
            return button.label
    return WAITING[Stage(claim.stage)]


WAITING: dict[Stage, Any] = {
    Stage.RECEIVED: _("Wait for proof of identity"),
    Stage.IDENTIFYING: _("Wait for proof of identity"),
    Stage.TRIAGE: _("A caseworker decides what happens"),
    Stage.COLLECTING: _("The system is collecting"),
    Stage.REVIEW: _("A caseworker goes through it"),
    Stage.PREPARING: _("The system puts the answer together"),
    Stage.APPROVAL: _("Wait for a second person"),
    Stage.FULFILLING: _("The system carries it out"),
    Stage.DELIVERING: _("The system delivers it"),
    Stage.CLOSED: _("Nothing: it is closed"),
}
Found = list[tuple[Button, Act | None]]


def _identity(claim: Claim) -> Found:
    """Leads to the identity of the case, which all its waiting claims share."""
    if claim.stage not in (Stage.RECEIVED, Stage.IDENTIFYING):
        return []
    reference = claim.case.reference
    found: Found = []
    for one in claim.case.verifications.filter(status=Verification.Status.SUBMITTED):
        url = reverse("admin:identity_check", args=[reference, one.pk])
        found.append((Button("identity_check", _("Check the proof of identity"), url, posts=False, main=True), None))
    seen = reverse("admin:identity_seen", args=[reference])
    return [*found, (Button("identity_seen", _("Record proof seen"), seen, posts=False), None)]


def _triage(claim: Claim) -> Found:
    if claim.stage != Stage.TRIAGE:
        return []
    collects = claim.right in COLLECTED_RIGHTS
    answer = _("Answer without collecting") if collects else _("Go to the decision")
    start = [(_do(claim, "start", _("Start collecting"), main=True), Act.START)] if collects else []
    return [*start, (_do(claim, "decide", answer, main=not collects), Act.DECIDE)]


def _review(claim: Claim) -> Found:
    if claim.stage != Stage.REVIEW:
        return []
    found: Found = []
    collected = claim.right in COLLECTED_RIGHTS and claim.steps.filter(name="collect").exists()
    if collected and claim.right in READ_RIGHTS:
        found.append((_page(claim, "review", _("Review the data"), main=True), Act.SUBMIT))
    if collected and claim.right == Right.erasure:
        found.append((_page(claim, "plan", _("Open the erasure plan"), main=True), Act.SUBMIT))
    if collected and claim.right == Right.rectification:
        found.append((_page(claim, "rectify", _("Correct the data"), main=True), Act.SUBMIT))
    if collected and claim.right == Right.restriction:
        found.append((_page(claim, "restrict", _("Choose what is only stored"), main=True), Act.SUBMIT))
    if claim.right == Right.objection:
        found.append((_page(claim, "weigh", _("Weigh the objection"), main=True), Act.SUBMIT))
    if claim.right == Right.automated_decision:
        found.append((_page(claim, "decision", _("Review the decision"), main=True), Act.SUBMIT))
    label = _("Refuse, or answer that no data is held") if found else _("Write the answer")
    found.append((_page(claim, "answer", label, main=not found), Act.SUBMIT))
    if claim.right in COLLECTED_RIGHTS:
        asks = _("What was reviewed so far is set aside and the sources are read again.") if collected else ""
        again = _("Collect again") if collected else _("Collect the data after all")
        found.append((_do(claim, "recollect", again, asks=asks), Act.RECOLLECT))
    return found


def _approval(claim: Claim) -> Found:
    if claim.stage != Stage.APPROVAL:
        return []
    return [(_page(claim, "approve", _("Read and approve"), main=True), Act.APPROVE)]


def _machine(claim: Claim) -> Found:
    if claim.stage in AUTOMATIC and pipeline.failed(claim):
        again: Found = [(_do(claim, "retry", _("Try the failed steps again"), main=True), None)]
        if claim.stage == Stage.COLLECTING or (claim.right in pipeline.WRITES and claim.stage == Stage.DELIVERING):
            return again
        asks = _("The answer is prepared and approved anew.")
        return [*again, (_do(claim, "take_back", _("Take it back to review"), asks=asks), None)]
    if claim.stage == Stage.CLOSED and claim.right in READ_RIGHTS and bundle.released(claim):
        return [(_do(claim, "offer_again", _("Offer the download again")), None)]
    return []


def _restrictions(claim: Claim) -> Found:
    """What rests because of this claim: since when, what is done by hand, and how it ends (Art. 18)."""
    found: Found = []
    for held in claim.restrictions.filter(lifted_at=None):
        url = reverse("admin:restriction", args=[claim.case.reference, held.pk])
        found.append((Button("restriction", _("Data that is only stored"), url, posts=False), None))
    return found


def _asked(claim: Claim) -> Found:
    """Systems whose owners were asked; while one is waited for, that is what comes next."""
    found = claim.owner_tasks.exclude(status="void")
    if not found.exists():
        return []
    waits = found.filter(status__in=asking.OPEN).exists()
    label = _("Wait for a system's owner, or answer for them") if waits else _("What owners of systems answered")
    url = reverse("admin:owner_tasks", args=[claim.case.reference])
    return [(Button("owner_tasks", label, url, posts=False, main=waits), None)]


def _by_hand(claim: Claim) -> Found:
    tasks = by_hand.of_case(claim.case).filter(claim=claim)
    if not tasks.exists():
        return []
    open_ones = tasks.filter(done_at=None).exists()
    label = _("Do by hand, and write it down") if open_ones else _("What was done by hand")
    url = reverse("admin:hand_tasks", args=[claim.case.reference])
    return [(Button("hand_tasks", label, url, posts=False, main=open_ones), None)]


def _recipients(claim: Claim) -> Found:
    """Those who received the data and are to be told (Art. 19); the page is the case's."""
    erased = claim.right == Right.erasure and claim.stage == Stage.CLOSED and claim.outcome in pipeline.MOVES_DATA[1:]
    if not erased and not claim.notices.exists():
        return []
    url = reverse("admin:recipients", args=[claim.case.reference])
    return [(Button("recipients", _("Recipients: who has been told"), url, posts=False), None)]


def _later(claim: Claim) -> Found:
    """What an erasure had to leave."""
    found = claim.deferred.all()
    if not found.exists():
        return []
    failed = found.filter(status="failed").exists()
    label = _("Erase later: a person must look") if failed else _("What is erased later")
    url = reverse("admin:later", args=[claim.case.reference])
    return [(Button("later", label, url, posts=False, main=failed), None)]


def _time(claim: Claim) -> Found:
    if claim.stage == Stage.CLOSED:
        return []
    allowed = may_extend(
        clock.explain(claim, today=today_of(claim.case.controller)), today=today_of(claim.case.controller)
    )
    why = "" if allowed.allowed else " ".join(sentences(allowed.reasons))
    found: Found = [(_page(claim, "extend", _("Extend the time limit"), why=why), None)]
    if claim.notice_by and today_of(claim.case.controller) > claim.notice_by and not lateness.noted(claim):
        found.insert(0, (_page(claim, "late", _("Write down why it is late")), None))
    if claim.right == Right.access and clarification.waiting(claim.case):
        found.append((_do(claim, "resume", _("The answer has come: let the clock run")), None))
    elif claim.right == Right.access:
        found.append((_page(claim, "clarify", _("Ask which data is meant")), None))
    return found


def _ends(claim: Claim) -> Found:
    if claim.stage == Stage.CLOSED:
        return [
            (
                _do(claim, "reopen", _("Reopen"), asks=_("The claim goes back to triage; its clock is unchanged.")),
                Act.REOPEN,
            )
        ]
    asks = _("Only if the person has said so. The claim is closed and a letter confirms it.")
    return [(_do(claim, "withdraw", _("The person takes it back"), asks=asks), Act.WITHDRAW)]


def _judge(button: Button, act: Act | None, claim: Claim, *, user: Any, roles: frozenset[str]) -> Button:
    needed = APPROVER if act is Act.APPROVE else CASEWORKER
    code = lifecycle.why_not(claim, act, actor=Actor.STAFF, user=user) if act else None
    if code is None and needed not in roles:
        code = str(needed)
    why = str(why_not(code)) if code else button.why
    return Button(button.code, button.label, button.url, why, button.posts, button.main, button.asks)


def _do(claim: Claim, code: str, label: Any, *, main: bool = False, asks: Any = "") -> Button:
    url = reverse("admin:do", args=[claim.case.reference, claim.right, code])
    return Button(code, label, url, main=main, asks=asks)


def _page(claim: Claim, name: str, label: Any, *, main: bool = False, why: str = "") -> Button:
    url = reverse(f"admin:{name}", args=[claim.case.reference, claim.right])
    return Button(name, label, url, why, posts=False, main=main)
