"""The sample cases: for each company one case in every stage, walked there by the real functions.

Nothing is erased in the sample databases: what a reader of the tutorial looks for is still there.
"""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from PIL import Image, ImageDraw

from demo import PERSONAS, Persona
from fulfilment import approval, pipeline
from fulfilment.collecting import records, review
from fulfilment.planning import plans
from identity import deciding, flows, need
from identity.waiting import asking, minding
from law.identification import Means
from law.rights import Right
from policies.load import Controller
from requests_app import assignment, intake, lifecycle, messages, outbox, withdrawal
from requests_app.answers import Answers
from requests_app.models import Case, Claim
from requests_app.sealed import digest
from requests_app.states import Act, Actor, Channel

STAFF = Actor.STAFF


@dataclass
class Scene:
    """One case, the people who work on it, and the moment."""

    case: Case
    staff: Mapping[str, Any]
    now: datetime

    @property
    def worker(self) -> Any:
        return self.staff["caseworker"]

    @property
    def claims(self) -> list[Claim]:
        return list(self.case.claims.all())

    def later(self, **time: int) -> None:
        self.now += timedelta(**time)


def known(scene: Scene) -> None:
    """The person has been seen, and the case has its caseworker."""
    scene.later(hours=3)
    assignment.assign(scene.case, scene.worker, by=scene.worker, now=scene.now)
    if need.waiting_claims(scene.case):
        deciding.seen(
            scene.case, Means.in_person, subject="person", how="known_in_person", document="", on=scene.now.date(),
            now=scene.now, user=scene.worker,
        )  # fmt: skip


def collected(scene: Scene) -> None:
    known(scene)
    for claim in scene.claims:
        lifecycle.apply(claim, Act.START, now=scene.now, actor=STAFF, user=scene.worker)
        _run(claim, now=scene.now)


def submitted(scene: Scene) -> None:
    collected(scene)
    for claim in scene.claims:
        _weigh(claim, user=scene.worker, now=scene.now)
        scene.later(hours=1)
        approval.submit(claim, outcome="granted", user=scene.worker, now=scene.now)


def at_once(scene: Scene) -> None:
    """What waits for nobody: done in the sources, and told (Art. 7(3), 21(3))."""
    scene.later(minutes=2)
    for claim in scene.claims:
        _run(claim, now=scene.now)


def paused(scene: Scene) -> None:
    """What is only to be stored has been chosen and waits for the second person."""
    collected(scene)
    scene.later(hours=1)
    for claim in scene.claims:
        if claim.collected.exists():
            told = {"letter": "c", "tables": []}
            approval.submit(claim, outcome="granted", user=scene.worker, now=scene.now, decision=told)


def planned(scene: Scene) -> None:
    """An erasure plan; where the rules decide everything it goes on to the second person."""
    collected(scene)
    for claim in scene.claims:
        plan = plans.current(claim)
        if plan and plan.summary and not plan.undecided:
            approval.submit(claim, outcome="granted", user=scene.worker, now=scene.now)


def doubted(scene: Scene) -> None:
    scene.later(days=1)
    asking.ask(scene.case, doubt="other_address", facts="Writes from another address than the one on file.",
               now=scene.now, user=scene.worker)  # fmt: skip


def unanswered(scene: Scene) -> None:
    """Asked on a doubt, reminded, and told by the day the month ends unpaused: nobody answers (Art. 12(4))."""
    doubted(scene)
    for days in (0, 10, 15):  # a few days later than due, as after a weekend
        scene.later(days=days)
        minding.attend(scene.case, now=scene.now)
        _post(scene)


def given_up(scene: Scene) -> None:
    """In the end the portal closes it; a late answer would open it again (R-20)."""
    unanswered(scene)
    scene.later(days=14)
    minding.attend(scene.case, now=scene.now)


def document_sent(scene: Scene) -> None:
    """A specimen of an identity card waits to be looked at."""
    scene.later(hours=5)
    verification = flows.start(scene.case, Means.document, now=scene.now)
    picture = io.BytesIO(_specimen())
    flows.submit(verification, {"document": "identity_card", "files": {"front": picture}}, now=scene.now)


def replied(scene: Scene) -> None:
    known(scene)
    scene.later(hours=2)
    messages.from_staff(
        scene.case, body="We are looking into it and will write again.", author=scene.worker, now=scene.now
    )
    scene.later(days=1)
    messages.from_person(scene.case, body="Thank you. I moved in May, by the way.", now=scene.now)


