"""What can happen to somebody at Ajos, one function each."""

from datetime import date, timedelta
from decimal import Decimal

from demo import acts
from demo.dates import at
from demo.people import Person
from demo.sheet import Row, Sheet

FIRST_NO = 300001
PRODUCTS = (
    ("Skurvogn, 6 personer", "4200.00"),
    ("Container, 20 fod", "1450.00"),
    ("Minilift", "2900.00"),
    ("Byggepladshegn, 100 m", "1890.00"),
    ("Varmekanon", "690.00"),
    ("Pavillon, 40 m2", "8800.00"),
)
SITES = ("Etape 1, Havnen", "Skolen ved Søen", "Ny brandstation", "Boligblok Nord", "Renovering Rådhuset")


def projects(sheet: Sheet) -> None:
    for site in SITES:
        sheet.add("smartbyg.projects", name=f"smartBYG {site}", site=site)


def customer(
    sheet: Sheet,
    person: Person,
    *,
    kind: str = "P",
    since: date,
    company: str | None = None,
    at_address: Row | None = None,
    previous_email: str | None = None,
    job_title: str | None = None,
) -> Row:
    who = acts.customer(
        sheet,
        "crm",
        person,
        kind=kind,
        since=since,
        country="DK",
        first_no=FIRST_NO,
        company=company,
        at_address=at_address,
        previous_email=previous_email,
        job_title=job_title,
    )
    sheet.add(
        "ledger.accounts",
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
    product: int = 2,
    paid: bool = True,
    note: str | None = None,
    card_holder: str | None = None,
    payer_email: str | None = None,
) -> Row:
    """A rental of a month, invoiced on the day it starts."""
    name, price = PRODUCTS[product - 1]
    rental = sheet.add(
        "ledger.rentals",
        order_no=f"AJOS-{sheet.number('order', start=1):04d}",
        customer_no=who["customer_no"],
        product=name,
        rented_on=on,
        returned_on=on + timedelta(days=30),
        site_note=note,
    )
    number = f"A{sheet.number('invoice', start=900001)}"
    sheet.add(
        "ledger.invoices",
        invoice_no=number,
        customer_no=who["customer_no"],
        order_no=rental["order_no"],
        invoice_date=on,
        name=who["company"] or who["name"],
        address=acts.one_line(acts.place_of(sheet, "crm", who)),
        contact_person=who["name"] if who["company"] else None,
        email=who["email"],
        amount=Decimal(price),
        paid_on=on if paid else None,
    )
    if not paid:
        sheet.add(
            "ledger.open_items",
            customer_no=who["customer_no"],
            invoice_no=number,
            amount=Decimal(price),
            due_on=on + timedelta(days=30),
        )
    private = who["customer_type"] == "P"
    sheet.add(
        "ledger.payments",
        invoice_no=number,
        customer_no=who["customer_no"],
        method="card" if private else "transfer",
        card_holder=card_holder or (who["name"] if private else None),
        payer_email=payer_email or who["email"],
        card_last4=f"{sheet.rng.randint(0, 9999):04d}" if private else None,
        paid_on=on if paid else None,
    )
    return rental


def lead(
    sheet: Sheet,
    *,
    name: str,
    email: str | None,
    phone: str | None,
    employer: str,
    source: str,
    detail: str,
    on: date,
    status: str = "new",
) -> None:
    sheet.add(
        "crm.leads",
        name=name,
        email=email,
        phone=phone,
        employer=employer,
        source=source,
        source_detail=detail,
        first_contact_on=on,
        status=status,
    )


def enquiry(
    sheet: Sheet,
    who: Row | None,
    on: date,
    message: str,
    *,
    name: str | None = None,
    email: str | None = None,
    company: str | None = None,
    closed: date | None = None,
    still_open: bool = False,
) -> None:
    sheet.add(
        "crm.enquiries",
        customer_no=who["customer_no"] if who else None,
        name=who["name"] if who else name,
        email=who["email"] if who else email,
        company=who["company"] if who else company,
        message=message,
        received_at=at(on, 9, 40),
        closed_on=None if still_open else closed or on,
        is_open=still_open,
    )


def survey(sheet: Sheet, *, email: str, year: int, score: int, comment: str | None = None) -> None:
    sheet.add("crm.satisfaction", email=email, year=year, score=score, comment=comment)


def newsletter(sheet: Sheet, *, email: str, name: str | None, since: date, until: date | None = None) -> None:
    acts.newsletter(
        sheet,
        "crm",
        email=email,
        name=name,
        since=since,
        until=until,
        wording="Ja tak, send mig nyheder fra Ajos på e-mail.",
    )


def portal_user(
    sheet: Sheet,
    *,
    name: str,
    email: str,
    phone: str | None,
    company: str | None,
    customer_no: str | None,
    last_login: date,
    actions: int = 2,
) -> None:
    user = sheet.add(
        "smartbyg.users",
        email=email.lower(),
        name=name,
        phone=phone,
        company=company,
        customer_no=customer_no,
        password_hash=sheet.digest_like(),
        last_login=at(last_login, 7, 15),
    )
    for project in sorted(sheet.rng.sample(range(1, len(SITES) + 1), k=sheet.rng.randint(1, 2))):
        sheet.add(
            "smartbyg.memberships",
            project_id=project,
            user_id=user["id"],
            role=sheet.pick(("byggeleder", "håndværker", "bygherre")),
        )
    for number in range(actions):
        sheet.add(
            "smartbyg.usage_log",
            user_id=user["id"],
            used_at=at(last_login - timedelta(days=number), 7, 15 + number),
            action=sheet.pick(("log-in", "åbnede tegning", "bestilte strøm", "hentede rapport")),
            ip=sheet.ip(),
        )
