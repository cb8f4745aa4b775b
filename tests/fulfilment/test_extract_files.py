"""The files of an extract: values as people read them, cells no spreadsheet runs, same content same bytes."""

import csv
import io
import json
import re
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest

from connectors.values import plain
from fulfilment.extract import archive, data_csv, data_json, files, shape, verify, words
from policies.load import load_controller

ROOT = Path(__file__).resolve().parents[2]
AT = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
DA = {"language": "da", "tz": "Europe/Copenhagen"}


def test_four_languages_say_the_same_things():
    first, *others = (words.words(language) for language in words.LANGUAGES)
    for other in others:
        assert other.keys() == first.keys()
        assert all(other[name].count("{") == first[name].count("{") for name in first)
        assert all(other.values())


@pytest.mark.parametrize(("value", "looks", "said"), [
    (None, "text", "—"), ("", "text", "—"), (True, "", "Ja"), (0, "boolean", "Nej"), (0, "integer", "0"),
    (895, "decimal:2", "895,00"), ("1234567.50", "", "1.234.567,50"), ("-12.00", "", "-12,00"),
    (100001, "integer", "100001"),
    ("2026-03-02", "date", "2. marts 2026"), ("2026-03-02", "text", "2026-03-02"), ("2026-02-31", "date", "2026-02-31"),
    ("2026-07-01T10:05:00+00:00", "", "1. juli 2026 12.05"), ("2026-07-01 10:05:00.000000", "", "1. juli 2026 10.05"),
    ("base64:AAEC", "", "Fil (3 bytes), se data.json"), ("base64:?", "", "base64:?"), ("1.2.3", "", "1.2.3"),
    (["a", None], "", "a\n—"), ({"gade": "Birkevej"}, "", "gade: Birkevej"), ("0045", "text", "0045"),
    (1e20, "", "1e+20"), ("12.50", "text", "12.50"),
])  # fmt: skip
def test_values_as_a_person_reads_them(value, looks, said):
    assert words.text(value, looks=looks, **DA) == said


@pytest.mark.parametrize(
    ("language", "said"), [("da", "1.234,50"), ("sv", "1 234,50"), ("nb", "1 234,50"), ("en", "1,234.50")]
)
def test_amounts_in_each_language(language, said):
    assert words.decimal("1234.50", language).replace("\u00a0", " ") == said


@pytest.mark.parametrize("cell", ["=1+1", "+45 12 34", "-cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n=1"])
def test_no_cell_is_a_formula(cell):
    assert data_csv.cell(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["-12.50", "+4500900001", "2026-01-01", "a=b", "", -5])
def test_harmless_cells_stay_as_they_are(cell):
    assert data_csv.cell(cell) == str(cell)


def extract(*rows, names=("id", "name", "note"), right="access", language="da", withheld=()):
    ours = load_controller(ROOT / "controllers" / "aj-dk")
    made = [shape.Row(number, {"id": number}, AT.isoformat(), ("email = shop/customers.email",), row)
            for number, row in enumerate(rows)]  # fmt: skip
    table = shape.table(ours, "shop", "customers", names=list(names), count=len(made), rows=lambda: iter(made),
                        language=language)  # fmt: skip
    return shape.Extract(ours, language, "AJDK-1", right, AT, (table,), tuple(withheld))


def zipped(one, letter=b""):
    out = io.BytesIO()
    sealed = archive.write(files.all_of(one, letter=letter or LETTER), out)
    return sealed, zipfile.ZipFile(out), out


LETTER = "<html lang=da><title>T</title><body><h1>A letter</h1><p>Hej</p></body></html>"


def test_a_formula_typed_into_a_form_arrives_harmless_and_unchanged_in_json():
    evil = '=HYPERLINK("https://evil.example","click")'
    _, archived, _ = zipped(extract({"id": 1, "name": evil, "note": 'say "hi", \r\nbye'}))
    (head, row) = csv.reader(io.StringIO(archived.read("tables/shop/customers.csv").decode("utf-8-sig"), newline=""))
    assert row == ["1", "'" + evil, 'say "hi", \r\nbye']
    assert json.loads(archived.read("data.json"))["tables"][0]["records"][0]["fields"]["name"] == evil


