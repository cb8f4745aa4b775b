"""A company's own letter: it wins, and the start is refused over one that is wrong or tells less than ours."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from dsar_portal.checks import refuse_unsafe_start
from letters import render as rendering
from letters.check import problems
from letters.kinds import KINDS, LANGUAGES
from letters.render import TEXTS, LetterError, render
from tests.letters.samples import DAY, LETTERHEAD, URL, VALUES

PAPER = '{% extends "letters/paper/da.html" %}\n{% block subject %}\n  Egen\n{% endblock %}\n'
LINK = '<a href="{{ status_url }}">Din sag</a>'


def own(folder: Path, kind: str, text: str, *, name: str = "da.html") -> Path:
    file = folder / "letters" / kind / name
    file.parent.mkdir(parents=True)
    file.write_text(text, "utf-8")
    return file


def ours(kind: str, language: str = "da") -> str:
    return (TEXTS / "letters" / kind / f"{language}.html").read_text("utf-8")


def test_a_company_text_wins_in_its_language_alone(tmp_path: Path) -> None:
    own(tmp_path, "news", f"{PAPER}{{% block body %}}<p>Hos os</p>{LINK}{{% endblock %}}")
    letterhead = replace(LETTERHEAD, folder=tmp_path)
    rendered = render("news", language="da", values=VALUES["news"], letterhead=letterhead, written=DAY)
    assert rendered.subject == "Egen [DSR-2026-0042]" and "Hos os" in rendered.body and URL in rendered.text
    assert problems(tmp_path) == []
    other = render("news", language="sv", values=VALUES["news"], letterhead=letterhead, written=DAY)
    assert "Hos os" not in other.body


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_copy_of_our_text_is_a_company_text(tmp_path: Path, kind: str, language: str) -> None:
    own(tmp_path, kind, ours(kind, language), name=f"{language}.html")
    assert problems(tmp_path) == []


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("{{ due|day:language }}", "no value called due"),
        ("{% if nothing %}x{% endif %}", "no value called nothing"),
        ("{% for x in company.languages %}{{ x.y }}{% endfor %}", "no value called x.y"),
        ("{{ authority.fax }}", "no value called authority.fax"),
        ("{% if status_url and not gone %}x{% endif %}", "no value called gone"),
        ("{% nonsense %}", "Invalid block tag"),
        ('{% include "letters/paper/base.html" %}', "no {% include %} here"),
        ("{% autoescape off %}x{% endautoescape %}", "no {% autoescape %} here"),
        ("{{ status_url|safe }}", "always escaped"),
    ],
)
def test_what_a_text_may_not_hold_is_named_with_its_line(tmp_path: Path, body: str, found: str) -> None:
    file = own(tmp_path, "news", f"{PAPER}{{% block body %}}\n{LINK}\n{body}\n{{% endblock %}}\n")
    (line,) = problems(tmp_path)
    assert line.startswith(f"{file}:7: ") and found in line


@pytest.mark.parametrize(
    ("left_out", "instead", "found"),
    [
        ("{{ authority.address }}", "", "authority.address is left out"),
        ("artikel 77", "reglerne", "the complaint to the authority (Article 77) is left out"),
        ("artikel 79", "reglerne", "the judicial remedy (Article 79) is left out"),
        ("{% for fact in item.facts %}{{ fact }} {% endfor %}", "", "items.facts is left out"),
        ("{{ late_since|day:language }}", "", "late_since is left out"),
        ("{{ item.kept_until|day:language }}", "", "items.kept_until is left out"),
    ],
)
def test_what_the_law_wants_told_cannot_be_left_out(tmp_path: Path, left_out: str, instead: str, found: str) -> None:
    """Art. 12(4): a company may say it in its own words, not leave it out."""
    text = ours("refusal")
    assert left_out in text
    file = own(tmp_path, "refusal", text.replace(left_out, instead))
    assert problems(tmp_path) == [f"{file}:5: {found}, which this letter must tell"]


@pytest.mark.parametrize(
    ("kind", "name", "text", "found"),
    [
        ("farewell", "da.html", "x", "no kind of letter called farewell"),
        ("paper", "da.html", "x", "no kind of letter called paper"),
        ("news", "fi.html", "x", "found fi.html, expected one of da.html"),
        ("news", "da.txt", "x", "found da.txt, expected one of da.html"),
        ("news", "da.html", PAPER, "block body is missing"),
        ("news", "da.html", ours("news").replace("paper/da", "paper/sv"), 'begin with {% extends "letters/paper/da'),
        ("news", "da.html", ours("news") + "<p>P.S.</p>", "never printed: <p>P.S.</p>"),
        ("news", "da.html", ours("news") + "{% block ps %}P.S.{% endblock %}", "no block called ps"),
    ],
)
def test_a_file_that_is_no_letter_is_refused(tmp_path: Path, kind: str, name: str, text: str, found: str) -> None:
    file = own(tmp_path, kind, text, name=name)
    assert any(line.startswith(f"{file}:") and found in line for line in problems(tmp_path))


def test_a_text_in_another_alphabet_is_refused_with_its_file(tmp_path: Path) -> None:
    file = own(tmp_path, "news", "x")
    file.write_bytes(b"p\xe5")
    assert problems(tmp_path) == [f"{file}:1: letter news in da: not UTF-8 at byte 1"]


def test_a_text_without_a_subject_cannot_be_written(tmp_path: Path) -> None:
    own(tmp_path, "news", f'{{% extends "letters/paper/da.html" %}}{{% block body %}}{LINK}{{% endblock %}}')
    assert [line for line in problems(tmp_path) if "block subject is missing" in line]
    letterhead = replace(LETTERHEAD, folder=tmp_path)
    with pytest.raises(LetterError, match="no block subject"):
        render("news", language="da", values=VALUES["news"], letterhead=letterhead, written=DAY)


@pytest.mark.parametrize(("kind", "language"), [("breach_notice", "nb"), ("news", "en")])
def test_the_portal_does_not_start_with_a_text_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, language: str
) -> None:
    """The whole folder of texts but one file."""
    copied = tmp_path / "templates"
    shutil.copytree(TEXTS / "letters", copied / "letters")
    monkeypatch.setattr(rendering, "TEXTS", copied)
    (copied / "letters" / kind / f"{language}.html").unlink()
    with pytest.raises(ImproperlyConfigured) as stopped:
        refuse_unsafe_start()
    assert str(stopped.value).count("E008") == 1 and f"letters/{kind}/{language}.html is missing" in str(stopped.value)
