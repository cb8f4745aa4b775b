"""What goes in comes out, and only that: escaping, strictness, overrides, the text part, the hash."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import law.national
from law.citations import cite
from law.grounds import Ground
from letters import kinds as k
from letters.kinds import LANGUAGES
from letters.letterhead import Letterhead
from letters.plaintext import to_text
from letters.render import LetterError, render
from tests.letters.samples import DAY, LETTERHEAD, URL, VALUES

NASTY = "<script>alert(1)</script> \u202eתשובה & Co {{ reference }} " + "x" * 400


def override(folder: Path, kind: str, language: str, text: str) -> Letterhead:
    file = folder / "letters" / kind / f"{language}.html"
    file.parent.mkdir(parents=True)
    file.write_text(text, "utf-8")
    return replace(LETTERHEAD, folder=folder)


@pytest.mark.parametrize("language", LANGUAGES)
def test_values_are_escaped_and_never_run(language: str) -> None:
    values = replace(VALUES["refusal"], name=NASTY, items=(k.Refused(what=NASTY, facts=(NASTY,), law=(NASTY,)),))
    rendered = render("refusal", language=language, values=values, letterhead=LETTERHEAD, written=DAY)
    assert "<script" not in rendered.html
    assert "&lt;script&gt;" in rendered.html and "{{ reference }}" in rendered.html
    assert NASTY.split(" ")[0] in rendered.text  # the text part is plain, so it says what was written


def test_a_quote_cannot_leave_an_attribute() -> None:
    values = replace(VALUES["news"], status_url='https://x.example/"><img src=x onerror=y>')
    rendered = render("news", language="en", values=values, letterhead=LETTERHEAD, written=DAY)
    assert "<img" not in rendered.html


@pytest.mark.parametrize(("kind", "language"), [("news", "fi"), ("news", ""), ("nothing", "da"), ("../paper", "da")])
def test_unknown_kind_or_language_is_refused(kind: str, language: str) -> None:
    with pytest.raises(LetterError):
        render(kind, language=language, values=VALUES["news"], letterhead=LETTERHEAD, written=DAY)


def test_values_of_another_kind_are_refused() -> None:
    with pytest.raises(LetterError, match="needs News"):
        render("news", language="da", values=VALUES["withdrawn"], letterhead=LETTERHEAD, written=DAY)


def test_an_unknown_name_is_an_error_not_a_gap(tmp_path: Path) -> None:
    text = "{% block subject %}S{% endblock %}{% block body %}{{ nobody }}{% endblock %}"
    letterhead = override(tmp_path, "news", "da", text)
    with pytest.raises(LetterError, match="nobody"):
        render("news", language="da", values=VALUES["news"], letterhead=letterhead, written=DAY)


def test_the_hash_names_the_content() -> None:
    first, again = (
        render("news", language="da", values=VALUES["news"], letterhead=LETTERHEAD, written=DAY) for _ in range(2)
    )
    later = render("news", language="da", values=VALUES["news"], letterhead=LETTERHEAD, written=date(2026, 11, 24))
    assert first == again and len(first.sha256) == 64
    assert later.sha256 != first.sha256


def test_links_survive_in_the_text_part() -> None:
    rendered = render("news", language="en", values=VALUES["news"], letterhead=LETTERHEAD, written=DAY)
    assert f"Open your case: {URL}\n" in rendered.text
    assert "info@blaabaer.example" in rendered.text and "mailto:" not in rendered.text


def test_text_of_lists_tables_and_line_breaks() -> None:
    html = (
        "<style>p{}</style><header>head</header><p>One\n two<br>three</p><ul><li>a</li><li>b &amp; c</li></ul>"
        "<table><tr><th>k</th><th>v</th></tr><tr><td>1</td><td>2</td></tr></table><p><a href='https://x'>https://x</a></p>"
    )
    assert to_text(html) == "One two\nthree\n\n- a\n- b & c\n\nk | v\n1 | 2\n\nhttps://x\n"


@pytest.mark.parametrize(
    "bad",
    [{"accent": "red;}</style>"}, {"accent": "#fff"}, {"logo": "https://x.example/logo.png"}, {"logo": "file:///x"}],
)
def test_a_letterhead_carries_no_foreign_style_or_picture(bad: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="must be"):
        replace(LETTERHEAD, **bad)


@pytest.mark.parametrize(
    "make",
    [
        lambda: k.Refused(what="x", facts=(), law=("12(4)",)),
        lambda: k.Refused(what="x", facts=("y",), law=()),
        lambda: k.Refused(what="x", facts=(" ",), law=("12(4)",)),
        lambda: replace(LETTERHEAD.authority, address=" "),
        lambda: replace(VALUES["objection_refused"], weighed=""),
        lambda: replace(VALUES["objection_refused"], law=()),
        lambda: replace(VALUES["not_identified"], facts=()),
        lambda: replace(VALUES["extension"], reasons=()),
        lambda: replace(VALUES["breach_notice"], measures=()),
        lambda: replace(VALUES["restriction_lifting"], reason=""),
        lambda: replace(VALUES["automated_decision"], reviewer=""),
        lambda: replace(VALUES["refusal"], items=()),
        lambda: replace(VALUES["objection"], outcome="refused", not_done=()),
        lambda: replace(VALUES["objection"], outcome="granted"),
        lambda: replace(VALUES["access_cover"], recipients=()),
        lambda: replace(VALUES["access_cover"], periods=()),
        lambda: replace(VALUES["erasure_certificate"], erased=(), anonymised=(), stripped=(), kept=()),
    ],
)
def test_values_that_would_make_an_unlawful_letter(make: object) -> None:
    with pytest.raises(ValueError):
        make()  # type: ignore[operator]


@pytest.mark.parametrize(
    ("law", "interests", "found"),
    [
        ("personopplysningsloven § 16", "x", "§ 16 første ledd bokstav"),
        ("personopplysningsloven § 16 første ledd", "x", "§ 16 første ledd bokstav"),
        ("personopplysningsloven § 16 bokstav d", "x", "§ 16 første ledd bokstav"),
        ("personopplysningsloven § 16 første ledd bokstav f", "", "interests"),
    ],
)
def test_a_norwegian_exemption_is_named_to_the_letter_or_not_written(law: str, interests: str, found: str) -> None:
    """personopplysningsloven § 16 tredje ledd: the exact exemption, and for (f) the interests."""
    with pytest.raises(ValueError, match=found):
        k.Refused(what="x", facts=("y",), law=(law,), interests=interests)


@pytest.mark.parametrize("exemption", law.national.COUNTRIES["NO"].EXEMPTIONS, ids=lambda one: one.code)
def test_every_norwegian_exemption_of_the_catalogue_can_be_written(exemption: Ground) -> None:
    item = k.Refused(what="x", facts=("y",), law=(cite(exemption.article, "nb"),), interests="Hensyn.")
    values = replace(VALUES["refusal"], items=(item,))
    text = render("refusal", language="nb", values=values, letterhead=LETTERHEAD, written=DAY).text
    assert exemption.article in text and "Hensyn." in text
