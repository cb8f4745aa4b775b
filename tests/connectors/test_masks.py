"""What is left in a masked column: nothing that points at anybody, and something the schema accepts."""

import hashlib
import hmac
import re

import pytest

from connectors.base import Action, ConnectorError, Identity, Record
from connectors.sql.connector import SqlConnector
from tests.connectors.shop import Shop, order

MAP = """
fides_key: shop
collections:
- name: members
  fields:
  - {{name: id, fides_meta: {{primary_key: true}}}}
  - {{name: nick, fides_meta: {{identity: nick}}}}
  - name: secret
    data_categories: [user.unique_id]
    fides_meta: {{masking_strategy_override: {override}}}
"""
TYPES = {
    "VARCHAR(40)": "hemmelig", "CHAR(8)": "hemmelig", "INTEGER": 47, "BIGINT": 47, "NUMERIC(10,2)": "47.50",
    "DATE": "1980-04-07", "TIMESTAMP": "1980-04-07 10:00:00", "BOOLEAN": True, "TEXT": "hemmelig",
}  # fmt: skip


def members(shop: Shop, *, column: str, value: object = "hemmelig", override: str = "null") -> SqlConnector:
    number = "'" + value + "'" if isinstance(value, str) else str(value)
    shop.run(f"CREATE TABLE members (id INTEGER PRIMARY KEY, nick VARCHAR(20), secret {column})",
             f"INSERT INTO members VALUES (1, 'anna', {number})")  # fmt: skip
    return shop.again(text=MAP.format(override=override))


def anna(connector: SqlConnector) -> Record:
    (record,) = connector.find(Identity({"nick": ("anna",)}))
    return record


def masked(connector: SqlConnector) -> object:
    plan = connector.plan([order(anna(connector), Action.ANONYMISE, "secret")])
    assert not plan.findings, plan.findings
    (receipt,) = connector.execute(plan)
    assert receipt.rows == 1
    assert connector.verify(plan) == []
    (again,) = connector.execute(plan)
    assert again.rows == 0
    return anna(connector).fields["secret"]


def refused(connector: SqlConnector) -> str:
    plan = connector.plan([order(anna(connector), Action.ANONYMISE, "secret")])
    assert plan.instructions == ()
    return plan.findings[0].code


@pytest.mark.parametrize(("type_", "value"), TYPES.items())
def test_null_where_it_may_be(shop: Shop, type_: str, value: object) -> None:
    null = " NULL" if type_ == "TIMESTAMP" else ""
    assert masked(members(shop, column=type_ + null, value=value)) is None


@pytest.mark.parametrize(("type_", "value"), TYPES.items())
def test_a_neutral_value_where_null_may_not(shop: Shop, type_: str, value: object) -> None:
    default = " DEFAULT '1980-01-01 00:00:00'" if type_ == "TIMESTAMP" else ""
    connector = members(shop, column=f"{type_} NOT NULL{default}", value=value)
    left = str(masked(connector))
    assert str(value) not in left
    assert left.split("T")[0].split(" ")[0] in ("erased", "0", "0.00", "1970-01-02", "False")


def test_unique_and_not_null_gets_a_value_of_its_own(shop: Shop) -> None:
    connector = members(shop, column="VARCHAR(40) NOT NULL UNIQUE")
    shop.run("INSERT INTO members VALUES (2, 'bo', 'erased')")
    left = str(masked(connector))
    assert re.fullmatch(r"[0-9a-f]{32}", left)


@pytest.mark.parametrize("type_", ["INTEGER", "BIGINT"])
def test_a_unique_number_too(shop: Shop, type_: str) -> None:
    connector = members(shop, column=f"{type_} NOT NULL UNIQUE", value=47)
    assert masked(connector) not in (0, 47)


@pytest.mark.parametrize("column", ["CHAR(8) NOT NULL UNIQUE", "DATE NOT NULL UNIQUE"])
def test_a_unique_column_without_room_goes_to_a_person(shop: Shop, column: str) -> None:
    value = "1980-04-07" if "DATE" in column else "hemmelig"
    assert refused(members(shop, column=column, value=value)) in ("too_short", "unique")


def test_null_rewrite_of_the_map(shop: Shop) -> None:
    assert masked(members(shop, column="VARCHAR(40)", override="{strategy: null_rewrite}")) is None


