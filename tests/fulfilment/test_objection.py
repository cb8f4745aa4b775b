"""An objection: restricted while it is weighed, refused only on a whole balancing, stopped in the sources (Art. 21)."""

import json
import re
from datetime import date

import pytest
import time_machine
from django.core import mail
from django.test import Client

from fulfilment import approval, pipeline
from fulfilment.changing import restriction
from fulfilment.models import HandTask, Plan
from fulfilment.planning import by_hand
from fulfilment.telling import notice_post, notices
from fulfilment.weighing import objection
from law.rights import Right
from requests_app import lifecycle
from requests_app.controllers import controller as served
from requests_app.models import Letter
from requests_app.states import Act, Actor, Stage
from tests.fulfilment.conftest import NOW
from tests.fulfilment.walk import run, sql

pytestmark = pytest.mark.django_db
SITUATION = "Jeg bor et hemmeligt sted og vil ikke kunne findes."
WEIGHED = {
    "conclusion": "continue", "interests": "Vi har konstateret svindel.", "necessity": "Uden navnet kan det ikke ses.",
    "effect": "Ingen uden for afdelingen ser oplysningerne.", "safeguards": "De slettes efter en måned.",
}  # fmt: skip
MARKED = "SELECT count(*) FROM customers WHERE lower(email) = 'astrid.moller@example.com' AND {} IS NOT NULL"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def objected(make_claim):
    def make(**more):
        claim = make_claim("astrid", Right.objection, **more)
        claim.scope = {"statement": SITUATION}
        claim.save(update_fields=["scope"])
        return run(claim)

    return make


def decided(claim, staff, *weighings, situation=SITUATION):
    """Submitted by one, approved by another, carried out."""
    said = {"situation": situation, "weighings": list(weighings)}
    digest = approval.submit(claim, outcome="granted", user=staff["preparer"], now=NOW, decision=said)
    return run(approval.approve(claim, digest=digest, user=staff["approver"], now=NOW))


def marked(company, column):
    return sql(company, "shop", MARKED.format(column))[0][0]


def test_the_rows_only_rest_from_the_start_and_recipients_hear_of_it(objected, company):
    claim = objected()
    assert claim.stage == Stage.REVIEW
    held = claim.restrictions.get(why="objection")
    assert held.ground == "d" and held.lifted_at is None and marked(company, "restricted_on")
    assert {one.what for one in claim.notices.all()} == {"restriction"}
    (sent,) = [one for one in mail.outbox if one.to == ["transport.aj-dk@example.org"]]
    assert "artikel 18" in sent.body and "brugt sin ret til begrænsning" not in sent.body, "it came by itself"
    assert "18, stk. 1, litra d" in Letter.objects.get(claim=claim, kind="restriction").text


def test_an_incomplete_balancing_refuses_nothing(objected, staff):
    claim = objected()
    for part in ("interests", "necessity", "effect", "safeguards"):
        with pytest.raises(approval.NotReady, match="not_weighed") as lacking:
            decided(claim, staff, {"purpose": "evaluation", **WEIGHED, part: " "})
        assert [reason.code for reason in lacking.value.reasons] == [f"balancing.no_{part}"]
    with pytest.raises(approval.NotReady, match="not_weighed"):
        decided(claim, staff, {"purpose": "evaluation", **WEIGHED}, situation="")
    with pytest.raises(approval.NotReady, match="not_weighed"):  # nor past the balancing, by the general form
        approval.submit(claim, outcome="refused", grounds=["compelling_grounds"], user=staff["preparer"], now=NOW,
                        decision={"reasons": "Vi vil gerne."})  # fmt: skip
    claim.refresh_from_db()
    assert claim.stage == Stage.REVIEW and not claim.outcome


