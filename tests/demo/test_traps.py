"""Each trap is where the table says."""

from pathlib import Path

import pytest
from sqlalchemy import UniqueConstraint

import demo
from demo.traps import Trap, table, traps
from tests.demo.asking import ask, column

HOME = {"aj-dk": "shop", "aj-se": "shop", "ajos": "crm", "aarstiderne": "shop", "ajour": "crm"}
PAYMENTS = {"aj-dk": "shop", "aj-se": "shop", "ajos": "ledger", "aarstiderne": "ledger", "ajour": "accounting"}
MESSAGES = {
    "aj-dk": "shop.messages.body",
    "aj-se": "service.chats.body",
    "ajos": "crm.enquiries.message",
    "aarstiderne": "service.enquiries.message",
    "ajour": "crm.enquiries.message",
}
CODES = {
    "shared-address",
    "other-card",
    "two-spellings",
    "business-and-private",
    "null-email",
    "empty-email",
    "letters",
    "apostrophe",
    "underscore",
    "names-another",
    "no-primary-key",
    "unmapped-column",
    "not-null",
    "unique",
    "composite-key",
    "cross-database",
}


def _where(slug: str) -> dict[str, str]:
    return {trap.code: trap.where for trap in traps() if trap.slug == slug}


def _customer(folder: Path, slug: str, code: str, columns: str) -> tuple[object, ...]:
    sql = f"SELECT {columns} FROM customers WHERE customer_no = ?"
    (row,) = ask(folder, f"{slug}/{HOME[slug]}", sql, [_where(slug)[code]])
    return row


def test_the_readme_lists_them() -> None:
    assert table() in Path(demo.__file__).with_name("README.md").read_text("utf-8")


@pytest.mark.parametrize("slug", demo.SLUGS)
def test_every_company_has_every_trap(slug: str) -> None:
    assert CODES <= _where(slug).keys()


@pytest.mark.parametrize("slug", demo.SLUGS)
def test_two_customers_share_an_address(slug: str, folder: Path) -> None:
    one, other = (_customer(folder, slug, code, "address_id, name") for code in ("shared-address", "shared-address-2"))
    assert one[0] == other[0] and one[1] != other[1]


@pytest.mark.parametrize("slug", demo.SLUGS)
def test_an_order_is_paid_by_somebody_else(slug: str, folder: Path) -> None:
    name, email = _customer(folder, slug, "shared-address", "name, email")
    buyer, _ = _customer(folder, slug, "other-card", "email, name")
    source = f"{slug}/{PAYMENTS[slug]}"
    assert column(folder, source, "SELECT card_holder FROM payments WHERE payer_email = ?", [email]) == [name]
    assert column(folder, source, "SELECT count(*) FROM payments WHERE payer_email = ?", [buyer]) == [0]


@pytest.mark.parametrize("slug", demo.SLUGS)
def test_one_person_under_two_spellings(slug: str, folder: Path) -> None:
    upper, _ = _customer(folder, slug, "two-spellings", "email, name")
    lower, old = _customer(folder, slug, "two-spellings-2", "email, previous_email")
    assert upper != lower and str(upper).lower() == lower and old and old != lower


@pytest.mark.parametrize("slug", demo.SLUGS)
def test_a_business_contact_is_a_private_customer_too(slug: str, folder: Path) -> None:
    mine = _customer(folder, slug, "business-and-private", "email, customer_type")
    work = _customer(folder, slug, "business-and-private-2", "email, customer_type")
    assert mine[0] == work[0] and mine[1] == "P" and work[1] != "P"


@pytest.mark.parametrize("slug", demo.SLUGS)
def test_e_mails_that_are_missing_or_hard_to_quote(slug: str, folder: Path) -> None:
    assert _customer(folder, slug, "null-email", "email") == (None,)
    assert _customer(folder, slug, "empty-email", "email") == ("",)
    name, email = _customer(folder, slug, "letters", "name, email")
    assert not str(name).isascii() and "%" in str(email) and "_" in str(email)
    assert "'" in str(_customer(folder, slug, "apostrophe", "email")[0])
    (pattern,) = _customer(folder, slug, "underscore", "email")
    like = column(folder, f"{slug}/{HOME[slug]}", "SELECT customer_no FROM customers WHERE email LIKE ?", [pattern])
    assert len(like) == 2 and set(like) == {_where(slug)["underscore"], _where(slug)["underscore-2"]}


@pytest.mark.parametrize("slug", demo.SLUGS)
def test_a_message_names_another_person(slug: str, folder: Path) -> None:
    name, email = _customer(folder, slug, "shared-address", "name, email")
    source, kind, body = MESSAGES[slug].split(".")
    (found,) = column(folder, f"{slug}/{source}", f"SELECT {body} FROM {kind} WHERE {body} LIKE ?", [f"%({email})%"])
    assert str(name) in found


@pytest.mark.parametrize(
    "trap", [trap for trap in traps() if "." in trap.where], ids=lambda trap: f"{trap.slug}-{trap.code}"
)
def test_traps_of_the_schema(trap: Trap) -> None:
    source, name, *rest = trap.where.split(".")
    schema = demo.sources(trap.slug)[source].tables[name]
    column = schema.columns[rest[0]] if rest else None
    match trap.code:
        case "no-primary-key":
            assert not schema.primary_key.columns
        case "composite-key":
            assert len(schema.primary_key.columns) > 1
        case "not-null":
            assert column is not None and not column.nullable
        case "unique":
            alone = any(
                list(each.columns) == [column] for each in schema.constraints if isinstance(each, UniqueConstraint)
            )
            assert column is not None and not column.nullable and alone
        case "cross-database":
            assert column is not None and not column.foreign_keys
        case "unmapped-column":
            assert column is not None  # that no map knows it: test_maps
        case _:
            raise AssertionError(trap.code)
