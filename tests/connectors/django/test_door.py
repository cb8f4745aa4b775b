"""Whoever lacks the key learns nothing; whoever has it sees what is listed, asks for equality, and breaks nothing."""

import json
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import yaml
from fideslang.models import Dataset

from connectors.base import Action, Identity, Instruction
from connectors.django.forms import forms
from connectors.errors import ConnectorError
from connectors.http.signature import Signed, key
from connectors.maps import read
from policies.spelling import Spelling
from tests.connectors.contract import BERIT, EMAIL, who
from tests.connectors.django.project import KEY, Project

SHARED = key(KEY, source="")
ASKED = {"collection": "customers", "where": ["email"], "values": [[EMAIL[BERIT]]], "columns": ["name"]}


def signed(project: Project, body: Any = ASKED, *, what: str = "rows", method: str = "POST", by: Signed | None = None,
           after: Callable[[httpx.Request], None] = lambda _: None) -> httpx.Response:  # fmt: skip
    """One request, signed; then changed by `after`, as somebody on the way would."""
    with httpx.Client(trust_env=False, verify=False) as client:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        request = client.build_request(method, f"{project.url}/dsar/{what}/", content=content)
        next((by or Signed(SHARED, "portal")).auth_flow(request))
        after(request)
        return client.send(request)


def test_a_signed_request_is_answered_and_not_kept_anywhere(project: Project) -> None:
    answer = signed(project)
    assert answer.json() == {"rows": [{"name": "Berit Øst"}], "after": None}
    assert "no-store" in answer.headers["cache-control"]


def test_nobody_else_is_answered_nor_told_why(project: Project) -> None:
    def other(name: str, value: str) -> Callable[[httpx.Request], None]:
        return lambda request: request.headers.update({name: value})

    def without(name: str) -> Callable[[httpx.Request], None]:
        return lambda request: request.headers.pop(name)

    answers = {
        "another key": signed(project, by=Signed(b"x" * 32, "portal")),
        "an unknown name": signed(project, by=Signed(SHARED, "stranger")),
        "the key nobody has": signed(project, by=Signed(b"\0" * 32, "stranger")),
        "too old": signed(project, by=Signed(SHARED, "portal", clock=lambda: time.time() - 301)),
        "from the future": signed(project, by=Signed(SHARED, "portal", clock=lambda: time.time() + 301)),
        "another body": signed(project, after=lambda request: setattr(
            request, "stream", httpx.ByteStream(request.content.replace(b"berit", b"anna_")))),
        "another digest": signed(project, after=other("content-digest", "sha-256=:" + "A" * 43 + "=:")),
        "another address": signed(project, after=lambda request: setattr(request, "url", httpx.URL(
            f"{project.url}/dsar/size/"))),
        "another query": signed(project, after=lambda request: setattr(request, "url", request.url.copy_with(
            query=b"a=1"))),
        "no signature": signed(project, after=without("signature")),
        "no input": signed(project, after=without("signature-input")),
        "less covered": signed(project, after=lambda request: request.headers.update({
            "signature-input": request.headers["signature-input"].replace(' "content-digest"', "")})),
        "rubbish": signed(project, after=other("signature-input", "dsar=()")),
    }  # fmt: skip
    assert {what: (one.status_code, one.json()) for what, one in answers.items()} == dict.fromkeys(
        answers, (401, {"code": "unsigned"}))  # fmt: skip
    assert signed(project, method="GET").status_code == 405


def test_a_request_is_taken_once(project: Project) -> None:
    kept: list[httpx.Request] = []
    assert signed(project, after=kept.append).status_code == 200
    with httpx.Client(trust_env=False, verify=False) as client:
        again = client.build_request("POST", kept[0].url, content=kept[0].content, headers=kept[0].headers)
        assert client.send(again).status_code == 401