def test_refused_with_the_weighing_and_lifted_on_the_day_that_was_told(objected, staff, company):
    claim = decided(objected(), staff, {"purpose": "evaluation", **WEIGHED})
    assert (claim.stage, claim.outcome, claim.grounds) == (Stage.CLOSED, "refused", ["compelling_grounds"])
    letter = Letter.objects.get(claim=claim, kind="objection_refused")
    for said in (*(text for key, text in WEIGHED.items() if key != "conclusion"), "29. november 2026", "Datatilsynet"):
        assert said in letter.text, said
    held = claim.restrictions.get()
    assert held.lift_on == date(2026, 11, 29) and held.announced_at
    assert not Letter.objects.filter(kind="restriction_lifting").exists()  # one letter tells both
    assert restriction.announce_ended(now=NOW) == 0
    assert restriction.lift_due(now=NOW) == 0 and marked(company, "restricted_on")
    assert restriction.lift_due(now=NOW.replace(day=29)) == 1 and not marked(company, "restricted_on")
    assert claim.notices.filter(what="lifted").exists()  # who was told of the restriction hears that it is over


def test_upheld_is_marked_in_the_source_after_approval_and_erasure_is_offered(objected, staff, company):
    claim = objected()
    said = {"situation": "", "weighings": [{"purpose": "evaluation", "conclusion": "stop"}]}
    digest = approval.submit(claim, outcome="granted", user=staff["preparer"], now=NOW, decision=said)
    run(claim)
    assert not marked(company, "objected_on")
    run(approval.approve(claim, digest=digest, user=staff["approver"], now=NOW))
    assert marked(company, "objected_on")
    assert claim.plans.get(purpose=Plan.Purpose.MARK).status == Plan.Status.PROVED
    for task in HandTask.objects.filter(claim=claim):
        by_hand.done(task, how="Stoppet i systemet", user=staff["preparer"], now=NOW)
    pipeline.retry(claim, user=staff["preparer"], now=NOW)
    run(claim)
    assert (claim.stage, claim.outcome) == (Stage.CLOSED, "granted")
    letter = Letter.objects.get(claim=claim, kind="objection")
    assert "/aj-dk/request/rights/?right=erasure" in letter.text and "artikel 17, stk. 1, litra c" in letter.text
    assert restriction.announce_ended(now=NOW) == 1
    told = Letter.objects.get(claim=claim, kind="restriction_lifting")
    stopped = served("aj-dk").policy.purpose("evaluation").name.say("da")
    assert "Vi har taget din indsigelse til følge" in told.text and stopped in told.text
    assert restriction.lift_due(now=NOW.replace(day=29)) == 1
    hears = claim.notices.get(what="lifted", recipient="transport")
    assert hears.about["stopped"] == json.loads(notice_post.message(hears))["data"]["stopped"] == [stopped]
    assert "som før" not in hears.letter.text and stopped not in hears.letter.text
    page = Client().post(re.search(r"/recipient/[\w-]{43}/", hears.letter.text)[0], follow=True)
    assert stopped in page.content.decode()


def test_nothing_is_said_to_have_stopped_where_nobody_looked(make_claim, staff):
    claim = make_claim("astrid", Right.objection, act=Act.DECIDE)
    with pytest.raises(approval.NotReady, match="not_searched"):
        decided(claim, staff, {"purpose": "evaluation", "conclusion": "stop"})


def test_what_no_mark_can_do_waits_for_a_person(objected, staff, company, settings):
    file = company / "controllers" / "aj-dk" / "sources.yaml"
    lines = [line for line in file.read_text().splitlines() if not line.strip().startswith("object:")]
    file.write_text("\n".join(lines) + "\n")
    claim = decided(objected(), staff, {"purpose": "evaluation", "conclusion": "stop"})
    assert claim.stage == Stage.FULFILLING and [step.error for step in pipeline.failed(claim)] == ["by_hand_left"]
    task = claim.hand_tasks.filter(code="object").first()
    assert task.count
    with pytest.raises(by_hand.NotDone, match="how"):
        by_hand.done(task, how=" ", user=staff["preparer"], now=NOW)
    for one in claim.hand_tasks.filter(code="object"):
        by_hand.done(one, how="Fjernet fra undersøgelsen", user=staff["preparer"], now=NOW)
    with pytest.raises(by_hand.NotDone, match="done"):
        by_hand.done(task, how="igen", user=staff["preparer"], now=NOW)
    pipeline.retry(claim, user=staff["preparer"], now=NOW)
    assert run(claim).stage == Stage.CLOSED


