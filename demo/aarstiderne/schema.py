"""Four databases. customer_type P is a private customer, E (erhverv) a business."""

from sqlalchemy import Boolean, Column, Date, DateTime, ForeignKey, Integer, MetaData, Table, Text

from demo.columns import key, link, money, text, text_link
from demo.tables import addresses, customers, newsletter

shop = MetaData()

addresses(shop)
customers(shop, Column("last_seen_on", Date), Column("no_marketing_since", Date))
Table(
    "logins",
    shop,
    key(),
    link("customer_id", "customers.id", nullable=False, unique=True, index=False),
    text("username", 190, nullable=False, unique=True),
    text("password_hash", 200, nullable=False),
    Column("last_login", DateTime),
)
Table(
    "subscriptions",
    shop,
    key(),
    link("customer_id", "customers.id", nullable=False),
    text("plan", 80, nullable=False),
    Column("started_on", Date, nullable=False),
    Column("stopped_on", Date),
    Column("wishes", Text),
)
Table(
    "orders",
    shop,
    key(),
    text("order_no", 20, nullable=False, unique=True),
    link("customer_id", "customers.id", nullable=False),
    link("delivery_address_id", "addresses.id"),
    Column("ordered_on", Date, nullable=False),
    Column("delivered_on", Date),
    money("total", nullable=False),
    text("ordered_from_ip", 45),
    Column("in_progress", Boolean, nullable=False),
    Column("delivery_note", Text),
)
Table(
    "order_lines",
    shop,
    Column("order_id", Integer, ForeignKey("orders.id"), primary_key=True, autoincrement=False),
    Column("line_no", Integer, primary_key=True, autoincrement=False),
    text("order_no", 20, nullable=False),
    text("product", nullable=False),
    Column("quantity", Integer, nullable=False),
    money("price", nullable=False),
)
Table(
    "cards",
    shop,
    key(),
    link("customer_id", "customers.id", nullable=False),
    text("card_holder"),
    text("token", 80, nullable=False, unique=True),
    text("card_last4", 4),
    text("expires", 7),
    Column("saved_on", Date),
)
# No primary key: a visit is known only by all of its columns.
Table(
    "usage_log",
    shop,
    Column("seen_on", Date, nullable=False),
    text("customer_no", 20, index=True),
    text("ip", 45),
    text("device", 120),
    text("path", 200),
    text("search_term", 120),
)

ledger = MetaData()

Table(
    "vouchers",
    ledger,
    text("voucher_no", 20, primary_key=True),
    text("customer_no", 20, nullable=False, index=True),
    text("order_no", 20, index=True),
    Column("voucher_date", Date, nullable=False),
    text("name", nullable=False),
    text("address", 250, nullable=False),
    text("email", 190, index=True),
    text("phone", 30),
    money("amount", nullable=False),
)
Table(
    "payments",
    ledger,
    key(),
    text_link("voucher_no", "vouchers.voucher_no", nullable=False),
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
    text_link("voucher_no", "vouchers.voucher_no", nullable=False),
    text("customer_no", 20, nullable=False),
    money("amount", nullable=False),
    Column("due_on", Date),
)

news = MetaData()

newsletter(news)
Table(
    "statistics",
    news,
    Column("subscriber_id", Integer, ForeignKey("subscribers.id"), primary_key=True, autoincrement=False),
    text("month", 7, primary_key=True),
    Column("opened", Integer, nullable=False),
)

service = MetaData()

Table(
    "enquiries",
    service,
    key(),
    text("customer_no", 20, index=True),
    text("name"),
    text("email", 190, index=True),
    text("phone", 30),
    Column("message", Text, nullable=False),
    Column("received_at", DateTime, nullable=False),
    Column("closed_on", Date),
    Column("is_open", Boolean, nullable=False),
)
Table(
    "fair_signups",
    service,
    key(),
    text("fair", 80, nullable=False),
    text("name", nullable=False),
    text("address", 250),
    text("email", 190, index=True),
    text("phone", 30, index=True),
    text("method", 20),
    Column("signed_on", Date, nullable=False),
    Column("restricted_on", Date),
    Column("no_marketing_since", Date),
    Column("consent_withdrawn_on", Date),
)
Table(
    "credit_checks",
    service,
    key(),
    text("customer_no", 20, nullable=False, index=True),
    text("name", nullable=False),
    text("address", 250),
    Column("checked_on", Date, nullable=False),
    text("agency", 80),
    text("result", 20, nullable=False),
    text("reason", 200),
)

SCHEMAS = {"shop": shop, "ledger": ledger, "newsletter": news, "service": service}
