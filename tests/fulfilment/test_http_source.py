"""A company whose help desk is a JSON API: found and erased there as in a database; what the API cannot is a task."""

import pytest
import time_machine

import demo
from fulfilment.planning import plans
from fulfilment.removing import erasure
from requests_app.states import Stage
from tests.connectors.http.api import Api, Said, serving
from tests.fulfilment.added import add
from tests.fulfilment.conftest import NOW
from tests.fulfilment.walk import approved, run, shown

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=True):
        yield


class HelpDesk(Api):
    """Astrid's ticket and its two messages; Bo's ticket."""

    def __init__(self, email):
        super().__init__()
        self.tickets = {
            5: {"id": 5, "email": email.upper(), "subject": "Stol", "opened_on": "2026-01-01", "priority": "high"},
            6: {"id": 6, "email": "bo@example.com", "subject": "Bord", "opened_on": "2026-01-02", "priority": "low"},
        }
        self.messages = [{"id": n, "ticket_id": t, "text": f"Besked {n}"} for n, t in ((8, 5), (9, 5), (10, 6))]

    def usual(self, asked):
        _, kind, *key = asked.path.split("/")
        if asked.method == "DELETE":
            return Said(204 if self.tickets.pop(int(key[0]), None) else 404)
        if kind == "messages":
            found = [one for one in self.messages if one["ticket_id"] in asked.body["ticket_ids"]]
            return Said(200, {"messages": found if asked.body["page"] == 1 else []})
        if key:
            one = self.tickets.get(int(key[0]))
            return Said(200, one) if one else Said(404)
        found = [one for one in self.tickets.values() if one["email"].lower() == asked.query["requester"][0]]
        return Said(200, {"data": {"items": found, "next": None}})


@pytest.fixture
def desk(company, monkeypatch):
    """The example of docs/add-a-company.md, at a company of Danish words, on loopback."""
    folder = company / "controllers" / "aj-dk"
    add(folder, "support")
    sources = folder / "sources.yaml"
    text = sources.read_text("utf-8")
    head, tail = text[: text.index("  support:")], text[text.index("  support:") :]
    for old, new in (
        ("{nb:", "{da:"), ("    http:\n", "    http:\n      private_addresses: true\n"),
        ("kind: contact\n", "kind: usage\n        facts: {last_service_use: opened_on}\n"),
        ("[purchase]", "[digital_campaigns]"),
    ):  # fmt: skip
        tail = tail.replace(old, new)
    at = "{max: tickets.opened_on, match: {id: ticket_id}}"
    tail = at.join(tail.rsplit("opened_on", 1))
    sources.write_text(head + tail, "utf-8")
    with serving(HelpDesk(demo.persona("aj-dk", "astrid").email)) as api:
        monkeypatch.setenv("DSAR_SOURCE_SUPPORT", api.url)
        monkeypatch.setenv("DSAR_SOURCE_SUPPORT_TOKEN", "t")
        yield api


def test_it_is_found_with_what_no_map_mentions(desk, make_claim):
    claim = run(make_claim("astrid", "access"))
    (ticket,) = shown(claim, "support", "tickets")
    assert "high" in str(ticket)
    assert len(shown(claim, "support", "messages")) == 2
    assert len(desk.seen) < 20  # a table is not asked for row by row


def test_it_is_erased_and_proved_and_what_has_no_request_is_a_task(desk, make_claim, staff):
    claim = run(make_claim("astrid", "erasure"))
    plan = plans.current(claim)
    (planned,) = [one for one in plans.source_plans(plan) if one.source == "support"]
    assert [(one.collection, one.key) for one in planned.instructions] == [("tickets", {"id": 5})]
    assert [one.code for one in planned.findings] == ["no_rehearsal"]  # it could be compared, not tried
    assert ("support", "messages") in {
        (row["source"], row["collection"]) for row in plan.summary if row["outcome"] == "undetermined"
    }  # the map has no request that erases one
    for row in plans.of_table(plan, "support", "messages"):
        plans.decide(
            claim, source="support", collection="messages", number=row["number"], outcome="by_hand", ground="", now=NOW,
            reason="Slettes i systemet.", keep_through=None, round=1, user=staff["preparer"],
        )  # fmt: skip
    erasure.remake(claim, now=NOW)
    assert 5 in desk.tickets
    approved(claim, staff)
    desk.messages = [one for one in desk.messages if one["ticket_id"] != 5]  # by hand, as promised
    run(claim)
    assert set(desk.tickets) == {6}
    assert claim.case.events.filter(kind="erasure_proved").exists()
    assert claim.stage == Stage.CLOSED
