"""On the servers of a real installation, with the worker killed in the middle of collecting and of erasing."""

from collections import Counter
from types import SimpleNamespace

import psycopg
import pymysql
import pytest
from sqlalchemy import make_url

import demo
from tests.conftest import empty_postgres
from tests.journeys import quiet
from tests.journeys.house import House
from tests.journeys.office import Office
from tests.journeys.people import Person, data_of
from tests.journeys.post import PostOffice
from tests.requests_app.smtp import serving

pytestmark = pytest.mark.timeout(400)
BLOCKED = "SELECT 1 FROM fulfilment_step WHERE name='{}' AND source='{}' AND leased_until > now()"
DONE = "SELECT 1 FROM fulfilment_step WHERE name='{}' AND source='{}' AND status='done'"


@pytest.fixture
def house(needs_postgres, mariadb_url, needs_redis, tmp_path):
    with empty_postgres(needs_postgres) as portal, empty_postgres(needs_postgres) as other:
        urls = {"shop": mariadb_url, "erp": other.replace("postgresql:", "postgresql+psycopg:"),
                "marketing": f"sqlite:///{tmp_path}/marketing.sqlite"}  # fmt: skip
        demo.build("aj-dk", urls.__getitem__, count=10)
        settings = SimpleNamespace()
        with serving(settings) as smtp:
            house = House(
                tmp_path, database=portal, broker=needs_redis.rsplit("/", 1)[0] + "/10", mail_port=settings.EMAIL_PORT,
                sources={f"DSAR_SOURCE_AJ_DK_{name.upper()}": url for name, url in urls.items()},
            )  # fmt: skip
            house.redis.flushdb()
            house.prepare("aj-dk")
            house.post, house.erp, house.shop = PostOffice(smtp), other, make_url(mariadb_url)
            with house.web():
                yield house
            house.redis.flushdb()


@pytest.fixture
def astrid(house):
    return Person(demo.persona("aj-dk", "astrid"), slug="aj-dk", language="da", post=house.post, workers=house,
                  computer=house.computer)  # fmt: skip


def test_a_worker_killed_three_times_loses_nothing_and_does_nothing_twice(house, astrid):
    office = Office("aj-dk", workers=house, computer=house.computer)
    with house.worker():
        astrid.ask("access", "erasure")
        astrid.prove()
    _killed_while_collecting(house, astrid, office)
    with house.worker():
        house.sweep()
        house.until("SELECT 1 FROM requests_app_claim WHERE \"right\"='access' AND stage='review'")
        office.start(astrid.reference, "erasure")
        house.run()
        office.review(astrid.reference, "access")
        office.submit_plan(astrid.reference)
        office.approve(astrid.reference, "access")
        house.run()
        data = data_of(astrid.download())
    assert {len(data[table]) for table in ("shop.orders", "erp.invoices", "erp.accounts")} == {1}

    before = _shop(house)
    _killed_while_erasing(house, astrid, office)
    assert _shop(house) == before  # half an erasure is none
    _killed_before_it_could_write_the_receipts(house)
    assert _shop(house) != before
    with house.worker():
        house.sweep()
        house.until("SELECT 1 FROM requests_app_claim WHERE \"right\"='erasure' AND stage='closed'")
        house.celery.send_task("requests_app.tasks.send_letters")
        house.run()
    _once(house, astrid)


def _killed_while_collecting(house, astrid, office):
    """Somebody holds a table of the accounts, so the worker waits in the middle of reading them."""
    with psycopg.connect(house.erp) as holding:
        holding.execute("LOCK TABLE invoices IN ACCESS EXCLUSIVE MODE")
        with house.worker() as worker:
            office.start(astrid.reference, "access")
            house.until(BLOCKED.format("collect", "erp"))
            house.until(DONE.format("collect", "shop"))
            house.kill(worker)
        holding.rollback()
    assert not house.ask(DONE.format("collect", "erp"))


def _killed_while_erasing(house, astrid, office):
    """The shop is slow to delete: the worker dies when half of its transaction is done."""
    with _mariadb(house) as shop, shop.cursor() as cursor:
        cursor.execute("CREATE TRIGGER slow BEFORE DELETE ON logins FOR EACH ROW DO SLEEP(3)")
        with house.worker() as worker:
            office.approve(astrid.reference, "erasure")
            house.until(BLOCKED.format("erase", "shop"))
            house.until("SELECT pg_sleep(1)")
            house.kill(worker)
        cursor.execute("DROP TRIGGER slow")  # waits until the server has rolled back
    assert not house.ask(DONE.format("erase", "shop"))


def _killed_before_it_could_write_the_receipts(house):
    """The shop has committed, and the portal does not know."""
    before = _shop(house)
    with psycopg.connect(house.database) as holding:
        holding.execute("LOCK TABLE fulfilment_erasurereceipt IN SHARE MODE")
        with house.worker() as worker:
            house.sweep()
            for _ in range(600):
                if _shop(house) != before:
                    break
                house.until("SELECT pg_sleep(0.05)")
            house.kill(worker)
        holding.rollback()


def _once(house, astrid):
    counted = Counter(kind for (kind,) in house.ask("SELECT kind FROM requests_app_letter"))
    once = ("acknowledgement", "delivery_ready", "erasure_certificate", "proof_link")
    assert {kind: counted[kind] for kind in once} == dict.fromkeys(once, 1)
    counts = "SELECT source, count(*), count(DISTINCT digest) FROM fulfilment_erasurereceipt GROUP BY source"
    receipts = house.ask(counts)
    assert {source for source, *_counts in receipts} == {"shop", "erp", "marketing"}
    assert all(rows == distinct for _source, rows, distinct in receipts)
    assert house.ask("SELECT count(*) FROM fulfilment_bundle") == [(1,)]
    assert astrid.who.email not in str(_shop(house)["logins"]) and "Dine fakturaer" in str(astrid.read_letters())
    personal = astrid.personal() | house.post.secrets()
    assert not (heard := quiet.said_aloud(personal, house.logs().splitlines())), heard[:3]


def _mariadb(house):
    url = house.shop
    return pymysql.connect(host=url.host, port=url.port or 3306, user=url.username, password=url.password or "",
                           database=url.database, charset="utf8mb4")  # fmt: skip


def _shop(house):
    """Tables an erasure touches, whole."""
    with _mariadb(house) as database, database.cursor() as cursor:
        found = {}
        for table in ("customers", "logins", "preferences", "orders", "messages"):
            cursor.execute(f"SELECT * FROM {table}")
            found[table] = sorted(cursor.fetchall(), key=str)
        return found
