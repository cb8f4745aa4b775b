"""The data for a person to read: contents, then system by system, table by table. Drawn, not laid out by a browser."""

from collections.abc import Iterator
from itertools import islice
from typing import IO

from fulfilment.extract import data_csv, layout
from fulfilment.extract.paper import LEFT, RIGHT, SOFT, TOP, Paper, width
from fulfilment.extract.shape import Column, Extract, Row, Table, Withheld
from fulfilment.extract.words import text, word
from letters.words import spell

SHOWN = 1000
"""Records of a table laid out; the rest is in its CSV. Nobody reads page 4,000, and the file stays small (R-40)."""


def write(extract: Extract, out: IO[bytes]) -> int:
    """Draw it to `out`; number of pages, counted from 1 since the letter in front has its own."""
    language, policy, brand = extract.language, extract.ours.policy, extract.ours.brand
    title = word("your_portable_data" if extract.right == "portability" else "your_data", language)
    paper = Paper(
        out,
        title=f"{policy.display_name}: {title}",
        accent=brand.primary if brand else "#1f4e5f",
        foot=f"{policy.legal_name}  ·  {title}  ·  {word('reference', language, reference=extract.reference)}",
        page_words=word("page", language, page="{page}", pages="{pages}"),
    )
    _front(paper, extract, title)
    ink = brand.on_primary if brand else "#ffffff"
    for place, table in enumerate(extract.tables):
        if place == 0 or extract.tables[place - 1].source != table.source:
            paper.room(70 + _need(extract, table, *_start(extract, table)))
            paper.y -= 14
            layout.band(paper, table.source_name, ink=ink)
            paper.canvas.bookmarkPage(f"s{place}")
            paper.canvas.addOutlineEntry(table.source_name, f"s{place}", 0)
        _table(paper, extract, table, place)
    if extract.withheld:
        _withheld(paper, extract, ink)
    return paper.save()


def _front(paper: Paper, extract: Extract, title: str) -> None:
    language = extract.language
    paper.y = TOP - 10
    paper.paragraph(title, size=20, bold=True, color=paper.accent)
    paper.y -= 6
    day = spell(extract.taken.date(), language)
    paper.paragraph(word("intro", language, day=day), size=10)
    paper.y -= 16
    paper.paragraph(word("contents", language), size=12, bold=True)
    paper.y -= 4
    system = None
    for place, table in enumerate(extract.tables):
        if table.source != system:
            system = table.source
            paper.room(40)
            paper.y -= 18
            paper.text(table.source_name, LEFT, paper.y, size=9.5, bold=True)
            paper.y -= 3
        paper.room(16)
        paper.y -= 14
        count = _count(table.count, language)
        paper.text(table.label, LEFT + 10, paper.y, size=9.5)
        paper.text(count, RIGHT - width(count, 9), paper.y, size=9, color=SOFT)
        paper.canvas.linkAbsolute("", f"t{place}", (LEFT, paper.y - 3, RIGHT, paper.y + 10), Border="[0 0 0]")
        paper.rule(LEFT + 10, paper.y - 3.5, RIGHT)
    paper.y -= 10


def _count(count: int, language: str) -> str:
    return word("records_one", language) if count == 1 else word("records", language, count=count)


def _table(paper: Paper, extract: Extract, table: Table, place: int) -> None:
    language = extract.language
    first, labels, sample = _start(extract, table)
    paper.room(_need(extract, table, first, labels, sample))
    paper.y -= 30
    paper.canvas.bookmarkHorizontal(f"t{place}", 0, paper.y + 16)
    paper.canvas.addOutlineEntry(table.label, f"t{place}", 1)
    count = _count(table.count, language)
    paper.text(table.label, LEFT, paper.y, size=12, bold=True, color=paper.accent)
    paper.text(count, RIGHT - width(count, 8.5), paper.y, size=8.5, color=SOFT)
    paper.y -= 6
    for explanation in _explanations(table):
        paper.paragraph(explanation, size=8.5, color=SOFT)
    if layout.fits(labels, sample):
        rows = (_cells(extract, table, row) for row in islice(table.rows(), SHOWN))
        layout.grid(paper, labels, rows, sample=sample)
    else:
        _as_cards(paper, extract, table)
    if table.count > SHOWN:
        paper.y -= 4
        paper.paragraph(word("rest", language, shown=SHOWN, count=table.count, file=data_csv.path(table)), bold=True)


def _explanations(table: Table) -> Iterator[str]:
    if table.explain:
        yield table.explain
    yield from (f"{column.label}: {column.explain}" for column in table.columns if column.explain)


def _start(extract: Extract, table: Table) -> tuple[Row | None, list[str], list[list[str]]]:
    """(first record, column heads, the first records in words): enough to choose the shape of the table."""
    other = word("other_fields", extract.language).lower()
    labels = [f"{column.label} ({other})" if column.other else column.label for column in table.columns]
    rows = list(islice(table.rows(), 50))
    return rows[0] if rows else None, labels, [_cells(extract, table, row) for row in rows]


def _need(extract: Extract, table: Table, first: Row | None, labels: list[str], sample: list[list[str]]) -> float:
    """A heading never stands alone at the foot of a page: the room it takes with its first record."""
    explained = 60 + 16.0 * len(list(_explanations(table)))
    if first is None or layout.fits(labels, sample):
        return explained + 50
    return explained + min(layout.card_height(*_both(extract, table, first)), 300)


def _both(extract: Extract, table: Table, row: Row) -> tuple[layout.Cells, layout.Cells]:
    """(fields the map explains, other fields) of a record."""
    said = [(column, (column.label, _value(extract, row, column))) for column in table.columns]
    return [cell for column, cell in said if not column.other], [cell for column, cell in said if column.other]


def _cells(extract: Extract, table: Table, row: Row) -> list[str]:
    return [_value(extract, row, column) for column in table.columns]


def _as_cards(paper: Paper, extract: Extract, table: Table) -> None:
    language = extract.language
    for place, row in enumerate(islice(table.rows(), SHOWN), 1):
        known, other = _both(extract, table, row)
        heading = "" if table.count == 1 else word("record", language, number=place)
        layout.card(paper, heading, known, other=other, other_heading=word("other_fields", language))


def _value(extract: Extract, row: Row, column: Column) -> str:
    if column.name in row.withheld:
        return word("withheld_here", extract.language)
    tz = extract.ours.policy.tz
    return text(row.fields.get(column.name), language=extract.language, tz=tz, looks=column.looks)


def _withheld(paper: Paper, extract: Extract, ink: str) -> None:
    language = extract.language
    paper.y -= 14
    layout.band(paper, word("withheld", language), ink=ink)
    paper.paragraph(word("withheld_intro", language), size=9)
    paper.y -= 6
    labels = [word("what", language), word("count", language), word("why", language)]
    rows = [[_what(one), str(one.count), _why(one)] for one in extract.withheld]
    layout.grid(paper, labels, rows, sample=rows)


def _what(one: Withheld) -> str:
    return f"{one.label}: {one.field}" if one.field else one.label


def _why(one: Withheld) -> str:
    return "\n".join(part for part in (one.reason, one.article) if part)
