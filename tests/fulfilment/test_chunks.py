"""Collected rows where they rest: whatever a source holds comes back, is copied into the answer, and reads by pages."""

import csv
import io
import json
import shutil
import subprocess
import zipfile
from dataclasses import replace

import pytest

from connectors.base import Record
from connectors.batch import Batch, gathered
from connectors.values import plain_fingerprint
from fulfilment import ledger, pipeline
from fulfilment.collecting import blocks, chunks
from fulfilment.extract import archive, data_csv, data_json, shape
from fulfilment.models import Collected
from requests_app import vault
from tests.fulfilment.conftest import NOW
from tests.fulfilment.test_extract_files import extract

ODD = ["", "\0", "\u2028 \x7f", "a\nb\tc\r\n", '"\\', "=1+1", "æøå 🚲", "x" * 700_000, None, True, 0, -5, 2**63, 1.5,
       [1, None], {"a": {"b": []}}]  # fmt: skip


def record(value, number=0, *, shared=False, unmapped=()):
    return Record("shop", "orders", {"no": number}, {"no": number, "value": value}, ("x",), shared, unmapped, "f" * 64)


@pytest.mark.django_db
def test_what_a_source_holds_comes_back_and_reads_by_pages(make_claim):
    claim = make_claim()
    step = ledger.take(next(step for _, step in pipeline.runnable(claim, now=NOW)), now=NOW)
    step.claim = claim
    made = [record(value, number, shared=number % 2 == 0, unmapped=("value",)) for number, value in enumerate(ODD)]
    odd = [("\udcf8", "ø"), ("\ud800", "\ufffd"), (2**64, str(2**64))]
    made += [record(value, 99) for value, _ in odd]
    (_, _, sheet), *more = chunks.in_tables(gathered(made), at=NOW)
    assert not more
    chunks.write(step, collection="orders", first=10, sheet=sheet, now=NOW)
    chunk = Collected.objects.select_related("file").get(claim=claim)
    lines = dict(chunks.read(chunk))
    assert list(lines) == list(range(10, 10 + len(ODD) + 3))
    assert [one["fields"]["value"] for one in lines.values()] == [*ODD, *(said for _, said in odd)]
    assert lines[10] == {
        "key": {"no": 0}, "fields": {"no": 0, "value": ""}, "path": ["x"], "shared": True, "unmapped": ["value"],
        "fingerprint": "f" * 64, "at": NOW.isoformat(),
    }  # fmt: skip
    assert chunks.shared(chunk) == list(range(10, 10 + len(ODD), 2)) and chunk.shared == len(ODD) // 2
    assert [number for number, _ in chunks.read(chunk, first=8, count=4)] == [10, 11]
    assert [number for number, _ in chunks.read(chunk, first=12, count=2)] == [12, 13]
    assert sum(len(batch) for _, _, batch in chunks.batches(chunk)) == len(lines)


@pytest.mark.django_db
def test_a_fingerprint_left_out_is_that_of_the_row_as_it_lies():
    """Only of what had to be changed, or is hidden, the fingerprint lies beside it."""
    rows = [{"no": number, "value": value} for number, value in enumerate([*ODD, "\udcf8", 2**64, -0.0, 1e300])]
    values = [tuple(row[name] for row in rows) for name in ("no", "value")]
    whole = Batch("shop", "orders", ("no", "value"), ("no",), (), values, values[:1], [("x",)] * len(rows),
                  [False] * len(rows))  # fmt: skip
    read = [blocks.read(line, source="shop", collection="orders")[1] for _, line in
            blocks.lines(whole, at="2026", most=1000)]  # fmt: skip
    assert [mark for batch in read for mark in batch.marks()] == [plain_fingerprint(row) for row in rows]
    assert any(batch.fingerprints for batch in read)
    assert [one for batch in read for one in batch.addresses()] == [{"no": row["no"]} for row in rows]


def in_threes(rows):
    """Rows that lie a column at a time, as collected ones do."""
    starts = range(0, len(rows), 3)
    return shape.InBlocks(lambda: (block for start in starts for block in shape.grouped(rows[start : start + 3])))


