"""Three databases. The ledger is old and speaks Swedish; kundnr there is customer_no in the shop."""

from sqlalchemy import Boolean, Column, Date, DateTime, ForeignKey, Integer, MetaData, Table, Text

from demo.columns import key, link, money, text, text_link
from demo.tables import addresses, customers, newsletter

shop = MetaData()

addresses(shop)
# customer_type: P privat, F företag
customers(shop, text("gender", 1), Column("birth_year", Integer), Column("no_marketing_since", Date))
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
    "orders",
    shop,
    key(),
    text("order_no", 20, nullable=False, unique=True),
    link("customer_id", "customers.id", nullable=False),
    text("customer_type", 1, nullable=False),
    link("delivery_address_id", "addresses.id"),
    Column("ordered_on", Date, nullable=False),
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
    text("product", nullable=False),
    Column("quantity", Integer, nullable=False),
    money("price", nullable=False),
)
Table(
    "payments",
    shop,
    key(),
    link("order_id", "orders.id", nullable=False),
    text("order_no", 20, nullable=False),
    text("method", 20, nullable=False),
    text("card_holder"),
    text("payer_email", 190, index=True),
    text("card_last4", 4),
    Column("paid_on", Date),
)
Table(
    "bookings",
    shop,
    key(),
    link("order_id", "orders.id", nullable=False),
    text("order_no", 20, nullable=False),
    Column("visit_on", Date, nullable=False),
    text("contact_name", nullable=False),
    text("contact_phone", 30),
    Column("door_note", Text),
)
Table(
    "profiles",
    shop,
    Column("customer_id", Integer, ForeignKey("customers.id"), primary_key=True, autoincrement=False),
    text("segment", 40, primary_key=True),
    Column("score", Integer, nullable=False),
    Column("computed_on", Date, nullable=False),
    Column("stopped_on", Date),
)

ledger = MetaData()

Table(
    "kund",
    ledger,
    text("kundnr", 20, primary_key=True),
    text("kundtyp", 1, nullable=False),
    text("namn", nullable=False),
    text("kontaktperson"),
    text("epost", 190, nullable=False, index=True),
    text("telefon", 30),
    text("adress", 250),
    Column("senaste_kop", Date),
    Column("begransad_den", Date),
)
Table(
    "faktura",
    ledger,
    text("fakturanr", 20, primary_key=True),
    text_link("kundnr", "kund.kundnr", nullable=False),
    text("ordernr", 20, index=True),
    Column("fakturadatum", Date, nullable=False),
    text("namn", nullable=False),
    text("adress", 250, nullable=False),
    text("epost", 190, index=True),
    money("belopp", nullable=False),
    Column("betald", Date),
)
Table(
    "saldo",
    ledger,
    key(),
    text_link("kundnr", "kund.kundnr", nullable=False),
    text("fakturanr", 20),
    text("ordernr", 20),
    money("belopp", nullable=False),
    Column("forfallodag", Date),
)
Table(
    "garanti",
    ledger,
    key(),
    text_link("kundnr", "kund.kundnr", nullable=False),
    text("ordernr", 20, index=True),
    text("vara", nullable=False),
    text("kontakt", nullable=False),
    text("epost", 190),
    Column("levererad", Date, nullable=False),
    Column("garanti_ar", Integer, nullable=False),
    Column("garanti_till", Date, nullable=False),
    Column("avstadd", Boolean, nullable=False),
)

service = MetaData()

newsletter(service)
Table(
    "survey_answers",
    service,
    text("survey", 40, primary_key=True),
    text("email", 190, primary_key=True),
    Column("question", Integer, primary_key=True, autoincrement=False),
    Column("answer", Text),
    Column("answered_on", Date, nullable=False),
)
Table(
    "call_recordings",
    service,
    key(),
    text("customer_no", 20, index=True),
    text("phone", 30, index=True),
    Column("called_at", DateTime, nullable=False),
    Column("seconds", Integer, nullable=False),
    text("file_name", nullable=False, unique=True),
    text("agent"),
)
Table(
    "chats",
    service,
    key(),
    text("customer_no", 20, index=True),
    text("name"),
    text("email", 190, index=True),
    Column("body", Text, nullable=False),
    Column("sent_at", DateTime, nullable=False),
)
Table(
    "complaints",
    service,
    key(),
    text("customer_no", 20, nullable=False, index=True),
    text("order_no", 20),
    Column("opened_on", Date, nullable=False),
    Column("closed_on", Date),
    Column("is_open", Boolean, nullable=False),
    Column("description", Text),
)
# No primary key: a visit is known only by all of its columns.
Table(
    "web_visits",
    service,
    Column("first_logged", Date, nullable=False),
    Column("visited_at", DateTime, nullable=False),
    text("customer_no", 20, index=True),
    text("ip", 45),
    text("path", 200),
)

SCHEMAS = {"shop": shop, "ledger": ledger, "service": service}
