"""A source restored from a backup: what had been erased, corrected and marked there holds again (R-59)."""

import io
import json
import shutil
import sqlite3
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from django.core.management import CommandError, call_command
from django.utils import timezone

from connectors.base import Action, Identity, Instruction
from connectors.sql import address
from demo import write
from fulfilment.collecting import find
from fulfilment.models import ErasureReceipt, Plan, RetentionRun
from fulfilment.planning import changes, deeds
from fulfilment.stopping import came_back
from requests_app.controllers import controller
from requests_app.models import Case, Claim
from tests.fulfilment.conftest import NOW
from tests.fulfilment.walk import approved, run, sql

pytestmark = pytest.mark.django_db
ASTRID = "lower(email) = 'astrid.moller@example.com'"


@pytest.fixture
def backup(company):
    """Copies of the sources as they are now; `backup(name)` brings one back."""
    folder, safe = company / "sources" / "aj-dk", company / "backup"
    shutil.copytree(folder, safe)
    return lambda name: shutil.copy(safe / f"{name}.sqlite", folder / f"{name}.sqlite")


def everything(company, source):
    with sqlite3.connect(company / "sources" / "aj-dk" / f"{source}.sqlite") as database:
        lines = list(database.iterdump())
    database.close()
    return lines


def replay(*more, source="shop", since=None, code=0):
    """What the command says, as JSON; `code`: how it ended."""
    out = io.StringIO()
    given = ["aj-dk", "--source", source, "--since", since or f"{timezone.now():%Y-%m-%d}", "--json", *more]
    try:
        call_command("replay-erasures", *given, stdout=out)
        assert code == 0
    except CommandError as error:
        assert error.returncode == code, error
    return json.loads(out.getvalue())


@pytest.fixture
def erased(make_claim, staff, backup):
    claim = run(approved(run(make_claim("astrid", "erasure")), staff))
    assert claim.stage == "closed"
    return claim


def test_a_restored_source_is_as_it_was_after_the_erasure(erased, company, backup):
    after = everything(company, "shop")
    backup("shop")
    restored = everything(company, "shop")
    assert restored != after

    _of_another_company(erased)
    told = replay("--dry-run")
    assert everything(company, "shop") == restored and not Plan.objects.filter(purpose="replay").exists()
    assert (told["plans"], told["proved"], told["people"]) == (1, False, [])
    rows = sum(told["again"].values())
    assert rows > 5 and told["standing"] == 0

    told = replay()
    assert everything(company, "shop") == after
    assert (sum(told["again"].values()), told["proved"], told["people"]) == (rows, True, [])
    proof = Plan.objects.get(purpose="replay")
    assert proof.status == Plan.Status.PROVED and sum(one.instructions for one in proof.receipts.all()) == rows
    assert erased.case.events.filter(kind="replay_proved").exists()

    told = replay()
    assert (told["again"], told["standing"], told["proved"]) == ({}, rows, True)
    assert everything(company, "shop") == after and Plan.objects.filter(purpose="replay").count() == 1
    backup("shop")  # a second time: the proof of the first is known, too
    replay()
    assert everything(company, "shop") == after


def _of_another_company(claim):
    """The same source key, at another company: none of this company's business."""
    case = Case.objects.create(
        reference="AJOUR-1", controller="ajour", policy_digest="d", language="da", channel="form", received_at=NOW,
        received_on=NOW.date(), person={},
    )  # fmt: skip
    theirs = Claim.objects.create(case=case, right="erasure", stage="closed", stage_at=NOW)
    mine = claim.plans.get(status=Plan.Status.PROVED)
    plan = Plan.objects.create(claim=theirs, digest=mine.digest, file=mine.file, made_at=NOW, status="proved")
    for receipt in mine.receipts.all():
        receipt.pk, receipt.plan = None, plan
        receipt.save()