def both(*values):
    """The same extract, its rows a column at a time and one by one."""
    whole = extract(*({"id": number, "name": value, "note": "x"} for number, value in enumerate(values)))
    (table,) = whole.tables
    rows = [replace(row, withheld=frozenset({"note"}) if row.number == 1 else frozenset()) for row in table.rows()]
    plain = replace(table, rows=lambda: iter(rows))
    return replace(whole, tables=(replace(table, rows=in_threes(rows)),)), replace(whole, tables=(plain,))


def test_copied_rows_and_rows_written_anew_give_the_same_files():
    copied, anew = both(*ODD)
    said = [b"".join(data_json.write(one)) for one in (copied, anew)]
    assert said[0] == said[1]
    records = json.loads(said[0])["tables"][0]["records"]
    assert [one["fields"]["name"] for one in records] == ODD and records[1]["withheld"] == ["note"]
    files = [b"".join(data_csv.write(one.tables[0], language="da")) for one in (copied, anew)]
    assert files[0] == files[1]
    csv.field_size_limit(1_000_000)
    (_, *lines) = csv.reader(io.StringIO(files[0].decode("utf-8-sig"), newline=""))
    assert [line[1] for line in lines] == [data_csv.cell(value) for value in ODD]
    assert [line[2] for line in lines] == ["x", "[tilbageholdt]", *["x"] * (len(ODD) - 2)]


def test_whoever_replaces_the_rows_replaces_the_columns():
    """A portable copy leaves columns out: the columns of the whole rows must not slip into it."""
    copied, _ = both("a", "b", "c")
    cut = replace(copied.tables[0], rows=lambda: iter([shape.Row(0, None, "", (), {"id": 7})]))
    assert [one.fields for one in shape.blocks(cut)] == [{"id": (7,)}]


def test_cells_are_written_as_the_standard_library_writes_them():
    for values in (ODD, ["a,b", 'c"d', "e\r\nf"], [1, 2], ["+45", None], [""], [None]):
        out = io.StringIO(newline="")
        csv.writer(out).writerows([["x", data_csv.cell(value)] for value in values])
        mine = zip(["x"] * len(values), data_csv.column(values), strict=True)
        assert data_csv._text(mine) == out.getvalue().encode()


def test_an_empty_cell_alone_is_a_line_all_the_same():
    alone = extract({"id": None}, {"id": 1}, names=("id",)).tables[0]
    assert b"".join(data_csv.write(alone, language="da")) == b'\xef\xbb\xbfid\r\n""\r\n1\r\n'


def test_other_programs_open_the_archive(tmp_path):
    big = b"".join(b'{"n": %d}\n' % number for number in range(200_000))  # written behind, in a thread
    path = tmp_path / "one.zip"
    with path.open("wb") as out:
        archive.write([("data.json", [big[:900_000], big[900_000:]]), ("empty.csv", []), ("a.pdf", [b"%PDF"])], out)
    with zipfile.ZipFile(path) as found:
        assert found.testzip() is None and found.read("data.json") == big and found.read("empty.csv") == b""
        assert found.getinfo("data.json").compress_size < len(big) / 4
    for command in (["7z", "t", str(path)], ["unzip", "-t", str(path)]):
        if shutil.which(command[0]):
            subprocess.run(command, check=True, capture_output=True)


def test_what_fails_behind_is_told():
    def broken(_part):
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"), archive.behind() as then:
        for _ in range(3):
            then(broken, b"x" * archive.SMALL)


@pytest.mark.django_db
@pytest.mark.parametrize("size", [0, 1, vault.SPOOL, vault.SPOOL + 1, 5_000_003])
def test_a_file_of_any_size_comes_back(size):
    data = bytes(range(256)) * (size // 256 + 1)
    data = data[:size]
    parts = [data[:1], b"", data[1:70_000], *(data[at : at + 300_001] for at in range(70_000, size, 300_001))]
    file = vault.store(parts, purpose="message", case=None)
    with vault.open_clear(file) as clear:
        assert clear.read() == data
    assert file.size == size and vault.read(file) == data
