"""Which files an extract has, each with what is in it, and their bytes."""

import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from typing import IO

import orjson
import pikepdf
from django.template.loader import render_to_string

from fulfilment.extract import data_csv, data_json, data_pdf
from fulfilment.extract.archive import MANIFEST, Files
from fulfilment.extract.shape import Extract
from fulfilment.extract.words import word

PART = 1 << 18


def listed(extract: Extract) -> list[tuple[str, str]]:
    """(name, what is in it) of every file, in order. Portability has no PDF of data: R-66."""
    language = extract.language
    first = [("letter.pdf", "file_letter")] if _portable(extract) else [("extract.pdf", "file_pdf")]
    named = [*first, ("data.json", "file_json")]
    if _portable(extract):
        named.append(("data.schema.json", "file_schema"))
    lines = [(name, word(code, language)) for name, code in named]
    for table in extract.tables:
        what = f"{table.source_name}: {table.label}"
        lines.append((data_csv.path(table), word("file_csv", language, label=what)))
    if extract.withheld:
        lines.append(("withheld.json", word("file_withheld", language)))
    return [*lines, ("README.txt", word("file_readme", language)), (MANIFEST, word("file_manifest", language))]


def brief(extract: Extract) -> list[tuple[str, str]]:
    """The same for a letter: one line for all the CSV files."""
    lines = [line for line in listed(extract) if not line[0].startswith("tables/")]
    if extract.tables:
        lines.insert(2, ("tables/", word("file_csv_all", extract.language)))
    return lines


def all_of(extract: Extract, *, letter: bytes) -> Files:
    """(name, parts) of every file but the manifest. `letter`: the PDF of the covering letter."""
    yield ("letter.pdf", [letter]) if _portable(extract) else ("extract.pdf", whole_pdf(extract, letter=letter))
    yield "data.json", data_json.write(extract)
    if _portable(extract):
        yield "data.schema.json", [data_json.schema()]
    for table in extract.tables:
        yield data_csv.path(table), data_csv.write(table, language=extract.language)
    if extract.withheld:
        yield "withheld.json", [orjson.dumps([asdict(one) for one in extract.withheld], option=orjson.OPT_INDENT_2)]
    yield "README.txt", [readme(extract).encode()]


def readme(extract: Extract) -> str:
    context = {"extract": extract, "policy": extract.ours.policy, "files": listed(extract)}
    return render_to_string(f"fulfilment/readme/{extract.language}.txt", context)


def whole_pdf(extract: Extract, *, letter: bytes) -> Iterator[bytes]:
    """The letter, then the data, as one document (Art. 12(1): one thing to read from first page to last)."""
    with tempfile.TemporaryFile() as front, tempfile.TemporaryFile() as data, tempfile.TemporaryFile() as whole:
        front.write(letter)
        data_pdf.write(extract, data)
        with pikepdf.open(front) as pdf, pikepdf.open(data) as rest:
            _join(pdf, rest)
            pdf.save(whole, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        yield from parts(whole)


def _join(pdf: pikepdf.Pdf, rest: pikepdf.Pdf) -> None:
    """Append the pages. The tables are neither tagged nor PDF/A, so the whole does not claim to be."""
    pdf.pages.extend(rest.pages)
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as meta:
        for claim in ("pdfaid:part", "pdfaid:conformance", "pdfuaid:part"):
            if claim in meta:
                del meta[claim]


def parts(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while part := file.read(PART):
        yield part


def _portable(extract: Extract) -> bool:
    return extract.right == "portability"
