"""What can happen to a customer of AJ Produkter AB, one function each."""

from datetime import date, timedelta
from decimal import Decimal

from demo import acts
from demo.dates import REFERENCE_DATE, at, months_after
from demo.people import Person
from demo.sheet import Row, Sheet

FIRST_NO = 200001
PRODUCTS = (  # name, price, years of warranty ("minst 3 år - max 30 år"; None where none is given)
    ("Höj- och sänkbart skrivbord", "5990.00", 5),
    ("Kontorsstol Milton", "2990.00", 5),
    ("Arbetsbänk Robust", "4490.00", 7),
    ("Pallställ Ultimate", "9950.00", 30),
    ("Dokumentskåp", "5650.00", 10),
    ("Klädskåp Classic", "3290.00", 15),
    ("Konstväxt", "395.00", None),
    ("Whiteboard Doris", "995.00", None),
    ("Säckkärra", "1395.00", 3),
)
COMPLAINT_MONTHS = 36  # konsumentköplagen, unconfirmed (rules: statutory_complaint)


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
    who = acts.customer(
        sheet,
        "shop",
        person,
        kind=kind,
        since=since,
        country="SE",
        first_no=FIRST_NO,
        company=company,
        at_address=at_address,
        previous_email=previous_email,
        gender=sheet.pick("KM") if kind == "P" else None,
        birth_year=sheet.rng.randint(1945, 2005) if kind == "P" else None,
    )
    sheet.add(
        "ledger.kund",
        kundnr=who["customer_no"],
        kundtyp=kind,
        namn=company or person.name,
        kontaktperson=person.name if company else None,
        epost=person.email or "",
        telefon=person.phone,
        adress=acts.one_line(acts.place_of(sheet, "shop", who)),
    )
    return who


def order(
    sheet: Sheet,
    who: Row,
    *,
    on: date,
    product: int = 8,
    quantity: int = 1,
    paid: bool = True,
    note: str | None = None,
    card_holder: str | None = None,
    payer_email: str | None = None,
    paid_on: date | None = None,
) -> Row:
    """Delivered the day it is ordered, so that a date in a story is the date that counts."""
    name, price, years = PRODUCTS[product - 1]
    number = sheet.number("order", start=1)
    settled = (paid_on or on) if paid else None
    private = who["customer_type"] == "P"
    made = sheet.add(
        "shop.orders",
        order_no=f"SE-{number:04d}",
        customer_id=who["id"],
        customer_type=who["customer_type"],
        delivery_address_id=who["address_id"],
        ordered_on=on,
        delivered_on=on,
        paid_on=settled,
        total=Decimal(price) * quantity,
        delivery_note=note,
        complaint_until=months_after(on, COMPLAINT_MONTHS) if private else None,
    )
    sheet.add(
        "shop.order_lines",
        order_id=made["id"],
        line_no=1,
        order_no=made["order_no"],
        product=name,
        quantity=quantity,
        price=Decimal(price),
    )
    sheet.add(
        "shop.payments",
        order_id=made["id"],
        order_no=made["order_no"],
        method="kort" if private else "faktura",
        card_holder=card_holder or (who["name"] if private else None),
        payer_email=payer_email or who["email"],
        card_last4=f"{number * 41 % 10000:04d}" if private else None,
        paid_on=settled,
    )
    _invoice(sheet, who, made, paid=settled)
    if years:
        sheet.add(
            "ledger.garanti",
            kundnr=who["customer_no"],
            ordernr=made["order_no"],
            vara=name,
            kontakt=who["name"],
            epost=who["email"],
            levererad=on,
            garanti_ar=years,
            garanti_till=months_after(on, 12 * years),
            avstadd=False,
        )
    return made


