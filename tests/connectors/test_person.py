"""A source nobody but its owner can look into: it says so, and what the owner sends is read with care."""

import csv
import io
import json
from dataclasses import dataclass

import pytest

from connectors import walk
from connectors.base import Ability, Identity
from connectors.person import answer
from connectors.person.answer import AnswerError, read
from connectors.person.connector import AS_IT_IS, PersonConnector
from tests.connectors.contract import ANNA, EMAIL, ROWS, Contract, Served, dataset


@dataclass
class Asked(Served):
    """The owner, who looks up an address and exports what there is as CSV."""

    def find(self, identity: Identity):
        assert list(walk.find([self.connector], identity)) == []  # by itself it finds nothing
        if not any(value.strip().casefold() == EMAIL[ANNA] for value in identity.values.get("email", ())):
            return []
        return [
            record for table, rows in _of_anna().items()
            for record in self.connector.answered(table, read(_csv(rows), columns=self.connector.columns(table)))
        ]  # fmt: skip


def _of_anna():
    orders = [row for row in ROWS["orders"] if row["customer_id"] == ANNA]
    lines = [row for row in ROWS["order_lines"] if row["order_id"] in {row["id"] for row in orders}]
    return {"customers": ROWS["customers"][:1], "orders": orders, "order_lines": lines}


def _csv(rows, sign=";"):
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=sign)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


@pytest.fixture
def served():
    return Asked(PersonConnector("archive", dataset=dataset()))


class TestPerson(Contract):
    pass


def test_what_came_by_hand_has_no_key_and_shows_what_no_map_mentions(served):
    anna, *_rest = served.find(Identity({"email": (EMAIL[ANNA],)}))
    assert served.connector.abilities == frozenset() and Ability.FIND not in served.connector.abilities
    assert anna.key is None and anna.needs_person and anna.unmapped == ("shoe_size",)
    assert anna.fields["name"] == "Anna Ærø" and anna.path == ("asked by hand",)
    whole = served.connector.as_it_is("brev.pdf", b"%PDF-1.7\n...")
    assert (whole.collection, whole.key) == (AS_IT_IS, None)
    assert whole.fields["media_type"] == "application/pdf" and whole.fields["content"].startswith("base64:")


ROW = {"id": "1", "Navn": "Åse Øre"}
COLUMNS = ("id", "navn")


@pytest.mark.parametrize("data", [
    "id;Navn\r\n1;Åse Øre\r\n".encode("utf-8-sig"),
    "id,Navn\n1,Åse Øre\n".encode("cp1252"),
    "id\tNavn\n1\tÅse Øre".encode("utf-16"),
    json.dumps([ROW]).encode(),
    json.dumps({"kunder": [ROW]}).encode(),
    (json.dumps(ROW) + "\n\n").encode(),
    json.dumps(ROW, indent=1).encode(),
], ids=["excel", "windows", "utf-16", "json", "named", "lines", "one"])  # fmt: skip
def test_the_usual_forms_are_read_alike(data):
    assert read(data, columns=COLUMNS) == [{"id": "1", "navn": "Åse Øre"}]


def test_quotes_and_line_breaks_inside_a_value_are_one_value():
    assert read(b'id;note\n1;"a;b\nc ""d"""\n', columns=("id",)) == [{"id": "1", "note": 'a;b\nc "d"'}]


@pytest.mark.parametrize(("data", "code", "found", "line"), [
    (b"", "empty", "", 0),
    (b" \r\n", "empty", "", 0),
    (b"PK\x03\x04rest", "no_text", "zip", 0),
    (b"%PDF-1.7", "no_text", "pdf", 0),
    (b"id;navn\n1\0;x", "no_text", "binary", 0),
    (b"first;last\nA;B", "unknown_columns", "first, last", 0),
    (b"id;navn\n1;a;b\n", "wrong_width", "3", 2),
    (b"id;navn\n1;a\n2\n", "wrong_width", "1", 3),
    (b"id;id\n1;2\n", "same_column", "id", 0),
    (b"id;\n1;2\n", "no_header", "id, ", 0),
    (b'id;navn\n1;"a\n', "broken_csv", "", 2),
    (b"id;navn\n", "no_rows", "", 0),
    (b"[]", "no_rows", "", 0),
    (b'[{"id": 1}, 7]', "no_objects", "int", 2),
    (b'{"id": 1}\n{"id": \n', "broken_json", "", 2),
    (b'[{"id": 1}', "broken_json", "", 1),
    (b"[" * 600_000, "too_deep", "", 0),
    (b"[" * 5_000, "broken_json", "", 1),
], ids=str)  # fmt: skip
def test_a_wrong_file_is_told_what_is_wrong_with_it(data, code, found, line):
    with pytest.raises(AnswerError) as caught:
        read(data, columns=COLUMNS)
    assert (caught.value.code, caught.value.found, caught.value.line) == (code, found, line)
    if code == "unknown_columns":
        assert caught.value.expected == "id, navn"


def test_no_file_is_too_much(monkeypatch):
    monkeypatch.setattr(answer, "MOST_ROWS", 3)
    monkeypatch.setattr(answer, "MOST_COLUMNS", 3)
    too_much = [
        (b"id\n" + b"1\n" * 4, "too_many_rows"), (json.dumps([{"id": 1}] * 4).encode(), "too_many_rows"),
        (b"id;a;b;c\n1;2;3;4", "too_many_columns"), (b"x" * (answer.MOST_BYTES + 1), "too_large"),
    ]  # fmt: skip
    for data, code in too_much:
        with pytest.raises(AnswerError, match=code):
            read(data, columns=COLUMNS)
