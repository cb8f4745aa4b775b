"""One person under every spelling, nobody under a similar one, in three databases (Art. 5(1)(d), 15(4) GDPR)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fideslang.models import Dataset
from pydantic import ValidationError

from connectors.base import Identity
from connectors.spelling import normalised
from connectors.sql.connector import SqlConnector
from policies.spelling import Spelling


def block(**words: Any) -> Spelling:
    return Spelling.model_validate(words)


HOW: dict[str, Any] = {
    "email": block(**{"as": "email", "plus": ["gmail.com", "firm.example"], "dots": ["gmail.com"],
                      "domains": {"googlemail.com": "gmail.com"}}),
    "phone": block(**{"as": "phone", "country": "46", "trunk": "0"}),
    "order_no": block(**{"as": "number", "prefixes": ["SO", "ORD"]}),
    "nick": block(**{"as": "folded"}),
    "plain": "lower",
    "code": "exact",
}  # fmt: skip
NFD = "a\u030asa@example.org"
ROWS = [  # id, mail, phone, order_no, nick, plain, code
    (1, "Anna.Hansen@Gmail.com", "020-12 34 56 78", "SO-000123", "Straße", "åsa@example.org", "K1"),
    (2, "annahansen+shop@googlemail.com", "+46 (0)20 12345678", "ord 123", "STRASSE ", NFD.upper(), "%"),
    (3, "annahansen@firm.example", "0046-2012345678", "000123", "ＳＴＲＡＳＳＥ", " Åsa@Example.org\r\n", "_"),
    (4, "anna.hansen@firm.example", "+45 20 12 34 56 78", "SO-1234", "IŞIL", "asa@example.org", "a\\b'\"[x]"),
    (5, "annahansen+a@other.example", "112345678", "A123", "ışıl", "ása@example.org", "😀"),
    (6, "", "", "", "", "", ""),
    (7, None, None, None, None, None, None),
    (8, "%@gmail.com", "%", "%", "%", "%", "K_"),
]


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def people(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlConnector]:
    if request.param == "sqlite":
        (tmp_path / "x.sqlite").touch()
    url = f"sqlite:///{tmp_path}/x.sqlite" if request.param == "sqlite" else request.getfixturevalue(
        {"postgresql": "postgres_url", "mariadb": "mariadb_url"}[request.param])  # fmt: skip
    kinds = ("email", "phone", "order_no", "nick", "plain", "code")
    fields: list[dict[str, Any]] = [{"name": "id", "fides_meta": {"primary_key": True}}]
    fields += [{"name": kind, "fides_meta": {"identity": kind}} for kind in kinds]
    dataset = Dataset.model_validate({"fides_key": "p", "collections": [{"name": "people", "fields": fields}]})
    connector = SqlConnector("people", url=url, dataset=dataset, normalise=HOW)
    table = sa.Table("people", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True),
                     *(sa.Column(kind, sa.String(60)) for kind in kinds))  # fmt: skip
    with connector._writer.begin() as connection:
        table.create(connection)
        connection.execute(table.insert(), [dict(zip(table.c.keys(), row, strict=True)) for row in ROWS])
    yield connector
    connector.close()


def who(connector: SqlConnector, kind: str, value: str) -> list[int]:
    return sorted(record.key["id"] for record in connector.find(Identity({kind: (value,)})) if record.key)


WANTED = [
    ("email", "annahansen@gmail.com", [1, 2]), ("email", "A.N.N.A.Hansen+x@GOOGLEMAIL.com", [1, 2]),
    ("email", "annahansen+new@firm.example", [3]), ("email", "anna.hansen@firm.example", [4]),
    ("email", "annahansen@other.example", []), ("email", "%@gmail.com", [8]), ("email", "ann_hansen@gmail.com", []),
    ("phone", "+46 20 12 34 56 78", [1, 2, 3]), ("phone", "(020) 12345678", [1, 2, 3]),
    ("phone", "00452012345678", [4]), ("phone", "12345678", []), ("phone", "+", []), ("phone", "%", []),
    ("order_no", "123", [1, 2, 3]), ("order_no", "so 0123", [1, 2, 3]), ("order_no", "1234", [4]),
    ("order_no", "a-123", [5]), ("order_no", "23", []), ("order_no", "-", []),
    ("nick", "strasse", [1, 2, 3]), ("nick", "  straße", [1, 2, 3]), ("nick", "işil", [4, 5]), ("nick", "stras", []),
    ("plain", "ÅSA@example.org", [1, 2, 3]), ("plain", NFD, [1, 2, 3]), ("plain", "asa@example.org", [4]),
    ("plain", "%", [8]), ("plain", "åsa@example.org%", []),
    ("code", "%", [2]), ("code", "_", [3]), ("code", "K_", [8]), ("code", "a\\b'\"[x]", [4]), ("code", "😀", [5]),
    ("code", "k1", []), ("code", "K1\x00", []), ("code", "\ud83d", []), ("code", "' OR 1=1 --", []),
]  # fmt: skip


def test_the_same_person_under_every_spelling_and_nobody_else(people: SqlConnector) -> None:
    found = {(kind, value): who(people, kind, value) for kind, value, _ in WANTED}
    assert found == {(kind, value): ids for kind, value, ids in WANTED}
    for kind in HOW:
        for nothing in ("", " ", "\t\n"):
            assert who(people, kind, nothing) == []


def test_numbers_kept_as_numbers(tmp_path: Path) -> None:
    (tmp_path / "n.sqlite").touch()
    fields: list[dict[str, Any]] = [{"name": "id", "fides_meta": {"primary_key": True}}]
    fields.append({"name": "phone", "fides_meta": {"identity": "phone"}})
    dataset = Dataset.model_validate({"fides_key": "p", "collections": [{"name": "people", "fields": fields}]})
    connector = SqlConnector("people", url=f"sqlite:///{tmp_path}/n.sqlite", dataset=dataset, normalise=HOW)
    with connector._writer.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE people (id INTEGER PRIMARY KEY, phone BIGINT)")
        connection.exec_driver_sql("INSERT INTO people VALUES (1, 2012345678), (2, 462012345678), (3, 999)")
    assert who(connector, "phone", "020-12345678") == [1]
    connector.close()


def test_a_block_takes_its_own_words_only() -> None:
    for wrong in ({"as": "email", "country": "45"}, {"as": "phone"}, {"as": "folded", "plus": ["*"]}, {"as": "guess"}):
        with pytest.raises(ValidationError):
            block(**wrong)


def test_nothing_is_left_of_what_names_nobody() -> None:
    assert [normalised(HOW[kind], " -+ ") for kind in ("email", "phone", "order_no")] == ["", "", ""]
    assert normalised(block(**{"as": "number"}), "000") == "0"
    assert normalised("digits", "٣٤") == "34"
