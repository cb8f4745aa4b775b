"""At the desk: an objection weighed, an automated decision reviewed, work by hand, and recipients told."""

import pytest
from django.utils import timezone

from fulfilment.telling import notices
from law.rights import Right
from requests_app.models import Letter
from tests.desk import addresses
from tests.desk.conftest import run

SITUATION = "Jeg bor et hemmeligt sted."
WEIGHED = {
    "situation": SITUATION, "evaluation-about": "on", "evaluation-conclusion": "continue",
    "evaluation-interests": "Vi har konstateret svindel.", "evaluation-necessity": "Uden navnet ses det ikke.",
    "evaluation-effect": "Ingen andre ser det.", "evaluation-safeguards": "Slettes efter en måned.",
}  # fmt: skip
REVIEWED = {
    "decision_id": "other", "which": "Den 3. marts", "view": "Jeg havde betalt.", "explanation": "Saldoen blev læst.",
    "outcome_of_review": "upheld", "holds": "Du kan ikke betale med faktura.", "reasons": "Gælden er der stadig.",
    "has_authority": "on", "saw_all": "on",
}  # fmt: skip


def text(answer):
    return " ".join(answer.content.decode().split())


def test_an_objection_is_weighed_saved_read_and_refused_only_when_whole(collected, at_desk):
    claim, client = collected(Right.objection), at_desk("caseworker")
    urls = addresses.of_claim(claim)
    assert urls["weigh"] in text(client.get(urls["case"]))
    assert client.post(urls["weigh"], {**WEIGHED, "evaluation-effect": "", "save": "1"}).status_code == 302
    assert "Vi har konstateret svindel." in text(client.get(urls["weigh"]))
    lacking = client.post(urls["weigh"], {**WEIGHED, "evaluation-effect": "", "submit": "1"})
    assert lacking.status_code == 422 and any("means for this person" in line for line in lacking.context["reasons"])
    shown = client.post(urls["weigh"], {**WEIGHED, "preview": "1"})
    assert "Uden navnet ses det ikke." in text(shown) and "Datatilsynet" in text(shown)
    claim.refresh_from_db()
    assert claim.stage == "review" and not claim.outcome
    assert client.post(urls["weigh"], {**WEIGHED, "submit": "1"}).status_code == 302
    page = at_desk("approver").get(urls["approve"])
    assert "Ingen andre ser det." in text(page) and "goes on" in text(page)  # the second person reads the weighing
    at_desk("approver").post(urls["approve"], {"digest": page.context["digest"]})
    run(claim)
    assert claim.outcome == "refused" and Letter.objects.filter(claim=claim, kind="objection_refused").exists()


def test_marketing_ticked_in_an_objection_stops_at_once(collected, at_desk):
    claim, client = collected(Right.objection), at_desk("caseworker")
    url = addresses.of_claim(claim)["weigh"]
    answer = client.post(url, {"individualisation-about": "on", "save": "1"}, follow=True)
    assert "it stops at once" in text(answer)
    lane = claim.case.claims.get(right=Right.marketing_objection)
    run(lane)
    assert lane.stage in ("closed", "fulfilling", "delivering")
    client.post(url, {"individualisation-about": "on", "save": "1"})
    assert claim.case.claims.count() == 2


def test_a_review_names_whoever_is_logged_in(known, at_desk, staff):
    claim, client = known(Right.automated_decision), at_desk("caseworker")
    urls = addresses.of_claim(claim)
    client.post(urls["do"].replace("/start/", "/decide/"))
    page = client.get(urls["decision"]).content.decode()  # of a company that told of no decision: no single radio
    assert '<input type="hidden" name="decision_id" value="other"' in page and '<textarea name="which"' in page
    nameless = client.post(urls["decision"], {**REVIEWED, "submit": "1"})
    assert nameless.status_code == 422 and any("person with a name" in line for line in nameless.context["reasons"])
    staff["caseworker"].first_name, staff["caseworker"].last_name = "Anne", "Holm"
    staff["caseworker"].save()
    no_power = {name: value for name, value in REVIEWED.items() if name != "has_authority"}
    assert client.post(urls["decision"], {**no_power, "submit": "1"}).status_code == 422
    assert "Anne Holm" in text(client.post(urls["decision"], {**REVIEWED, "preview": "1"}))
    assert (
        client.post(urls["decision"], {**REVIEWED, "todo": "Luk sagen i systemet.", "submit": "1"}).status_code == 302
    )
    page = at_desk("approver").get(urls["approve"])
    assert "Jeg havde betalt." in text(page) and "Luk sagen i systemet." in text(page)
    at_desk("approver").post(urls["approve"], {"digest": page.context["digest"]})
    run(claim)
    assert claim.stage == "fulfilling" and "by hand" in text(client.get(urls["case"]))
    _do_by_hand(claim, client, urls)
    run(claim)
    assert claim.stage == "closed" and "Anne Holm" in Letter.objects.get(claim=claim, kind="automated_decision").text


