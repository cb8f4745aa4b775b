"""The PDF of an extract: one tagged document for people and machines, whatever the values are."""

import io
import re
import subprocess
from collections import Counter
from dataclasses import replace

import pikepdf
import pytest

from fulfilment.extract import data_json, data_pdf, layout, shape, shown, words
from fulfilment.extract.shown import View
from letters import typeset
from letters.glyphs import ASSETS
from tests.fulfilment.test_extract_files import AT, extract

LETTER = """<html lang="{}"><head><title>T</title><style>:root {{ --accent: #0b4f8a; }}</style></head><body>
<h1>A letter</h1><p>Hej <a href="https://example.com/a">dér</a></p><h3>Not <small>an h2</small></h3>
<table><thead><tr><th scope="col">Fil</th></tr></thead><tbody><tr><td>x</td></tr></tbody></table>
<ul><li>one</li></ul></body></html>"""
EVIL = ['#panic("x")', "$x$", "*b* _i_ `c` @l <m> https://a.b // c", "\\u{41}", '#import "@preview/x:1.0.0"',
        '"]; #read("/etc/passwd")', "\x00\x07\x1b[31m", "\ue000\ufffe", "\u202eabc\u2066",
        "a" * 700, "ישראל محمد", "山田 김", "😀 👨\u200d👩\u200d👧 🇩🇰 1\ufe0f\u20e3", "A\u0335\u0336\u0337",
        "\u2028x\n\n\ty", ""]  # fmt: skip


def made(one, language="da"):
    return data_pdf.write(View(one), letter=LETTER.format(language))


def text_of(pdf, tmp_path, *more):
    path = tmp_path / "one.pdf"
    path.write_bytes(pdf)
    return subprocess.run(["pdftotext", *more, str(path), "-"], capture_output=True, check=True).stdout.decode()


def many(count, **more):
    return extract(*({"id": n, "name": f"n{n}", "note": "x"} for n in range(count)), **more)


# --- one document -------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def whole():
    """Cards and a grid over several pages, a chapter of what is withheld, in one document."""
    ground = ("others_rights", "Art. 15(4) GDPR", "Derfor.")
    gone = shape.Withheld("shop", "messages", "Dine beskeder til os", "", 2, *ground)
    wide = extract({f"c{n}": f"v{n}" for n in range(12)} | {"id": 1}, names=("id", *(f"c{n}" for n in range(12))))
    one = many(80, withheld=[gone])
    one = replace(one, tables=(*wide.tables, *one.tables))
    return one, pikepdf.open(io.BytesIO(made(one)))


def test_every_mark_on_every_page_is_reached_from_the_structure_tree_and_back(whole):
    """ISO 32000-1, 14.7.4: each marked content belongs to one element, and the parent tree leads back to it."""
    _, pdf = whole
    tree, found = pdf.Root.StructTreeRoot, Counter()
    parents = pikepdf.NumberTree(tree.ParentTree)
    for element, page, mark in _marks(tree.K, page=None):
        found[page.objgen, mark] += 1
        assert parents[int(page.StructParents)][mark].objgen == element.objgen
    drawn = Counter((page.obj.objgen, mark) for page in pdf.pages for mark in _drawn(page))
    assert found == drawn and set(found.values()) == {1} and len(found) > 300
    for page in pdf.pages:
        for note in page.obj.get("/Annots", []):
            assert note.Subtype == "/Link" and note.Contents and parents[int(note.StructParent)].S == "/Link"


def _marks(element, *, page):
    if isinstance(element, pikepdf.Array):
        for one in element:
            yield from _marks(one, page=page)
    elif element.get("/Type") != "/OBJR":
        page = element.get("/Pg", page)
        for one in _list(element.get("/K", [])):
            if isinstance(one, int):
                yield element, page, one
            elif one.get("/Type") == "/MCR":
                yield element, one.get("/Pg", page), int(one.MCID)
            else:
                yield from _marks(one, page=page)


def _list(inside):
    return list(inside) if isinstance(inside, pikepdf.Array) else [inside]


