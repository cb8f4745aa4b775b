"""What can happen to a customer of AJ Produkter A/S, one function each: for the crowd and for the hand-made people."""

from datetime import date, timedelta
from decimal import Decimal

from demo.dates import at, months_after
from demo.people import Person
from demo.sheet import Row, Sheet

PRODUCTS = (  # name, price, years of warranty: 7 to 30, as the policy says; None where none is given
    ("Hæve-sænkebord Flexus", "4995.00", 7),
    ("Kontorstol Milton", "2495.00", 7),
    ("Arbejdsbord Robust", "3795.00", 7),
    ("Pallereol Ultimate", "8950.00", 10),
    ("Arkivskab Fortress", "5250.00", 10),
    ("Garderobeskab Classic", "3195.00", 15),
    ("Stålreol Mix", "1895.00", 30),
    ("Whiteboard Doris", "895.00", None),
    ("Plante, kunstig", "395.00", None),
    ("Sækkevogn", "1295.00", 7),
)

COMPLAINT_MONTHS = 24  # købeloven, to be confirmed (rules: statutory_complaint)


def products(sheet: Sheet) -> None:
    for number, (name, _price, years) in enumerate(PRODUCTS, start=1):
        sheet.add("shop.products", id=number, sku=f"AJ-{number:04d}", name=name, warranty_years=years)


def address(sheet: Sheet, person: Person) -> Row:
    return sheet.add("shop.addresses", street=person.street, postcode=person.postcode, city=person.city, country="DK")


def customer(
    sheet: Sheet,
    person: Person,
    *,
    kind: str = "P",
    since: date,
    company: str | None = None,
    at_address: Row | None = None,
    previous_email: str | None = None,
) -> Row:
    """In the shop and, with the same customer_no, in the ERP system."""
    number = str(sheet.number("customer_no", start=100001))
    place = at_address or address(sheet, person)
    sheet.add(
        "erp.accounts",
        customer_no=number,
        account_type=kind,
        name=company or person.name,
        contact_person=person.name if company else None,
        email=person.email or "",
        phone=person.phone,
        street=place["street"],
        postcode=place["postcode"],
        city=place["city"],
    )
    return sheet.add(
        "shop.customers",
        customer_no=number,
        customer_type=kind,
        name=person.name,
        company=company,
        email=person.email,
        previous_email=previous_email,
        phone=person.phone,
        address_id=place["id"],
        created_on=since,
        import_remark="fra gammelt system" if since < date(2019, 1, 1) else None,
    )


def order(
    sheet: Sheet,
    who: Row,
    *,
    on: date,
    product: int,
    quantity: int = 1,
    delivered: date | None = None,
    paid: date | None = None,
    warranty: bool = True,
    note: str | None = None,
    card_holder: str | None = None,
    payer_email: str | None = None,
) -> Row:
    """An order with its line, payment, invoice (dated when delivered) and warranty. `paid` None leaves an open item."""
    name, price, years = PRODUCTS[product - 1]
    number = sheet.number("order", start=1)
    total = Decimal(price) * quantity
    made = sheet.add(
        "shop.orders",
        order_no=f"DK-{number:04d}",
        customer_id=who["id"],
        customer_type=who["customer_type"],
        delivery_address_id=who["address_id"],
        ordered_on=on,
        completed_on=delivered,
        delivered_on=delivered,
        paid_on=paid,
        complaint_until=months_after(delivered, COMPLAINT_MONTHS)
        if delivered and who["customer_type"] != "B"
        else None,
        total=total,
        delivery_note=note,
    )
    sheet.add(
        "shop.order_lines",
        order_id=made["id"],
        line_no=1,
        order_no=made["order_no"],
        product_id=product,
        product=name,
        quantity=quantity,
        price=Decimal(price),
    )
    sheet.add(
        "shop.payments",
        order_id=made["id"],
        customer_id=who["id"],
        order_no=made["order_no"],
        method="card" if who["customer_type"] == "P" else "invoice",
        card_holder=card_holder or (who["name"] if who["customer_type"] == "P" else None),
        payer_email=payer_email or who["email"],
        card_last4=f"{number * 37 % 10000:04d}",
        paid_on=paid,
    )
    if delivered:
        _invoice(sheet, who, made, on=delivered, paid=paid)
        if years and warranty:
            _warranty(sheet, who, made, product=name, years=years)
    return made