def test_the_same_content_gives_the_same_bytes():
    one = extract({"id": 1, "name": "Åse", "note": None})
    (first, _, a), (second, _, b) = zipped(one), zipped(one)
    assert first.digest == second.digest and a.getvalue() == b.getvalue()
    other, _, _ = zipped(extract({"id": 1, "name": "Åsa", "note": None}))
    assert other.digest != first.digest


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_the_overview_names_every_file_in_the_language(language):
    _, archived, _ = zipped(extract({"id": 1, "name": "Åse", "note": "x"}, language=language))
    told = archived.read("README.txt").decode()
    for name in archived.namelist():
        assert name in told
    assert "{" not in told and "AJ Produkter A/S" in told


def test_the_json_fits_its_schema():
    one = extract({"id": 1, "name": None, "note": [1, {"a": True}]}, right="portability")
    _, archived, _ = zipped(one)
    jsonschema.validate(json.loads(archived.read("data.json")), json.loads(archived.read("data.schema.json")))
    assert "letter.pdf" in archived.namelist() and "extract.pdf" not in archived.namelist()


def test_an_archive_somebody_changed_is_found_out():
    _, archived, out = zipped(extract({"id": 1, "name": "Åse", "note": "x"}))
    assert verify.check(out, None).verdict == "genuine"
    changed = io.BytesIO()
    with zipfile.ZipFile(changed, "w") as target:
        for name in archived.namelist():
            target.writestr(name, archived.read(name).replace(b"\xc3\x85se", b"\xc3\x85sa"))
        target.writestr("more.txt", "more")
    found = {problem.name for problem in verify.check(changed, None).problems}
    assert found == {"data.json", "index.html", "tables/shop/customers.csv", "more.txt"}


def test_no_path_leaves_the_archive():
    table = replace(extract({"id": 1}).tables[0], source="../../etc", collection="/pass wd")
    assert re.fullmatch(r"tables/_\.\._etc-[0-9a-f]{8}/_pass_wd-[0-9a-f]{8}\.csv", data_csv.path(table))
    paths = {data_csv.path(replace(table, source="shop", collection=name)) for name in ("a b", "a_b", "a/b")}
    assert len(paths) == 3 and "tables/shop/a_b.csv" in paths  # no two files of one name, which no checker takes


def test_json_and_csv_stream():
    """A million rows would fit: nothing but the row at hand is held."""
    taken = 0

    def rows():
        nonlocal taken
        for number in range(10_000):
            taken = number
            yield shape.Row(number, {"id": number}, "", (), {"id": number, "name": "x" * 50, "note": None})

    one = extract({"id": 0, "name": "", "note": ""})
    big = replace(one, tables=(replace(one.tables[0], rows=rows, count=10_000),))
    parts = data_json.write(big)
    [next(parts) for _ in range(10)]
    assert taken < 20
    next(data_csv.write(big.tables[0], language="da"))


def test_a_file_a_source_holds_comes_as_itself_unless_withheld():
    names = ("file_name", "media_type", "size", "content")
    pdf, bad = b"%PDF-1.7 x", {"file_name": "../../b\x00.exe", "media_type": "", "size": 1, "content": "base64:AA=="}
    rows = [dict(zip(names, ("Svar æ.pdf", "application/pdf", 10, plain(pdf)), strict=True)), bad, bad]
    one = extract(*rows, names=names)
    made = [replace(row, withheld=frozenset({"content"} if row.number == 2 else ())) for row in one.tables[0].rows()]
    one = replace(one, tables=(replace(one.tables[0], collection="files_as_they_are", rows=lambda: iter(made)),))
    _, archived, _ = zipped(one)
    found = [name for name in archived.namelist() if name.startswith("files/")]
    assert found == ["files/shop/1-Svar_æ.pdf", "files/shop/2-_.._b_.exe"] and archived.read(found[0]) == pdf
    assert "files/" in archived.read("README.txt").decode()


def test_a_trial_without_keys_names_no_signature_it_does_not_have(settings):
    settings.SIGNING_KEYS = []
    assert "manifest.sig" not in dict(files.listed(extract())) and "/verify/" not in files.readme(extract())
    settings.SIGNING_KEYS = ["dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk="]
    assert "manifest.sig" in dict(files.listed(extract())) and "/verify/" in files.readme(extract())