def _drawn(page):
    """Marks in the content of a page. Whatever is painted outside of all marks fails: it would be neither content nor
    decoration (ISO 14289-1, 7.1)."""
    open_marks = []
    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        if name in ("BDC", "BMC"):
            open_marks.append(operands)
            if name == "BDC" and "/MCID" in operands[1]:
                yield int(operands[1].MCID)
        elif name == "EMC":
            open_marks.pop()
        elif name in ("Tj", "TJ", "f", "S", "B", "Do", "f*", "b"):
            assert open_marks, f"{name} belongs to nothing"
    assert not open_marks


def test_tables_have_headers_and_headings_go_down_step_by_step(whole):
    _, pdf = whole
    kinds = [str(one.S) for one in _elements(pdf.Root.StructTreeRoot.K)]
    heads = [one for one in _elements(pdf.Root.StructTreeRoot.K) if one.S == "/TH"]
    assert kinds[0] == "/Document" and kinds.count("/Table") == 3 == kinds.count("/THead") and "/L" in kinds
    assert heads and all("/Column" in str(one.get("/A")) for one in heads)
    levels = [int(kind[2]) for kind in kinds if kind[1] == "H" and kind[2:].isdigit()]
    assert levels[:2] == [1, 2] and all(b - a <= 1 for a, b in zip(levels, levels[1:], strict=False))


def _elements(element):
    for one in _list(element):
        if isinstance(one, pikepdf.Dictionary) and "/S" in one:
            yield one
            yield from _elements(one.get("/K", []))


def test_what_it_claims_and_what_that_asks_for(whole):
    one, pdf = whole
    root = pdf.Root
    with pdf.open_metadata() as meta:
        assert (meta["pdfaid:part"], meta["pdfaid:conformance"], meta["pdfuaid:part"]) == ("3", "A", "1")
        assert meta["dc:title"] == str(pdf.docinfo.Title) == "AJ Produkter: Dine oplysninger"
    assert root.Lang == "da" and root.MarkInfo.Marked and root.ViewerPreferences.DisplayDocTitle
    assert [str(intent.S) for intent in root.OutputIntents] == ["/GTS_PDFA1"]
    assert root.OutputIntents[0].DestOutputProfile.read_bytes()
    assert "/Encrypt" not in pdf.trailer and "/OpenAction" not in root and "/AcroForm" not in root
    with pdf.open_outline() as outline:
        named = [(item.title, [below.title for below in item.children]) for item in outline.root]
    assert named[0][0] == "A letter" and named[1] == ("Dine oplysninger", ["Webshop og Mine sider", "Tilbageholdt"])
    fonts = {font.objgen: font for page in pdf.pages for font in page.resources.get("/Font", {}).values()}
    assert fonts
    for font in fonts.values():
        inner = font.get("/DescendantFonts", [font])[0]
        assert inner.FontDescriptor.keys() & {"/FontFile2", "/FontFile3"} and "/ToUnicode" in font


def test_the_json_inside_is_the_json_beside(whole):
    one, pdf = whole
    beside = b"".join(data_json.write(one))
    (file,) = pdf.attachments.values()
    assert file.get_file().read_bytes() == beside and file.get_file().mime_type == "application/json"
    (named,) = pdf.Root.AF
    assert named.AFRelationship == "/Source" and named.UF == "data.json" and named.Desc


def test_what_is_too_large_to_travel_inside_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(data_pdf, "INSIDE", 500)
    pdf = made(many(30))
    assert not pikepdf.open(io.BytesIO(pdf)).attachments
    assert "ligger ved siden af dette dokument" in text_of(pdf, tmp_path)


def test_the_same_content_gives_the_same_bytes(whole):
    one, pdf = whole
    assert made(one) == made(one)
    assert str(pdf.docinfo.CreationDate).startswith("D:20261122")


# --- what people read ---------------------------------------------------------------------------------------------
def test_a_person_reads_labels_and_unmapped_columns_apart(tmp_path):
    row = {"id": 7, "name": "Åse Ødegård", "import_remark": "fra gammelt system"}
    told = text_of(made(extract(row, names=tuple(row))), tmp_path, "-layout")
    assert "A letter" in told and "Åse Ødegård" in told and "Navn" in told and "Side 1 af 2" in told
    assert told.index("Andre felter") < told.index("fra gammelt system")