def _invoice(sheet: Sheet, who: Row, made: Row, *, on: date, paid: date | None) -> None:
    place = sheet.tables["shop.addresses"][who["address_id"] - 1]
    number = f"F{sheet.number('invoice', start=500001)}"
    sheet.add(
        "erp.invoices",
        invoice_no=number,
        customer_no=who["customer_no"],
        order_no=made["order_no"],
        invoice_date=on,
        name=who["company"] or who["name"],
        address=f"{place['street']}, {place['postcode']} {place['city']}",
        email=who["email"],
        phone=who["phone"],
        amount=made["total"],
        paid_on=paid,
    )
    account = sheet.tables["erp.accounts"][int(who["customer_no"]) - 100001]
    account["last_transaction"] = max(filter(None, (account.get("last_transaction"), on)))
    if paid is None:
        sheet.add(
            "erp.open_items",
            customer_no=who["customer_no"],
            invoice_no=number,
            order_no=made["order_no"],
            amount=made["total"],
            due_on=on + timedelta(days=30),
        )


def _warranty(sheet: Sheet, who: Row, made: Row, *, product: str, years: int) -> None:
    end = months_after(made["delivered_on"], 12 * years)
    sheet.add(
        "erp.warranties",
        customer_no=who["customer_no"],
        order_no=made["order_no"],
        product=product,
        contact_name=who["name"],
        contact_email=who["email"],
        contact_phone=who["phone"],
        delivered_on=made["delivered_on"],
        warranty_years=years,
        warranty_end=end,
        given_up=False,
    )
    account = sheet.tables["erp.accounts"][int(who["customer_no"]) - 100001]
    account["basis_ended"] = max(filter(None, (account.get("basis_ended"), end)))


def login(sheet: Sheet, who: Row, *, username: str, last_login: date, cpr: str | None = None) -> None:
    sheet.add(
        "shop.logins",
        customer_id=who["id"],
        username=username,
        password_hash=sheet.digest_like(),
        cpr_no=cpr,
        last_login=at(last_login, 19, 30),
    )


def preference(sheet: Sheet, who: Row, *, topic: str, answer: str, score: int) -> None:
    sheet.add("shop.preferences", customer_id=who["id"], topic=topic, answer=answer, segment_score=score)


def segment(sheet: Sheet, who: Row, *, name: str, score: int, on: date) -> None:
    sheet.add("marketing.segments", customer_no=who["customer_no"], segment=name, score=score, computed_on=on)


def message(
    sheet: Sheet,
    who: Row | None,
    *,
    on: date,
    subject: str,
    body: str,
    channel: str = "chat",
    name: str | None = None,
    email: str | None = None,
) -> None:
    sheet.add(
        "shop.messages",
        customer_id=who["id"] if who else None,
        name=who["name"] if who else name,
        email=who["email"] if who else email,
        channel=channel,
        subject=subject,
        body=body,
        sent_at=at(on, 10, 15),
    )


def visit(sheet: Sheet, who: Row | None, *, on: date, path: str = "/", incident: bool = False) -> None:
    sheet.add(
        "shop.web_log",
        first_logged=on,
        logged_at=at(on, 21, 5),
        customer_no=who["customer_no"] if who else None,
        ip=sheet.ip(),
        path=path,
        user_agent="Mozilla/5.0 (X11; Linux x86_64)",
        security_incident=incident,
    )


def complaint(sheet: Sheet, who: Row, made: Row, *, opened: date, closed: date | None, text: str) -> None:
    sheet.add(
        "erp.complaints",
        customer_no=who["customer_no"],
        order_no=made["order_no"],
        opened_on=opened,
        closed_on=closed,
        is_open=closed is None,
        description=text,
    )


def newsletter(
    sheet: Sheet, *, email: str, name: str | None, since: date, until: date | None = None, clicks: int = 0
) -> None:
    who = sheet.add("marketing.subscribers", email=email.lower(), name=name, subscribed_on=since, unsubscribed_on=until)
    sheet.add(
        "marketing.consents",
        subscriber_id=who["id"],
        given_at=at(since, 8, 1),
        ip=sheet.ip(),
        wording="Ja tak, jeg vil gerne modtage nyheder og tilbud fra AJ Produkter på e-mail.",
        withdrawn_at=at(until, 9, 0) if until else None,
    )
    for number in range(clicks):
        sheet.add(
            "marketing.clicks",
            subscriber_id=who["id"],
            campaign=f"Nyhedsbrev {number + 1}",
            url="/tilbud",
            clicked_at=at(min(since + timedelta(days=30 * (number + 1)), until or date(2026, 11, 20)), 18, 45),
        )
