"""What a server may do to us, and what we make of it: wait, give up with a code, or refuse. Never more than allowed."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from connectors.base import Action, Identity, Instruction
from connectors.errors import ConnectorError, PlanOutdated
from connectors.http.connector import HttpConnector
from tests.connectors.contract import ANNA, DORA, EMAIL, dataset, who
from tests.connectors.http.api import Api, Asked, Said, serving
from tests.connectors.http.test_contract import ENVIRON, way


@pytest.fixture
def api() -> Iterator[Api]:
    with serving(Api()) as api:
        yield api


class Client:
    """A connector whose pauses are written down, not waited for."""

    def __init__(self, api: Api, **changed: Any) -> None:
        self.pauses: list[float] = []
        self.connector = HttpConnector("small", url=api.url, dataset=dataset(), way=way(**changed), environ=ENVIRON,
                                       pause=self.pauses.append)  # fmt: skip

    def anna(self) -> list[dict[str, Any]]:
        return list(self.connector.rows("customers", where=("email",), values=[(EMAIL[ANNA],)], columns=("id", "name"),
                                        kind="email"))  # fmt: skip

    def fails(self, code: str, *, permanent: bool) -> ConnectorError:
        with pytest.raises(ConnectorError) as caught:
            self.anna()
        assert (caught.value.code, caught.value.permanent, caught.value.source) == (code, permanent, "small")
        assert EMAIL[ANNA] not in f"{caught.value} {caught.value!r}".lower()
        return caught.value


def page(*rows: dict[str, Any], cursor: str | None = None) -> Said:
    return Said(200, {"data": {"items": list(rows)}, "meta": {"next": cursor}})


MINE = {"id": ANNA, "email": "ANNA@example.org", "name": "Anna"}


def test_a_busy_server_is_asked_again_when_it_says(api: Api) -> None:
    client = Client(api)
    api.answers = [Said(429, {}, {"Retry-After": "7"}), Said(503, {}, {"Retry-After": "3"})]
    assert client.anna() == [{"id": ANNA, "name": "Anna Ærø"}]
    assert client.pauses == [7.0, 3.0]


def test_a_server_busy_for_long_is_left_to_the_next_attempt_of_the_step(api: Api) -> None:
    client = Client(api)
    api.answers = [Said(429, {}, {"Retry-After": "600"})]
    client.fails("busy", permanent=False)
    assert client.pauses == [] and len(api.seen) == 1


def test_a_failing_server_is_asked_again_with_growing_pauses_and_not_for_ever(api: Api) -> None:
    client = Client(api, attempts=3)
    api.answers = [Said(500), Said(502)]
    assert len(client.anna()) == 1
    assert len(client.pauses) == 2 and all(0 <= pause <= 20 for pause in client.pauses)
    api.always = lambda _: Said(500)
    client.fails("unavailable", permanent=False)
    assert len(api.seen) == 3 + 3


def test_what_may_not_arrive_twice_is_sent_once(api: Api) -> None:
    def deed(client: Client) -> Any:
        (dora,) = (one for one in client.connector.find(who(DORA)) if one.collection == "customers")
        return client.connector.plan([Instruction("small", "customers", dora.key, dora.fingerprint, Action.ANONYMISE,
                                                  ("name",))])  # fmt: skip

    def writes(asked: Asked) -> Said:
        return Said(500) if asked.method == "PATCH" else api.usual(asked)

    customers = way().model_dump(exclude_unset=True)["collections"]
    for header, tries in ((None, 1), ("Idempotency-Key", 4)):
        customers["customers"]["update"]["idempotency_header"] = header
        client = Client(api, collections=customers)
        plan = deed(client)
        api.always, api.seen = writes, []
        with pytest.raises(ConnectorError, match="unavailable"):
            list(client.connector.execute(plan))
        sent = [asked for asked in api.seen if asked.method == "PATCH"]
        assert len(sent) == tries
        assert len({asked.headers.get("idempotency-key") for asked in sent}) == 1
        api.always = None


def test_an_answer_that_drips_is_given_up(api: Api) -> None:
    client = Client(api, seconds=0.3, attempts=2)
    api.always = lambda _: Said(200, b'{"data": {"items": []}}', drip=1)  # each byte is in time; all of them are not
    client.fails("timeout", permanent=False)
    assert len(api.seen) == 2


@pytest.mark.parametrize(("said", "code"), [
    (Said(200, b"[" * 50_000 + b"]" * 50_000), "too_deep"),
    (Said(200, {"data": {"items": [{"email": {"a": [[[[[1]]]]]}}]}}), "too_deep"),
    (Said(200, b" " * 30_000), "too_large"),
    (Said(200, b"<html>", {"Content-Type": "text/html"}), "not_json"),
    (Said(200, b'{"data":'), "not_json"),
    (Said(200, b'{"data": {"items": [{"id": NaN}]}}'), "not_json"),
    (Said(200, b"\xff\xfe{}"), "not_json"),
    (Said(200, b"\x1f\x8b", {"Content-Encoding": "gzip"}), "not_json"),  # may be anything once unpacked
    (Said(200, {"items": []}), "unexpected_answer"),  # not "nothing found"
    (Said(200, {"data": {"items": ["anna"]}}), "unexpected_answer"),
    (Said(302, {}, {"Location": "http://169.254.169.254/latest/meta-data/"}), "redirect"),
    (Said(401, {}), "permission"),
    (Said(404, {}), "http_404"),  # a wrong address of a list is not "nothing found"
    (Said(418, {}), "http_418"),
])  # fmt: skip
def test_an_answer_that_is_none_is_a_code(api: Api, said: Said, code: str) -> None:
    client = Client(api, answer_bytes=20_000 if code == "too_large" else 200_000, depth=6)
    api.always = lambda _: said
    client.fails(code, permanent=True)
    assert len(api.seen) == 1  # trying again would change nothing


def test_a_gateway_that_knows_no_such_address_says_neither_nothing_nor_erased(api: Api) -> None:
    customers = way().model_dump(exclude_unset=True)["collections"]
    customers["customers"]["erase"] = {"method": "DELETE", "path": "/customers/{id}"}
    client = Client(api, collections=customers)
    found = [one for one in client.connector.find(who(DORA)) if one.collection == "customers"]
    plan = client.connector.plan([Instruction("small", one.collection, one.key, one.fingerprint, Action.ERASE)
                                  for one in found])  # fmt: skip
    assert len(plan.instructions) == 1 and client.connector.rehearse(plan)
    lost = Said(404, b"<html>no route</html>", {"Content-Type": "text/html"})
    for words in (client.connector.rehearse, client.connector.execute, client.connector.verify):
        api.always = lambda _: lost
        with pytest.raises(ConnectorError, match="unexpected_answer"):
            words(plan)
    for none in (Said(404, {"error": "none"}), Said(404, b"")):  # of the API itself; but nothing of all of it?
        api.always = lambda _, none=none: none
        with pytest.raises(PlanOutdated):
            client.connector.rehearse(plan)
        assert client.connector.verify(plan) == []


def test_a_redirect_is_not_followed_anywhere(api: Api) -> None:
    with serving(Api()) as inside:
        api.always = lambda _: Said(307, {}, {"Location": f"{inside.url}/customers"})
        Client(api).fails("redirect", permanent=True)
        assert inside.seen == []


@pytest.mark.parametrize(("table", "answers"), [
    ("customers", [page(MINE, cursor="a"), page(MINE, cursor="b"), page(MINE, cursor="a"), page(MINE, cursor="b")]),
    ("orders", [Said(200, {"items": [{"id": 1, "order_no": "O1"}]})] * 3),  # the page asked for makes no difference
    ("order_lines", [Said(200, [{"order_id": 1}], {"Link": '</order_lines?page=2>; rel="next"'})] * 3),
])  # fmt: skip
def test_pages_that_go_in_a_ring_are_noticed(api: Api, table: str, answers: list[Any]) -> None:
    api.answers = answers
    column = {"customers": "customer_no", "orders": "id", "order_lines": "order_id"}[table]
    with pytest.raises(ConnectorError, match="paging_loop"):
        list(Client(api).connector.rows(table, where=(column,), values=[("1",)], columns=(column,)))
    assert len(api.seen) <= 3


def test_pages_without_end_are_given_up(api: Api) -> None:
    api.always = lambda asked: page(cursor=str(len(api.seen)))
    Client(api, pages=5).fails("too_many_pages", permanent=True)
    assert len(api.seen) == 5


def test_a_link_to_another_server_is_not_followed(api: Api) -> None:
    with serving(Api()) as stranger:
        api.always = lambda _: Said(200, [], {"Link": f'<{stranger.url}/order_lines>; rel="next"'})
        with pytest.raises(ConnectorError, match="foreign_link"):
            list(Client(api).connector.rows("order_lines", where=("order_id",), values=[(1,)], columns=("line_no",)))
        assert stranger.seen == []


def test_rows_come_page_by_page(api: Api) -> None:
    api.answers = [page(MINE, cursor="2"), page({**MINE, "id": 2}, cursor="3"), page()]
    rows = Client(api).connector.rows(
        "customers", where=("email",), values=[(EMAIL[ANNA],)], columns=("id",), kind="email")  # fmt: skip
    assert (next(rows), len(api.seen)) == ({"id": ANNA}, 1)
    assert (next(rows), len(api.seen)) == ({"id": 2}, 2)


def test_what_was_not_asked_for_is_left_out(api: Api) -> None:
    """An API that finds by a part of the value, or takes % for a wildcard."""
    joanna = {**MINE, "id": 2, "email": "joanna@example.org"}
    api.always = lambda _: page(MINE, joanna, {"id": 3, "email": None}, {"id": 4})
    assert Client(api).anna() == [{"id": ANNA, "name": "Anna"}]


@pytest.mark.parametrize(("value", "target"), [
    ("a/../b?c=d#e", "/customers/a%2F..%2Fb%3Fc%3Dd%23e"), ("%2e%2e", "/customers/%252e%252e"),
    ("æ\r\nX: y", "/customers/%C3%A6%0D%0AX%3A%20y"),
    ("..", ""), (".", ""), ("", ""),
])  # fmt: skip
def test_a_value_in_an_address_stays_a_value(api: Api, value: str, target: str) -> None:
    rows = Client(api).connector.rows("customers", where=("id",), values=[(value,)], columns=("name",))
    assert list(rows) == []
    assert [asked.target for asked in api.seen] == ([target] if target else [])  # no such address: nothing to ask


def test_an_identity_inside_an_object_is_found_and_the_object_stays_whole(api: Api) -> None:
    told = dataset().model_dump()
    told["collections"] = [{"name": "people", "fields": [
        {"name": "id", "fides_meta": {"primary_key": True}},
        {"name": "contact", "fields": [{"name": "email", "fides_meta": {"identity": "email"}}]},
    ]}]  # fmt: skip
    find = {"by": ["contact.email"], "path": "/people", "query": {"q": "{contact.email}"}}
    connector = HttpConnector(
        "small", url=api.url, dataset=type(dataset()).model_validate(told), environ=ENVIRON,
        way=way(collections={"people": {"find": [find]}}))  # fmt: skip
    anna = {"id": 1, "contact": {"email": "Anna@example.org", "phone": {"home": "12"}}}
    other = {"id": 2, "contact": {"email": "b@example.org"}}
    api.always = lambda _: Said(200, [anna, other, {"id": 3, "contact": None}])
    (found,) = connector.find(Identity({"email": (EMAIL[ANNA],)}))
    assert (found.fields, found.unmapped, api.seen[0].query) == (anna, (), {"q": [EMAIL[ANNA]]})


def test_what_nobody_can_ask_for_is_told_beforehand(api: Api) -> None:
    told = json.loads(way().model_dump_json(exclude_none=True))["collections"]
    told["orders"]["find"] = told["orders"]["find"][:1]
    told["customers"]["find"] = told["customers"]["find"][:2]
    found = {(one.level, one.code, one.table, one.column) for one in Client(api, collections=told).connector.describe()}
    assert {("error", "no_request", "orders", "customer_id"), ("error", "no_request", "orders", "order_no"),
            ("warning", "no_request", "customers", "id")} <= found  # fmt: skip
    assert {one.code for one in Client(api).connector.describe()} == {"no_rehearsal"}
    assert api.seen  # and it was asked, for an address nobody has


def test_a_cut_erasure_goes_on_where_it_stopped(api: Api) -> None:
    client = Client(api)
    records = list(client.connector.find(who(DORA)))
    deeds = [Instruction("small", one.collection, one.key, one.fingerprint, Action.ERASE)
             for one in records if one.collection != "customers"]  # fmt: skip
    plan = client.connector.plan(deeds)
    assert {finding.code for finding in plan.findings} == {"no_rehearsal"}

    def no_orders(asked: Asked) -> Said:
        return Said(409) if asked.method == "DELETE" and asked.path.startswith("/orders/") else api.usual(asked)

    api.always = no_orders
    with pytest.raises(ConnectorError, match="http_409"):
        list(client.connector.execute(plan))
    assert [one.collection for one in client.connector.verify(plan)] == ["orders"]  # the line went first
    api.always = None
    assert sorted(one.rows for one in client.connector.execute(plan)) == [0, 1]
    assert client.connector.verify(plan) == []


def test_no_log_holds_whom_we_asked_about(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG"):
        api.answers = [Said(500)]
        assert Client(api).anna()
        api.always = lambda _: Said(418)
        Client(api).fails("http_418", permanent=True)
    assert EMAIL[ANNA] not in caplog.text.lower() and "anna%40" not in caplog.text.lower()