def test_a_long_text_is_broken_over_pages_and_lost_nowhere(tmp_path):
    note = " ".join(f"ord{number}" for number in range(2000)) + " " + "x" * 400
    pdf = made(extract({"id": 1, "name": "a", "note": note}))
    told = text_of(pdf, tmp_path)
    assert len(pikepdf.open(io.BytesIO(pdf)).pages) > 3 and told.replace("\n", "").count("x" * 400) == 1
    assert all(f"ord{number}" in told for number in (0, 777, 1500, 1999))


def test_large_tables_end_with_a_pointer_to_the_csv(tmp_path):
    told = text_of(made(many(1500)), tmp_path)
    assert "n999" in told and "n1000" not in told and "tables/shop/customers.csv" in told


def test_many_wide_tables_share_the_room(monkeypatch):
    monkeypatch.setattr(shown, "CELLS", 3000)
    one = many(1500)
    view = View(replace(one, tables=one.tables * 10))
    assert [len(table.rows) for table in view.tables] == [100] * 10
    monkeypatch.setattr(shown, "LETTERS", 100)
    assert 0 < len(View(one).tables[0].rows) < 100


@pytest.mark.parametrize("count", [1, 3])
def test_no_value_is_markup_and_none_stops_the_answer(count, tmp_path):
    """As cards and as a grid. What no font here draws is a box; the JSON has it."""
    rows = [{"id": number, "name": value, "note": value} for number in range(count) for value in EVIL]
    one = extract(*rows)
    if count == 1:
        wide = {"id": 1} | {f"c{n}": value for n, value in enumerate(EVIL)}
        one = extract(wide, names=tuple(wide))
    told = text_of(made(one), tmp_path)
    for value in ('#panic("x")', "$x$", "#import", "@preview/x:1.0.0", '#read("/etc/passwd")', "<m>"):
        assert value in told
    assert "root:" not in told and "[31m" in told and "\x07" not in told


def test_the_templates_read_no_file_and_no_package():
    """Typst would fetch a package; here nothing but what is given it can be used."""
    for file in (typeset.LETTER, data_pdf.PAGES):
        assert not re.search(r"#import|#include|read\(|@preview|plugin\(", file.read_text())
    assert {file.suffix for file in ASSETS.iterdir()} <= {".typ", ".ttf", ".md"}  # all the press may read


def test_letters_a_font_has_singly_but_not_together_are_no_reason_to_stop(monkeypatch):
    """The second try uses our own typeface alone."""
    monkeypatch.setattr(typeset, "drawable", lambda text: text)
    assert made(extract({"id": 1, "name": "\U000e0100 \ue000", "note": "x"})).startswith(b"%PDF")


def test_nothing_is_told_of_what_could_not_be_set(monkeypatch):
    monkeypatch.setattr(typeset, "drawable", lambda text: text)
    monkeypatch.setattr(typeset, "ours_only", lambda text: text)
    with pytest.raises(typeset.NotTypeset) as failure:
        made(extract({"id": 1, "name": "\ue000 Åse", "note": "x"}))
    assert "Åse" not in repr(failure.value) and failure.value.__cause__ is None and failure.value.__suppress_context__


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_the_frame_speaks_the_language(language, tmp_path):
    pdf = made(many(2, language=language), language)
    told = " ".join(text_of(pdf, tmp_path).split())
    assert words.word("json_inside", language) in told and words.word("contents", language) in told
    assert str(pikepdf.open(io.BytesIO(pdf)).Root.Lang) == language


def test_withheld_values_say_so(tmp_path):
    one = many(3)
    row = shape.Row(0, None, AT.isoformat(), (), {"id": 1, "name": None, "note": "y"}, frozenset({"name"}))
    table = replace(one.tables[0], rows=lambda: iter([row]), count=1)
    assert "[tilbageholdt]" in text_of(made(replace(one, tables=(table,))), tmp_path)


def test_columns_fill_the_page_and_no_word_leaves_its_column():
    grid = layout.grid(["a" * 90, "b"], [["x" * 500, "y"], ["1", "2"]])
    assert sum(grid["widths"]) == pytest.approx(layout.PAGE)
    pieces = grid["rows"][0][0]
    assert "".join(pieces) == "x" * 500 and max(map(len, pieces)) < 60