def test_a_call_killed_before_it_wrote_its_receipts_is_ended_by_the_next(erased, company, backup, monkeypatch):
    backup("shop")
    sql(company, "shop", f"UPDATE customers SET phone = '+45 1' WHERE {ASTRID}")
    with monkeypatch.context() as patch:
        patch.setattr(ErasureReceipt.objects, "bulk_create", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            replay()
    after = everything(company, "shop")
    assert not sql(company, "shop", f"SELECT 1 FROM customers WHERE {ASTRID}")
    told = replay()
    assert (told["again"], told["people"]) == ({}, []) and everything(company, "shop") == after
    assert Plan.objects.get(purpose="replay").status == Plan.Status.PROVED


def test_stripped_fields_are_empty_again(erased, company, backup):
    """The invoice is kept for bookkeeping; its e-mail address came back with the backup."""
    after = everything(company, "erp")
    backup("erp")
    assert sql(company, "erp", f"SELECT 1 FROM invoices WHERE {ASTRID}")
    told = replay(source="erp")
    assert told["again"]["strip"] == 1 and everything(company, "erp") == after
    out = io.StringIO()
    call_command("replay-erasures", "aj-dk", "--source", "erp", "--since", f"{timezone.now():%Y-%m-%d}", stdout=out)
    said = out.getvalue()
    assert "Done again: nothing" in said and "everything holds" in said and "astrid" not in said.lower()


def test_an_older_state_of_the_same_row_is_known_by_what_ties_it(erased, company, backup):
    backup("shop")
    sql(company, "shop", f"UPDATE customers SET phone = '+45 1' WHERE {ASTRID}")
    told = replay()
    assert told["people"] == [] and told["again"]["anonymise"] == 1
    assert not sql(company, "shop", f"SELECT 1 FROM customers WHERE {ASTRID} OR phone = '+45 1'")
    again = everything(company, "shop")
    assert replay()["again"] == {} and everything(company, "shop") == again


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("name = 'Ny Kunde', email = 'ny@example.org', customer_no = '777', phone = NULL", "not_known_again"),
        ("created_on = date('now', '+1 day'), phone = '+45 1'", "newer_than_backup"),
    ],
)
def test_a_new_row_under_an_old_key_is_left_to_a_person(erased, company, backup, change, why):
    backup("shop")
    sql(company, "shop", f"UPDATE customers SET {change} WHERE {ASTRID}")
    since = f"{timezone.now() - timedelta(days=1):%Y-%m-%d}"
    change_day = "UPDATE customers SET created_on = date('now') WHERE created_on > date('now')"
    sql(company, "shop", change_day)
    told = replay("--keys", since=since, code=5)
    assert [(one["case"], one["table"], one["why"]) for one in told["people"]][0] == (
        "AJDK-ASTRID-ERASURE", "customers", why,
    )  # fmt: skip
    assert all("key" in one for one in told["people"])
    assert sql(company, "shop", "SELECT 1 FROM customers WHERE phone = '+45 1' OR email = 'ny@example.org'")


def one_row(who, table):
    return [one for one in find.records(controller("aj-dk"), proved=who, given=who) if one.collection == table][0]


def test_corrections_and_marks_are_set_again_and_the_last_word_counts(make_claim, company, backup):
    claim = make_claim("bent", "rectification")
    for values in ({"name": "Bent Østergård"}, {"restricted_on": "2026-11-01"}, {"name": "Bent Østergaard Lund"}):
        who = Identity({"email": (claim.case.person["email"],)})
        record = one_row(who, "customers")
        told = Instruction(record.source, record.collection, record.key, record.fingerprint, Action.SET, values=values)
        changes.at_once(changes.freeze(claim, [told], now=NOW), now=NOW)
    after = everything(company, "shop")
    backup("shop")
    told = replay()
    assert told["again"] == {"set": 1} and everything(company, "shop") == after
    assert sql(company, "shop", "SELECT name, restricted_on FROM customers WHERE customer_no = '100002'") == [
        ("Bent Østergaard Lund", "2026-11-01")
    ]


def test_what_was_erased_after_it_was_corrected_goes(make_claim, company, backup, staff):
    claim = make_claim("astrid", "rectification")
    who = Identity({"email": (claim.case.person["email"],)})
    record = one_row(who, "messages")
    told = Instruction(record.source, record.collection, record.key, record.fingerprint, Action.SET,
                       values={"subject": "Rettet"})  # fmt: skip
    changes.at_once(changes.freeze(claim, [told], now=NOW), now=NOW)
    run(approved(run(make_claim("astrid", "erasure")), staff))
    after = everything(company, "shop")
    backup("shop")
    assert replay()["people"] == []
    assert everything(company, "shop") == after


