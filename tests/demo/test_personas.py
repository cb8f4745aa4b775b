"""The personas are who they are said to be, and law and policy decide for them what the tutorial says."""

from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest

import demo
from demo import PERSONAS, Persona
from tests.demo.asking import column
from tests.demo.test_traps import HOME
from tests.demo.verdict import verdicts

EVERYBODY = [(slug, persona) for slug in demo.SLUGS for persona in PERSONAS[slug]]
ORDERS = {
    "aj-dk": "shop.orders JOIN customers ON customers.id = customer_id",
    "ajos": "ledger.rentals",
    "aj-se": "shop.orders JOIN customers ON customers.id = customer_id",
    "ajour": "accounting.invoices",
    "aarstiderne": "ledger.vouchers",
}
EXAMPLES = {"E1", "E2", "E5", "E6", "E7", "E10", "E12", "E13", "E14"}


def _identity(persona: Persona) -> dict[str, tuple[str, ...]]:
    return {"email": (persona.email,), "phone": (persona.phone,) if persona.phone else ()}


def test_every_worked_example_has_a_person() -> None:
    assert {example for _, persona in EVERYBODY for example in persona.examples} == EXAMPLES


@pytest.mark.parametrize("slug", demo.SLUGS)
def test_six_to_eight_each_with_a_key_of_their_own(slug: str) -> None:
    keys = [persona.key for persona in PERSONAS[slug]]
    assert 6 <= len(keys) <= 8 and len(set(keys)) == len(keys)


@pytest.mark.parametrize(("slug", "persona"), EVERYBODY, ids=[f"{slug}-{persona.key}" for slug, persona in EVERYBODY])
def test_they_are_who_they_are_said_to_be(slug: str, persona: Persona, folder: Path) -> None:
    if persona.customer_no is None:
        known = "SELECT count(*) FROM customers WHERE email = ?"
        assert column(folder, f"{slug}/{HOME[slug]}", known, [persona.email]) == [0]
        return
    who = "SELECT {} FROM customers JOIN addresses ON addresses.id = address_id WHERE customer_no = ?"
    for name in ("name", "email", "phone", "postcode"):
        found = column(folder, f"{slug}/{HOME[slug]}", who.format(name), [persona.customer_no])
        assert found == [getattr(persona, name)], name
    if persona.order_no:
        source, _, orders = ORDERS[slug].partition(".")
        bought = column(
            folder, f"{slug}/{source}", f"SELECT customer_no FROM {orders} WHERE order_no = ?", [persona.order_no]
        )
        assert bought == [persona.customer_no]


@pytest.mark.parametrize(("slug", "persona"), EVERYBODY, ids=[f"{slug}-{persona.key}" for slug, persona in EVERYBODY])
def test_law_and_policy_decide_as_foretold(slug: str, persona: Persona, folder: Path) -> None:
    said: dict[str, dict[str, set[tuple[str, date | None]]]] = defaultdict(lambda: defaultdict(set))
    for verdict in verdicts(slug, folder, _identity(persona)):
        keep = verdict.decision.keep_through if verdict.decision.outcome == "retain" else None
        key = next(iter((verdict.record.key or {}).values()), "")
        said[verdict.kind][str(key)].add((verdict.decision.outcome, keep))
    for kind, expected in persona.erasure.items():
        assert kind in said, f"nothing of the kind {kind} found"
        for each in expected:
            keys = each.keys or tuple(said[kind])
            for key in keys:
                assert said[kind][key] == {(each.outcome, each.keep_through)}, kind


def test_a_neighbour_is_not_drawn_in(folder: Path) -> None:
    """Bent's address is his sister's too: that does not make her data his."""
    bent = demo.persona("aj-dk", "bent")
    for verdict in verdicts("aj-dk", folder, _identity(bent)):
        assert "birthe@example.org" not in verdict.record.fields.values()
