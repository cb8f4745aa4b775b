"""What only files can get wrong: patterns and links, torn and changing files, columns nobody knows, and sizes."""

import errno
import gzip
import json
import os
import shutil
import tracemalloc
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from fideslang.models import Dataset
from pydantic import ValidationError

from connectors.base import Identity
from connectors.errors import ConnectorError
from connectors.files.connector import FilesConnector
from connectors.files.pattern import Pattern
from connectors.registry import connect
from policies.check import problems
from policies.files_way import FilesCollection, FilesWay
from policies.load import load_all
from tests.conftest import ROOT
from tests.connectors.test_files import as_csv, as_lines, as_parquet, client, put, written
from tests.fulfilment import added

ANNA = Identity({"email": ("anna@example.org",)})


def people(url: str, *, path: str, fields: Any = (), **how: Any) -> FilesConnector:
    """One table, people: id (key), email (identity), and `fields`."""
    mapped = [{"name": "id", "fides_meta": {"primary_key": True}},
              {"name": "email", "fides_meta": {"identity": "email"}}, *fields]  # fmt: skip
    dataset = Dataset.model_validate({"fides_key": "x", "collections": [{"name": "people", "fields": mapped}]})
    way = FilesWay.model_validate({"collections": {"people": {"path": path, **how}}})
    return FilesConnector("exports", url=url, dataset=dataset, way=way)


def found(connector: FilesConnector, identity: Identity = ANNA) -> list[dict[str, Any]]:
    return [dict(record.fields) for record in connector.find(identity)]


def failing(connector: FilesConnector) -> tuple[str, str]:
    """(code, detail) of the error, which names neither anybody nor a file."""
    with pytest.raises(ConnectorError) as caught:
        list(connector.find(ANNA))
    assert "anna" not in f"{caught.value!r} {caught.value}".casefold() and caught.value.source == "exports"
    return caught.value.code, caught.value.detail


ROW = {"id": "1", "email": "anna@example.org"}
OTHERS = [{"id": str(n), "email": f"p{n}@example.org"} for n in range(2, 6)]


def test_files_as_documented(tmp_path: Path) -> None:
    company = tmp_path / "companies" / "fjordsykler"
    shutil.copytree(ROOT / "docs" / "example" / "fjordsykler", company)
    added.add(company, "exports")
    ours = load_all([company.parent])["fjordsykler"]
    assert problems(ours) == []
    parcel = {"parcel_no": "P1", "email": "Anna@Example.org", "street": "Ærøvej 1"}
    url = written(tmp_path, {
        "parcels/2026-01.csv": as_csv([parcel], delimiter=";").decode().encode("cp1252"),
        "scans/2026/a.parquet": as_parquet([{"parcel_no": "P1", "at": "2026-01-02", "place": "Oslo"}]),
    })  # fmt: skip
    connector = connect(ours.sources["exports"], ours.datasets["exports"], name="exports", demo=None,
                        environ={"DSAR_SOURCE_EXPORTS": url})  # fmt: skip
    assert [one.level for one in connector.describe() if one.level == "error"] == []
    assert [one.fields for one in connector.find(ANNA)] == [
        {"month": "2026-01", **parcel}, {"parcel_no": "P1", "at": "2026-01-02", "place": "Oslo"}]  # fmt: skip


# --- patterns -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("pattern", "path", "said"), [
    ("a/*.csv", "a/x.csv", {}), ("a/*.csv", "a/b/x.csv", None), ("a/*.csv", "a/.x.csv", None),
    ("*.csv", "x.csv~", None), ("**/x.csv", "x.csv", {}), ("**/x.csv", "a/b/x.csv", {}),
    ("**/x.csv", "a/.git/x.csv", None), ("?.csv", "ab.csv", None), ("?.csv", "a.csv", {}),
    ("{no}/o-{day}.csv", "K1/o-2024.csv", {"no": "K1", "day": "2024"}), ("{no}/x.csv", "a/b/x.csv", None),
    ("a+(b)|.csv", "a+(b)|.csv", {}), ("a+(b)|.csv", "aab.csv", None), ("*.csv", "x\n.csv", {}),
])  # fmt: skip
def test_a_pattern_means_what_it_says(pattern: str, path: str, said: dict[str, str] | None) -> None:
    assert Pattern(pattern).values(path) == said