def test_wrong_use_is_told_with_what_is_known(company):
    for given, said in (
        (["aj-dk", "--source", "lager", "--since", "2026-11-01"], "expected one of shop, erp, marketing"),
        (["aj-dk", "--source", "shop", "--since", "i går"], "expected a day such as"),
        (["aj-dk", "--source", "shop", "--since", "2999-01-01"], "expected a day that has come"),
    ):
        with pytest.raises(CommandError, match=said):
            call_command("replay-erasures", *given)


def test_a_row_the_daily_look_has_marked_meanwhile_is_still_known(erased, company, backup):
    after = everything(company, "shop")
    backup("shop")
    assert came_back.look(controller("aj-dk"), now=timezone.now()).marked  # whoever was erased gets no marketing
    told = replay(since=f"{timezone.now() - timedelta(days=1):%Y-%m-%d}")
    assert told["people"] == []
    assert not sql(company, "shop", f"SELECT 1 FROM customers WHERE {ASTRID}")
    assert len(everything(company, "shop")) == len(after)


def test_each_month_whose_run_may_have_written_is_named(company):
    long_ago = timezone.now() - timedelta(days=9)
    for month, (status, ended, phase) in enumerate(
        [("done", timezone.now(), "do"), ("stopped", timezone.now(), "do"), ("overtaken", timezone.now(), "last"),
         ("running", None, "do"), ("stopped", timezone.now(), "check"), ("done", long_ago, "do")], start=1,
    ):  # fmt: skip
        run = RetentionRun.objects.create(controller="aj-dk", month=date(2026, month, 1), on=date(2026, month, 1),
                                          status=status, started_at=long_ago, ended_at=ended)  # fmt: skip
        for number in (1, 2):
            run.chunks.create(lane="rows", phase=phase, number=number)
    assert replay("--dry-run")["routine"] == ["2026-01", "2026-02", "2026-03", "2026-04"]


def test_nothing_carried_out_since_is_nothing_to_do(erased, backup, company):
    backup("erp")
    before = everything(company, "erp")
    told = replay(source="erp", since=timezone.now().isoformat())
    assert (told["plans"], told["again"]) == (0, {}) and everything(company, "erp") == before


def test_a_plan_is_needed_as_long_as_a_backup_may_bring_its_rows_back(erased, company):
    plan = erased.plans.get(status=Plan.Status.PROVED)
    assert deeds.needed_until(plan) is None  # nobody has said how long: nothing may go
    file = company / "controllers" / "aj-dk" / "policy.yaml"
    told = (
        "backups: {keep: P90D, text: {da: Kopier slettes efter 90 dage., en: Copies go after 90 days.}, confirm: true}"
    )
    file.write_text(file.read_text().replace("backups: {status: required_config, issue: backups}", told))
    assert deeds.needed_until(plan) == NOW.date() + timedelta(days=90)


@pytest.mark.parametrize("kind", ["postgres_url", "mariadb_url"])
def test_a_server_that_was_restored(kind, request, make_claim, staff, company, monkeypatch):
    url = request.getfixturevalue(kind).replace("mysql+pymysql", "mariadb")
    engine = sa.create_engine(address.parse(url, source="shop"))
    write.build("aj-dk", lambda source: str(engine.url.render_as_string(hide_password=False)) if source == "shop"
                else f"sqlite:///{company}/{source}.sqlite", count=5)  # fmt: skip
    monkeypatch.setenv("DSAR_SOURCE_AJ_DK_SHOP", url)
    tables = sa.MetaData()
    tables.reflect(engine)

    def rows():
        with engine.connect() as connection:
            return {
                one.name: sorted(map(tuple, connection.execute(sa.select(one))), key=str)
                for one in tables.sorted_tables
            }

    def restore(saved):
        with engine.begin() as connection:
            for one in reversed(tables.sorted_tables):
                connection.execute(one.delete())
            for one in tables.sorted_tables:
                if saved[one.name]:
                    connection.execute(one.insert().values(saved[one.name]))

    before = rows()
    run(approved(run(make_claim("astrid", "erasure")), staff))
    after = rows()
    assert after != before
    restore(before)
    told = replay()
    assert rows() == after and told["proved"] and sum(told["again"].values()) > 5
    assert replay()["again"] == {}
    engine.dispose()
