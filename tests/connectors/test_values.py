"""Values of rows as JSON, and identities that match nobody."""

import json
import uuid
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest

from connectors.base import Identity
from connectors.values import canonical, fingerprint, from_base64, plain

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
