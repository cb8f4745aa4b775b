"""Three databases. customer_type K is a contact person of a firm, P a person who trades in their own name."""

from sqlalchemy import Column, Date, DateTime, Integer, LargeBinary, MetaData, Table, Text

from demo.columns import key, link, money, text, text_link
from demo.tables import addresses, customers

crm = MetaData()

addresses(crm)
customers(
    crm,
    text("title", 80),
    text("information_source", 120),
    Column("no_marketing_since", Date),
    Column("consent_withdrawn_on", Date),
)
Table(
    "prospects",
    crm,
    key(),
    text("name", nullable=False),
    text("company"),
    text("email", 190, index=True),
    text("phone", 30, index=True),
    Column("first_contact_on", Date, nullable=False),
    Column("restricted_on", Date),
    Column("objected_on", Date),
    Column("no_marketing_since", Date),
    Column("consent_withdrawn_on", Date),
)
Table(
    "enquiries",
    crm,
    key(),
    text("customer_no", 20, index=True),
    text("name"),
    text("email", 190, index=True),
    text("phone", 30),
    Column("message", Text, nullable=False),
    Column("received_at", DateTime, nullable=False),
)
Table(
    "id_scans",
    crm,
    key(),
    link("customer_id", "customers.id", nullable=False),
    text("document_type", 20, nullable=False),
    text("file_name", nullable=False, unique=True),
    Column("scan", LargeBinary),
    Column("scanned_on", Date, nullable=False),
)
Table(
    "credit_ratings",
    crm,
    text("customer_no", 20, primary_key=True),
    Column("rated_on", Date, primary_key=True),
    text("rating", 5, nullable=False),
    text("agency", 80),
    text("reason", 200),
)

accounting = MetaData()

Table(
    "accounts",
    accounting,
    text("customer_no", 20, primary_key=True),
    text("account_type", 1, nullable=False),
    text("name", nullable=False),
    text("contact_person"),
    text("email", 190, nullable=False, index=True),
    text("phone", 30, index=True),
    text("address", 250),
    Column("restricted_on", Date),
    Column("no_marketing_since", Date),
)
Table(
    "invoices",
    accounting,
    text("invoice_no", 20, primary_key=True),
    text_link("customer_no", "accounts.customer_no", nullable=False),
    text("order_no", 20, index=True),
    Column("invoice_date", Date, nullable=False),
    text("name", nullable=False),
    text("address", 250, nullable=False),
    text("email", 190),
    text("text", 250),
    money("amount", nullable=False),
    Column("paid_on", Date),
)
Table(
    "payments",
    accounting,
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
    "contracts",
    accounting,
    text("contract_no", 20, primary_key=True),
    text_link("customer_no", "accounts.customer_no", nullable=False),
    text("contact_name", nullable=False),
    text("contact_email", 190),
    Column("signed_on", Date, nullable=False),
    Column("used_last_on", Date, nullable=False),
    Column("text", Text),
)
Table(
    "delivery_notes",
    accounting,
    text("note_no", 20, primary_key=True),
    text_link("customer_no", "accounts.customer_no", nullable=False),
    text("order_no", 20),
    text("recipient", nullable=False),
    text("address", 250),
    Column("document_date", Date, nullable=False),
)
Table(
    "open_items",
    accounting,
    key(),
    text_link("customer_no", "accounts.customer_no", nullable=False),
    text("invoice_no", 20),
    money("amount", nullable=False),
    Column("due_on", Date),
)

tills = MetaData()

Table(
    "users",
    tills,
    key(),
    text("customer_no", 20, index=True),
    text("username", 190, nullable=False, unique=True),
    text("name", nullable=False),
    text("password_hash", 200, nullable=False),
    Column("last_login", DateTime),
)
# No primary key: a line is known only by all of its columns.
Table(
    "login_log",
    tills,
    text("username", 190, nullable=False, index=True),
    Column("logged_at", DateTime, nullable=False),
    text("till_no", 20),
    text("ip", 45),
)
Table("products", tills, key(), text("name", nullable=False), Column("warranty_years", Integer))

SCHEMAS = {"crm": crm, "accounting": accounting, "tills": tills}
