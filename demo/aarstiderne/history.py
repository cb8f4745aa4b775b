"""What can happen to a customer of Aarstiderne, one function each."""

from datetime import date, timedelta
from decimal import Decimal

from demo import acts
from demo.dates import at
from demo.people import Person
from demo.sheet import Row, Sheet

FIRST_NO = 400001
BOXES = (
    ("Den Klassiske Kasse", "489.00"),
    ("Grøntkassen", "319.00"),
    ("Frugtkassen", "289.00"),
    ("Vegetarkassen", "459.00"),
    ("Fiskekassen", "629.00"),
    ("Julekassen", "1795.00"),
    ("Frugt til kontoret", "895.00"),
)
DEVICES = ("iPhone, Safari", "Android, Chrome", "Windows, Firefox", "macOS, Safari")


def customer(
    sheet: Sheet,
    person: Person,
    *,
    kind: str = "P",
    since: date,
    company: str | None = None,
    at_address: Row | None = None,
    previous_email: str | None = None,
    last_seen: date | None = None,
) -> Row:
    return acts.customer(
        sheet,
        "shop",
        person,
        kind=kind,
        since=since,
        country="DK",
        first_no=FIRST_NO,
        company=company,
        at_address=at_address,
        previous_email=previous_email,
        last_seen_on=last_seen or since,
    )


def order(
    sheet: Sheet,
    who: Row,
    *,
    on: date,
    product: int = 1,
    quantity: int = 1,
    paid: bool = True,
    note: str | None = None,
    card_holder: str | None = None,
    payer_email: str | None = None,
    in_progress: bool = False,
) -> Row:
    """An order, its line, its voucher of the same day, and how it was paid."""
    name, price = BOXES[product - 1]
    total = Decimal(price) * quantity
    made = sheet.add(
        "shop.orders",
        order_no=f"AAR-{sheet.number('order', start=1):04d}",
        customer_id=who["id"],
        delivery_address_id=who["address_id"],
        ordered_on=on,
        delivered_on=None if in_progress else on + timedelta(days=3),
        total=total,
        ordered_from_ip=sheet.ip(),
        in_progress=in_progress,
        delivery_note=note,
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
    who["last_seen_on"] = max(who["last_seen_on"], on)
    voucher = sheet.add(
        "ledger.vouchers",
        voucher_no=f"B-{sheet.number('voucher', start=1):04d}",
        customer_no=who["customer_no"],
        order_no=made["order_no"],
        voucher_date=on,
        name=who["company"] or who["name"],
        address=acts.one_line(acts.place_of(sheet, "shop", who)),
        email=who["email"],
        phone=who["phone"],
        amount=total,
    )
    private = who["customer_type"] == "P"
    sheet.add(
        "ledger.payments",
        voucher_no=voucher["voucher_no"],
        method="card" if private else "invoice",
        card_holder=card_holder or (who["name"] if private else None),
        payer_email=payer_email or who["email"],
        card_last4=f"{sheet.rng.randint(0, 9999):04d}" if private else None,
        paid_on=on if paid else None,
    )
    if not paid:
        sheet.add(
            "ledger.open_items",
            voucher_no=voucher["voucher_no"],
            customer_no=who["customer_no"],
            amount=total,
            due_on=on + timedelta(days=14),
        )
    return made


def login(sheet: Sheet, who: Row, *, last_login: date, username: str | None = None) -> None:
    sheet.add(
        "shop.logins",
        customer_id=who["id"],
        username=username or who["email"],
        password_hash=sheet.digest_like(),
        last_login=at(last_login, 18, 0),
    )


def subscription(
    sheet: Sheet, who: Row, *, box: int, since: date, until: date | None = None, wishes: str | None = None
) -> None:
    sheet.add(
        "shop.subscriptions",
        customer_id=who["id"],
        plan=BOXES[box - 1][0],
        started_on=since,
        stopped_on=until,
        wishes=wishes,
    )


def card(sheet: Sheet, who: Row, *, on: date) -> None:
    sheet.add(
        "shop.cards",
        customer_id=who["id"],
        card_holder=who["name"],
        token=f"tok_{sheet.rng.getrandbits(96):024x}",
        card_last4=f"{sheet.rng.randint(0, 9999):04d}",
        expires=f"{on.year + 3}-{on.month:02d}",
        saved_on=on,
    )


def visit(sheet: Sheet, who: Row, *, on: date, search: str | None = None) -> None:
    who["last_seen_on"] = max(who["last_seen_on"], on)
    sheet.add(
        "shop.usage_log",
        seen_on=on,
        customer_no=who["customer_no"],
        ip=sheet.ip(),
        device=sheet.pick(DEVICES),
        path="/søg" if search else "/kasser",
        search_term=search,
    )


def newsletter(
    sheet: Sheet,
    *,
    email: str,
    name: str | None,
    since: date,
    phone: str | None = None,
    until: date | None = None,
    last_used: date | None = None,
    opened: int = 0,
) -> None:
    who = acts.newsletter(
        sheet,
        "newsletter",
        email=email,
        name=name,
        phone=phone,
        since=since,
        until=until,
        last_used=last_used,
        wording="Ja tak, jeg vil gerne have Aarstidernes nyhedsbrev. Bekræftet via link i mail.",
    )
    for month in range(opened):
        sheet.add(
            "newsletter.statistics",
            subscriber_id=who["id"],
            month=f"2026-{month + 1:02d}",
            opened=sheet.rng.randint(0, 4),
        )


def enquiry(
    sheet: Sheet,
    who: Row | None,
    on: date,
    message: str,
    *,
    name: str | None = None,
    email: str | None = None,
    phone: str | None = None,
    still_open: bool = False,
) -> None:
    sheet.add(
        "service.enquiries",
        customer_no=who["customer_no"] if who else None,
        name=who["name"] if who else name,
        email=who["email"] if who else email,
        phone=who["phone"] if who else phone,
        message=message,
        received_at=at(on, 11, 20),
        closed_on=None if still_open else on,
        is_open=still_open,
    )


def fair(sheet: Sheet, person: Person, *, on: date, name: str = "Det Kongelige Dyrskue") -> None:
    sheet.add(
        "service.fair_signups",
        fair=name,
        name=person.name,
        address=f"{person.street}, {person.postcode} {person.city}",
        email=person.email,
        phone=person.phone,
        method="paper",
        signed_on=on,
    )


def credit_check(sheet: Sheet, who: Row, *, on: date, approved: bool) -> None:
    sheet.add(
        "service.credit_checks",
        customer_no=who["customer_no"],
        name=who["name"],
        address=acts.one_line(acts.place_of(sheet, "shop", who)),
        checked_on=on,
        agency="Kreditbureau Demo",
        result="godkendt" if approved else "afvist",
        reason=None if approved else "score under grænsen",
    )
