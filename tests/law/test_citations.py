"""Provisions and dates as each language writes them."""

from datetime import date

from law.citations import cite, spell_date
from tests.law.rows import each


@each(
    ("language", "text"),
    [
        ("da", "artikel 17, stk. 3, litra b, i databeskyttelsesforordningen"),
        ("sv", "artikel 17.3 b i dataskyddsförordningen"),
        ("nb", "personvernforordningen artikkel 17 nr. 3 bokstav b"),
        ("en", "Article 17(3)(b) GDPR"),
    ],
)
def test_article_of_the_regulation(language: str, text: str) -> None:
    assert cite("Art. 17(3)(b) GDPR", language) == text


@each(
    ("language", "text"),
    [
        ("da", "artikel 16 i databeskyttelsesforordningen"),
        ("sv", "artikel 16 i dataskyddsförordningen"),
        ("nb", "personvernforordningen artikkel 16"),
        ("en", "Article 16 GDPR"),
    ],
)
def test_article_without_a_paragraph(language: str, text: str) -> None:
    assert cite("Art. 16 GDPR", language) == text


def test_other_sources() -> None:
    assert cite("Art. 3(4) Regulation 1182/71", "da") == "artikel 3, stk. 4, i forordning nr. 1182/71"
    assert cite("Art. 4(9) GDPR", "da") == "artikel 4, nr. 9, i databeskyttelsesforordningen"
    assert cite("EDPB 01/2022 para. 74-79", "sv") == "EDPB:s riktlinjer 01/2022, punkt 74-79"
    assert cite("bogføringsloven § 12", "en") == "bogføringsloven § 12"


@each(
    ("language", "text"),
    [("da", "2. marts 2026"), ("sv", "2 mars 2026"), ("nb", "2. mars 2026"), ("en", "2 March 2026")],
)
def test_dates(language: str, text: str) -> None:
    assert spell_date(date(2026, 3, 2), language) == text
