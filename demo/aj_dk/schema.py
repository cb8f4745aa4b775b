"""Three databases that grew apart: the same customer is `customers` in the shop, `accounts` in the ERP system and
`subscribers` in the newsletter tool; only customer_no and e-mail tie them together."""

from sqlalchemy import Boolean, Column, Date, DateTime, ForeignKey, Integer, MetaData, Table, Text

from demo.columns import key, link, money, text, text_link

shop = MetaData()

Table(
    "addresses",
    shop,
    key(),
    text("street", nullable=False),
    text("postcode", 10, nullable=False),
    text("city", 60, nullable=False),
    text("country", 2, nullable=False),
)
Table(
    "customers",
    shop,
    key(),
    text("customer_no", 20, nullable=False, unique=True),
    text("customer_type", 1, nullable=False),  # P private, B contact person of a business, S sole trader
    text("name", nullable=False),
    text("company"),
    text("email", 190, index=True),
    text("previous_email", 190, index=True),
    text("phone", 30, index=True),
    link("address_id", "addresses.id"),
    Column("created_on", Date, nullable=False),
    Column("restricted_on", Date),
    Column("objected_on", Date),
    Column("no_marketing_since", Date),
    text("import_remark"),  # trap: no map mentions it
)
Table(
    "logins",
    shop,
    key(),
    link("customer_id", "customers.id", nullable=False, unique=True, index=False),
    text("username", 190, nullable=False, unique=True),
    text("password_hash", 200, nullable=False),
    text("cpr_no", 11),
    Column("last_login", DateTime),
)
Table(
    "preferences",
    shop,
    Column("customer_id", Integer, ForeignKey("customers.id"), primary_key=True, autoincrement=False),
    text("topic", 40, primary_key=True),
    text("answer", 80),
    Column("segment_score", Integer),
)
Table(
    "products",
    shop,
    key(),
    text("sku", 20, nullable=False, unique=True),
    text("name", nullable=False),
    Column("warranty_years", Integer),
)
Table(
    "orders",
    shop,
    key(),
    text("order_no", 20, nullable=False, unique=True),
    link("customer_id", "customers.id", nullable=False),
    text("customer_type", 1, nullable=False),
    link("delivery_address_id", "addresses.id"),
    Column("ordered_on", Date, nullable=False),
    Column("completed_on", Date),
    Column("delivered_on", Date),
    Column("paid_on", Date),
    Column("complaint_until", Date),
    money("total", nullable=False),
    Column("delivery_note", Text),
)
Table(
    "order_lines",
    shop,
    Column("order_id", Integer, ForeignKey("orders.id"), primary_key=True, autoincrement=False),
    Column("line_no", Integer, primary_key=True, autoincrement=False),
    text("order_no", 20, nullable=False),
    link("product_id", "products.id", nullable=False),
    text("product", nullable=False),
    Column("quantity", Integer, nullable=False),
    money("price", nullable=False),
)
Table(
    "payments",
    shop,
    key(),
    link("order_id", "orders.id", nullable=False),
    link("customer_id", "customers.id", nullable=False),
    text("order_no", 20),
    text("method", 20, nullable=False),
    text("card_holder"),
    text("payer_email", 190, index=True),
    text("card_last4", 4),
    Column("paid_on", Date),
)
Table(
    "messages",
    shop,
    key(),
    link("customer_id", "customers.id"),
    text("name"),
    text("email", 190, index=True),
    text("channel", 20, nullable=False),
    text("subject", 200),
    Column("body", Text),
    Column("sent_at", DateTime, nullable=False),
)
# The log has no primary key: a line is known only by all of its columns.
Table(
    "web_log",
    shop,
    Column("first_logged", Date, nullable=False),
    Column("logged_at", DateTime, nullable=False),
    text("customer_no", 20, index=True),
    text("ip", 45),
    text("path", 200),
    text("user_agent", 200),
    Column("security_incident", Boolean, nullable=False),
)

erp = MetaData()

Table(
    "accounts",
    erp,
    text("customer_no", 20, primary_key=True),
    text("account_type", 1, nullable=False),
    text("name", nullable=False),
    text("contact_person"),
    text("email", 190, nullable=False, index=True),
    text("phone", 30, index=True),
    text("street"),
    text("postcode", 10),
    text("city", 60),
    Column("last_transaction", Date),
    Column("basis_ended", Date),
    Column("restricted_on", Date),
)
Table(
    "invoices",
    erp,
    text("invoice_no", 20, primary_key=True),
    text_link("customer_no", "accounts.customer_no", nullable=False),
    text("order_no", 20, index=True),
    Column("invoice_date", Date, nullable=False),
    text("name", nullable=False),
    text("address", 250, nullable=False),
    text("email", 190, index=True),
    text("phone", 30),
    money("amount", nullable=False),
    Column("paid_on", Date),
)
Table(
    "open_items",
    erp,
    key(),
    text_link("customer_no", "accounts.customer_no", nullable=False),
    text("invoice_no", 20),
    text("order_no", 20),
    money("amount", nullable=False),
    Column("due_on", Date),
)
Table(
    "warranties",
    erp,
    key(),
    text_link("customer_no", "accounts.customer_no", nullable=False),
    text("order_no", 20, index=True),
    text("product", nullable=False),
    text("contact_name", nullable=False),
    text("contact_email", 190),
    text("contact_phone", 30),
    Column("delivered_on", Date, nullable=False),
    Column("warranty_years", Integer, nullable=False),
    Column("warranty_end", Date, nullable=False),
    Column("given_up", Boolean, nullable=False),
)
Table(
    "complaints",
    erp,
    key(),
    text_link("customer_no", "accounts.customer_no", nullable=False),
    text("order_no", 20),
    Column("opened_on", Date, nullable=False),
    Column("closed_on", Date),
    Column("is_open", Boolean, nullable=False),
    Column("description", Text),
)

marketing = MetaData()

Table(
    "subscribers",
    marketing,
    key(),
    text("email", 190, nullable=False, unique=True),
    text("name"),
    Column("subscribed_on", Date, nullable=False),
    Column("unsubscribed_on", Date),
)
Table(
    "consents",
    marketing,
    key(),
    link("subscriber_id", "subscribers.id", nullable=False),
    Column("given_at", DateTime, nullable=False),
    text("ip", 45),
    text("wording", 250, nullable=False),
    Column("withdrawn_at", DateTime),
)
Table(
    "clicks",
    marketing,
    key(),
    link("subscriber_id", "subscribers.id", nullable=False),
    text("campaign", 60, nullable=False),
    text("url", 200),
    Column("clicked_at", DateTime, nullable=False),
)
Table(
    "segments",
    marketing,
    text("customer_no", 20, primary_key=True),
    text("segment", 40, primary_key=True),
    Column("score", Integer, nullable=False),
    Column("computed_on", Date, nullable=False),
    Column("stopped_on", Date),
)

SCHEMAS = {"shop": shop, "erp": erp, "marketing": marketing}
