"""A letter in a company's own words, all the way: in the mail, on the status page, in the PDF (docs/example)."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as portal
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from letters.kinds import Refused
from requests_app import access, correspondence, outbox
from requests_app.models import Case

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(settings: Any) -> str:
    """The example company, whose folder holds two letters of its own: refusal and news, both in Norwegian."""
    settings.DSAR_CONTROLLERS_PATH = [*portal.DSAR_CONTROLLERS_PATH, Path(portal.BASE_DIR, "docs", "example")]
    return "fjordsykler"


def refuse(case: Case) -> None:
    item = Refused(what="Notat", facts=("Utkast.",), law=("personopplysningsloven § 16 første ledd bokstav e",))
    correspondence.write(
        case, "refusal", now=timezone.now(), values={"right": "access", "partly": True, "items": (item,)}
    )


def test_the_company_s_own_words_reach_the_person(shop: str, visitor: Client, open_case: Callable[..., Case]) -> None:
    case = open_case(slug=shop, language="nb", now=timezone.now())
    refuse(case)
    outbox.send_due(now=timezone.now())
    assert [one for one in mail.outbox if "Noe nytt fra Fjordsykler" in one.subject and "vanlig e-post" in one.body]
    _, secret = access.issue(case, access.Purpose.STATUS, now=timezone.now())
    visitor.get(reverse("public:secret", args=[secret]))
    shown = visitor.get(reverse("public:letter", args=[case.reference, 2])).content.decode()
    paper = PdfReader(BytesIO(visitor.get(reverse("public:letter_pdf", args=[case.reference, 2])).content))
    printed = " ".join(" ".join(page.extract_text() for page in paper.pages).split())
    for text in (" ".join(shown.split()), printed):
        assert "Ring eller skriv til verkstedet" in text and "§ 16 første ledd bokstav e" in text
        assert "Postboks 458 Sentrum, 0105 Oslo" in text


def test_its_other_languages_and_other_companies_keep_our_words(shop: str, open_case: Callable[..., Case]) -> None:
    for case in (open_case(slug=shop, language="en"), open_case(slug="ajour", language="nb")):
        refuse(case)
        assert "verkstedet" not in case.letters.get(kind="refusal").text


@pytest.mark.parametrize(
    ("slug", "language", "name", "address"),
    [
        ("aj-dk", "da", "Datatilsynet", "Carl Jacobsens Vej 35, 2500 Valby"),
        ("ajos", "en", "Datatilsynet", "Carl Jacobsens Vej 35, 2500 Valby"),
        ("aarstiderne", "da", "Datatilsynet", "Carl Jacobsens Vej 35, 2500 Valby"),
        ("aj-se", "sv", "Integritetsskyddsmyndigheten", "Box 8114, 104 20 Stockholm"),
        ("ajour", "nb", "Datatilsynet", "Postboks 458 Sentrum, 0105 Oslo"),
    ],
)
def test_a_refusal_names_the_country_s_authority_where_it_lives_today(
    open_case: Callable[..., Case], slug: str, language: str, name: str, address: str
) -> None:
    """Art. 12(4), 77: whatever old name or address the published policy has (rules 1.1)."""
    case = open_case(slug=slug, language=language)
    refuse(case)
    text = case.letters.get(kind="refusal").text
    assert name in text and address in text
    assert "Datainspektionen" not in text and "Borgergade" not in text
