"""The examples of docs/add-a-company.md for sources over HTTP, loaded as a company's own and asked."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from connectors import walk
from connectors.base import Ability, Action, Identity, Instruction
from connectors.registry import connect
from policies.check import problems
from policies.load import Controller, load_all
from tests.conftest import ROOT
from tests.connectors.http.api import Api, Asked, Said, serving
from tests.fulfilment import added

KARI = "kari@example.com"


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Controller:
    folder = tmp_path_factory.mktemp("companies")
    shutil.copytree(ROOT / "docs" / "example" / "fjordsykler", folder / "fjordsykler")
    for source in ("support", "club"):
        added.add(folder / "fjordsykler", source)
    found = load_all([folder])["fjordsykler"]
    assert problems(found) == []
    return found


def opened(company: Controller, source: str, **environ: str) -> Any:
    given = company.sources[source]
    return connect(given, company.datasets[given.dataset], name=source, environ=environ, demo=None)


def test_a_json_api_as_documented(company: Controller) -> None:
    def answer(asked: Asked) -> Said:
        assert asked.headers["authorization"] == "Bearer t"
        ticket = {"id": 5, "email": KARI.title(), "subject": "Bell", "opened_on": "2026-01-01", "priority": "high"}
        if asked.path == "/v2/tickets":
            assert asked.query["requester"] == [KARI]
            more = {"next": None if "cursor" in asked.query else "2"}
            return Said(200, {"data": {"items": [ticket] if more["next"] else [], **more}})
        if asked.path == "/v2/messages/search":
            assert asked.body["ticket_ids"] == [5]
            rows = [{"id": 9, "ticket_id": 5, "text": "It rings"}] if asked.body["page"] == 1 else []
            return Said(200, {"messages": rows})
        return Said(200, ticket) if asked.path == "/v2/tickets/5" and asked.method == "GET" else Said(404)

    with serving(Api()) as api:
        api.always = answer
        source = company.sources["support"].model_copy(update={"http": company.sources["support"].http.model_copy(
            update={"private_addresses": True})})  # fmt: skip  # the test's server is on loopback
        connector: Any = connect(source, company.datasets["support"], name="support", demo=None, environ={
            "DSAR_SOURCE_SUPPORT": f"{api.url}/v2", "DSAR_SOURCE_SUPPORT_TOKEN": "t"})  # fmt: skip
        found = {one.collection: one for one in walk.find([connector], Identity({"email": (KARI,)}))}
        ticket, message = found["tickets"], found["messages"]
        assert (ticket.key, ticket.unmapped, message.fields["text"]) == ({"id": 5}, ("priority",), "It rings")
        plan = connector.plan([Instruction("support", one.collection, one.key, one.fingerprint, Action.ERASE)
                               for one in (ticket, message)])  # fmt: skip
        assert Ability.CHANGE in connector.abilities and Ability.KEYS not in connector.abilities
        assert [one.collection for one in plan.refused] == ["messages"]
        assert {one.code for one in plan.findings} == {"no_rehearsal", "by_hand_only"}


def test_as_it_stands_it_goes_to_the_open_internet_only(company: Controller) -> None:
    connector = opened(company, "support", DSAR_SOURCE_SUPPORT="https://127.0.0.1/v2", DSAR_SOURCE_SUPPORT_TOKEN="t")
    with pytest.raises(Exception, match="forbidden_address"):
        list(walk.find([connector], Identity({"email": (KARI,)})))


def test_a_django_project_as_documented(company: Controller) -> None:
    """What it does then is shown with a real project in tests/connectors/django."""
    connector = opened(company, "club", DSAR_SOURCE_CLUB="https://club.example/dsar", DSAR_SOURCE_CLUB_KEY="A" * 44)
    assert connector.abilities >= {Ability.FIND, Ability.KEYS, Ability.SCAN, Ability.CHANGE}
    assert set(connector.map.collections) == {"club_member"}


def test_the_readme_of_the_app_names_what_is_there() -> None:
    text = Path(ROOT / "dsar_source" / "README.md").read_text()
    code = Path(ROOT / "dsar_source" / "views.py").read_text()
    for door in ("describe", "rows", "counts", "size", "plan", "rehearse", "execute", "verify"):
        assert f"`{door}/`" in text and f'"{door}":' in code
