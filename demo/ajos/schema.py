"""Three databases. Most people here stand for a company: customer_type R represents one, P is a private individual."""

from sqlalchemy import Boolean, Column, Date, DateTime, ForeignKey, Integer, MetaData, Table, Text

from demo.columns import key, link, money, text, text_link
from demo.tables import addresses, customers, newsletter

crm = MetaData()

addresses(crm)
customers(crm, text("job_title", 80))
Table(
    "leads",
    crm,
    key(),
    text("name", nullable=False),
    text("email", 190, index=True),
    text("phone", 30, index=True),
    text("employer"),
    text("source", 20, nullable=False),
    text("source_detail", 200),
    Column("first_contact_on", Date, nullable=False),
    text("status", 20, nullable=False),
    Column("restricted_on", Date),
    Column("objected_on", Date),
    Column("no_marketing_since", Date),
)
Table(
    "enquiries",
    crm,
    key(),
    text("customer_no", 20, index=True),
    text("name"),
    text("email", 190, index=True),
    text("company"),
    Column("message", Text, nullable=False),
    Column("received_at", DateTime, nullable=False),
    Column("closed_on", Date),
    Column("is_open", Boolean, nullable=False),
)
# Composite key: a person answers a survey about a company once a year.
Table(
    "satisfaction",
    crm,
    text("email", 190, primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("score", Integer, nullable=False),
    Column("comment", Text),
)
newsletter(crm)

smartbyg = MetaData()

Table(
    "users",
    smartbyg,
    key(),
    text("email", 190, nullable=False, unique=True),
    text("name", nullable=False),
    text("phone", 30, index=True),
    text("company"),
    text("customer_no", 20, index=True),
    text("password_hash", 200, nullable=False),
    Column("last_login", DateTime),
)
Table("projects", smartbyg, key(), text("name", nullable=False), text("site"))
Table(
    "memberships",
    smartbyg,
    Column("project_id", Integer, ForeignKey("projects.id"), primary_key=True, autoincrement=False),
    Column("user_id", Integer, ForeignKey("users.id"), primary_key=True, autoincrement=False),
    text("role", 40),
)
# No primary key: a line is known only by all of its columns.
Table(
    "usage_log",
    smartbyg,
    link("user_id", "users.id"),
    Column("used_at", DateTime, nullable=False),
    text("action", 80, nullable=False),
    text("ip", 45),
)

ledger = MetaData()

Table(
    "accounts",
    ledger,
    text("customer_no", 20, primary_key=True),
    text("account_type", 1, nullable=False),
    text("name", nullable=False),
    text("contact_person"),
    text("email", 190, nullable=False, index=True),
    text("phone", 30, index=True),
    text("address", 250),
    Column("restricted_on", Date),
)
Table(
    "rentals",
    ledger,
    key(),
    text("order_no", 20, nullable=False, unique=True),
    text_link("customer_no", "accounts.customer_no", nullable=False),
    text("product", nullable=False),
    Column("rented_on", Date, nullable=False),
    Column("returned_on", Date),
    Column("site_note", Text),
)
Table(
    "invoices",
    ledger,
    text("invoice_no", 20, primary_key=True),
    text_link("customer_no", "accounts.customer_no", nullable=False),
    text("order_no", 20, index=True),
    Column("invoice_date", Date, nullable=False),
    text("name", nullable=False),
    text("address", 250, nullable=False),
    text("contact_person"),
    text("email", 190),
    money("amount", nullable=False),
    Column("paid_on", Date),
)
Table(
    "payments",
    ledger,
    key(),
    text_link("invoice_no", "invoices.invoice_no", nullable=False),
    text_link("customer_no", "accounts.customer_no", nullable=False),
    text("method", 20, nullable=False),
    text("card_holder"),
    text("payer_email", 190, index=True),
    text("card_last4", 4),
    Column("paid_on", Date),
)
Table(
    "open_items",
    ledger,
    key(),
    text_link("customer_no", "accounts.customer_no", nullable=False),
    text("invoice_no", 20),
    money("amount", nullable=False),
    Column("due_on", Date),
)

SCHEMAS = {"crm": crm, "smartbyg": smartbyg, "ledger": ledger}
