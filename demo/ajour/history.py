"""What can happen to a customer of Ajour, one function each."""

from datetime import date, timedelta
from decimal import Decimal

from demo import acts
from demo.dates import at
from demo.people import Person
from demo.pictures import specimen
from demo.sheet import Row, Sheet

FIRST_NO = 500001
PRODUCTS = (("Kasse Nano", "4990.00"), ("Kasse Pro", "12900.00"), ("Skriver", "1890.00"), ("Lisens, et år", "5988.00"))


def products(sheet: Sheet) -> None:
    for name, _price in PRODUCTS:
        sheet.add("tills.products", name=name, warranty_years=2)


def customer(
    sheet: Sheet,
    person: Person,
    *,
    kind: str = "K",
    since: date,
    company: str | None = None,
    at_address: Row | None = None,
    previous_email: str | None = None,
    title: str | None = None,
    found_at: str | None = None,
) -> Row:
    who = acts.customer(
        sheet,
        "crm",
        person,
        kind=kind,
        since=since,
        country="NO",
        first_no=FIRST_NO,
        company=company,
        at_address=at_address,
        previous_email=previous_email,
        title=title,
        information_source=found_at,
    )
    sheet.add(
        "accounting.accounts",
        customer_no=who["customer_no"],
        account_type=kind,
        name=company or person.name,
        contact_person=person.name if company else None,
        email=person.email or "",
        phone=person.phone,
        address=acts.one_line(acts.place_of(sheet, "crm", who)),
    )
    return who


def order(
    sheet: Sheet,
    who: Row,
    *,
    on: date,
    product: int = 1,
    paid: bool = True,
    note: str | None = None,
    card_holder: str | None = None,
    payer_email: str | None = None,
) -> str:
    """An invoice and its payment. Returns the order number."""
    name, price = PRODUCTS[product - 1]
    order_no, number = f"AJR-{sheet.number('order', start=1):04d}", f"{sheet.number('invoice', start=80001)}"
    sheet.add(
        "accounting.invoices",
        invoice_no=number,
        customer_no=who["customer_no"],
        order_no=order_no,
        invoice_date=on,
        name=who["company"] or who["name"],
        address=acts.one_line(acts.place_of(sheet, "crm", who)),
        email=who["email"],
        text=f"{name}. {note}" if note else name,
        amount=Decimal(price),
        paid_on=on if paid else None,
    )
    by_card = who["company"] is None
    sheet.add(
        "accounting.payments",
        invoice_no=number,
        customer_no=who["customer_no"],
        method="kort" if by_card else "faktura",
        card_holder=card_holder or (who["name"] if by_card else None),
        payer_email=payer_email or who["email"],
        card_last4=f"{sheet.rng.randint(0, 9999):04d}" if by_card else None,
        paid_on=on if paid else None,
    )
    if not paid:
        sheet.add(
            "accounting.open_items",
            customer_no=who["customer_no"],
            invoice_no=number,
            amount=Decimal(price),
            due_on=on + timedelta(days=14),
        )
    return order_no


def contract(sheet: Sheet, who: Row, *, signed: date, used_last: date) -> None:
    sheet.add(
        "accounting.contracts",
        contract_no=f"K-{sheet.number('contract', start=1):04d}",
        customer_no=who["customer_no"],
        contact_name=who["name"],
        contact_email=who["email"],
        signed_on=signed,
        used_last_on=used_last,
        text="Leie av kasse med support.",
    )


def delivery_note(sheet: Sheet, who: Row, *, on: date, order_no: str | None = None) -> None:
    sheet.add(
        "accounting.delivery_notes",
        note_no=f"P-{sheet.number('note', start=1):04d}",
        customer_no=who["customer_no"],
        order_no=order_no,
        recipient=who["name"],
        address=acts.one_line(acts.place_of(sheet, "crm", who)),
        document_date=on,
    )


def scan(sheet: Sheet, who: Row, *, on: date, kind: str = "pass") -> None:
    number = sheet.number("scan", start=1)
    sheet.add(
        "crm.id_scans",
        customer_id=who["id"],
        document_type=kind,
        file_name=f"legitimasjon/{on.year}/{number:05d}.png",
        scan=specimen(number % 256),
        scanned_on=on,
    )


def rating(sheet: Sheet, who: Row, *, on: date, grade: str) -> None:
    sheet.add(
        "crm.credit_ratings",
        customer_no=who["customer_no"],
        rated_on=on,
        rating=grade,
        agency="Kredittbyrå Demo",
        reason="betalingsanmerkning" if grade in "CD" else None,
    )


def prospect(
    sheet: Sheet, *, name: str, email: str | None, phone: str | None, on: date, company: str | None = None
) -> None:
    sheet.add("crm.prospects", name=name, company=company, email=email, phone=phone, first_contact_on=on)


def enquiry(
    sheet: Sheet,
    who: Row | None,
    on: date,
    message: str,
    *,
    name: str | None = None,
    email: str | None = None,
    phone: str | None = None,
) -> None:
    sheet.add(
        "crm.enquiries",
        customer_no=who["customer_no"] if who else None,
        name=who["name"] if who else name,
        email=who["email"] if who else email,
        phone=who["phone"] if who else phone,
        message=message,
        received_at=at(on, 9, 5),
    )


def till_user(sheet: Sheet, who: Row, *, last_login: date, username: str | None = None, lines: int = 1) -> None:
    user = sheet.add(
        "tills.users",
        customer_no=who["customer_no"],
        username=username or who["email"],
        name=who["name"],
        password_hash=sheet.digest_like(),
        last_login=at(last_login, 8, 0),
    )
    for number in range(lines):
        sheet.add(
            "tills.login_log",
            username=user["username"],
            logged_at=at(last_login - timedelta(days=number), 8),
            till_no=f"KASSE-{sheet.rng.randint(1, 9)}",
            ip=sheet.ip(),
        )
