"""Every trap of the sample data: what it is, and where it sits. README.md shows the same table; a test holds both."""

from collections.abc import Iterator
from typing import NamedTuple

from demo.write import SLUGS, sheet

WHAT = {
    "shared-address": "one address row that two customers share",
    "shared-address-2": "the other customer at that address",
    "other-card": "an order paid with the card and e-mail of another customer, whom its note to the driver names",
    "two-spellings": "one person, first of two customer rows: the e-mail with capital letters",
    "two-spellings-2": "the same person again: lower case, and an older e-mail beside it",
    "business-and-private": "a private customer who is also a business contact with the same e-mail",
    "business-and-private-2": "the business contact who is also a private customer",
    "null-email": "an e-mail that is NULL in the shop and empty in the accounts",
    "empty-email": "an e-mail that is an empty text: it must match nobody",
    "letters": "letters beyond ASCII in the name, % and _ in the e-mail",
    "apostrophe": "an apostrophe in name and e-mail",
    "underscore": "an e-mail with _, which LIKE would take for any letter",
    "underscore-2": "somebody else, whom that LIKE would find",
    "names-another": "a message whose free text names another customer and their e-mail",
}


class Trap(NamedTuple):
    slug: str
    code: str
    where: str  # a customer_no, or a table or column for traps of the schema
    what: str


_SCHEMA = (
    Trap("aj-dk", "no-primary-key", "shop.web_log", "a table without a primary key"),
    Trap("aj-se", "no-primary-key", "service.web_visits", "a table without a primary key"),
    Trap("ajos", "no-primary-key", "smartbyg.usage_log", "a table without a primary key"),
    Trap("aarstiderne", "no-primary-key", "shop.usage_log", "a table without a primary key"),
    Trap("ajour", "no-primary-key", "tills.login_log", "a table without a primary key"),
    Trap("aj-dk", "unmapped-column", "shop.customers.import_remark", "a column no map mentions"),
    Trap("aj-se", "unmapped-column", "shop.customers.import_remark", "a column no map mentions"),
    Trap("ajos", "unmapped-column", "crm.customers.import_remark", "a column no map mentions"),
    Trap("aarstiderne", "unmapped-column", "shop.customers.import_remark", "a column no map mentions"),
    Trap("ajour", "unmapped-column", "crm.customers.import_remark", "a column no map mentions"),
    Trap("aj-dk", "not-null", "erp.accounts.email", "NOT NULL: no NULL mask; the map writes an empty text instead"),
    Trap("aj-se", "not-null", "ledger.kund.epost", "NOT NULL: no NULL mask; the map writes an empty text instead"),
    Trap("ajos", "not-null", "ledger.accounts.email", "NOT NULL: no NULL mask; the map writes an empty text instead"),
    Trap("aarstiderne", "not-null", "ledger.vouchers.name", "NOT NULL: no NULL mask; the map writes - instead"),
    Trap(
        "ajour", "not-null", "accounting.accounts.email", "NOT NULL: no NULL mask; the map writes an empty text instead"
    ),
    Trap(
        "aj-dk",
        "unique",
        "marketing.subscribers.email",
        "NOT NULL and unique, and the map names no mask: the row goes, or a value of nobody comes in",
    ),
    Trap(
        "aj-se",
        "unique",
        "service.subscribers.email",
        "NOT NULL and unique, and the map names no mask: the row goes, or a value of nobody comes in",
    ),
    Trap(
        "ajos",
        "unique",
        "smartbyg.users.email",
        "NOT NULL and unique, and the map names no mask: the row goes, or a value of nobody comes in",
    ),
    Trap(
        "aarstiderne",
        "unique",
        "shop.cards.token",
        "NOT NULL and unique, and the map names no mask: the row goes, or a value of nobody comes in",
    ),
    Trap(
        "ajour",
        "unique",
        "tills.users.username",
        "NOT NULL and unique, and the map names no mask: the row goes, or a value of nobody comes in",
    ),
    Trap("aj-dk", "composite-key", "shop.order_lines", "a primary key of two columns"),
    Trap("aj-se", "composite-key", "service.survey_answers", "a primary key of three columns, the e-mail among them"),
    Trap("ajos", "composite-key", "crm.satisfaction", "a primary key of two columns, the e-mail among them"),
    Trap("aarstiderne", "composite-key", "newsletter.statistics", "a primary key of two columns"),
    Trap("ajour", "composite-key", "crm.credit_ratings", "a primary key of two columns, a date among them"),
    Trap("aj-dk", "cross-database", "erp.accounts.customer_no", "the key of shop.customers, in another database"),
    Trap("aj-se", "cross-database", "ledger.kund.kundnr", "the key of shop.customers, in another database"),
    Trap("ajos", "cross-database", "ledger.accounts.customer_no", "the key of crm.customers, in another database"),
    Trap(
        "aarstiderne", "cross-database", "ledger.vouchers.customer_no", "the key of shop.customers, in another database"
    ),
    Trap("ajour", "cross-database", "accounting.accounts.customer_no", "the key of crm.customers, in another database"),
)


def traps() -> Iterator[Trap]:
    """By company: first the traps that sit at a customer, then those of the schema."""
    for slug in SLUGS:
        for code, customer_no in sheet(slug, count=0).marks.items():
            yield Trap(slug, code, customer_no, WHAT[code])
        yield from (trap for trap in _SCHEMA if trap.slug == slug)


def table() -> str:
    """The table in README.md."""
    rows = "".join(f"| {trap.slug} | {trap.code} | `{trap.where}` | {trap.what} |\n" for trap in traps())
    return f"| company | trap | where | what |\n|---|---|---|---|\n{rows}"
