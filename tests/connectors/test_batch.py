"""Rows a column at a time: the same records in the same order, however they are cut; and fetched ahead."""

import threading

import pytest

from connectors.base import Record
from connectors.batch import gathered
from connectors.sql import select
from connectors.values import plain_fingerprint


def made(number, **other):
    fields = {"no": number, "name": f"n{number}"} | other
    mark = plain_fingerprint(fields)
    return Record("shop", "orders", {"no": number}, fields, ("x", str(number)), number % 3 == 0, (), mark)


def test_what_is_gathered_comes_back():
    keyless = Record("shop", "log", None, {"a": [1, {"b": None}]}, ("y",), True, ("a",), "f")
    records = [*map(made, range(1200)), made(7, note="x"), keyless, keyless, made(8)]
    batches = list(gathered(records))
    assert [len(one) for one in batches] == [500, 500, 200, 1, 2, 1]
    assert [record for batch in batches for record in batch.records()] == records


def test_a_part_keeps_what_belongs_to_its_rows():
    records = list(map(made, range(10)))
    (whole,) = gathered(records)
    assert list(whole[3:7].records()) == records[3:7] and not whole[10:]
    assert list(whole.picked([number % 2 == 0 for number in range(10)]).records()) == records[::2]
    held = list(whole.held([True] * 10, behind=("not proved",)).records())
    assert all(one.shared for one in held) and held[4].path == ("not proved", "x", "4")
    assert [one.fingerprint for one in held] == [one.fingerprint for one in records]


def test_batches_come_in_order_and_the_next_is_fetched_meanwhile(monkeypatch):
    monkeypatch.setattr(select, "ROWS_AT_ONCE", 2)
    fetched = threading.Event()

    def batches():
        yield [1, 2]
        yield [3, 4]
        fetched.set()
        yield [5]

    ahead = select.ahead(batches())
    assert next(ahead) == [1, 2] and next(ahead) == [3, 4]
    assert fetched.wait(5)
    assert list(ahead) == [[5]]
    assert list(select.ahead(iter([[1]]))) == [[1]]


def test_what_fails_ahead_is_told_and_who_stops_half_way_leaves_no_thread(monkeypatch):
    monkeypatch.setattr(select, "ROWS_AT_ONCE", 1)

    def broken():
        yield [1]
        raise OSError("gone")

    before = threading.active_count()
    with pytest.raises(OSError, match="gone"):
        list(select.ahead(broken()))
    half = select.ahead(iter([[1], [2], [3]]))
    assert next(half) == [1]
    half.close()
    assert threading.active_count() == before