def _do_by_hand(claim, client, urls):
    task = claim.hand_tasks.get()
    assert "Luk sagen i systemet." in text(client.get(urls["hand_tasks"]))
    for lacking in ({"how": "Lukket"}, {"numbers": [task.pk], "how": ""}):
        assert client.post(urls["hand_tasks"], lacking).status_code == 422
    assert client.post(urls["hand_tasks"], {"numbers": [task.pk], "how": "Lukket"}).status_code == 302


def test_a_record_is_changed_from_the_review(collected, at_desk, staff):
    staff["caseworker"].first_name = "Anne"
    staff["caseworker"].save()
    claim, client = collected(Right.automated_decision), at_desk("caseworker")
    urls = addresses.of_claim(claim)
    row = {"v0-place": "shop/customers/0", "v0-column": "phone", "v0-value": "+45 11223344"}
    wrong = client.post(urls["decision"], {**REVIEWED, **row, "v0-column": "invoice_no", "submit": "1"})
    assert wrong.status_code == 422
    client.post(urls["decision"], {**REVIEWED, **row, "submit": "1"})
    page = at_desk("approver").get(urls["approve"])
    assert "+45 11223344" in text(page)
    at_desk("approver").post(urls["approve"], {"digest": page.context["digest"]})
    assert run(claim).stage == "closed"


@pytest.fixture
def told(collected, at_desk):
    claim = collected(Right.erasure)
    notices.tell(claim, what="erasure", now=timezone.now())
    return claim


def test_the_list_of_recipients_is_settled_sent_again_and_told(told, at_desk):
    client, url = at_desk("caseworker"), addresses.of_claim(told)["recipients"]
    page = client.get(url)
    assert (
        "IT-tjenester" in text(page) and "Not yet told" in text(page) and "nobody there has read it yet" in text(page)
    )
    by_hand = told.notices.filter(way="by_hand")
    numbers = list(by_hand.values_list("pk", flat=True))
    day = timezone.localdate().isoformat()
    given = {"settle": "1", "status": "sent", "on": day, "how": "Ringet til dem", "numbers": numbers}
    assert client.post(url, {**given, "numbers": []}).status_code == 422
    assert client.post(url, {**given, "how": ""}).status_code == 422
    assert client.post(url, {**given, "on": "2020-01-01"}).status_code == 422
    assert by_hand.filter(status="waiting").count() == len(numbers)
    assert client.post(url, given).status_code == 302
    assert by_hand.filter(status="sent", by__username="caseworker").count() == len(numbers)
    letter = told.notices.get(way="letter")
    assert client.post(url, {"again": "1", "numbers": [letter.pk], "to": "ny@transport.example"}).status_code == 302
    assert told.notices.get(way="letter").to == "ny@transport.example"
    assert client.post(url, {"person": "1"}).status_code == 302
    assert "IT-tjenester" in Letter.objects.get(case=told.case, kind="recipients_list").text


def test_needs_count_recipients_and_only_ones_own(told, at_desk):
    assert "needs=recipients" in text(at_desk("caseworker").get("/staff/"))
    assert told.case.reference in text(at_desk("caseworker").get("/staff/cases/?needs=recipients"))
    assert told.case.reference not in text(at_desk("stranger").get("/staff/cases/?needs=recipients"))
    told.notices.update(answer_by="2020-01-01")
    assert told.case.reference in text(at_desk("caseworker").get("/staff/cases/?needs=recipients_late"))


def test_an_approver_reads_and_writes_nothing_and_another_company_cannot_tick_ours(told, at_desk, collected):
    url, client = addresses.of_claim(told)["recipients"], at_desk("approver")
    assert client.get(url).status_code == 200
    pks = list(told.notices.values_list("pk", flat=True))
    given = {
        "settle": "1",
        "status": "not_disclosed",
        "on": timezone.localdate().isoformat(),
        "how": "x",
        "numbers": pks,
    }
    client.post(url, given)
    assert not told.notices.filter(status="not_disclosed").exists()
    assert at_desk("stranger").post(url, given).status_code == 404
    other = collected(Right.erasure, persona="bent")  # numbers of another case do nothing here
    mine = addresses.of_claim(other)["recipients"]
    assert at_desk("caseworker").post(mine, given).status_code == 422
    assert not told.notices.filter(status="not_disclosed").exists()


def test_others_who_show_it_can_be_added_once_it_was_erased(told, at_desk):
    client, url = at_desk("caseworker"), addresses.of_claim(told)["recipients"]
    given = {"add": "1", "name": "Anmeldersiden", "email": "", "link": "https://anmeld.example/x"}
    assert client.post(url, given).status_code == 422  # nothing has been erased yet
    type(told).objects.filter(pk=told.pk).update(outcome="granted", stage="closed")
    assert client.post(url, {**given, "name": ""}).status_code == 422
    assert client.post(url, given).status_code == 302
    assert told.notices.get(what="public").about["link"] == "https://anmeld.example/x"