@pytest.mark.parametrize("wrong", [
    {"path": "../x.csv"}, {"path": "/etc/x.csv"}, {"path": "a//x.csv"}, {"path": "./x.csv"}, {"path": "a**/x.csv"},
    {"path": "a/**"}, {"path": "**/**/a.csv"},
    {"path": "[ab].csv"}, {"path": "{a}-{a}.csv"}, {"path": "{a.csv"}, {"path": ""}, {"path": "x"},
    {"path": "x.csv", "encoding": "rot13"}, {"path": "x.csv", "encoding": "klingon"}, {"path": "x.csv", "rows": "a"},
    {"path": "x.csv", "header": False}, {"path": "x.csv", "columns": ["a"]}, {"path": "x.csv", "delimiter": ";;"},
    {"path": "x.csv", "header": False, "columns": ["a", "a"]}, {"path": "x.gz"},
])  # fmt: skip
def test_a_map_that_cannot_be_meant_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        FilesCollection.model_validate(wrong)


def test_what_a_name_says_is_a_column_and_saves_the_reading_of_others(tmp_path: Path) -> None:
    """The stranger's file is torn, and nobody notices: it is not opened."""
    files = {"anna@example.org/1.json": json.dumps({"size": 38}).encode(), "bo@example.org/2.json": b"{torn"}
    connector = people(written(tmp_path, files), path="{email}/{id}.json")
    assert found(connector) == [{"email": "anna@example.org", "id": "1", "size": 38}]
    assert [one.unmapped for one in connector.find(ANNA)] == [("size",)]


# --- links and other places ---------------------------------------------------------------------------------------
def test_links_and_pipes_are_refused(tmp_path: Path) -> None:
    secret = tmp_path / "secret" / "people.csv"
    folder = tmp_path / "exports"
    written(tmp_path / "secret", {"people.csv": as_csv([ROW])})
    url = written(folder, {"in/people.csv": as_csv([ROW]), "elsewhere/people.csv": as_csv(OTHERS)})
    assert len(found(people(url, path="in/*.csv"))) == 1
    (folder / "in" / "link.csv").symlink_to(secret)
    assert failing(people(url, path="in/*.csv")) == ("symlink", "in/*.csv")
    assert len(found(people(url, path="in/people.csv"))) == 1  # a link no pattern means harms nobody
    (folder / "out").symlink_to(tmp_path / "secret")
    for path in ("*/people.csv", "**/people.csv", "out/people.csv"):
        assert failing(people(url, path=path))[0] == "symlink"
    os.mkfifo(folder / "elsewhere" / "more.csv")
    assert found(people(url, path="elsewhere/*.csv")) == []


def test_a_link_put_in_the_place_of_a_folder_meanwhile_is_not_followed(tmp_path: Path) -> None:
    url = written(tmp_path, {"a/people.csv": as_csv([ROW]), "b/people.csv": as_csv([ROW])})
    connector = people(url, path="a/*.csv")
    (entry,) = connector.table("people").entries()
    (tmp_path / "a").rename(tmp_path / "gone")
    (tmp_path / "a").symlink_to(tmp_path / "b")
    with pytest.raises(ConnectorError), connector.table("people").place.open(entry, Pattern("a/*.csv")):
        pass


@pytest.mark.parametrize("url", ["", "file://host/x", "file:x", "/x", "s3://key:secret@host", "ftp://x/y", "s3://h:x/b"])
def test_a_bad_address_is_said_without_its_secret(url: str) -> None:
    with pytest.raises(ConnectorError) as caught:
        people(url, path="x.csv")
    assert caught.value.code == "bad_url" and "secret@" not in repr(caught.value)


# --- files that are not what they should be -----------------------------------------------------------------------
GOOD = as_csv([ROW, *OTHERS])
GARBLED = gzip.compress(GOOD)[:-8] + bytes(8)  # the checksum of something else