def test_null_rewrite_on_not_null_is_refused(shop: Shop) -> None:
    assert refused(members(shop, column="VARCHAR(40) NOT NULL", override="{strategy: null_rewrite}")) == "not_null"


def test_string_rewrite_of_the_map(shop: Shop) -> None:
    override = "{strategy: string_rewrite, configuration: {rewrite_value: slettet}}"
    assert masked(members(shop, column="VARCHAR(40)", override=override)) == "slettet"


def test_string_rewrite_cannot_be_unique(shop: Shop) -> None:
    override = "{strategy: string_rewrite, configuration: {rewrite_value: slettet}}"
    assert refused(members(shop, column="VARCHAR(40) UNIQUE", override=override)) == "unique"


@pytest.mark.parametrize(("algorithm", "length"), [("SHA-256", 64), ("SHA-512", 128)])
def test_hash_of_the_map_is_salted_and_repeatable(shop: Shop, algorithm: str, length: int) -> None:
    override = f"{{strategy: hash, configuration: {{algorithm: {algorithm}}}}}"
    left = str(masked(members(shop, column="VARCHAR(200)", override=override)))
    assert re.fullmatch(rf"[0-9a-f]{{{length}}}", left)
    assert left != hashlib.new(algorithm.replace("-", ""), b"hemmelig").hexdigest()  # or a dictionary would find it


def test_what_looks_like_a_hash_is_still_hashed(shop: Shop) -> None:
    token = "ab" * 32
    connector = members(shop, column="VARCHAR(64)", value=token, override="{strategy: hash}")
    assert masked(connector) != token


def test_random_string_rewrite_keeps_the_suffix(shop: Shop) -> None:
    override = ("{strategy: random_string_rewrite, configuration: {length: 20, "
                "format_preservation: {suffix: '@example.invalid'}}}")  # fmt: skip
    left = str(masked(members(shop, column="VARCHAR(60) NOT NULL UNIQUE", override=override)))
    assert re.fullmatch(r"[0-9a-f]{20}@example\.invalid", left)


def test_a_strategy_we_do_not_know_is_an_error_not_a_guess(shop: Shop) -> None:
    connector = members(shop, column="VARCHAR(40)", override="{strategy: aes_encrypt}")
    with pytest.raises(ConnectorError) as caught:
        connector.plan([order(anna(connector), Action.ANONYMISE, "secret")])
    assert caught.value.code == "masking_strategy"


def test_a_composite_key_and_its_mask(shop: Shop) -> None:
    shop.run("CREATE TABLE seats (room VARCHAR(20), seat INTEGER, who VARCHAR(40) NOT NULL, PRIMARY KEY (room, seat))",
             "INSERT INTO seats VALUES ('Ø', 1, 'anna')", "INSERT INTO seats VALUES ('Ø', 2, 'anna')",
             "INSERT INTO seats VALUES ('O', 1, 'bo')")  # fmt: skip
    connector = shop.again(
        text="""
        fides_key: shop
        collections:
        - name: seats
          fields:
          - {name: room, fides_meta: {primary_key: true}}
          - {name: seat, fides_meta: {primary_key: true}}
          - {name: who, data_categories: [user.name], fides_meta: {identity: nick}}
    """
    )
    found = list(connector.find(Identity({"nick": ("anna",)})))
    plan = connector.plan([order(found[0], Action.STRIP, "who"), order(found[1], Action.ERASE)])
    assert all(r.rows == 1 for r in connector.execute(plan))
    assert sorted((row["room"], row["who"]) for row in shop.rows("seats")) == [("O", "bo"), ("Ø", "erased")]


LESS = [
    ("random_shape_rewrite", "VARCHAR(40)", "+45 12 AB-cø", r"\+\d\d \d\d [A-Z]{2}-[a-z]{2}"),
    ("keep_year", "DATE", "1980-04-07", r"1980-01-01"),
    ("keep_year", "TIMESTAMP NULL", "1980-04-07 10:12:13", r"1980-01-01[T ]00:00:00(\.0+)?"),
    ("generalise, configuration: {to: month}", "DATE", "1980-04-07", r"1980-04-01"),
    ("generalise, configuration: {to: prefix, length: 2}", "VARCHAR(10)", "5003", r"50"),
    ("generalise, configuration: {to: range, step: 10}", "INTEGER", 47, r"40"),
    ("generalise, configuration: {to: domain}", "VARCHAR(40)", "Anna@Example.ORG", r"@example\.org"),
    ("generalise, configuration: {to: domain}", "VARCHAR(40)", "anna, phone 12", r"erased"),
]  # fmt: skip