def test_a_purpose_on_contract_or_duty_is_outside_and_the_letter_says_why(objected, staff):
    claim = decided(objected(), staff, {"purpose": "bookkeeping"}, {"purpose": "evaluation", "conclusion": "stop"})
    if claim.stage == Stage.FULFILLING:
        for task in claim.hand_tasks.all():
            by_hand.done(task, how="Stoppet", user=staff["preparer"], now=NOW)
        pipeline.retry(claim, user=staff["preparer"], now=NOW)
        run(claim)
    assert (claim.outcome, claim.grounds) == ("partly_granted", ["not_objectable"])
    letter = Letter.objects.get(claim=claim, kind="objection")
    assert "Lovgivningen forpligter os til behandlingen" in letter.text and "Datatilsynet" in letter.text


def test_only_outside_is_refused_with_reasons(objected, staff):
    claim = decided(objected(), staff, {"purpose": "contract"}, situation="")
    assert claim.outcome == "refused"
    assert "nødvendig for en aftale" in Letter.objects.get(claim=claim, kind="refusal").text


def test_marketing_in_it_goes_to_the_lane_and_is_not_weighed(objected, staff):
    claim = objected()
    opened = objection.stop_marketing(claim, user=staff["preparer"], now=NOW)
    assert opened.right == Right.marketing_objection and opened.stage == Stage.FULFILLING
    assert objection.stop_marketing(claim, user=staff["preparer"], now=NOW) is None
    found = objection.weigh(claim, {"weighings": [{"purpose": "individualisation", **WEIGHED}]})
    assert [verdict.reach for verdict in found.verdicts] == ["absolute"] and found.outcome == "granted"


def test_marketing_named_on_the_form_stops_before_anybody_weighs(make_claim):
    claim = make_claim("astrid", Right.objection)
    claim.scope = {"statement": SITUATION, "purposes": ["individualisation", "gone_since"]}
    claim.save(update_fields=["scope"])
    run(claim)
    assert claim.case.claims.get(right=Right.marketing_objection).stage == Stage.FULFILLING
    assert claim.stage == Stage.REVIEW


def test_the_officer_is_told_once_where_the_policy_names_one_for_objections(objected, company, staff):
    file = company / "controllers" / "aj-dk" / "policy.yaml"
    text = file.read_text()
    claim = objected()
    assert not Letter.objects.filter(kind="officer_notice").exists()  # this policy names none for objections
    assert "\ndpo: null" in text
    text = text.replace("\ndpo: null", '\ndpo: {name: Rita Rådgiver, email: dpo@aj.example, src: "S0:1"}')
    text = text.replace(
        "\nchannels:\n",
        '\nchannels:\n  - {id: dpo_mail, kind: email, value: dpo@aj.example, rights: [objection], src: "S0:1"}\n',
    )
    file.write_text(text)
    assert objection.tell_officer(claim, now=NOW) and not objection.tell_officer(claim, now=NOW)
    letter = Letter.objects.get(kind="officer_notice")
    assert letter.to == "dpo@aj.example" and claim.case.reference in letter.text
    assert "møller" not in (letter.text + letter.subject).lower() and SITUATION not in letter.text


def test_aarstiderne_sends_objections_to_its_officer():
    assert objection._officer(served("aarstiderne")) == served("aarstiderne").policy.dpo.email
    assert not objection._officer(served("ajos"))


def test_a_restriction_that_was_begun_twice_is_one(make_claim, company):
    claim = run(make_claim("astrid", Right.objection))
    objection.restrict_step(claim, step=claim.steps.get(name="restrict"), now=NOW)
    assert claim.restrictions.count() == 1 and claim.notices.count() == len(
        {one.recipient for one in claim.notices.all()}
    )
    assert notices.told(claim, what=("restriction",))


def test_taken_back_ends_the_restriction_too(objected, company):
    claim = objected()
    lifecycle.apply(claim, Act.WITHDRAW, now=NOW, actor=Actor.PERSON, outcome="withdrawn")
    assert restriction.announce_ended(now=NOW) == 1
    assert claim.restrictions.get().lift_on