@pytest.mark.parametrize(("what", "asked", "code"), [
    ("rows", {**ASKED, "columns": ["password"]}, "missing_column"),  # in the model, not in the setting
    ("rows", {**ASKED, "where": ["password"], "values": [["not-to-be-seen"]]}, "missing_column"),
    ("rows", {**ASKED, "where": ["email__contains"], "values": [["@"]]}, "missing_column"),
    ("rows", {**ASKED, "where": ["order__order_no"], "values": [["O100"]]}, "missing_column"),
    ("rows", {**ASKED, "collection": "complaints", "columns": ["text"]}, "missing_table"),
    ("rows", {**ASKED, "collection": "django_session"}, "missing_table"),
    ("rows", {**ASKED, "values": [["a"]] * 501}, "too_many_values"),
    ("rows", {**ASKED, "values": [["a", "b"]]}, "bad_request"),
    ("rows", {**ASKED, "spelling": "regex"}, "bad_request"),
    ("rows", {**ASKED, "after": ["x"]}, "bad_request"),
    ("rows", {}, "bad_request"), ("rows", b"[]", "bad_request"), ("rows", b"{", "bad_request"),
    ("counts", {**ASKED, "where": ["password"]}, "missing_column"),
    ("plan", {"instructions": [{"id": "1"}]}, "bad_request"),
    ("anything", {}, "bad_request"),
])  # fmt: skip
def test_only_what_is_listed_and_only_equality(project: Project, what: str, asked: Any, code: str) -> None:
    answer = signed(project, asked, what=what)
    assert (answer.status_code, answer.json()["error"]["code"]) == (200, code)
    assert "not-to-be-seen" not in answer.text


@pytest.mark.parametrize("value", ["x", 10**30, -(10**30), "1e400", None, [], "1\0"])
def test_a_value_no_row_can_hold_finds_none(project: Project, value: Any) -> None:
    asked = {**ASKED, "where": ["id"], "values": [[value]]}
    found = signed(project, asked).json()
    assert found == {"rows": [], "after": None}


def test_a_row_is_not_taken_along_that_nobody_decided_about(project: Project) -> None:
    """A complaint, in a table no setting lists, hangs on Berit's order: it would go with it."""
    connector = project.connector()
    records = list(connector.find(who(BERIT)))
    deeds = [Instruction("small", one.collection, one.key, one.fingerprint, Action.ERASE) for one in records]
    plan = connector.plan(deeds)
    assert [(one.collection) for one in plan.instructions] == ["order_lines"]
    assert {(one.code, one.table, one.detail) for one in plan.findings} == {
        ("would_cascade", "orders", "complaints"), ("referenced", "customers", "orders")}  # fmt: skip
    by_force = [Instruction("small", "orders", {"id": 102}, one.fingerprint, Action.ERASE) for one in records
                if one.collection == "orders"]  # fmt: skip
    with pytest.raises(ConnectorError, match="would_cascade"):  # nor by whoever skips the plan
        list(connector.execute(type(plan)("small", tuple(by_force))))
    assert [one.fingerprint for one in connector.find(who(BERIT))] == [one.fingerprint for one in records]


def test_values_are_set_if_they_fit(project: Project) -> None:
    connector = project.connector()
    (nobody,) = connector.by_key("customers", [{"id": 7}])

    def setting(**values: Any) -> Instruction:
        return Instruction("small", "customers", nobody.key, nobody.fingerprint, Action.SET, values=values)

    refused = connector.plan([setting(email="no address")])
    assert {(one.code, one.column) for one in refused.findings} == {("value", "email")}
    assert not connector.plan([setting(name="x" * 61)]).instructions
    assert connector.why_not("customers", "id") == "key_column"
    assert connector.why_not("orders", "customer_id") == "reference"
    plan = connector.plan([setting(name="Somebody Å", shoe_size=None)])
    assert [one.rows for one in connector.execute(plan)] == [1]
    assert connector.verify(plan) == [] and [one.rows for one in connector.execute(plan)] == [0]
    (now,) = connector.by_key("customers", [{"id": 7}])
    assert (now.fields["name"], now.fields["shoe_size"]) == ("Somebody Å", None)


