"""The queue and the first page: the same cases behind a count and its link, found by what people give."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from demo import PERSONAS
from desk import needs, pages
from law.rights import Right
from requests_app import messages, queries
from requests_app.models import Letter, Membership

QUEUE = "/staff/cases/"


def references(client, query=""):
    return {case.reference for case in client.get(QUEUE + query).context["cl"].result_list}


def test_every_count_is_a_link_to_exactly_those_cases(open_case, known, at_desk, staff):
    known(persona="bent")
    late = open_case(now=timezone.now() - timedelta(days=40))
    messages.from_person(late, body="Hallo?", now=timezone.now())
    Letter.objects.filter(case=late).update(failed_at=timezone.now(), sent_at=None)
    client = at_desk("caseworker")
    home = client.get("/staff/")
    counts = dict((need.code, count) for need, count in home.context["counts"])
    assert counts["overdue"] == counts["replies"] == counts["failed"] == 1 and counts["triage"] == 1
    for code, count in counts.items():
        query = f"?due={code}" if code in ("overdue", "soon") else f"?needs={code}"
        assert query in home.content.decode()
        assert len(references(client, query)) == count, code


def test_the_first_due_comes_first(open_case, at_desk):
    new, old = open_case(), open_case(now=timezone.now() - timedelta(days=20), persona="bent")
    shown = [case.reference for case in at_desk("caseworker").get(QUEUE).context["cl"].result_list]
    assert shown == [old.reference, new.reference]


@pytest.mark.parametrize("text", ["astrid", "Møller Astrid", "ASTRID.MOLLER@example.com", "00 90 00 01", "reference"])
def test_search(text, open_case, at_desk):
    wanted, _other = open_case(), open_case(persona="bent")
    query = wanted.reference.replace("-", "").lower() if text == "reference" else text
    assert references(at_desk("caseworker"), f"?q={query}") == {wanted.reference}


def test_filters_narrow_and_never_widen(open_case, at_desk):
    ours = open_case(Right.erasure)
    open_case(slug="ajour", persona=PERSONAS["ajour"][0].key)
    client = at_desk("caseworker")
    assert references(client, "?right=erasure") == {ours.reference}
    assert references(client, "?right=access") == set()
    for query in ("?company=ajour", "?state=all&company=ajour", "?needs=new&company=ajour", "?state=all"):
        assert references(client, query) <= {ours.reference}
    assert references(client, "?who=999") == references(client, "?state=closed") == set()


def test_words_beside_colour(open_case, at_desk):
    open_case(now=timezone.now() - timedelta(days=40))
    assert "days overdue" in at_desk("caseworker").get(QUEUE).content.decode()


def test_bulk_assign_only_to_caseworkers_of_the_company(open_case, at_desk, staff):
    case = open_case()
    client = at_desk("caseworker")
    chosen = {"action": "assign_to_me", "_selected_action": [case.pk]}
    client.post(QUEUE, chosen)
    case.refresh_from_db()
    assert case.assignee == staff["caseworker"]
    client.post(QUEUE, chosen | {"action": "assign_to", "to": staff["stranger"].pk})
    case.refresh_from_db()
    assert case.assignee != staff["stranger"]
    assert case.events.filter(kind="assigned").exists()


def test_a_stranger_cannot_assign_by_number(open_case, at_desk):
    case = open_case()
    at_desk("stranger").post(QUEUE, {"action": "assign_to_me", "_selected_action": [case.pk]})
    case.refresh_from_db()
    assert case.assignee is None


def test_an_approver_cannot_assign(open_case, at_desk):
    case = open_case()
    at_desk("approver").post(QUEUE, {"action": "assign_to_me", "_selected_action": [case.pk]})
    case.refresh_from_db()
    assert case.assignee is None


def test_few_queries_however_many_cases(open_case, at_desk, member):
    client = at_desk("caseworker")
    for persona in ("astrid", "bent", "camilla"):
        open_case(Right.access, Right.erasure, persona=persona)
    few = _queries(client, QUEUE)
    for persona in ("dorthe", "erik", "freja", "gudrun"):
        open_case(Right.access, Right.erasure, persona=persona)
    assert _queries(client, QUEUE) == few <= 15
    assert _queries(client, QUEUE + "?needs=failed&due=soon&right=access&stage=received&who=me&q=astrid+møller") <= 15
    assert _queries(client, "/staff/") <= len(needs.NEEDS) + 10, "one for each thing to do"


def test_needs_of_two_companies(open_case, at_desk, staff):
    user = staff["caseworker"]
    Membership.objects.create(user=user, controller="ajour", role="approver")
    open_case()
    open_case(slug="ajour", persona=PERSONAS["ajour"][0].key)
    found = dict((need.code, count) for need, count in needs.counts(
        queries.cases(user), user=user, today=pages.today_of("aj-dk")))  # fmt: skip
    assert found["new"] == 2
    assert "AJ Produkter A/S" in at_desk("caseworker").get(QUEUE).content.decode(), (
        "the company is shown where there are two"
    )


def test_empty_states_say_so(at_desk):
    client = at_desk("caseworker")
    assert b"Nothing needs you now" in client.get("/staff/").content
    assert b"No open cases" in client.get(QUEUE).content
    assert b"No case fits what you searched for" in client.get(QUEUE + "?q=nobody").content


def _queries(client, url):
    with CaptureQueriesContext(connection) as caught:
        assert client.get(url).status_code == 200
    return len(caught)
