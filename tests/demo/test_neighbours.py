"""The person, their neighbour, the stranger: what belongs to two people is never taken for one person's."""

from pathlib import Path

import pytest

import demo
from connectors.base import Record
from demo.traps import traps
from policies.load import load_controller
from tests.demo.asking import column
from tests.demo.conftest import CONTROLLERS
from tests.demo.test_traps import HOME
from tests.demo.verdict import records


def _found(slug: str, folder: Path, code: str) -> list[Record]:
    (number,) = (trap.where for trap in traps() if (trap.slug, trap.code) == (slug, code))
    emails = column(folder, f"{slug}/{HOME[slug]}", "SELECT email FROM customers WHERE customer_no = ?", [number])
    return records(load_controller(CONTROLLERS / slug), folder, {"email": tuple(emails)})


@pytest.mark.parametrize("slug", demo.SLUGS)
def test_an_address_of_two_goes_to_a_person(slug: str, folder: Path) -> None:
    for code in ("shared-address", "shared-address-2"):
        (address,) = [each for each in _found(slug, folder, code) if each.collection == "addresses"]
        assert address.shared


@pytest.mark.parametrize("slug", demo.SLUGS)
def test_the_buyer_does_not_get_the_card_holder_unseen(slug: str, folder: Path) -> None:
    (payment,) = [each for each in _found(slug, folder, "other-card") if each.collection == "payments"]
    assert payment.shared


@pytest.mark.parametrize("slug", demo.SLUGS)
def test_the_card_holder_does_not_get_the_order_unseen(slug: str, folder: Path) -> None:
    found = _found(slug, folder, "shared-address")
    assert not [each for each in found if each.collection in ("orders", "rentals", "vouchers", "invoices", "faktura")]
    (payment,) = [each for each in found if each.collection == "payments"]
    assert payment.shared


@pytest.mark.parametrize("slug", demo.SLUGS)
def test_capitals_and_odd_signs_find_the_same_person(slug: str, folder: Path) -> None:
    names = {each.fields["name"] for each in _found(slug, folder, "two-spellings") if each.collection == "customers"}
    rows = [each for each in _found(slug, folder, "two-spellings") if each.collection == "customers"]
    assert len(rows) == 2 and len(names) == 1
    for code in ("letters", "apostrophe", "underscore"):
        assert len([each for each in _found(slug, folder, code) if each.collection == "customers"]) == 1


@pytest.mark.parametrize("slug", demo.SLUGS)
def test_an_empty_e_mail_finds_nobody(slug: str, folder: Path) -> None:
    assert _found(slug, folder, "empty-email") == []


@pytest.mark.parametrize("slug", demo.SLUGS)
def test_no_password_hash_leaves_a_source(slug: str, folder: Path) -> None:
    """That there is one is told; the value would open a door (Art. 32)."""
    controller = load_controller(CONTROLLERS / slug)
    found = [each for who in demo.PERSONAS[slug] for each in records(controller, folder, {"email": (who.email,)})]
    hashes = [each.fields["password_hash"] for each in found if each.fields.get("password_hash")]
    assert hashes and set(hashes) == {"***"}