@pytest.mark.parametrize(("name", "content", "code", "after"), [
    ("x.csv", GOOD + b"6\r\n", "bad_row", 5), ("x.csv", GOOD + b"6,a,b\r\n", "bad_row", 5),
    ("x.csv", GOOD + b'6,"torn', "bad_row", 5), ("x.csv", b"id,id\r\n1,2\r\n", "bad_header", 0),
    ("x.csv", b"", "bad_header", 0), ("x.csv", GOOD + b"6,\xe6@example.org\r\n", "bad_encoding", None),
    ("x.csv.gz", gzip.compress(GOOD * 9)[:-20], "truncated", None), ("x.csv.gz", GARBLED, "damaged", None),
    ("x.json", json.dumps([ROW, *OTHERS]).encode()[:-9], "truncated", 4), ("x.json", b"[{}, 3]", "bad_row", 1),
    ("x.json", b'[{"id": 1} {"id": 2}]', "bad_row", 1), ("x.json", b"[{}] more", "bad_row", 1),
    ("x.json", b"3", "bad_row", 0), ("x.json", b"", "bad_row", 0), ("x.jsonl", as_lines([ROW]) + b"{\n", "bad_row", 1),
    ("x.jsonl", b"[" * 100_000, "bad_row", 0), ("x.jsonl", b"[]\n", "bad_row", 0),
    ("x.parquet", as_parquet([ROW])[:-9], "damaged", 0), ("x.parquet", b"", "damaged", 0),
], ids=lambda value: None if isinstance(value, str) else "")  # fmt: skip  # gzip bears the moment: no two would agree
def test_a_torn_file_is_an_error_and_no_shorter_answer(
    tmp_path: Path, name: str, content: bytes, code: str, after: int | None
) -> None:
    told = failing(people(written(tmp_path, {name: content}), path=name.replace("x", "*")))
    assert told[0] == code and told[1].startswith(f"{name.replace('x', '*')} after row ")
    assert after is None or told[1].endswith(f" {after}")


def test_another_encoding_than_the_map_says(tmp_path: Path) -> None:
    url = written(tmp_path, {"x.csv": GOOD})
    for encoding in ("utf-16", "utf-32"):
        assert failing(people(url, path="*.csv", encoding=encoding))[0] == "bad_encoding"


def test_a_share_that_fails_half_way_is_tried_again(tmp_path: Path) -> None:
    url = written(tmp_path, {"x.csv": GOOD})
    table = people(url, path="*.csv").table("people")
    with pytest.raises(ConnectorError) as caught, table.place.open(next(table.entries()), table.pattern):
        raise OSError(errno.EIO, "Input/output error", "anna@example.org.csv")
    assert (caught.value.code, caught.value.permanent, caught.value.detail) == ("unreachable", False, "*.csv")


def test_no_file_is_an_error_unless_the_map_says_it_is_none(tmp_path: Path) -> None:
    url = written(tmp_path, {"x.csv": GOOD})
    assert failing(people(url, path="y*.csv")) == ("no_files", "y*.csv")
    assert found(people(url, path="y*.csv", optional=True)) == []


@pytest.mark.parametrize("place", ["folder", "bucket"])
def test_a_file_that_changes_while_it_is_read_is_noticed(
    tmp_path: Path, place: str, request: pytest.FixtureRequest
) -> None:
    rows = as_csv([ROW | {"note": "x" * 100_000}] * 100)  # larger than what is read at once
    if place == "bucket":
        s3 = request.getfixturevalue("s3_url")
        url = put(s3, "changing", {"x.csv": rows})
    else:
        url = written(tmp_path, {"x.csv": rows})
    reading = people(url, path="*.csv").rows("people", where=("email",), values=[("anna@example.org",)],
                                             columns=("id",), kind="email")  # fmt: skip
    next(reading)
    if place == "bucket":
        client(s3).put_object(Bucket="bucket", Key="changing/x.csv", Body=rows.replace(b"anna", b"ANNA"))
    else:
        with (tmp_path / "x.csv").open("ab") as file:
            file.write(b"9,new@example.org,\r\n")
    with pytest.raises(ConnectorError) as caught:
        list(reading)
    assert (caught.value.code, caught.value.permanent) == ("changed_while_read", False)


# --- what files hold ----------------------------------------------------------------------------------------------
def test_csv_as_other_programs_write_it(tmp_path: Path) -> None:
    url = written(tmp_path, {
        "semi.csv": "1;Anna@Example.org;Ærø, \"x\";NULL\r\n\r\n".encode("cp1252"),
        "bom.csv": b"\xef\xbb\xbf" + as_csv([ROW | {"note": 'two\nlines, and "quotes"'}]),
    })  # fmt: skip
    old = people(url, path="semi.csv", encoding="cp1252", delimiter=";", header=False, nulls=["NULL"],
                 columns=["id", "email", "name", "size"])  # fmt: skip
    assert found(old) == [{"id": "1", "email": "Anna@Example.org", "name": 'Ærø, "x"', "size": None}]
    assert found(people(url, path="bom.csv")) == [ROW | {"note": 'two\nlines, and "quotes"'}]


