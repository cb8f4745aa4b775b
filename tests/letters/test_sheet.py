"""The HTML of a letter as a tree: what a browser would show, and nothing from outside."""

import re

import pytest

from letters.check import TEXTS
from letters.glyphs import GAP, drawable, families
from letters.sheet import ForeignResource, read


def body(html: str) -> list[dict]:
    return read(f"<html lang=nb><body>{html}</body></html>").blocks


def words(parts: list) -> str:
    return "".join(one if isinstance(one, str) else words(one.get("c", [])) for one in parts)


@pytest.mark.parametrize(("html", "said"), [
    ("<p>  a \n <strong> b </strong>  c </p>", "a b c"), ("<p>a<b>b</b>c</p>", "abc"),
    ("<p>&lt;b&gt; &amp;amp;</p>", "<b> &amp;"),
    ("<p>a\u00a0b</p>", "a\u00a0b"), ("<p>x<script>alert(1)</script> y</p>", "x y"), ("bare <i>line</i>", "bare line"),
])  # fmt: skip
def test_spaces_and_marks_are_read_as_a_browser_would(html: str, said: str) -> None:
    (block,) = body(html)
    assert block["tag"] == "p" and words(block["c"]) == said


def test_what_was_not_closed_is_closed_where_it_must_be() -> None:
    blocks = body("<p>one<p>two<ul><li>a<li>b<ul><li>c</ul></ul><table><tr><td>x<td>y<tr><td>z</table>")
    assert [one["tag"] for one in blocks] == ["p", "p", "ul", "table"]
    assert [words(item[0]["c"]) for item in blocks[2]["items"]] == ["a", "b"]
    assert [[words(cell["c"]) for cell in row] for row in blocks[3]["rows"]] == [["x", "y"], ["z"]]


def test_headings_go_down_step_by_step_and_heads_of_tables_stand_apart() -> None:
    blocks = body("<h1>a</h1><div class=item><h3>b</h3></div><h2>c</h2><h4>d</h4>"
                  "<table><thead><tr><th>H</thead><tbody><tr><td>1</tbody></table>")  # fmt: skip
    assert [one["tag"] for one in (blocks[0], *blocks[1]["blocks"], *blocks[2:4])] == ["h1", "h2", "h2", "h3"]
    assert [words(row[0]["c"]) for row in blocks[4]["head"] + blocks[4]["rows"]] == ["H", "1"]


@pytest.mark.parametrize("href", ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "#t1", "/x", ""])
def test_no_link_but_to_the_web_a_mailbox_or_a_telephone(href: str) -> None:
    (block,) = body(f'<p><a href="{href}">x</a></p>')
    assert block["c"][0]["href"] == ""


@pytest.mark.parametrize("html", ["<img src='http://x/y.png'>", "<img src='file:///etc/passwd'>", "<link rel=x>",
                                  "<style>@import 'x'</style>", "<style>p { background: url(x) }</style>"])  # fmt: skip
def test_nothing_from_outside(html: str) -> None:
    with pytest.raises(ForeignResource):
        body(html)


def test_a_long_word_has_places_to_break_and_loses_nothing() -> None:
    (block,) = body(f"<p>short {'x' * 90} end</p>")
    assert words(block["c"]) == f"short {'x' * 90} end"
    assert max(len(one) for one in block["c"] if isinstance(one, str)) < 20


def test_every_element_of_our_letters_is_known() -> None:
    """What sheet.py does not know it looks through; our own texts use nothing that would lose its look so."""
    known = set("html head meta title style body header p img main div h1 h2 h3 table thead tbody tr th td ul li a br"
                " strong small bdi blockquote address footer".split())  # fmt: skip
    used = {tag for file in (TEXTS / "letters").rglob("*.html") for tag in _tags(file.read_text("utf-8"))}
    assert used <= known


def _tags(text: str) -> set[str]:
    return set(re.findall(r"<([a-z][a-z0-9]*)", text))


def test_what_cannot_be_drawn_is_a_box_and_what_cannot_be_seen_is_nothing() -> None:
    assert drawable("Åse Ødegård\nŠŧ Ελ") == "Åse Ødegård\nŠŧ Ελ" and families()[0] == "Open Sans"
    assert drawable("a\x00b\u200bc\u202ed\ufeff") == "a bcd" and drawable("a\u2028b") == "a\nb"
    assert drawable("\ue000\U0010ffff") in (GAP * 2, "??")
