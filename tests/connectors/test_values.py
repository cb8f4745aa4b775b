"""Values of rows as JSON, and identities that match nobody."""

import json
import uuid
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest

from connectors import seen
from connectors.base import Identity
from connectors.values import canonical, fingerprint, from_base64, plain, sha256

VALUES = [
    (None, None), (True, True), (7, 7), ("æ", "æ"), (1.5, 1.5), (float("nan"), "nan"), (float("inf"), "inf"),
    (Decimal("1.50"), "1.50"), (date(2026, 11, 22), "2026-11-22"), (time(8, 30), "08:30:00"),
    (datetime(2026, 11, 22, tzinfo=UTC), "2026-11-22T00:00:00+00:00"), (timedelta(hours=1), 3600.0),
    (b"\x00\xff", "base64:AP8="), (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    ({"a": [Decimal("2"), (b"",)]}, {"a": ["2", ["base64:"]]}), ({2, 1}, [1, 2]),
]  # fmt: skip


@pytest.mark.parametrize(("value", "expected"), VALUES)
def test_every_value_becomes_json(value: object, expected: object) -> None:
    assert plain(value) == expected
    json.dumps(plain(value), allow_nan=False)


def test_bytes_come_back() -> None:
    assert from_base64(plain(b"\x01\x02")) == b"\x01\x02"
    with pytest.raises(ValueError, match="not base64"):
        from_base64("hej")


def test_a_fingerprint_does_not_depend_on_the_order_of_columns() -> None:
    assert fingerprint({"a": 1, "b": "2"}) == fingerprint({"b": "2", "a": 1})
    assert fingerprint({"a": 1}) != fingerprint({"a": "1"})
    assert canonical({"b": 1, "a": None}) == '{"a":null,"b":1}'


def test_an_identity_drops_what_is_empty_and_shows_no_value() -> None:
    identity = Identity({"email": ("", " ", "anna@example.org"), "phone": ("",)})
    assert identity.values == {"email": ("anna@example.org",)}
    assert "anna" not in repr(identity)


ODD = [
    "".join(map(chr, range(0x20))), '"\\/\x7f\u2028\u2029\ufeff\U0001f6b2', "\ud800", "\udcf8", "x" * 300_000, True,
    None, 0, -1, 2**63 - 1, -(2**63), 2**64 - 1, 2**64, 2**200, 0.1, 1e20, -0.0, float("nan"), float("inf"), 1.0, [],
    [1, 1.5, "a"], {"b": 1, "a": [None]}, {"x": 1e300}, {"2": 2}, b"\0", Decimal("1.50"), Decimal("1E+2"), (1, 2),
    {"ø": {"æ": "å"}},
]  # fmt: skip


class Name(str):
    """As SQLAlchemy names columns."""


@pytest.mark.parametrize("value", ODD, ids=lambda value: type(value).__name__)
def test_the_quick_way_writes_what_the_long_way_writes(value: object) -> None:
    """A row keeps its fingerprint whichever way it went: plans and receipts of years ago hold it."""
    text = json.dumps(plain(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert canonical(value) == text
    for row in ({"b": value, "a": 1}, {"a": 1, Name("b"): value}):
        assert fingerprint(row) == sha256('{"a":1,"b":' + text + "}")


def test_what_was_seen_is_known_in_a_bounded_space(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seen, "HELD", 10)
    met = seen.Seen()
    assert [met.add(str(number % 40)) for number in range(100)] == [number // 40 + 1 for number in range(100)]
    assert "39" in met and "40" not in met and not met._few
