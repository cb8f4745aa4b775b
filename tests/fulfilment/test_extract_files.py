"""The files of an extract: values as people read them, cells no spreadsheet runs, same content same bytes."""

import csv
import io
import json
import subprocess
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest

from fulfilment.extract import archive, data_csv, data_json, data_pdf, files, shape, words
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


def _letter():
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    canvas.drawString(72, 700, "A letter")
    canvas.save()
    return out.getvalue()


LETTER = _letter()


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
    assert list(archive.differences(out)) == []
    changed = io.BytesIO()
    with zipfile.ZipFile(changed, "w") as target:
        for name in archived.namelist():
            target.writestr(name, archived.read(name).replace(b"\xc3\x85se", b"\xc3\x85sa"))
        target.writestr("more.txt", "more")
    assert set(archive.differences(changed)) == {"data.json", "tables/shop/customers.csv", "more.txt"}


def text_of(pdf, tmp_path):
    path = tmp_path / "one.pdf"
    path.write_bytes(pdf)
    return subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True).stdout.decode()


def test_a_person_reads_labels_and_unmapped_columns_apart(tmp_path):
    row = {"id": 7, "name": "Åse Ødegård", "import_remark": "fra gammelt system"}
    told = text_of(b"".join(files.whole_pdf(extract(row, names=tuple(row)), letter=LETTER)), tmp_path)
    assert "A letter" in told and "Åse Ødegård" in told and "Navn" in told
    assert told.index("Andre felter") < told.index("fra gammelt system")


def test_a_long_text_is_broken_over_pages_and_lost_nowhere(tmp_path):
    note = " ".join(f"ord{number}" for number in range(3000)) + "x" * 400
    out = io.BytesIO()
    assert data_pdf.write(extract({"id": 1, "name": "a", "note": note}), out) > 3
    told = text_of(out.getvalue(), tmp_path)
    assert all(f"ord{number}" in told for number in (0, 777, 1500, 2999))


def test_large_tables_end_with_a_pointer_to_the_csv(tmp_path):
    many = [{"id": number, "name": f"n{number}", "note": "x"} for number in range(1500)]
    out = io.BytesIO()
    data_pdf.write(extract(*many), out)
    told = text_of(out.getvalue(), tmp_path)
    assert "n999" in told and "n1000" not in told and "tables/shop/customers.csv" in told


def test_what_is_withheld_is_a_chapter_of_its_own(tmp_path):
    ground = ("others_rights", "Art. 15(4) GDPR", "Derfor.")
    gone = shape.Withheld("shop", "messages", "Dine beskeder til os", "", 2, *ground)
    out = io.BytesIO()
    data_pdf.write(extract({"id": 1, "name": "a", "note": "b"}, withheld=[gone]), out)
    told = text_of(out.getvalue(), tmp_path)
    assert "Tilbageholdt" in told and "Dine beskeder til os" in told and "Derfor." in told


def test_no_path_leaves_the_archive():
    table = replace(extract({"id": 1}).tables[0], source="../../etc", collection="/pass wd")
    assert data_csv.path(table) == "tables/_.._etc/_pass_wd.csv"


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