def _invoice(sheet: Sheet, who: Row, made: Row, *, paid: date | None) -> None:
    number, on = f"{sheet.number('invoice', start=700001)}", made["ordered_on"]
    sheet.add(
        "ledger.faktura",
        fakturanr=number,
        kundnr=who["customer_no"],
        ordernr=made["order_no"],
        fakturadatum=on,
        namn=who["company"] or who["name"],
        adress=acts.one_line(acts.place_of(sheet, "shop", who)),
        epost=who["email"],
        belopp=made["total"],
        betald=paid,
    )
    account = sheet.tables["ledger.kund"][int(who["customer_no"]) - FIRST_NO]
    account["senaste_kop"] = max(filter(None, (account.get("senaste_kop"), on)))
    if paid is None:
        sheet.add(
            "ledger.saldo",
            kundnr=who["customer_no"],
            fakturanr=number,
            ordernr=made["order_no"],
            belopp=made["total"],
            forfallodag=on + timedelta(days=30),
        )


def booking(sheet: Sheet, who: Row, made: Row, *, on: date, note: str | None = None) -> None:
    sheet.add(
        "shop.bookings",
        order_id=made["id"],
        order_no=made["order_no"],
        visit_on=on,
        contact_name=who["name"],
        contact_phone=who["phone"],
        door_note=note,
    )


def login(sheet: Sheet, who: Row, *, last_login: date, username: str | None = None) -> None:
    sheet.add(
        "shop.logins",
        customer_id=who["id"],
        username=username or who["email"],
        password_hash=sheet.digest_like(),
        last_login=at(last_login, 20, 10),
    )


def segment(sheet: Sheet, who: Row, *, name: str, score: int) -> None:
    sheet.add("shop.profiles", customer_id=who["id"], segment=name, score=score, computed_on=date(2026, 9, 1))


def newsletter(sheet: Sheet, *, email: str, name: str | None, since: date, until: date | None = None) -> None:
    acts.newsletter(
        sheet,
        "service",
        email=email,
        name=name,
        since=since,
        until=until,
        wording="Ja tack, jag vill ha nyheter och erbjudanden från AJ Produkter via e-post.",
    )


def survey(sheet: Sheet, *, email: str, on: date, answers: tuple[str, ...]) -> None:
    for question, answer in enumerate(answers, start=1):
        sheet.add(
            "service.survey_answers",
            survey=f"Nöjd kund {on.year}",
            email=email,
            question=question,
            answer=answer,
            answered_on=on,
        )


def call(sheet: Sheet, *, who: Row | None, phone: str | None, on: date) -> None:
    sheet.add(
        "service.call_recordings",
        customer_no=who["customer_no"] if who else None,
        phone=phone,
        called_at=at(on, 13, 20),
        seconds=sheet.rng.randint(40, 900),
        file_name=f"samtal/{on}/{sheet.number('call', start=1):06d}.opus",
        agent=f"agent{sheet.rng.randint(1, 12)}",
    )


def chat(
    sheet: Sheet, who: Row | None, on: date, body: str, *, name: str | None = None, email: str | None = None
) -> None:
    sheet.add(
        "service.chats",
        customer_no=who["customer_no"] if who else None,
        name=who["name"] if who else name,
        email=who["email"] if who else email,
        body=body,
        sent_at=at(on, 10, 15),
    )


def complaint(sheet: Sheet, who: Row, made: Row, *, opened: date, closed: date | None) -> None:
    sheet.add(
        "service.complaints",
        customer_no=who["customer_no"],
        order_no=made["order_no"],
        opened_on=opened,
        closed_on=closed,
        is_open=closed is None,
        description="Varan var skadad vid leverans.",
    )


def visit(sheet: Sheet, who: Row | None, *, on: date) -> None:
    sheet.add(
        "service.web_visits",
        first_logged=on,
        visited_at=at(min(on, REFERENCE_DATE), 21, 5),
        customer_no=who["customer_no"] if who else None,
        ip=sheet.ip(),
        path=sheet.pick(("/", "/stolar", "/bord")),
    )
