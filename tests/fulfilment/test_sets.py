"""Big tables go by sets of rows: the same rows as one by one, in pieces, whatever is killed between (Art. 5(1)(e))."""

import shutil
import sqlite3
from contextlib import closing
from datetime import date

import psycopg
import pytest
import sqlalchemy as sa
from fideslang.models import Dataset

from connectors import lots
from connectors.base import Ability
from connectors.errors import ConnectorError
from connectors.person.connector import PersonConnector
from connectors.sql import address
from connectors.sql.connector import SqlConnector
from connectors.sql.expiry import Expiry
from fulfilment import ledger
from fulfilment.routine import carrying, runs, sets
from fulfilment.routine.pages import Hand
from requests_app.controllers import controller
from requests_app.models import Case, Claim, SealedFile
from tests.fulfilment import alike, months

SLUG, DAY, LATER = "fjordsykler", date(2026, 12, 1), date(2026, 12, 2)
SEEDS = {"sqlite": 18, "postgresql": 7, "mariadb": 7}


@pytest.fixture(params=SEEDS)
def place(request, tmp_path):
    """(kind of database, URL); the one that knows time zones is not in ours."""
    if request.param == "sqlite":
        (tmp_path / "shop.sqlite").touch()
        return request.param, f"sqlite:///{tmp_path}/shop.sqlite"
    url = request.getfixturevalue("postgres_url" if request.param == "postgresql" else "mariadb_url")
    if request.param == "postgresql":
        with psycopg.connect(url, autocommit=True) as database:
            database.execute(f"ALTER DATABASE \"{url.rsplit('/', 1)[1]}\" SET timezone = 'Pacific/Auckland'")
    return request.param, url


def test_by_sets_the_same_rows_go_and_the_same_is_told_as_row_by_row(place, monkeypatch):
    """Days near every edge, leap days, the future, NULL, text dates, codes spelt otherwise, rows somebody asked for."""
    kind, url = place
    monkeypatch.setattr(sets, "KEYS", 50)
    by_sets, erased, masked = 0, 0, 0
    for seed in range(SEEDS[kind]):
        one = alike.case(seed, on=kind)
        slow, fast = alike.passed(url, one, "rows"), alike.passed(url, one, "sets")
        assert fast.rows == slow.rows, f"seed {seed}"
        assert fast.counts == slow.counts, f"seed {seed}"
        if fast.lanes == {"sets"}:
            by_sets += 1
            erased += any(row["action"] == "erase" for row in fast.counts)
            masked += any(row["action"] == "anonymise" for row in fast.counts)
    assert by_sets > SEEDS[kind] / 2 and erased and masked


@pytest.fixture
def shop(tmp_path, settings, monkeypatch):
    """The example company with 60 customers of 5 invoices each, the older ones over; every table counts as big."""
    shutil.copytree(alike.EXAMPLE, tmp_path / "controllers" / SLUG)
    settings.DSAR_CONTROLLERS_PATH = [tmp_path / "controllers"]
    monkeypatch.setenv("DSAR_SOURCE_FJORDSYKLER_SHOP", f"sqlite:///{tmp_path}/shop.sqlite")
    monkeypatch.setattr(sets, "FEW", 0)
    monkeypatch.setattr(sets, "KEYS", 50)
    with closing(sqlite3.connect(tmp_path / "shop.sqlite")) as database, database:
        database.executescript(
            "CREATE TABLE customers (id INTEGER PRIMARY KEY, email TEXT, name TEXT, postcode TEXT, restricted_on DATE, "
            "no_marketing_since DATE); CREATE TABLE orders (order_no TEXT PRIMARY KEY, customer_id INTEGER, "
            "bicycle TEXT, ordered_on DATE); CREATE TABLE invoices (invoice_no TEXT PRIMARY KEY, customer_id INTEGER, "
            "name TEXT, amount NUMERIC, invoice_date DATE);"
        )
        for number in range(60):
            customer = (number, f"kari{number}@example.com", f"Kari {number}", "5003", None, None)
            database.execute("INSERT INTO customers VALUES (?, ?, ?, ?, ?, ?)", customer)
            database.execute("INSERT INTO orders VALUES (?, ?, 'Gravel', '2026-10-01')", (f"o{number}", number))
            for year in range(2018, 2023):  # five years after the year: 2018 to 2020 are over
                invoice = (f"{number}-{year}", number, f"Kari {number}", 1990, f"{year}-12-31")
                database.execute("INSERT INTO invoices VALUES (?, ?, ?, ?, ?)", invoice)
    return tmp_path / "shop.sqlite"


def invoices(shop):
    with closing(sqlite3.connect(shop)) as database:
        return {number for (number,) in database.execute("SELECT invoice_no FROM invoices")}


