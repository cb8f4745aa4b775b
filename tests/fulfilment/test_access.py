"""Art. 15(1)(a)-(h) and 15(2), tailored to what was really found for this person."""

import sqlite3

import pytest
from django.utils import timezone

from connectors.base import Identity
from fulfilment.collecting import loose
from fulfilment.collecting.loose import ExitStack
from fulfilment.extract.shape import Withheld
from fulfilment.handing_over import access
from law.citations import cite
from law.decisions import GROUNDS
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


def said(made, part: str) -> dict[str, str]:
    """First cell to second of one part of the letter."""
    cells = {"purposes": ("purpose", "basis"), "periods": ("what", "period"), "recipients": ("name", "role"),
             "transfers": ("recipient", "instrument")}[part]  # fmt: skip
    return {getattr(one, cells[0]).split(":")[0]: getattr(one, cells[1]) for one in getattr(made, part)}


def test_a_contact_person_is_told_no_purpose_of_private_customers(own_sources):
    """A representative is no party to the contract: legitimate interest, and nothing about a private customer."""
    _, bo, _ = cover("ajos", "bo.oneill@toemrer.example.com", "en")
    told = said(bo, "purposes")
    assert "Contact person of a company" in told and "Customer relationship as a private individual" not in told
    assert "contract with you" not in " ".join(told.values())
    _, agnete, _ = cover("ajos", "agnete.bruun-holst@example.com", "en")
    assert "Customer relationship as a private individual" in said(agnete, "purposes")


def test_a_private_customer_is_told_the_contract_and_a_contact_person_the_interest(own_sources):
    """S1:28 rests orders on "contract and/or legitimate interest": each sort of person is told its own."""
    _, anna, _ = cover("aj-se", "anna.sjogren@example.com", "sv")
    assert "6.1 f" not in said(anna, "purposes")["Hantera din beställning"]
    _, business, _ = cover("aj-se", "bjorn.oberg@norrsken.example.com", "sv")
    basis = said(business, "purposes")["Hantera din beställning"]
    assert "6.1 f" in basis and "6.1 b" not in basis and "företag du företräder" in basis


def test_a_period_for_those_who_never_bought_is_told_to_them_alone(own_sources):
    contact = "Navn, adresse og kundeoplysninger"
    _, buyer, _ = cover("aj-dk", "astrid.moller@example.com", "da")
    assert "uden køb" not in said(buyer, "periods")[contact]
    _, never, _ = cover("aarstiderne", "emil.aa@example.net", "da")
    assert said(never, "periods")[contact].startswith("Uden køb")
    _, once, _ = cover("aarstiderne", "bodil.aerenlund@example.com", "da")
    assert "uden køb" not in said(once, "periods")[contact]


def test_a_statute_stands_alone_where_it_governs(own_sources):
    _, made, _ = cover("aj-dk", "astrid.moller@example.com", "da")
    assert said(made, "periods")["Fakturaer"] == "5 år fra udgangen af det regnskabsår, bilaget vedrører"


def test_a_recipient_and_a_transfer_of_other_data_are_not_told(own_sources):
    _, lead, gaps = cover("ajos", "carsten.ravn@fjord.example.com", "en")
    assert lead.transfers == () and "survey_provider_us" not in {gap.id for gap in gaps}
    assert lead.sources == ("Your employer or your colleagues",)
    _, surveyed, _ = cover("ajos", "bo.oneill@toemrer.example.com", "en")
    assert said(surveyed, "transfers")["Customer satisfaction surveys"].endswith("you may have a copy.")


def test_a_category_is_told_only_where_something_is_held(own_sources):
    _, made, _ = cover("aj-dk", "astrid.moller@example.com", "da")
    assert "CPR-nummer" in made.categories and "CPR-nummer" in said(made, "periods")
    with sqlite3.connect(own_sources / "aj-dk" / "shop.sqlite") as shop:
        assert shop.execute("UPDATE logins SET cpr_no = NULL WHERE cpr_no IS NOT NULL").rowcount
    shop.close()
    _, made, _ = cover("aj-dk", "astrid.moller@example.com", "da")
    assert "CPR-nummer" not in made.categories and "CPR-nummer" not in said(made, "periods")


@pytest.mark.parametrize(("ground", "weighed"), [("no_16_f", True), ("no_16_e", False), ("others_rights", False)])
def test_what_is_withheld_under_norwegian_law_names_letter_and_interests(ground, weighed):
    """personopplysningsloven § 16 tredje ledd: for (f) the interests stand in the letter, whatever the ground is."""
    why = "Hensynet til den som varslet, veier tyngre."
    one = Withheld(source="shop", collection="notes", label="Notater", field="", count=1, ground=ground,
                   article=GROUNDS[ground].article, reason=why)  # fmt: skip
    told = access.refused(one, "nb")
    assert told.law == (cite(GROUNDS[ground].article, "nb"),)
    assert (told.interests == why and "åpenbare" in told.facts[0]) if weighed else told.facts == (why,)
