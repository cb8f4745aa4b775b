"""index.html: the extract to browse in one page that needs nothing else, not even the internet. Values stay text."""

import base64
import hashlib
import re
from collections.abc import Iterator
from functools import cache
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fulfilment.extract import data_csv, layout
from fulfilment.extract.data_pdf import rest, withheld_rows
from fulfilment.extract.shape import Extract
from fulfilment.extract.shown import Shown, View, explanations, how_many, title
from fulfilment.extract.words import word
from law.deadlines import local_day
from letters.words import spell

PAGES = Path(__file__).parent / "pages"
LONG = 60
"""Letters of a value from which it takes a card's whole width."""
_UNSAYABLE = "\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff"
_UNPRINTABLE = re.compile(f"[{_UNSAYABLE}]")
_ODD = re.compile(f"[{_UNSAYABLE}&<>\"']")  # few texts have any of these, and looking is cheap


def write(view: View) -> Iterator[bytes]:
    """The page, a table at a time. As large as what is shown (`shown.CELLS`), however large the extract."""
    extract, language = view.extract, view.extract.language
    named = list(enumerate(view.tables))
    systems = [(name, list(group)) for name, group in groupby(named, key=lambda one: one[1].table.source_name)]
    yield _page(_head(extract), _contents(systems, language), _find(language))
    for place, (name, tables) in enumerate(systems):
        yield f'<section class="system"><h2 id="s{place}">{_said(name)}</h2>\n'.encode()
        for at, shown in tables:
            yield "".join(_table(shown, at, f"s{place} t{at}", language)).encode()
        yield b"</section>\n"
    if extract.withheld:
        yield "".join(_withheld(extract)).encode()
    yield _page("</main>", _end(extract), f"<script>{_file('index.js')}</script></body></html>")


def _page(*parts: str) -> bytes:
    return "\n".join((*parts, "")).encode()


def _head(extract: Extract) -> str:
    language, policy = extract.language, extract.ours.policy
    day = spell(local_day(extract.taken, tz=policy.tz), language)
    style, name = _style(extract), title(extract)
    rules = (f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(_file('index.js'))}; "
             "base-uri 'none'; form-action 'none'")  # fmt: skip
    answer = "letter.pdf" if extract.right == "portability" else "extract.pdf"
    before, after = word("letter_beside", language, file="\n").split("\n")
    beside = _said(before) + _link(answer, answer) + _said(after)
    about = f"{word('reference', language, reference=extract.reference)} · {day}"
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(rules)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="robots" content="noindex"><meta name="referrer" content="no-referrer">\n'
        f"<title>{_said(f'{policy.display_name}: {name}')}</title>\n<style>{style}</style></head>\n<body>\n"
        f'<a class="skip" href="#data">{_said(word("skip", language))}</a>\n'
        f'<header class="top"><div class="wide"><p>{_said(policy.legal_name)}</p><h1>{_said(name)}</h1>'
        f"<p>{_said(about)}</p></div></header>\n"
        f'<main class="wide" id="data" tabindex="-1"><p>{_said(word("intro", language, day=day))}</p>'
        f'<p>{beside}</p><p class="about">{_said(word("keep_safe", language))}</p>'
    )


def _style(extract: Extract) -> str:
    brand = extract.ours.brand
    accent, ink = (brand.primary, brand.on_primary) if brand else ("#1f4e5f", "#ffffff")
    return f":root {{ --accent: {accent}; --on-accent: {ink}; }}\n{_file('index.css')}"


def _contents(systems: list[tuple[str, list[tuple[int, Shown]]]], language: str) -> str:
    def line(at: int, shown: Shown) -> str:
        count = how_many(shown.table.count, language)
        return f'<li>{_link(f"#t{at}", shown.table.label)}<span class="count">{_said(count)}</span></li>'

    lines = (f"<li>{_said(name)}<ul>{''.join(line(at, shown) for at, shown in tables)}</ul></li>"
             for name, tables in systems)  # fmt: skip
    heading = f'<h2 id="contents">{_said(word("contents", language))}</h2>'
    return f'<nav class="contents" aria-labelledby="contents">{heading}<ul>{"".join(lines)}</ul></nav>'


def _find(language: str) -> str:
    """Shown by the script alone: without one it could do nothing."""
    said = {name: _said(word(name, language)) for name in ("search", "search_clear", "not_found")}
    found = _said(word("found", language, count="{count}"))
    return (
        f'<form id="find" role="search" hidden><div class="line"><label for="words">{said["search"]}</label>'
        f'<input id="words" type="search" autocomplete="off"><button type="reset">{said["search_clear"]}</button>'
        f'<p role="status" data-found="{found}" data-none="{said["not_found"]}"></p></div></form>'
    )


