"""Maps as other tools write them, and as they are wrong: every field of fideslang loads, what is missing is told and
what stands is answered; identities inside JSON in databases without a type for it.
"""

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import yaml
from fideslang.models import Dataset

from connectors import maps, walk
from connectors.ambiguity import Ambiguity
from connectors.base import ConnectorError, Finding, Identity, Record
from connectors.sql.connector import SqlConnector

# Written in the style of the sample datasets Fides publishes (data/dataset/*.yml): the old name of fides_meta, `type`
# beside data_type, references below a nested field, a column with a space, every key fideslang knows.
DATASET = """
dataset:
- fides_key: other-tool_shop-1
  organization_fides_key: default_organization
  tags: null
  name: Shop
  description: Written for another tool
  meta: {x: y}
  data_categories: [user]
  data_uses: [essential]
  data_subjects: [customer]
  fides_meta: {resource_id: shop, after: [elsewhere], namespace: {project_id: p, dataset_id: d}}
  collections:
  - name: customer
    fides_meta:
      after: [other-tool_shop-1.gone]
      erase_after: [other-tool_shop-1.orders]
      masking_strategy_override: null
      partitioning: [{field: created, start: NOW() - 10 DAYS, end: NOW(), interval: 5 DAYS}]
      redact: name
    fields:
    - {name: id, data_categories: [user.unique_id], fidesops_meta: {primary_key: True, data_type: integer}}
    - {name: email, data_categories: [user.contact.email], fidesops_meta: {identity: email, length: 80}}
    - {name: alt_email, fides_meta: {identity: email, read_only: true}}
    - name: custom id
      data_categories: [user.unique_id]
      fides_meta: {identity: custom_id, custom_request_field: loyalty}
    - {name: never_made, fides_meta: {identity: phone}}
    - name: name
      data_categories: [user.name]
      fides_meta:
        masking_strategy_override: {strategy: random_string_rewrite, configuration: {length: 20}}
    - name: info
      fides_meta: {type: object}
      fields:
      - name: contact
        fields:
        - name: mails
          fides_meta: {data_type: "string[]", return_all_elements: true, identity: email}
        - {name: city, data_categories: [user.contact.address.city]}
      - name: orders
        fides_meta: {data_type: "object[]"}
        fields:
        - name: "no"
          fides_meta: {references: [{dataset: other-tool_shop-1, field: orders.no, direction: to}]}
  - name: orders
    data_categories: [user.content]
    fields:
    - {name: "no", fides_meta: {primary_key: true, data_type: string}}
    - {name: what}
    - {name: rep, fides_meta: {references: [{dataset: elsewhere, field: staff.id, direction: to}]}}
    - {name: shop, fides_meta: {references: [{dataset: other-tool_shop-1, field: shops.id, direction: to}]}}
  - name: gone
    fields: [{name: id, fides_meta: {primary_key: true}}, {name: email, fides_meta: {identity: email}}]
  - name: hidden
    fides_meta: {skip_processing: true}
    fields: [{name: email, fides_meta: {identity: email}}]
"""
ROWS = [
    (1, "Anna@example.org", None, "L-1", "Anna",
     {"contact": {"mails": ["old.anna@example.org"]}, "orders": [{"no": "A1"}]}),
    (2, "berit@example.org", None, "L-2", "Berit", {"contact": {"mails": []}, "orders": [{"no": "B1"}, {"no": "B2"}]}),
    (3, "carl@example.org", "berit@example.org", "L-3", "Carl", None),
    (4, None, None, None, "Nobody", {"contact": {"mails": ["x@example.org", "%@example.org"]}, "orders": "odd"}),
]  # fmt: skip


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    if request.param == "sqlite":
        (tmp_path / "x.sqlite").touch()
        return f"sqlite:///{tmp_path}/x.sqlite"
    return request.getfixturevalue({"postgresql": "postgres_url", "mariadb": "mariadb_url"}[request.param])


@pytest.fixture
def connector(url: str) -> Any:
    opened = SqlConnector("shop", url=url, dataset=Dataset.model_validate(yaml.safe_load(DATASET)["dataset"][0]))
    engine, metadata = opened._writer, sa.MetaData()
    customer = sa.Table(
        "customer", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("email", sa.String(80)),
        sa.Column("alt_email", sa.String(80)), sa.Column("custom id", sa.String(20)), sa.Column("name", sa.String(40)),
        sa.Column("info", sa.JSON), sa.Column("unknown", sa.String(9)),
    )  # fmt: skip
    orders = sa.Table(
        "orders", metadata, sa.Column("no", sa.String(9), primary_key=True), sa.Column("what", sa.String(9)),
        sa.Column("rep", sa.Integer), sa.Column("shop", sa.Integer),
    )  # fmt: skip
    loan = sa.Column("id", sa.Integer, primary_key=True)
    sa.Table("loans", metadata, loan, sa.Column("c", sa.ForeignKey("customer.id")))
    metadata.create_all(engine)
    with engine.begin() as connection:
        for row in ROWS:
            connection.execute(customer.insert().values(dict(zip(customer.c.keys(), row, strict=False))))
        for number in ("A1", "B1", "B2", "C1"):
            connection.execute(orders.insert().values({"no": number, "what": "desk", "rep": 7, "shop": 8}))
    yield opened
    opened.close()