def taken_back(scene: Scene) -> None:
    scene.later(days=2)
    withdrawal.withdraw(scene.case, now=scene.now)


def nothing(scene: Scene) -> None:
    """It has only just come."""


Story = tuple[int, tuple[Right, ...], str, Callable[[Scene], None]]
R = Right
STORIES: tuple[Story, ...] = (
    (0, (R.access,), Channel.FORM, nothing),
    (1, (R.marketing_objection,), Channel.FORM, nothing),
    (2, (R.access, R.erasure), Channel.FORM, doubted),
    (3, (R.access,), Channel.FORM, document_sent),
    (4, (R.access, R.portability), Channel.EMAIL, known),
    (6, (R.rectification,), Channel.PHONE, collected),
    (8, (R.access,), Channel.FORM, collected),
    (10, (R.erasure,), Channel.FORM, planned),
    (12, (R.restriction,), Channel.LETTER, paused),
    (14, (R.access,), Channel.LETTER, submitted),
    (18, (R.objection,), Channel.FORM, replied),
    (25, (R.withdraw_consent,), Channel.FORM, at_once),
    (30, (R.portability,), Channel.FORM, taken_back),
    (38, (R.access,), Channel.EMAIL, known),
    (27, (R.erasure,), Channel.FORM, unanswered),
    (44, (R.access, R.rectification), Channel.FORM, given_up),
)
"""(days ago, rights, channel, how far it went)"""
ONCE = ("aj-dk", submitted)
"""Making a whole bundle takes seconds: one company is enough to show it, and the demo is up sooner."""


def tell_all(company: Controller, *, staff: Mapping[str, Any], now: datetime) -> int:
    """Make the cases that are not there yet; how many were made."""
    people, made = PERSONAS.get(company.slug, ()), 0
    for number, (days, rights, channel, act) in enumerate(STORIES):
        token = f"demo:{company.slug}:{number}"
        if act is ONCE[1] and company.slug != ONCE[0]:
            continue
        if not people or Case.objects.filter(form_token=digest("form", token)).exists():
            continue
        at = now - timedelta(days=days, minutes=20)
        who = people[number % len(people)]
        scene = Scene(_open(company, who, rights, channel, at=at, token=token), staff, at)
        act(scene)
        _post(scene)
        made += 1
    return made


def _open(
    company: Controller, who: Persona, rights: tuple[Right, ...], channel: str, *, at: datetime, token: str
) -> Case:
    answers = Answers(
        rights=rights, name=who.name, email=who.email or "", phone=who.phone or "", postcode=who.postcode or "",
        statements={
            R.rectification: "My postcode is wrong.", R.restriction: "I need it for a claim.",
            R.objection: "I do not want my orders to be analysed.",
        },
    )  # fmt: skip
    return intake.submit(
        answers, controller=company, language=company.policy.languages[0], channel=channel, received_at=at, now=at,
        email_confirmed=True, form_token=token,
    )  # fmt: skip


def _post(scene: Scene) -> None:
    for letter in scene.case.letters.filter(channel="mail", sent_at=None, failed_at=None):
        outbox.send(letter, now=scene.now)


def _run(claim: Claim, *, now: datetime) -> None:
    """What a worker would do, here and now."""
    while pipeline.advance(claim, now=now) is not pipeline.Progress.RESTS:
        claim.refresh_from_db()


def _weigh(claim: Claim, *, user: Any, now: datetime) -> None:
    """Hand out what also belongs to somebody else; in a sample case nobody is harmed."""
    for table in records.tables(claim, language="en"):
        shown = records.records(
            claim, source=table.source, collection=table.collection, language="en", count=table.count
        )
        held = [one.number for one in shown if one.state == "held"]
        if held:
            review.hand_out(claim, source=table.source, collection=table.collection, numbers=held, user=user, now=now)


def _specimen() -> bytes:
    card = Image.new("RGB", (860, 540), "#dfe7ea")
    draw = ImageDraw.Draw(card)
    draw.rectangle((40, 120, 300, 460), fill="#b6c3c8")
    draw.text((340, 140), "SPECIMEN - NOT A DOCUMENT", fill="#33424a")
    draw.rectangle((340, 300, 780, 340), fill="#1c1c1c")  # the number is covered, as the page asks
    out = io.BytesIO()
    card.save(out, "JPEG")
    return out.getvalue()
