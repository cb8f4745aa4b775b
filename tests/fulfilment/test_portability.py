"""Only what the person provided or what was observed, on consent or contract; as data others can read (Art. 20)."""

import json
import subprocess

import jsonschema
import pytest

from law.rights import Right
from tests.fulfilment.walk import delivered, download

pytestmark = pytest.mark.django_db


@pytest.fixture
def zipped(make_claim, staff, client):
    return download(client, delivered(make_claim("astrid", Right.portability), staff))


def columns(zipped):
    return {(one["table"], column["name"]) for one in json.loads(zipped.read("data.json"))["tables"]
            for column in one["columns"]}  # fmt: skip


def test_provided_and_observed_data_on_contract_or_consent_is_in(zipped):
    there = columns(zipped)
    assert {("customers", "email"), ("customers", "created_on"), ("orders", "order_no")} <= there
    assert "subscribers" in {table for table, _ in there}


def test_scores_segments_and_what_rests_on_other_grounds_is_out(zipped):
    there = columns(zipped)
    assert ("preferences", "segment_score") not in there  # derived (WP242 p. 10)
    assert not {table for table, _ in there} & {"segments", "invoices", "web_log"}
    everything = b"".join(zipped.read(name) for name in zipped.namelist() if not name.endswith(".pdf"))
    assert b"segment_score" not in everything and b"F500001" not in everything


def test_no_pdf_of_data_but_a_schema(zipped):
    names = zipped.namelist()
    assert [name for name in names if name.endswith(".pdf")] == ["letter.pdf"]
    jsonschema.validate(json.loads(zipped.read("data.json")), json.loads(zipped.read("data.schema.json")))
    assert any(name.startswith("tables/shop/") for name in names)


def test_the_letter_says_what_was_left_out_and_why(zipped, tmp_path):
    (tmp_path / "letter.pdf").write_bytes(zipped.read("letter.pdf"))
    command = ["pdftotext", str(tmp_path / "letter.pdf"), "-"]
    told = subprocess.run(command, capture_output=True, check=True).stdout.decode()
    assert "Beregnet interesse" in told and "Dine fakturaer" in told and "artikel 20" in told
