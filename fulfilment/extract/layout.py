"""How records look: a grid for narrow tables, cards with a label over each value for wide ones."""

from collections.abc import Iterable, Iterator, Sequence

from reportlab.lib.colors import HexColor

from fulfilment.extract.paper import INK, LEFT, PALE, RIGHT, SOFT, Paper, lines, width

GRID_COLUMNS = 8
GAP = 12.0
Cells = list[tuple[str, str]]
"""(label, value in words) of one record."""


def grid(
    paper: Paper, labels: Sequence[str], rows: Iterable[Sequence[str]], *, sample: Sequence[Sequence[str]]
) -> None:
    """One line a record; the labels again on top of every page."""
    widths = _shared_out(_needs(labels, sample))
    starts = [LEFT + sum(widths[:place]) for place in range(len(widths))]

    def head() -> None:
        cells = [lines(label, room - GAP, size=7.5, bold=True) for label, room in zip(labels, widths, strict=True)]
        height = max(map(len, cells)) * 10 + 8
        paper.y -= height
        paper.box(LEFT, paper.y, RIGHT - LEFT, height, PALE)
        for start, cell in zip(starts, cells, strict=True):
            for place, one in enumerate(cell):
                paper.text(one, start + 5, paper.y + height - 12 - place * 10, size=7.5, bold=True, color=SOFT)

    paper.room(60)
    head()
    paper.on_new_page = head
    for row in rows:
        cells = [lines(value, room - GAP, size=8.5, most=40) for value, room in zip(row, widths, strict=True)]
        height = max(map(len, cells)) * 11.5 + 7
        paper.room(height)
        paper.y -= height
        for start, cell in zip(starts, cells, strict=True):
            for place, one in enumerate(cell):
                paper.text(one, start + 5, paper.y + height - 12 - place * 11.5, size=8.5)
        paper.rule(LEFT, paper.y, RIGHT)
    paper.on_new_page = None


def fits(labels: Sequence[str], sample: Sequence[Sequence[str]]) -> bool:
    """Whether a grid would show these records without breaking most of them."""
    return len(labels) <= GRID_COLUMNS and len(sample) > 1 and sum(_needs(labels, sample)) <= RIGHT - LEFT + 40


def _needs(labels: Sequence[str], sample: Sequence[Sequence[str]]) -> list[float]:
    needs = []
    for place, label in enumerate(labels):
        values = [min(width(part, 8.5), 240) for row in sample for part in row[place].split("\n")]
        longest = max(width(word, 7.5, bold=True) for word in label.split() or [""])
        needs.append(max([*values, longest, 24]) + GAP)
    return needs


def _shared_out(needs: list[float]) -> list[float]:
    """The page shared out by what the columns need, none below a twelfth."""
    whole = RIGHT - LEFT
    if sum(needs) <= whole:
        return [need + (whole - sum(needs)) / len(needs) for need in needs]
    over = [max(need, whole / 12) for need in needs]
    return [need * whole / sum(over) for need in over]


def card(paper: Paper, heading: str, cells: Cells, *, other: Cells, other_heading: str) -> None:
    """One record: a heading, then its fields three abreast; those without an explanation below, apart."""
    height = card_height(cells, other)
    paper.room(height if height < 400 else 80)  # a card stays whole unless it is very long
    if heading:
        paper.y -= 18
        paper.box(LEFT, paper.y, 2.4, 12, paper.accent)
        paper.text(heading, LEFT + 8, paper.y + 3, size=9, bold=True)
    paper.y -= 2
    _draw(paper, list(_in_rows(cells)))
    if other:
        paper.room(30)
        paper.y -= 14
        paper.text(other_heading, LEFT + 8, paper.y + 2, size=7.5, bold=True, color=SOFT)
        _draw(paper, list(_in_rows(other)))
    paper.y -= 8


def card_height(cells: Cells, other: Cells) -> float:
    return 30 + _height(list(_in_rows(cells))) + (16 + _height(list(_in_rows(other))) if other else 0)


COLUMN = (RIGHT - LEFT - 8) / 3
Placed = list[tuple[int, list[str], list[str]]]
"""(column, label lines, value lines)"""


def _in_rows(cells: Cells) -> Iterator[Placed]:
    row: Placed = []
    at = 0
    for label, value in cells:
        span = _span(value)
        if at + span > 3:
            yield row
            row, at = [], 0
        room = span * COLUMN - GAP
        row.append((at, lines(label, room, size=7), lines(value, room, size=9)))
        at += span
    if row:
        yield row


def _span(value: str) -> int:
    longest = max(width(part, 9) for part in value.split("\n"))
    return 1 if longest <= COLUMN - GAP else 2 if longest <= 2 * COLUMN - GAP else 3


def _height(rows: list[Placed]) -> float:
    return sum(_row_height(row) for row in rows)


def _row_height(row: Placed) -> float:
    return max(len(label) * 8.5 + len(value) * 12 for _, label, value in row) + 7


def _draw(paper: Paper, rows: list[Placed]) -> None:
    for row in rows:
        if _row_height(row) < 600:
            paper.room(_row_height(row))
        tallest = paper.y
        page = paper.canvas.getPageNumber()
        for column, label, value in row:
            if paper.canvas.getPageNumber() == page:
                paper.y = tallest
            _cell(paper, LEFT + 8 + column * COLUMN, label, value)
        paper.y = tallest - _row_height(row) if paper.canvas.getPageNumber() == page else paper.y - 7


def _cell(paper: Paper, x: float, label: list[str], value: list[str]) -> None:
    for one in label:
        paper.y -= 8.5
        paper.text(one, x, paper.y, size=7, color=SOFT)
    for one in value:
        paper.room(12)
        paper.y -= 12
        paper.text(one, x, paper.y + 1, size=9, color=INK)


def band(paper: Paper, words: str, *, ink: str) -> None:
    """A heading across the page in the company's colour."""
    paper.room(90)
    paper.y -= 26
    paper.box(LEFT, paper.y, RIGHT - LEFT, 22, paper.accent)
    paper.text(words, LEFT + 8, paper.y + 7, size=11, bold=True, color=HexColor(ink))
    paper.y -= 8
