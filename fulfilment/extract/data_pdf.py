"""The answer as one document for people and machines: the letter, the data in words, data.json inside (Art. 12(1))."""

from itertools import groupby
from pathlib import Path
from typing import Any

from fulfilment.extract import data_csv, data_json, layout
from fulfilment.extract.shape import Extract, Withheld
from fulfilment.extract.shown import Shown, View, explanations, how_many, title
from fulfilment.extract.words import word
from law.deadlines import local_day
from letters import sheet
from letters.typeset import LETTER, typeset
from letters.words import spell

PAGES = Path(__file__).parent / "pages" / "extract.typ"
INSIDE = 5_000_000
"""Bytes of data.json up to which it travels inside the PDF. Beyond it lies beside it only."""


def write(view: View, *, letter: str) -> bytes:
    """The PDF. `letter`: the covering letter's HTML. Raises typeset.NotTypeset, sheet.ForeignResource (of letters)."""
    extract, front = view.extract, sheet.read(letter)
    language, policy, brand = extract.language, extract.ours.policy, extract.ours.brand
    name = title(extract)
    doc = {
        "title": f"{policy.display_name}: {name}", "author": policy.legal_name, "language": language,
        "accent": brand.primary if brand else front.accent, "on_accent": brand.on_primary if brand else "#ffffff",
        "running": f"{policy.legal_name}  ·  {name}  ·  {word('reference', language, reference=extract.reference)}",
        "page": word("page", language, page="{page}", pages="{pages}"),
    }  # fmt: skip
    day = local_day(extract.taken, tz=policy.tz)
    attached = _within(extract)
    data = _data(view, attached is not None) | {"letter": front.blocks}
    return typeset(LETTER, PAGES, doc=doc, data=data, day=day, attached=attached)


def _within(extract: Extract) -> str | None:
    """data.json as text, or None where it is too large; what is too large is not written to its end."""
    parts, size = [], 0
    for part in data_json.write(extract):
        parts.append(part)
        size += len(part)
        if size > INSIDE:
            return None
    return b"".join(parts).decode()


def _data(view: View, inside: bool) -> dict[str, Any]:
    extract, language = view.extract, view.extract.language
    day = spell(local_day(extract.taken, tz=extract.ours.policy.tz), language)
    named = [(f"t{place}", shown) for place, shown in enumerate(view.tables)]
    return {
        "title": title(extract),
        "intro": [word("intro", language, day=day), word("json_inside" if inside else "json_beside", language)],
        "contents": word("contents", language), "other": word("other_fields", language),
        "attached": word("file_json", language),
        "systems": [_system(source, list(group), language)
                    for source, group in groupby(named, key=lambda one: one[1].table.source_name)],
        "withheld": _withheld(extract) if extract.withheld else None,
    }  # fmt: skip


def _system(name: str, tables: list[tuple[str, Shown]], language: str) -> dict[str, Any]:
    return {
        "name": name,
        "tables": [[shown.table.label, how_many(shown.table.count, language), at] for at, shown in tables],
        "shown": [_table(shown, at, language) for at, shown in tables],
    }


def _table(shown: Shown, at: str, language: str) -> dict[str, Any]:
    table = shown.table
    as_grid = layout.fits(shown)
    return {
        "at": at, "label": table.label, "count": how_many(table.count, language),
        "explained": list(explanations(table)),
        "grid": layout.grid(shown.labels, shown.rows) if as_grid else None,
        "cards": [] if as_grid else layout.cards(shown),
        "record": "" if table.count == 1 else word("record", language, number="{number}"),
        "rest": "" if shown.whole else rest(shown, language),
    }  # fmt: skip


def rest(shown: Shown, language: str) -> str:
    file = data_csv.path(shown.table)
    return word("rest", language, shown=len(shown.rows), count=shown.table.count, file=file)


def _withheld(extract: Extract) -> dict[str, Any]:
    language = extract.language
    labels = [word("what", language), word("count", language), word("why", language)]
    rows = withheld_rows(extract)
    return {"label": word("withheld", language), "intro": word("withheld_intro", language),
            "grid": layout.grid(labels, rows)}  # fmt: skip


def withheld_rows(extract: Extract) -> list[list[str]]:
    """[what, how many, why] of each thing not handed out."""
    return [[_what(one), str(one.count), _why(one)] for one in extract.withheld]


def _what(one: Withheld) -> str:
    return f"{one.label}: {one.field}" if one.field else one.label


def _why(one: Withheld) -> str:
    return "\n".join(part for part in (one.reason, one.article) if part)
