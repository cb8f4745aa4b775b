"""Which files an extract has, each with what is in it, and their bytes."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import IO

import orjson
from django.template.loader import render_to_string

from fulfilment.extract import data_csv, data_json, data_pdf, index_html, originals
from fulfilment.extract.archive import Files
from fulfilment.extract.manifest import MANIFEST, SIGNATURE
from fulfilment.extract.shape import Extract
from fulfilment.extract.shown import View
from fulfilment.extract.words import word
from fulfilment.handing_over import signing
from law.deadlines import local_day
from letters.pdf import to_pdf

PART = 1 << 18


def listed(extract: Extract) -> list[tuple[str, str]]:
    """(name, what is in it) of every file, in order. Portability has no PDF of data: R-66."""
    language = extract.language
    first = [("letter.pdf", "file_letter")] if _portable(extract) else [("extract.pdf", "file_pdf")]
    named = [*first, ("index.html", "file_index"), ("data.json", "file_json")]
    if _portable(extract):
        named.append(("data.schema.json", "file_schema"))
    lines = [(name, word(code, language)) for name, code in named]
    for table in extract.tables:
        what = f"{table.source_name}: {table.label}"
        lines.append((data_csv.path(table), word("file_csv", language, label=what)))
    if originals.tables(extract):
        lines.append((originals.FOLDER, word("file_originals", language)))
    if extract.withheld:
        lines.append(("withheld.json", word("file_withheld", language)))
    own = [("README.txt", "file_readme"), (MANIFEST, "file_manifest")]
    if signing.signer():
        own.append((SIGNATURE, "file_signature"))
    return [*lines, *((name, word(code, language)) for name, code in own)]


def brief(extract: Extract) -> list[tuple[str, str]]:
    """The same for a letter: one line for all the CSV files."""
    lines = [line for line in listed(extract) if not line[0].startswith("tables/")]
    if extract.tables:
        lines.insert(3, ("tables/", word("file_csv_all", extract.language)))
    return lines


def all_of(extract: Extract, *, letter: str) -> Files:
    """(name, parts) of every file but the manifest. `letter`: the HTML of the covering letter."""
    view = View(extract)
    yield ("letter.pdf", _letter(extract, letter)) if _portable(extract) else ("extract.pdf", _pdf(view, letter))
    yield "index.html", index_html.write(view)
    yield "data.json", data_json.write(extract)
    if _portable(extract):
        yield "data.schema.json", [data_json.schema()]
    for table in extract.tables:
        yield data_csv.path(table), data_csv.write(table, language=extract.language)
    yield from originals.write(extract)
    if extract.withheld:
        yield "withheld.json", [orjson.dumps([asdict(one) for one in extract.withheld], option=orjson.OPT_INDENT_2)]
    yield "README.txt", [readme(extract).encode()]


def readme(extract: Extract) -> str:
    context = {"extract": extract, "policy": extract.ours.policy, "files": listed(extract),
               "verify_url": signing.verify_url() if signing.signer() else ""}  # fmt: skip
    return render_to_string(f"fulfilment/readme/{extract.language}.txt", context)


def _letter(extract: Extract, letter: str) -> Iterator[bytes]:
    yield to_pdf(letter, day=local_day(extract.taken, tz=extract.ours.policy.tz))


def _pdf(view: View, letter: str) -> Iterator[bytes]:
    """Set when it is asked for: whoever leaves the PDF out does not pay for it."""
    yield data_pdf.write(view, letter=letter)


def parts(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while part := file.read(PART):
        yield part


def _portable(extract: Extract) -> bool:
    return extract.right == "portability"