@pytest.mark.parametrize("zones", [True, False])
def test_a_number_or_a_moment_is_the_same_however_it_is_written(project: Project, zones: bool) -> None:
    """0 comes back as 0.00, 12.5 as 12.50: what is done is seen to be done, and doing it again does nothing."""
    told = json.loads(project.python("-c", CREDIT, given=json.dumps(zones)))
    assert told == {"receipts": [1, 0], "left": [], "row": ["0.00", "12.50", 1970], "rehearsed": "IntegrityError"}


CREDIT = """
import django, json, sys
django.setup()
from django.test.utils import override_settings
zones = json.load(sys.stdin)
with override_settings(DSAR_SOURCE={"MODELS": {"shop.Credit": "__all__"}}, USE_TZ=zones):
    from datetime import datetime, timezone
    from django.db import DatabaseError
    from dsar_source import deeds, exposure, reading
    from shop.models import Credit, Remark
    row = Credit.objects.create(owed=7, left=1, seen=datetime(2020, 1, 1, tzinfo=timezone.utc if zones else None))

    def asked(action, fields, **more):
        (found,) = reading.by_keys(exposure.one("credits"), [[row.pk]], using="default").values()
        return {"instructions": [{"id": "1", "collection": "credits", "key": {"id": row.pk}, "action": action,
                                  "fields": fields, "fingerprint": deeds.fingerprint(found), **more}]}
    mask, said = asked("anonymise", ["owed", "seen"]), {}
    said["receipts"] = [deeds.execute(mask)["receipts"]["1"] for _ in range(2)]
    correct = asked("set", ["left", "seen"], values={
        "left": "12.5", "seen": "1970-01-02T02:00:00+02:00" if zones else "1970-01-02T00:00:00"})
    deeds.execute(correct)
    said["left"] = deeds.verify(mask)["left"] + deeds.verify(correct)["left"]
    row.refresh_from_db()
    said["row"] = [str(row.owed), str(row.left), row.seen.year]
    Remark.objects.create(credit=row)
    try:  # by force: the plan would have refused it
        said["rehearsed"] = deeds.rehearse(asked("erase", []))
    except DatabaseError as error:
        said["rehearsed"] = type(error).__name__
    print(json.dumps(said))
"""


def test_what_is_there_is_described(project: Project) -> None:
    found = {(one.level, one.code, one.table, one.column) for one in project.connector().describe()}
    assert found == {("warning", "unmapped_column", "customers", "shoe_size"),
                     ("warning", "unlisted_column", "customers", "password")}  # fmt: skip
    assert project.connector().looks("orders") == {
        "id": "integer", "order_no": "text", "total": "integer", "ordered_on": "date"}  # fmt: skip
    assert project.connector().is_unique("order_lines", ("line_no", "order_id"))
    assert not project.connector().is_unique("order_lines", ("order_id",))


def test_the_map_is_written_from_the_models(project: Project) -> None:
    text = project.python("-m", "django", "dsar_map")
    (told,) = yaml.safe_load(text)["dataset"]
    written = read(Dataset.model_validate(told))
    assert {name: set(one.key) for name, one in written.collections.items()} == {
        "customers": {"id"}, "orders": {"id"}, "order_lines": {"order_id", "line_no"}}  # fmt: skip
    assert written.collections["customers"].identities == {"email": "email", "customer_no": "customer_no"}
    assert {(one.name, to.collection, to.field, to.direction) for _, one, to in written.references()} == {
        ("customer_id", "customers", "id", "from"), ("order_id", "orders", "id", "from")}  # fmt: skip
    found = list(project.connector(dataset=Dataset.model_validate(told)).find(who(BERIT)))
    assert {one.collection for one in found} == {"customers", "orders", "order_lines"}


