"""Art. 15(1)(a)-(h) and 15(2), tailored to what was really found for this person."""

import pytest
from django.utils import timezone

from connectors.base import Identity
from fulfilment import access, loose
from fulfilment.loose import ExitStack
from requests_app.controllers import controller

PEOPLE = {"aj-dk": ("astrid", "da"), "aj-se": ("anna", "sv"), "ajos": ("agnete", "en"), "aarstiderne": ("anders", "da"),
          "ajour": ("astri", "nb")}  # fmt: skip


def cover(slug, email, language):
    ours, searched = controller(slug), Identity({"email": (email,)})
    with ExitStack() as stack:
        found, _ = loose.extract(
            ours, searched, language=language, at=timezone.now(), stack=stack, include_shared=True
        )
        made = access.cover(found, name="", received=timezone.now().date(), searched=searched)
        return found, made, access.gaps(found)


@pytest.mark.parametrize("slug", PEOPLE)
@pytest.mark.parametrize("english", [False, True])
def test_every_company_can_answer_its_own_people(own_sources, slug, english):
    import demo

    key, language = PEOPLE[slug]
    found, made, _ = cover(slug, demo.persona(slug, key).email, "en" if english else language)
    assert found.records > 4
    assert made.purposes and made.periods and made.recipients and made.sources and made.categories
    for period in made.periods:
        assert period.period and period.what


def test_only_purposes_of_tables_in_which_something_was_found(own_sources):
    _, much, _ = cover("aj-dk", "astrid.moller@example.com", "da")
    _, little, _ = cover("aj-dk", "camilla.friis@example.org", "da")
    assert {one.purpose.split(":")[0] for one in little.purposes} < {one.purpose.split(":")[0] for one in much.purposes}
    assert "Bogføring" not in {one.purpose.split(":")[0] for one in little.purposes}
    assert len(little.categories) < len(much.categories)


def test_the_periods_are_those_of_her_sort_of_customer(own_sources):
    """Private customers and contact persons of businesses are kept by different rules."""
    _, private, _ = cover("aj-dk", "astrid.moller@example.com", "da")
    _, business, _ = cover("aj-dk", "dorthe.kjaer@nordlys.example.com", "da")
    said = {one.what: one.period for one in private.periods}, {one.what: one.period for one in business.periods}
    contact = "Navn, adresse og kundeoplysninger"
    assert "indtil ordren" in said[0][contact].lower() and "4 år" not in said[0][contact]
    assert said[1][contact].startswith("4 år")


def test_what_the_company_has_not_told_is_listed_to_staff(own_sources):
    _, made, gaps = cover("aj-dk", "astrid.moller@example.com", "da")
    assert access.Gap("recipient_names", "transport") in gaps and access.Gap("transfer_basis", "support") in gaps
    assert made.why_unnamed and not all(one.named for one in made.recipients)


def test_credit_checks_are_explained(own_sources):
    _, made, gaps = cover("ajour", "astri.odegard@example.com", "nb")
    assert made.automated and access.Gap("decision_logic", "credit_rating") in gaps
    _, none, _ = cover("aj-dk", "astrid.moller@example.com", "da")
    assert none.automated == ()
