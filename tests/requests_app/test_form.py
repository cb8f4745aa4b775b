"""The public form through the real views: what a person meets, in every language a company speaks."""

import pytest
from django.test import Client
from django.urls import reverse

from law.citations import spell_date
from law.rights import Right
from requests_app.models import Case, Letter
from requests_app.states import Stage
from tests.requests_app import walk

pytestmark = pytest.mark.django_db
COMPANIES = [("aj-dk", "da"), ("aj-se", "sv"), ("ajos", "da"), ("aarstiderne", "da"), ("ajour", "nb"), ("aj-dk", "en")]


@pytest.mark.parametrize(("slug", "language"), COMPANIES)
def test_a_person_asks_and_gets_a_receipt(visitor: Client, slug: str, language: str) -> None:
    visitor.post(reverse("public:language"), {"language": language, "next": "/"})
    response = walk.send(visitor, slug)
    case = Case.objects.get()
    assert response.url == reverse("public:receipt", args=[case.reference])
    page = visitor.get(response.url)
    text = page.content.decode()
    assert f'<html lang="{language}">' in text
    assert case.reference in text
    assert spell_date(case.claims.first().due_on, language) in text
    assert {claim.right for claim in case.claims.all()} == {Right.access, Right.erasure}
    assert case.language == language
    assert set(case.letters.values_list("kind", "language")) == {
        ("acknowledgement", language), ("confirm_email", language)
    }
    status = visitor.get(reverse("public:status", args=[case.reference]))
    assert status.status_code == 200
    assert case.person["name"] not in status.content.decode()
