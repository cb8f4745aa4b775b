"""A person of the company reviews an automated decision; the answer names them and tells the logic (Art. 22(3))."""

import sqlite3

import pytest
import time_machine

from fulfilment import approval, pipeline
from fulfilment.models import Plan
from fulfilment.planning import by_hand
from fulfilment.weighing import automated
from law.rights import Right
from requests_app.models import Letter, Membership
from requests_app.states import Act, Stage
from tests.fulfilment.conftest import NOW
from tests.fulfilment.walk import run, sql

pytestmark = pytest.mark.django_db
SAID = {
    "decision_id": "other", "which": "Fakturakøb den 3. marts 2026", "view": "Jeg havde betalt.",
    "explanation": ["Systemet læste saldoen.", "Over 0 kr. i gæld giver nej."], "outcome_of_review": "changed",
    "holds": "Du kan betale med faktura.", "reasons": "Din betaling var kommet.", "has_authority": True,
    "saw_all": True, "todo": "", "values": [],
}  # fmt: skip


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def reviewer(staff):
    """A caseworker of the company, with a name."""
    user = staff["preparer"]
    user.first_name, user.last_name = "Anne", "Holm"
    user.save()
    Membership.objects.create(user=user, controller="aj-dk", role=Membership.Role.CASEWORKER)
    return user


@pytest.fixture
def asked(make_claim):
    return lambda act=Act.START: run(make_claim("astrid", Right.automated_decision, act=act))


def submitted(claim, reviewer, **more):
    decision = automated.prepared(claim, {**SAID, **more}, reviewer=reviewer)
    return approval.submit(claim, outcome="granted", user=reviewer, now=NOW, decision=decision)


def test_the_letter_names_the_reviewer_the_result_and_the_logic(asked, reviewer, staff):
    claim = asked(Act.DECIDE)
    digest = submitted(claim, reviewer)
    run(approval.approve(claim, digest=digest, user=staff["approver"], now=NOW))
    assert claim.stage == Stage.CLOSED
    text = Letter.objects.get(claim=claim, kind="automated_decision").text
    for said in ("Anne Holm", "Fakturakøb den 3. marts 2026", "Systemet læste saldoen.", "Din betaling var kommet.",
                 "afgørelsen er ændret", "Datatilsynet"):  # fmt: skip
        assert said in text, said
    assert "has_authority" in claim.decision and claim.decision["reviewer_id"] == reviewer.pk


@pytest.mark.parametrize(
    ("result", "words"), [("upheld", "afgørelsen står ved magt"), ("set_aside", "afgørelsen er ophævet")]
)
def test_what_it_came_to_is_told(asked, reviewer, staff, result, words):
    claim = asked(Act.DECIDE)
    digest = submitted(claim, reviewer, outcome_of_review=result)
    run(approval.approve(claim, digest=digest, user=staff["approver"], now=NOW))
    assert words in Letter.objects.get(claim=claim, kind="automated_decision").text


@pytest.mark.parametrize(
    ("lack", "code"),
    [({"has_authority": False}, "no_authority"), ({"saw_all": False}, "not_all_seen"), ({"view": ""}, "no_view"),
     ({"explanation": []}, "no_logic"), ({"reasons": " "}, "no_reasons")],
)  # fmt: skip
def test_a_review_that_is_none_is_refused(asked, reviewer, lack, code):
    with pytest.raises(automated.NotReviewed) as refused:
        submitted(asked(Act.DECIDE), reviewer, **lack)
    assert [reason.code for reason in refused.value.reasons] == [f"review.{code}"]


def test_only_a_named_member_of_this_companys_staff_reviews(asked, reviewer, staff, django_user_model):
    claim = asked(Act.DECIDE)
    other = django_user_model.objects.create_user("other", first_name="Olga", last_name="Berg")
    Membership.objects.create(user=other, controller="ajour", role=Membership.Role.CASEWORKER)
    nameless = django_user_model.objects.create_user("bot")
    Membership.objects.create(user=nameless, controller="aj-dk", role=Membership.Role.CASEWORKER)
    keeper = django_user_model.objects.create_user("keeper", first_name="Kim", last_name="Dam")
    Membership.objects.create(user=keeper, controller="aj-dk", role=Membership.Role.ADMINISTRATOR)
    for user in (other, nameless, keeper, None):
        with pytest.raises(automated.NotReviewed) as refused:
            automated.prepared(claim, SAID, reviewer=user)
        assert [reason.code for reason in refused.value.reasons] == ["review.not_staff"]
    with pytest.raises(approval.NotReady, match="not_reviewed"):  # nor by the general form
        approval.submit(claim, outcome="granted", user=reviewer, now=NOW, decision={"reviewer": "The machine"})


def test_a_letter_that_names_no_decision_is_not_submitted(asked, reviewer):
    with pytest.raises(approval.NotReady, match="letter_incomplete"):
        submitted(asked(Act.DECIDE), reviewer, which="")


def test_a_value_is_changed_in_the_source_after_approval(asked, reviewer, staff, company):
    claim = asked()
    number, column = _phone(claim)
    value = {"source": "shop", "collection": "customers", "number": number, "column": column, "value": "+45 11223344"}
    digest = submitted(claim, reviewer, values=[value])
    held = "SELECT count(*) FROM customers WHERE phone = '+45 11223344'"
    assert sql(company, "shop", held)[0][0] == 0
    run(approval.approve(claim, digest=digest, user=staff["approver"], now=NOW))
    assert claim.stage == Stage.CLOSED and sql(company, "shop", held)[0][0] == 1
    assert claim.plans.get(purpose=Plan.Purpose.MARK).status == Plan.Status.PROVED


def test_a_row_changed_since_goes_back_to_a_person(asked, reviewer, staff, company):
    claim = asked()
    number, column = _phone(claim)
    value = {"source": "shop", "collection": "customers", "number": number, "column": column, "value": "1"}
    digest = submitted(claim, reviewer, values=[value])
    with sqlite3.connect(company / "sources" / "aj-dk" / "shop.sqlite") as shop:
        shop.execute("UPDATE customers SET name = 'X' WHERE lower(email) = 'astrid.moller@example.com'")
    shop.close()
    run(approval.approve(claim, digest=digest, user=staff["approver"], now=NOW))
    assert claim.stage == Stage.REVIEW
    assert not sql(company, "shop", "SELECT 1 FROM customers WHERE phone = '1'")


def test_what_a_source_would_not_take_is_not_submitted(asked, reviewer):
    claim = asked()
    number, _column = _phone(claim)
    value = {"source": "shop", "collection": "customers", "number": number, "column": "id", "value": "77"}
    with pytest.raises(approval.NotReady, match="refused"):
        submitted(claim, reviewer, values=[value])


def test_the_letter_waits_for_what_is_done_by_hand(asked, reviewer, staff):
    claim = asked(Act.DECIDE)
    digest = submitted(claim, reviewer, todo="Åbn for fakturakøb i kreditsystemet.")
    run(approval.approve(claim, digest=digest, user=staff["approver"], now=NOW))
    assert claim.stage == Stage.FULFILLING and not Letter.objects.filter(kind="automated_decision").exists()
    (task,) = claim.hand_tasks.all()
    by_hand.done(task, how="Åbnet i kreditsystemet", user=staff["approver"], now=NOW)
    pipeline.retry(claim, user=staff["approver"], now=NOW)
    assert run(claim).stage == Stage.CLOSED


def _phone(claim):
    chunk = claim.collected.get(source="shop", collection="customers")
    return chunk.first, "phone"
