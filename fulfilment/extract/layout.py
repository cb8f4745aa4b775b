"""How records look on paper: a grid for narrow tables, cards with a label over each value for wide ones. Points."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from fulfilment.extract.shown import Shown
from letters.glyphs import width

PAGE = 481.9
"""Of A4 between margins of 20 mm."""
GRID_COLUMNS = 8
GAP = 12.0
SAMPLE = 50
COLUMN = (PAGE - 8) / 3
HEAD, VALUE, CARD = 7.5, 8.5, 9.0
WHOLE = 900
"""Letters up to which a card is kept on one page."""


def fits(shown: Shown) -> bool:
    """Whether a grid would show these records without breaking most of them."""
    few = len(shown.labels) <= GRID_COLUMNS and len(shown.rows) > 1
    return few and sum(_needs(shown.labels, shown.rows[:SAMPLE])) <= PAGE + 40


def grid(labels: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, Any]:
    """Widths of the columns, and the cells with places to break what is longer than its column."""
    widths = _shared_out(_needs(labels, rows[:SAMPLE]))
    rooms = [one - GAP for one in widths]
    return {
        "widths": widths,
        "head": [_cell(label, room, HEAD, bold=True) for label, room in zip(labels, rooms, strict=True)],
        "rows": [[_cell(value, room, VALUE) for value, room in zip(row, rooms, strict=True)] for row in rows],
    }


def cards(shown: Shown) -> list[dict[str, Any]]:
    """One card a record: fields the map explains, then the others; `whole`: short enough to stay on one page."""
    labels = [column.label for column in shown.table.columns]
    return [_card(list(zip(labels, row, strict=True)), shown.known) for row in shown.rows]


def _card(cells: list[tuple[str, str]], known: int) -> dict[str, Any]:
    whole = sum(len(value) + 30 + 60 * value.count("\n") for _, value in cells) < WHOLE
    return {"cells": list(_placed(cells[:known])), "other": list(_placed(cells[known:])), "whole": whole}


def _placed(cells: list[tuple[str, str]]) -> Iterator[list[Any]]:
    """[column, row, columns taken, label, value], three abreast."""
    x = y = 0
    for label, value in cells:
        span = _span(value)
        if x + span > 3:
            x, y = 0, y + 1
        room = span * COLUMN - GAP
        yield [x, y, span, _cell(label, room, HEAD), _cell(value, room, CARD)]
        x += span


def _span(value: str) -> int:
    if len(value) < 20:  # fits however wide its letters are
        return 1
    longest = max(width(part, CARD) for part in value[:400].split("\n"))
    return 1 if longest <= COLUMN - GAP else 2 if longest <= 2 * COLUMN - GAP else 3


def _needs(labels: Sequence[str], sample: Sequence[Sequence[str]]) -> list[float]:
    needs = []
    for place, label in enumerate(labels):
        values = [min(width(part[:80], VALUE), 240) for row in sample for part in row[place].split("\n")]
        longest = max(width(one, HEAD, bold=True) for one in label.split() or [""])
        needs.append(max([*values, longest, 24]) + GAP)
    return needs


def _shared_out(needs: list[float]) -> list[float]:
    """The page shared out by what the columns need, none below a twelfth."""
    if sum(needs) <= PAGE:
        return [need + (PAGE - sum(needs)) / len(needs) for need in needs]
    over = [max(need, PAGE / 12) for need in needs]
    return [need * PAGE / sum(over) for need in over]


def _cell(value: str, room: float, size: float, *, bold: bool = False) -> str | list[str]:
    """The value, or where a word of it is wider than the room, its pieces: between two of them a line may end."""
    if len(value) * size < room:
        return value
    pieces, done = [], 0
    for word in re.finditer(r"\S+", value):
        if len(word[0]) * size >= room and width(word[0], size, bold=bold) > room:
            for cut in range(word.start(), word.end(), max(1, int(room / size / 2))):
                pieces.append(value[done:cut])
                done = cut
    return [*pieces, value[done:]] if pieces else value