def test_rows_of_files_with_other_columns_are_told_together(tmp_path: Path) -> None:
    url = written(tmp_path, {"a.csv": as_csv([ROW | {"shoe": "38"}]), "b.csv": as_csv([{"email": ROW["email"]}])})
    connector = people(url, path="*.csv")
    assert found(connector) == [{**ROW, "shoe": "38"}, {"id": None, "email": ROW["email"], "shoe": None}]
    told = {(one.level, one.code, one.column) for one in connector.describe()}
    assert ("warning", "unmapped_column", "shoe") in told and not any(level == "error" for level, _, _ in told)


def test_describe_says_what_is_missing(tmp_path: Path) -> None:
    url = written(tmp_path, {"a.jsonl": as_lines([{"id": 1, "size": 2}]), "b.csv": as_csv([{"email": "x"}])})
    told = {(one.code, one.column) for one in people(url, path="a.jsonl").describe()}
    assert told == {("unmapped_column", "size"), ("by_hand_only", "")}  # a row of JSON may leave any column out
    told = {(one.code, one.column) for one in people(url, path="b.csv").describe()}
    assert ("missing_column", "id") in told
    assert [one.code for one in people(url, path="c.csv").describe() if one.level == "error"] == ["no_files"]


def test_json_inside_json(tmp_path: Path) -> None:
    """A nested field of the map leads into an object or a list; what a column holds stays in one piece."""
    row = {"id": 7, "contact": {"emails": ["x@example.org", "Anna@example.org"]}, "n": 12345678901234567890123}
    inner = [{"name": "emails", "fides_meta": {"identity": "email", "data_type": "string[]"}}]
    fields = [{"name": "contact", "fields": inner}]
    files = {"a.json": json.dumps({"data": {"rows": [row]}}).encode(), "b.json": json.dumps([row, {"id": 8}]).encode()}
    url = written(tmp_path, files)
    for path, rows in (("a.json", "data.rows"), ("b.json", None)):
        (one,) = found(people(url, path=path, rows=rows, fields=fields))
        assert one == row | {"email": None}
    assert failing(people(url, path="a.json", rows="data.none"))[0] == "bad_row"


def test_parquet_keeps_its_types_and_reads_no_more_than_it_must(tmp_path: Path) -> None:
    at = datetime(2024, 3, 1, 12, tzinfo=UTC)
    rows = [{"id": n, "email": f"p{n}@example.org", "sum": Decimal("12.50"), "at": at, "tags": ["a"],
             "blob": b"\0\1", "where": {"town": "Ærø"}} for n in range(500)]  # fmt: skip
    rows[250]["email"] = "anna@example.org"
    connector = people(written(tmp_path, {"a.parquet": as_parquet(rows)}), path="*.parquet")
    assert found(connector) == [{
        "id": 250, "email": "anna@example.org", "sum": "12.50", "at": at.isoformat(), "tags": ["a"],
        "blob": "base64:AAE=", "where": {"town": "Ærø"}}]  # fmt: skip
    assert connector.looks("people") == {"id": "integer", "email": "text", "sum": "decimal:2"}
    nanos = pa.table({"id": [1], "email": ["anna@example.org"], "at": pa.array([1], pa.timestamp("ns"))})
    pa.parquet.write_table(nanos, tmp_path / "a.parquet")
    assert "00:00:00.000000001" in found(people(f"file://{tmp_path}", path="*.parquet"))[0]["at"]


def test_a_large_file_is_read_in_little_memory(tmp_path: Path) -> None:
    rows = [{"id": str(n), "email": f"p{n}@example.org", "note": "x" * 500} for n in range(10_000)]
    rows[9_999]["email"] = "anna@example.org"
    files = {"a.csv": as_csv(rows), "a.jsonl": as_lines(rows), "a.json": json.dumps(rows).encode()}
    url = written(tmp_path, files)
    for name in files:
        tracemalloc.start()
        try:
            assert [one["id"] for one in found(people(url, path=name))] == ["9999"]
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert peak < 3 << 20, name