def find(connector: SqlConnector, kind: str, *values: str) -> tuple[set[str], list[Finding]]:
    gaps: list[Finding] = []
    found = walk.find([connector], Identity({kind: values}), gaps=lambda _source, one: gaps.append(one))
    names = {f"{one.collection}:{'*' * one.shared}{next(iter((one.key or {}).values()))}" for one in found}
    return names, gaps


def test_a_map_of_another_tool(connector: SqlConnector) -> None:
    what_stands_is_answered_and_what_is_missing_is_told(connector)
    identities_and_references_inside_json(connector)
    one_identity_in_two_columns_of_two_people_is_held(connector)
    tables_no_map_names_that_point_here_are_seen(connector)


def what_stands_is_answered_and_what_is_missing_is_told(connector: SqlConnector) -> None:
    found, gaps = find(connector, "email", "ANNA@example.org", "old.anna@example.org")
    assert found == {"customer:1", "orders:A1"}
    told = {(one.code, one.table, one.column) for one in gaps}
    assert told == {("missing_table", "gone", ""), ("missing_column", "customer", "never_made"),
                    ("broken_reference", "orders", "shop")}  # fmt: skip
    assert told <= {(one.code, one.table, one.column) for one in connector.describe()}
    with pytest.raises(ConnectorError):  # who does not ask for gaps is not left in the dark about them
        list(walk.find([connector], Identity({"email": ("anna@example.org",)})))


def identities_and_references_inside_json(connector: SqlConnector) -> None:
    assert find(connector, "email", "Old.Anna@example.org", "anna@example.org")[0] == {"customer:1", "orders:A1"}
    assert find(connector, "custom_id", "L-2")[0] == {"customer:2", "orders:B1", "orders:B2"}
    assert find(connector, "email", "%@example.org", "x@example.org")[0] == {"customer:4"}
    assert find(connector, "email", "_@example.org", "[", '"', "", "odd")[0] == set()


def one_identity_in_two_columns_of_two_people_is_held(connector: SqlConnector) -> None:
    """Carl wrote Berit's address beside his own: two people fit, and neither is merged into the other."""
    told: list[Ambiguity] = []
    records = list(walk.find([connector], Identity({"email": ("berit@example.org",)}), gaps=lambda *_: None,
                             ambiguous=told.append))  # fmt: skip
    assert [(one.collection, one.roots, one.people) for one in told] == [("customer", 2, 2)]
    assert {one.path[0] for one in records if one.collection == "customer"} == {
        "email = shop/customer.email[id=2]", "email = shop/customer.alt_email[id=3]"}  # fmt: skip
    assert records and all(one.shared for one in records)
    alone: list[Record] = list(walk.find([connector], Identity({"email": ("anna@example.org", "old.anna@example.org")}),
                                         gaps=lambda *_: None, ambiguous=told.append))  # fmt: skip
    assert len(told) == 1 and not any(one.shared for one in alone)


def tables_no_map_names_that_point_here_are_seen(connector: SqlConnector) -> None:
    seen = connector.overlooked({"customer"})
    assert [(one.code, one.table, one.detail) for one in seen] == [("unmapped_table", "loans", "customer")]
    assert connector.overlooked({"orders"}) == []


def test_every_field_of_the_map_is_read() -> None:
    read = maps.read(Dataset.model_validate(yaml.safe_load(DATASET)["dataset"][0]))
    customer = read.collections["customer"]
    assert "hidden" not in read.collections
    assert customer.identities == {"email": "email", "alt_email": "email", "custom id": "custom_id",
                                   "never_made": "phone", "info.contact.mails": "email"}  # fmt: skip
    assert customer.inside >= {"info", "info.contact.mails", "info.orders.no"}
    assert customer.fields["name"].masking is not None and customer.fields["alt_email"].read_only
    assert customer.fields["alt_email"].categories == ("user",)  # of the whole dataset
    assert read.collections["orders"].fields["what"].categories == ("user.content",)  # of its table
    json.dumps(sorted(customer.inside))
