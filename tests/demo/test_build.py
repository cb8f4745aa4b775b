"""The same rows every time, on every database, and nothing lost that is already there."""

import hashlib
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

import demo
from demo.write import sheet
from tests.demo.asking import ask, column

ROOT = Path(__file__).resolve().parents[2]
DIGEST = """
import hashlib
from demo.write import SLUGS, sheet
for slug in SLUGS:
    print(slug, hashlib.sha256(repr(sorted(sheet(slug, count=150).tables.items())).encode()).hexdigest())
"""
CUSTOMERS = {"aj-dk": "shop", "aj-se": "shop", "ajos": "crm", "aarstiderne": "shop", "ajour": "crm"}


def _digests(seed: str) -> str:
    run = subprocess.run(
        [sys.executable, "-c", DIGEST],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_two_processes_make_the_same_rows() -> None:
    first, second = _digests("1"), _digests("2")
    assert first.count("\n") == 5
    assert first == second


@pytest.mark.parametrize("slug", demo.SLUGS)
def test_more_customers_do_not_move_the_people_made_by_hand(slug: str) -> None:
    few, many = sheet(slug, count=0), sheet(slug, count=200)
    assert few.marks == many.marks
    for name, rows in few.tables.items():
        assert many.tables[name][: len(rows)] == rows, name


def test_the_full_set_is_there_in_good_time(tmp_path: Path) -> None:
    started = time.process_time()
    demo.build_all(tmp_path)
    assert time.process_time() - started < 15  # about 4 s alone on this project's machine
    for slug, source in CUSTOMERS.items():
        assert column(tmp_path, f"{slug}/{source}", "SELECT count(*) FROM customers") == [2000]
    assert not list(tmp_path.rglob("*.new"))


def test_building_again_leaves_alone_what_is_there(tmp_path: Path) -> None:
    assert len(demo.build_all(tmp_path, count=0)) == 16
    shop = tmp_path / "aj-dk" / "shop.sqlite"
    engine = sa.create_engine(f"sqlite:///{shop}")
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE customers SET name = 'erased' WHERE id = 1"))
    engine.dispose()
    assert demo.build_all(tmp_path, count=0) == ()
    assert column(tmp_path, "aj-dk/shop", "SELECT name FROM customers WHERE id = 1") == ["erased"]
    assert shop in demo.build_all(tmp_path, count=0, fresh=True)
    assert column(tmp_path, "aj-dk/shop", "SELECT name FROM customers WHERE id = 1") == ["Astrid Møller"]


def test_the_command_says_what_it_did(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "demo", "--out", str(tmp_path), "--count", "0"]
    first = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    again = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (first.returncode, again.returncode) == (0, 0), first.stderr + again.stderr
    assert "16 files written" in first.stdout
    assert "up to date" in again.stdout


@pytest.mark.parametrize("server", ["postgres_url", "mariadb_url"])
@pytest.mark.parametrize("slug", demo.SLUGS)
def test_servers_hold_the_same_rows_as_the_files(
    slug: str, server: str, folder: Path, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue(server)
    for _ in range(2 if slug == "aj-dk" else 1):  # the second time the old tables give way
        demo.build(slug, lambda _source: url, count=120)
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        for source, schema in demo.sources(slug).items():
            for table in schema.sorted_tables:
                there = connection.execute(sa.select(sa.func.count()).select_from(table)).scalar()
                assert [there] == column(folder, f"{slug}/{source}", f"SELECT count(*) FROM {table.name}"), table.name
            people = schema.tables.get("customers")
            if people is not None:
                names = connection.execute(sa.select(people.c.name, people.c.email).order_by(people.c.id)).all()
                files = ask(folder, f"{slug}/{source}", "SELECT name, email FROM customers ORDER BY id")
                assert [tuple(row) for row in names] == files
    engine.dispose()


def test_nobody_can_be_reached(folder: Path) -> None:
    for slug, source in CUSTOMERS.items():
        for email in column(folder, f"{slug}/{source}", "SELECT email FROM customers WHERE email <> ''"):
            assert re.fullmatch(r".+@(.+\.)?(example\.(com|org|net)|test)", email.lower()), email
        for phone in column(folder, f"{slug}/{source}", "SELECT phone FROM customers WHERE phone IS NOT NULL"):
            assert re.fullmatch(r"\+4[5-7]0\d+|\+467017406\d\d", phone), phone  # a national number never starts with 0


def test_a_cpr_number_belongs_to_nobody(folder: Path) -> None:
    numbers = column(folder, "aj-dk/shop", "SELECT cpr_no FROM logins WHERE cpr_no IS NOT NULL")
    assert numbers
    for number in numbers:
        digits = [int(digit) for digit in number.replace("-", "")]
        assert digits[0] * 10 + digits[1] > 60
        assert sum(a * b for a, b in zip(digits, (4, 3, 2, 7, 6, 5, 4, 3, 2, 1), strict=True)) % 11


def test_scans_are_pictures(folder: Path) -> None:
    scans = column(folder, "ajour/crm", "SELECT scan FROM id_scans")
    assert len({hashlib.sha256(scan).hexdigest() for scan in scans}) > 10
    assert all(scan.startswith(b"\x89PNG") and b"SPECIMEN" in scan for scan in scans)