def _table(shown: Shown, at: int, labelled: str, language: str) -> Iterator[str]:
    table = shown.table
    csv = _link(quote(data_csv.path(table)), word("table_csv", language))
    yield f'<section class="table"><h3 id="t{at}">{_said(table.label)}</h3>'
    yield f'<p class="about">{_said(how_many(table.count, language))} · {csv}</p>\n'
    for words in explanations(table):
        yield f'<p class="explained">{_said(words)}</p>'
    if not shown.whole:
        yield f'<p class="rest">{_said(rest(shown, language))}</p>'
    yield from _grid(shown, labelled, language) if layout.fits(shown) else _cards(shown, at, language)
    yield "</section>\n"


def _grid(shown: Shown, labelled: str, language: str) -> Iterator[str]:
    heads = "".join(f'<th scope="col">{_said(label)}</th>' for label in shown.labels)
    yield f'<div class="scroll" role="region" tabindex="0" aria-labelledby="{labelled}"><table class="records">'
    yield f"<thead><tr>{heads}</tr></thead><tbody>\n"
    gone = word("withheld_here", language)
    for said, exact in zip(shown.rows, shown.exact, strict=True):
        yield "<tr>"
        yield from (_cell("td", value, raw, gone) for value, raw in zip(said, exact, strict=True))
        yield "</tr>\n"
    yield "</tbody></table></div>\n"


def _cards(shown: Shown, at: int, language: str) -> Iterator[str]:
    if len(shown.rows) > 1:
        yield f'<p class="sorter" hidden><label for="o{at}">{_said(word("sort_by", language))}</label> '
        yield f'<select id="o{at}"><option value="">{_said(word("sort_none", language))}</option></select></p>'
    yield '<div class="cards">\n'
    gone, labels = word("withheld_here", language), [_said(column.label) for column in shown.table.columns]
    for number, (said, exact) in enumerate(zip(shown.rows, shown.exact, strict=True), 1):
        cells = [_field(label, value, raw, gone) for label, value, raw in zip(labels, said, exact, strict=True)]
        yield '<article class="card">'
        if shown.table.count > 1:
            yield f"<h4>{_said(word('record', language, number=number))}</h4>"
        yield f"<dl>{''.join(cells[: shown.known])}</dl>" if shown.known else ""
        if shown.known < len(cells):
            yield f'<p class="other">{_said(word("other_fields", language))}</p>'
            yield f"<dl>{''.join(cells[shown.known :])}</dl>"
        yield "</article>\n"
    yield "</div>\n"


def _field(label: str, value: str, raw: Any, gone: str) -> str:
    """`label` is HTML."""
    wide = ' class="long"' if len(value) > LONG or "\n" in value else ""
    return f"<div{wide}><dt>{label}</dt>{_cell('dd', value, raw, gone)}</div>"


def _cell(tag: str, value: str, raw: Any, gone: str) -> str:
    """The value in words; where its order is not that of its words (a date, a number), what to sort by beside it."""
    if raw is None or raw == "":
        return f'<{tag} data-v=""{" class=gone" if value == gone else ""}>{_said(value)}</{tag}>'
    exact = str(raw) if isinstance(raw, str | int | float) else value
    differs = f' data-v="{_said(exact)}"' if exact != value else ""
    return f"<{tag}{differs}>{_said(value)}</{tag}>"


def _withheld(extract: Extract) -> Iterator[str]:
    language = extract.language
    heads = "".join(f'<th scope="col">{_said(word(name, language))}</th>' for name in ("what", "count", "why"))
    yield f'<section><h2 id="withheld">{_said(word("withheld", language))}</h2>'
    yield f"<p>{_said(word('withheld_intro', language))}</p>"
    yield '<div class="scroll" role="region" tabindex="0" aria-labelledby="withheld"><table>'
    yield f"<thead><tr>{heads}</tr></thead><tbody>"
    for row in withheld_rows(extract):
        yield f"<tr>{''.join(f'<td>{_said(value)}</td>' for value in row)}</tr>"
    yield "</tbody></table></div></section>\n"


def _end(extract: Extract) -> str:
    said = f"{_said(extract.ours.policy.legal_name)} · {_said(extract.reference)}"
    return f'<footer class="end"><div class="wide">{said}</div></footer>'


def _link(href: str, words: str) -> str:
    return f'<a href="{escape(href)}">{_said(words)}</a>'


def _said(text: str) -> str:
    """Text as text, in an element or between quotes."""
    return escape(_UNPRINTABLE.sub(" ", text)) if _ODD.search(text) else text


@cache
def _file(name: str) -> str:
    return (PAGES / name).read_text("utf-8")


def _hash(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"
