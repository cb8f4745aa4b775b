"""The one contract every kind of connector is put through, and the data set it is put through with.

A kind plugs in with one fixture, named `served`:

    @pytest.fixture(scope="module")
    def served(tmp_path_factory):
        yield Served(connector, gone=connector_of_a_place_that_does_not_answer)

    class TestSqlite(TableContract):
        pass

`TableContract` is for sources that can hold the tables below (`ROWS`, with the map `dataset()`); a source of another
kind (a mailbox, a person) subclasses `Contract`, and says in `Served` whom it holds and how much.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from fideslang.models import Dataset

from connectors import walk
from connectors.base import Ability, Action, Connector, Identity, Instruction, Record, SourcePlan
from connectors.errors import ConnectorError, PlanOutdated
from connectors.values import canonical

# -- the data set: rows by table ---------------------------------------------------------------------------------------

ANNA, BERIT, MANY, DORA = 1, 2, 3, 4  # Dora is there to be erased; nobody else's test looks at her
MANY_ORDERS = 601  # more keys than one statement or request takes
EMAIL = {ANNA: "anna@example.org", BERIT: "berit@example.org", MANY: "many@example.org", DORA: "dora@example.org"}


def _customer(number: int, email: str | None, name: str, customer_no: str | None) -> dict[str, Any]:
    return {"id": number, "email": email, "customer_no": customer_no, "name": name, "shoe_size": f"{35 + number}"}


def _order(number: int, customer: int | None) -> dict[str, Any]:
    return {"id": number, "order_no": f"O{number}", "customer_id": customer, "total": number % 100,
            "ordered_on": "2024-03-01"}  # fmt: skip


ROWS: dict[str, list[dict[str, Any]]] = {
    "customers": [  # shoe_size is in no map
        _customer(ANNA, "Anna@Example.org", "Anna Ærø", "K1"),
        _customer(BERIT, EMAIL[BERIT], "Berit Øst", "K2"),
        _customer(MANY, EMAIL[MANY], "Many Orders", "K3"),
        _customer(DORA, EMAIL[DORA], "Dora Å", "K4"),
        _customer(5, None, "Nobody", None),
        _customer(6, "", "Nobody Two", ""),
        _customer(7, "anna_example.org", "Wild Card", "K%"),
    ],
    "orders": [
        _order(100, ANNA), _order(101, ANNA), _order(102, BERIT), _order(103, None), _order(104, DORA),
        *(_order(1000 + n, MANY) for n in range(MANY_ORDERS)),
    ],
    "order_lines": [
        {"order_id": 100, "line_no": 1, "engraving": "Til Anna"},
        {"order_id": 100, "line_no": 2, "engraving": None},
        {"order_id": 102, "line_no": 1, "engraving": "Til Berit"},
        {"order_id": 104, "line_no": 1, "engraving": "Til Dora"},
        *({"order_id": 1000 + n, "line_no": 1, "engraving": None} for n in range(MANY_ORDERS)),
    ],
}  # fmt: skip


def dataset() -> Dataset:
    """The map of `ROWS`: customers, orders, order_lines (composite key); `shoe_size` is left out."""
    text = (Path(__file__).parent / "maps" / "contract.yaml").read_text("utf-8")
    return Dataset.model_validate(yaml.safe_load(text)["dataset"][0])


NOBODY = ("", " ", "%", "_", "*", "anna%", "_nna@example.org", "K_", "' OR 1=1 --", "a&email=b", "a@b\r\nX: y", "../1",
          "a\0b", "\ud800")  # fmt: skip


def who(number: int) -> Identity:
    return Identity({"email": (EMAIL[number],)})


# -- what a kind brings along ------------------------------------------------------------------------------------------


@dataclass
class Served:
    """A connector over the data set. `gone`: another one of the same kind, whose source does not answer.

    `person` has `counts` records here, by collection. `untyped`: the source holds text only (CSV), so values are
    compared as text, and nothing is the same as empty.
    """

    connector: Connector
    gone: Connector | None = None
    person: Identity = field(default_factory=lambda: who(ANNA))
    counts: Mapping[str, int] = field(default_factory=lambda: {"customers": 1, "orders": 2, "order_lines": 2})
    untyped: bool = False

    def find(self, identity: Identity) -> list[Record]:
        return list(walk.find([self.connector], identity))

    def as_compared(self, row: Mapping[str, Any]) -> dict[str, Any]:
        return {name: "" if value is None else str(value) for name, value in row.items()} if self.untyped else dict(row)


def count(records: Sequence[Record]) -> dict[str, int]:
    found: dict[str, int] = {}
    for record in records:
        found[record.collection] = found.get(record.collection, 0) + 1
    return found


def rows_of(records: Sequence[Record], collection: str) -> list[Mapping[str, Any]]:
    return [record.fields for record in records if record.collection == collection]


class Contract:
    """What holds for a source of any kind. The fixture `served` comes from the module of the subclass."""

    def test_it_is_a_connector_and_says_what_it_can_do(self, served: Served) -> None:
        assert isinstance(served.connector, Connector)
        assert served.connector.abilities <= frozenset(Ability)
        assert all(finding.level != "error" for finding in served.connector.describe())

    def test_one_person_is_found_twice_the_same(self, served: Served) -> None:
        records = served.find(served.person)
        assert count(records) == dict(served.counts)
        for record in records:
            assert record.source == served.connector.source
            assert record.path
            assert len(record.fingerprint) == 64
            canonical([record.fields, record.key])  # is JSON
        assert {one.fingerprint for one in served.find(served.person)} == {one.fingerprint for one in records}

    def test_an_email_is_found_in_any_spelling(self, served: Served) -> None:
        for email in served.person.values.get("email", ()):
            for spelt in (email.upper(), email.title(), f"  {email} "):
                assert count(served.find(Identity({"email": (spelt,)}))) == dict(served.counts), spelt

    def test_nobody_is_found_by_nothing_or_by_wildcards(self, served: Served) -> None:
        assert served.find(Identity({})) == []
        for value in NOBODY:
            assert served.find(Identity({"email": (value,), "customer_no": (value,)})) == [], value

    def test_what_it_cannot_do_is_refused_in_words(self, served: Served) -> None:
        records = served.find(served.person)
        table = records[0].collection if records else "anything"
        if Ability.KEYS not in served.connector.abilities:
            with pytest.raises(ConnectorError, match="not_able"):
                list(served.connector.by_key(table, [{"id": 1}]))
        if Ability.SCAN not in served.connector.abilities:
            with pytest.raises(ConnectorError, match="not_able"):
                served.connector.scan(table, after=None, count=1)
        if Ability.CHANGE not in served.connector.abilities:
            wanted = [_deed(record, Action.ERASE) for record in records]
            plan = served.connector.plan(wanted)
            assert plan.refused and not plan.instructions and len(plan.refused) == len(wanted)
            assert {finding.table for finding in plan.findings} == {record.collection for record in records}
            assert served.connector.why_not(table, "name")
            assert list(served.connector.execute(plan)) == served.connector.verify(plan) == []

    def test_an_error_is_a_code_and_names_nobody(self, served: Served) -> None:
        if served.gone is None:
            assert served.connector.abilities.isdisjoint({Ability.KEYS, Ability.SCAN, Ability.CHANGE})  # only a person
            return
        with pytest.raises(ConnectorError) as caught:
            list(walk.find([served.gone], served.person))
        assert caught.value.code.replace("_", "").isalnum()
        assert caught.value.source
        told = f"{caught.value} {caught.value!r} {served.gone!r}".casefold()
        for value in (value for values in served.person.values.values() for value in values):
            assert value.casefold() not in told
        chain = caught.value.__cause__ or (None if caught.value.__suppress_context__ else caught.value.__context__)
        assert chain is None or not any(v.casefold() in str(chain).casefold() for vs in served.person.values.values()
                                        for v in vs)  # fmt: skip

    def test_it_closes_twice(self, served: Served) -> None:
        served.connector.close()
        served.connector.close()
        assert count(served.find(served.person)) == dict(served.counts)  # and opens again when asked


class TableContract(Contract):
    """What holds for a source of tables: the data set above, in whatever form."""

    def test_each_row_comes_whole_with_columns_no_map_mentions(self, served: Served) -> None:
        records = served.find(who(ANNA))
        assert rows_of(records, "customers") == [served.as_compared(ROWS["customers"][0])]
        (anna,) = (record for record in records if record.collection == "customers")
        assert anna.unmapped == ("shoe_size",)
        for table, wanted in (("orders", ROWS["orders"][:2]), ("order_lines", ROWS["order_lines"][:2])):
            assert sorted(map(canonical, rows_of(records, table))) == sorted(
                canonical(served.as_compared(row)) for row in wanted)  # fmt: skip

    def test_keys_are_those_of_the_map(self, served: Served) -> None:
        keys = {record.collection: set(record.key or ()) for record in served.find(who(ANNA))}
        assert keys == {"customers": {"id"}, "orders": {"id"}, "order_lines": {"order_id", "line_no"}}

    def test_two_people_who_fit_stay_apart(self, served: Served) -> None:
        both = served.find(Identity({"email": (EMAIL[ANNA],), "customer_no": ("K2",)}))
        assert len({record.path[0] for record in both if record.collection == "customers"}) == 2

    def test_an_order_number_alone_is_held_for_review(self, served: Served) -> None:
        records = served.find(Identity({"order_no": ("O102",)}))
        assert count(records) == {"orders": 1, "order_lines": 1}
        assert all(record.shared for record in records if record.collection == "orders")

    def test_more_keys_than_one_question_takes(self, served: Served) -> None:
        assert count(served.find(who(MANY))) == {
            "customers": 1, "orders": MANY_ORDERS, "order_lines": MANY_ORDERS}  # fmt: skip
        held = served.connector.counts("orders", where=("customer_id",), values=[(ANNA,), (BERIT,), (99,)])
        assert {str(key): number for (key,), number in held.items()} == {"1": 2, "2": 1}

    def test_whole_rows_again_by_key(self, served: Served) -> None:
        if Ability.KEYS in served.connector.abilities:
            asked = ({"order_id": 100, "line_no": 2}, {"order_id": 102, "line_no": 1}, {"order_id": 9, "line_no": 1})
            wanted = [served.as_compared(key) for key in asked]
            again = list(served.connector.by_key("order_lines", wanted))
            assert sorted(canonical(one.key) for one in again) == sorted(map(canonical, wanted[:2]))
            found = {canonical(one.key): one.fingerprint for one in served.find(who(ANNA))}
            assert all(found.get(canonical(one.key), one.fingerprint) == one.fingerprint for one in again)

    def test_every_row_in_the_order_of_keys(self, served: Served) -> None:
        if Ability.SCAN in served.connector.abilities:
            first = served.connector.scan("customers", after=None, count=4)
            rest = served.connector.scan("customers", after=first[-1].key, count=100)
            assert [record.key for record in (*first, *rest)] == [{"id": n} for n in range(1, 8)]
            assert served.connector.size("customers") == 7

    def test_an_erasure_is_done_once_proved_and_touches_nobody_else(self, served: Served) -> None:
        if Ability.CHANGE not in served.connector.abilities:
            return
        connector, before = served.connector, served.find(who(BERIT))
        records = served.find(who(DORA))
        plan = connector.plan([_erasing(record) for record in records])
        assert not plan.refused and len(plan.instructions) == 3, plan.findings
        assert SourcePlan.from_json(plan.to_json()) == plan
        assert len(connector.verify(plan)) == 3
        rehearsed = connector.rehearse(plan)  # where there are no transactions: read, compared, and the plan says so
        assert count(served.find(who(DORA))) == count(records)
        receipts = list(connector.execute(plan))
        assert [one.rows for one in receipts] == [1, 1, 1]
        assert {one.instruction for one in rehearsed} == {one.instruction for one in receipts}
        assert all(one.at.tzinfo and abs(one.at - datetime.now(UTC)).days == 0 for one in receipts)
        assert [one.rows for one in connector.execute(plan)] == [0, 0, 0]  # again: harmless
        assert list(connector.execute(plan, ledger={one.instruction for one in receipts})) == []
        assert connector.verify(plan) == []
        assert served.find(who(DORA)) == []
        assert [one.fingerprint for one in served.find(who(BERIT))] == [one.fingerprint for one in before]

    def test_a_row_that_changed_since_is_left_alone(self, served: Served) -> None:
        if Ability.CHANGE not in served.connector.abilities:
            return
        before = served.find(who(BERIT))
        (berit,) = (record for record in before if record.collection == "customers")
        line = next(record for record in before if record.collection == "order_lines")
        stale = Instruction(berit.source, "customers", berit.key, "0" * 64, Action.ANONYMISE, ("name",))
        plan = served.connector.plan([stale, _deed(line, Action.ANONYMISE, "engraving")])
        with pytest.raises(PlanOutdated) as caught:
            list(served.connector.execute(plan))
        assert caught.value.instructions == (stale.id,)
        assert [one.fingerprint for one in served.find(who(BERIT))] == [one.fingerprint for one in before]


def _deed(record: Record, action: Action, *fields: str) -> Instruction:
    named = fields if action is not Action.ERASE else ()
    return Instruction(record.source, record.collection, record.key, record.fingerprint, action, named)


def _erasing(record: Record) -> Instruction:
    """Lines and orders go, the customer's row stays without what names her: both deeds in one plan."""
    if record.collection == "customers":
        return _deed(record, Action.ANONYMISE, "email", "name", "customer_no", "shoe_size")
    return _deed(record, Action.ERASE)