@pytest.mark.parametrize(("strategy", "type_", "value", "left"), LESS)
def test_less_exact_and_the_same_when_done_again(
    shop: Shop, strategy: str, type_: str, value: object, left: str
) -> None:
    connector = members(shop, column=type_, value=value, override=f"{{strategy: {strategy}}}")
    assert re.fullmatch(left, str(masked(connector))) and str(value) != str(anna(connector).fields["secret"])
    once = anna(connector)
    plan = connector.plan([order(once, Action.ANONYMISE, "secret")])  # another erasure, years later
    list(connector.execute(plan))
    if strategy != "random_shape_rewrite":
        assert anna(connector).fields == once.fields


@pytest.mark.parametrize(("strategy", "type_", "code"), [
    ("keep_year", "VARCHAR(40)", "wrong_type"),
    ("generalise, configuration: {to: prefix}", "VARCHAR(40) NOT NULL UNIQUE", "unique"),
    ("random_shape_rewrite", "VARCHAR(40) UNIQUE", "unique"),
    ("hmac", "VARCHAR(64)", "no_masking_key"),
])  # fmt: skip
def test_what_cannot_be_less_exact_is_known_before(sqlite_shop: Shop, strategy: str, type_: str, code: str) -> None:
    assert refused(members(sqlite_shop, column=type_, override=f"{{strategy: {strategy}}}")) == code


def test_hmac_keeps_equal_values_equal_for_whoever_has_the_key(
    sqlite_shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = "k" * 32
    monkeypatch.setenv("DSAR_MASKING_KEY", key)
    suffix = "configuration: {format_preservation: {suffix: '@x.invalid'}}"
    left = str(masked(members(sqlite_shop, column="VARCHAR(80)", override=f"{{strategy: hmac, {suffix}}}")))
    assert left == hmac.new(key.encode(), b'"hemmelig"', "sha256").hexdigest() + "@x.invalid"


def test_each_row_gets_its_own_mask_in_one_statement(shop: Shop) -> None:
    """Shape, hash and a constant side by side, over more rows than one chunk of the narrow databases holds."""
    shop.run("CREATE TABLE members (id INTEGER PRIMARY KEY, nick VARCHAR(20), phone VARCHAR(20), token VARCHAR(64), "
             "born DATE, note VARCHAR(20))")  # fmt: skip
    rows = ", ".join(f"({n}, 'anna', '+45 {n:04}', 'token{n}', '1980-04-07', 'x')" for n in range(1, 301))
    shop.run(f"INSERT INTO members VALUES {rows}, (900, 'bo', '+45 0900', 'token900', '1981-04-07', 'x')")
    override = "fides_meta: {masking_strategy_override: {strategy: "
    connector = shop.again(text=f"""
        fides_key: shop
        collections:
        - name: members
          fields:
          - {{name: id, fides_meta: {{primary_key: true}}}}
          - {{name: nick, fides_meta: {{identity: nick}}}}
          - {{name: phone, data_categories: [user], {override} random_shape_rewrite}}}}}}
          - {{name: token, data_categories: [user], {override} hash}}}}}}
          - {{name: born, data_categories: [user], {override} keep_year}}}}}}
          - {{name: note, data_categories: [user]}}
    """)
    found = list(connector.find(Identity({"nick": ("anna",)})))
    plan = connector.plan([order(one, Action.ANONYMISE, "phone", "token", "born", "note") for one in found])
    assert sum(receipt.rows for receipt in connector.execute(plan)) == 300 and connector.verify(plan) == []
    assert sum(receipt.rows for receipt in connector.execute(plan)) == 0
    *annas, bo = shop.rows("members")
    assert {str(row["born"]) for row in annas} == {"1980-01-01"} and {row["note"] for row in annas} == {None}
    assert len({row["token"] for row in annas}) == 300 and all(len(row["token"]) == 64 for row in annas)
    assert all(re.fullmatch(r"\+\d\d \d{4}", row["phone"]) for row in annas)
    assert sum(row["phone"] == f"+45 {row['id']:04}" for row in annas) < 3
    assert (bo["phone"], bo["token"], str(bo["born"])) == ("+45 0900", "token900", "1981-04-07")
