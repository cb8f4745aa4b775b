"""Collecting and reading hold a chunk at a time, however many rows there are (measured, not promised)."""

import tracemalloc

import pytest

from fulfilment.collecting import records
from fulfilment.extract import data_csv, data_json
from tests.fulfilment.walk import run, sql

pytestmark = pytest.mark.django_db


def peak(work):
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


def test_ten_times_the_rows_take_no_more_memory(make_claim, company):
    def add(count):
        when = ("2026-01-01", "2026-01-01 00:00:00")
        rows = [(*when, "100001", "192.0.2.1", f"/{n}", "x" * 100, 0) for n in range(count)]
        sql(company, "shop", "INSERT INTO web_log VALUES (?,?,?,?,?,?,?)", many=rows)

    def write(claim):
        one = records.extract(claim)
        for part in data_json.write(one):
            assert len(part) < 1e6
        for table in one.tables:
            for part in data_csv.write(table, language="da"):
                assert len(part) < 1e6

    add(3000)
    few = run(make_claim("astrid", reference="FEW"))  # warms every cache before anything is measured
    small = peak(lambda: write(few))
    add(27_000)
    many = make_claim("astrid", reference="MANY")
    collecting = peak(lambda: run(many))
    large = peak(lambda: write(many))
    assert records.count(many) > 30_000
    assert large < small * 1.3 + 2
    assert collecting < 40
