"""Tables that look alike in several companies' systems."""

from sqlalchemy import Column, Date, DateTime, MetaData, Table
from sqlalchemy.schema import SchemaItem

from demo.columns import key, link, text


def addresses(meta: MetaData) -> Table:
    """One row may belong to several customers."""
    return Table(
        "addresses",
        meta,
        key(),
        text("street", nullable=False),
        text("postcode", 10, nullable=False),
        text("city", 60, nullable=False),
        text("country", 2, nullable=False),
    )


def customers(meta: MetaData, *extra: SchemaItem) -> Table:
    return Table(
        "customers",
        meta,
        key(),
        text("customer_no", 20, nullable=False, unique=True),
        text("customer_type", 1, nullable=False),
        text("name", nullable=False),
        text("company"),
        text("email", 190, index=True),
        text("previous_email", 190, index=True),
        text("phone", 30, index=True),
        link("address_id", "addresses.id"),
        Column("created_on", Date, nullable=False),
        Column("restricted_on", Date),  # what the programs of the company look at before they use a row (Art. 18)
        Column("objected_on", Date),
        text("import_remark"),  # trap: no map mentions it
        *extra,
    )


def newsletter(meta: MetaData) -> tuple[Table, Table]:
    return (
        Table(
            "subscribers",
            meta,
            key(),
            text("email", 190, nullable=False, unique=True),
            text("name"),
            text("phone", 30),
            Column("subscribed_on", Date, nullable=False),
            Column("unsubscribed_on", Date),
        ),
        Table(
            "consents",
            meta,
            key(),
            text("email", 190, nullable=False, index=True),  # evidence outlives the subscription it is about
            Column("given_at", DateTime, nullable=False),
            text("ip", 45),
            text("wording", 250, nullable=False),
            Column("last_used_on", Date),
            Column("withdrawn_at", DateTime),
        ),
    )