def killed(run):
    """A worker takes a page, its rows go, and the worker is gone before it could write so."""
    page = ledger.take(run.chunks.filter(lane="sets", phase="do", status="ready").first(), now=months.noon(DAY))
    with pytest.MonkeyPatch.context() as gone, Hand() as hand, pytest.raises(KeyboardInterrupt):
        gone.setattr(carrying, "_finish", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        carrying.carry_out(page, controller(SLUG), hand=hand, now=lambda: months.noon(DAY))


@pytest.mark.django_db
@pytest.mark.parametrize("ending", ["goes on", "stopped"])
def test_a_run_killed_in_a_page_of_sets_counts_every_row_once(shop, ending):
    """Somebody asks for a copy after the approval, another's invoice is dated anew: both stay (R-44)."""
    before = invoices(shop)
    run = months.planned(SLUG, day=DAY)
    assert months.counted(run, collection="invoices", action="erase") == 180 and invoices(shop) == before
    assert {page.lane for page in run.chunks.exclude(digest="")} == {"sets"}
    run = months.approved(run, day=DAY)
    case = Case.objects.create(
        reference="FS-1", controller=SLUG, policy_digest=controller(SLUG).digest, language="nb", channel="form",
        received_at=months.noon(DAY), received_on=DAY, person={"email": "kari7@example.com"},
        email_confirmed_at=months.noon(DAY),
    )  # fmt: skip
    Claim.objects.create(case=case, right="access", stage="received", stage_at=months.noon(DAY))
    with closing(sqlite3.connect(shop)) as database, database:
        database.execute("UPDATE invoices SET invoice_date = '2026-11-30' WHERE invoice_no = '8-2019'")
        database.execute("UPDATE invoices SET invoice_date = '2001-01-01' WHERE invoice_no = '9-2022'")  # not approved
    killed(run)
    gone = before - invoices(shop)
    assert 40 < len(gone) <= 50
    if ending == "stopped":
        runs.stop(run, user=months.approver(SLUG), now=months.noon(LATER))
    run = months.go_on(run, day=LATER)
    left = invoices(shop)
    if ending == "stopped":
        assert (run.status, run.proof["done"]) == ("stopped", {"erase": len(gone)}) and left == before - gone
        return
    stay = {"7-2018", "7-2019", "7-2020", "8-2019"}
    assert before - left == {f"{n}-{year}" for n in range(60) for year in (2018, 2019, 2020)} - stay
    assert run.proof["done"] == {"erase": 176} and run.proof["left"] == {"changed": 4} and run.status == "done"
    assert not SealedFile.objects.filter(purpose="routine", shredded_at=None).exists()


@pytest.mark.django_db
def test_what_a_machine_cannot_tell_as_sets_goes_row_by_row(shop):
    """Rows others point at are looked at one by one: what may not go stays, and the others go."""
    with closing(sqlite3.connect(shop)) as database, database:
        database.execute("CREATE TABLE reminders (id INTEGER PRIMARY KEY, invoice TEXT REFERENCES invoices)")
        database.execute("INSERT INTO reminders VALUES (1, '5-2018')")
    run = months.planned(SLUG, day=DAY)
    assert {page.lane for page in run.chunks.exclude(digest="")} == {"rows"}
    assert months.counted(run, collection="invoices", action="erase") == 180
    run = months.go_on(months.approved(run, day=DAY), day=DAY)
    assert "5-2018" in invoices(shop) and run.proof["done"] == {"erase": 179}


@pytest.fixture
def visits(place):
    """(the connector, a way to write as the shop does, the lot of what is over): ten visits, nine of them over."""
    _kind, url = place
    named = [("id", "system.operations"), ("seen_on", "system.operations"), ("ip", "user.device.ip_address")]
    fields = [{"name": name, "data_categories": [category], "fides_meta": {"primary_key": name == "id"}}
              for name, category in named]  # fmt: skip
    dataset = Dataset.model_validate({"fides_key": "shop", "collections": [{"name": "visits", "fields": fields}]})
    engine = sa.create_engine(address.parse(url, source="shop"), poolclass=sa.pool.NullPool)

    def write(*statements):
        with engine.begin() as database:
            for one in statements:
                database.exec_driver_sql(one)

    rows = (f"INSERT INTO visits VALUES ({n}, '20{20 + n}-01-31', '192.0.2.{n}')" for n in range(10))
    write("DROP TABLE IF EXISTS visits", "CREATE TABLE visits (id BIGINT PRIMARY KEY, seen_on DATE, ip VARCHAR(40))",
          *rows, "UPDATE visits SET seen_on = '2036-01-31' WHERE id = 9")  # fmt: skip
    lot = lots.Lot(((lots.Test("seen_on", days=((None, "2036-01-30"),)),),), "anonymise", ("ip",))
    with SqlConnector("shop", url=url, dataset=dataset) as connector:
        yield connector, write, lot
    engine.dispose()


def test_rows_are_the_same_for_who_goes_on_and_for_who_begins_there(visits):
    connector, _write, lot = visits
    sorts, after, found = {"seen_on": lots.Sort("days")}, None, []
    while True:
        keys, values = connector.lots("visits").rows(lot, sorts=sorts, after=after, count=2)
        assert Expiry(connector, "visits").rows(lot, sorts=sorts, after=after, count=2) == (keys, values)
        found += keys
        if len(keys) < 2:
            break
        after = keys[-1]
    assert found == [(number,) for number in range(9)]


def test_the_proof_sees_what_came_back_wherever_it_lies_and_whoever_wrote_it(visits):
    connector, write, lot = visits
    sweeping, keys = connector.lots("visits"), [(number,) for number in range(10)]
    assert sweeping.carry_out(lot, keys[:3], commit=True) == keys[:3] and sweeping.remaining(lot, keys[:3]) == []
    write("UPDATE visits SET seen_on = '2020-01-01' WHERE id = 3")  # written again, and over all the same
    assert sweeping.carry_out(lot, keys[3:6], commit=True) == keys[3:6]
    write("UPDATE visits SET seen_on = '2020-01-02' WHERE id = 4", "UPDATE visits SET ip = 'back' WHERE id = 5")
    assert sweeping.remaining(lot, keys[3:6]) == [(5,)]
    assert sorted(sweeping.carry_out(lot, keys[4:], commit=True)) == keys[5:9]  # one is done, and one is not over
    write("DELETE FROM visits WHERE id = 6")
    assert sweeping.remaining(lot, keys[4:]) == []


def test_a_source_that_cannot_says_so():
    connector = PersonConnector("files", dataset=alike.case(0).company.datasets["shop"])
    with pytest.raises(ConnectorError) as refused:
        connector.lots("vouchers")
    assert refused.value.code == "not_able" and Ability.LOTS not in connector.abilities