def test_a_wrong_setting_is_told_at_the_start(project: Project) -> None:
    right = {"KEYS": {"portal": KEY}, "MODELS": {"shop.Order": "__all__"}}
    shared = {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": "cache"}
    told = {
        (): (right, shared),
        ("E003",): (right | {"KEYS": {"portal": "short"}}, shared),
        ("E003", "once more"): (right | {"KEYS": {}}, shared),
        ("E001",): (right | {"MODELS": {"shop.Order": ["nothing"]}}, shared),
        ("E001", "once more"): (right | {"MODELS": {"shop.Nothing": "__all__"}}, shared),
        ("W001",): (right | {"MODELS": {}}, shared),
        ("E004",): (right, {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}),
        ("W002",): (right, {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}),  # each process for itself
    }
    code = """
import django, json, sys
django.setup()
from django.core.checks import run_checks
from django.test.utils import override_settings
for setting, cache in json.load(sys.stdin):
    with override_settings(DSAR_SOURCE=setting, CACHES={"default": cache}):
        print(*(one.id.partition(".")[2] for one in run_checks() if one.id.startswith("dsar_source")))
"""
    said = project.python("-c", code, given=json.dumps(list(told.values()))).split("\n")[:-1]
    assert said == ["".join(codes[:1]) for codes in told]


def test_an_error_of_the_projects_own_code_says_its_kind_alone(project: Project) -> None:
    code = """import django
django.setup()
from django.test import RequestFactory
from dsar_source import signature, views
def door(asked):
    raise AttributeError("Berit lives here")
signature.check = lambda request: None
signature.check_body = lambda request, body: None
views.DOORS["rows"] = door
print(views.source(RequestFactory().post("/", b"{}", content_type="application/json"), "rows").content.decode())
"""
    said = json.loads(project.python("-c", code))
    assert said == {"error": {"code": "internal", "detail": "AttributeError"}}


@pytest.mark.parametrize(("how", "value", "wanted"), [
    ("exact", "K1", ("exact", {"K1"})),
    ("lower", "åsa@example.org", ("lower", {"åsa@example.org", "Åsa@example.org"})),
    ("digits", "4512", ("digits", {"4512"})),
    (Spelling(**{"as": "phone", "country": "46", "trunk": "0"}), "+468123",
     ("digits", {"468123", "00468123", "8123", "08123"})),
    (Spelling(**{"as": "email", "domains": {"googlemail.com": "gmail.com"}}), "a@gmail.com",
     ("lower", {"a@gmail.com", "a@googlemail.com"})),
    (Spelling(**{"as": "email", "dots": ("gmail.com",)}), "a@gmail.com", None),
    (Spelling(**{"as": "folded"}), "a", None),
])  # fmt: skip
def test_every_way_of_writing_that_can_be_counted_up(how: Any, value: str, wanted: Any) -> None:
    found = forms(how, [value])
    assert found is None if wanted is None else (found[0] == wanted[0] and set(wanted[1]) <= set(found[1]))


def test_an_identity_with_endless_ways_of_writing_is_told_not_missed(project: Project) -> None:
    connector = project.connector(normalise={"email": Spelling(**{"as": "email", "plus": ("*",)})})
    assert ("spelling", "email") in {(one.code, one.column) for one in connector.describe() if one.level == "error"}
    with pytest.raises(ConnectorError, match="spelling"):
        list(connector.find(Identity({"email": (EMAIL[BERIT],)})))


def test_the_package_is_whole(project: Project) -> None:
    """Everything the app needs is in its own folder, and is packaged."""
    listed = (project.folder / "dsar_source" / "pyproject.toml").read_text()
    folders = {path.parent for path in (project.folder / "dsar_source").rglob("*.py")}
    packages = {".".join(folder.relative_to(project.folder).parts) for folder in folders}
    assert all(f'"{package}"' in listed for package in packages)
