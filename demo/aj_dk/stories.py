"""People made by hand: personas first (their customer_no depends on it), then traps, then every boundary ± a day."""

from datetime import date, timedelta

from demo.aj_dk import history as h
from demo.dates import REFERENCE_DATE, around, months_before
from demo.people import Person, fake_cpr
from demo.personas import persona
from demo.sheet import Row, Sheet
from demo.trapped import DANISH, set_traps


def tell(sheet: Sheet) -> None:
    _personas(sheet)
    _traps(sheet)
    _boundaries(sheet)


def _person(key: str, street: str, city: str) -> Person:
    who = persona("aj-dk", key)
    return Person(who.name, who.email, who.phone, street, who.postcode or "", city)


def _personas(sheet: Sheet) -> None:
    astrid = h.customer(sheet, _person("astrid", "Lærkestien 4", "Albertslund"), since=date(2023, 3, 1))
    h.order(sheet, astrid, on=date(2023, 3, 8), product=8, delivered=date(2023, 3, 15), paid=date(2023, 3, 20))
    h.login(
        sheet, astrid, username="astrid.moller@example.com", last_login=date(2026, 10, 2), cpr=fake_cpr(rng=sheet.rng)
    )
    h.preference(sheet, astrid, topic="hjemmekontor", answer="ja", score=87)
    h.segment(sheet, astrid, name="hjemmekontor", score=87, on=date(2026, 9, 1))
    h.newsletter(sheet, email="astrid.moller@example.com", name="Astrid Møller", since=date(2023, 3, 8), clicks=3)
    h.message(
        sheet, astrid, on=date(2023, 3, 16), subject="Levering", body="Tavlen er kommet. Tak for den venlige chauffør!"
    )

    bent = h.customer(sheet, _person("bent", "Åboulevarden 17, 2. tv", "Aarhus C"), since=date(2021, 5, 30))
    h.order(sheet, bent, on=date(2021, 6, 1), product=3, delivered=date(2021, 6, 10), paid=date(2021, 6, 10))
    h.login(sheet, bent, username="bent.ostergaard@example.com", last_login=date(2025, 12, 24))
    h.preference(sheet, bent, topic="værksted", answer="ja", score=64)

    camilla = persona("aj-dk", "camilla")
    h.newsletter(sheet, email=camilla.email, name=camilla.name, since=date(2024, 4, 2), clicks=1)

    # Trap: 100003 is the sister who lives with Bent. She never ordered: one order number is skipped to keep both level.
    h.customer(
        sheet,
        Person("Birthe Østergaard", "birthe@example.org", "+4500900003", "", "", ""),
        since=date(2022, 1, 5),
        at_address=sheet.tables["shop.addresses"][bent["address_id"] - 1],
    )
    sheet.number("order", start=1)

    dorthe = h.customer(
        sheet,
        _person("dorthe", "Havnegade 12", "Kolding"),
        kind="B",
        since=date(2018, 2, 1),
        company="Nordlys Kontor ApS",
    )
    h.order(sheet, dorthe, on=date(2022, 1, 20), product=8, quantity=4, delivered=date(2022, 1, 20), paid=None)
    erik = h.customer(
        sheet, _person("erik", "Engdraget 90", "Aalborg"), kind="B", since=date(2017, 8, 1), company="Lager_Plus A/S"
    )
    h.order(sheet, erik, on=date(2021, 5, 14), product=9, delivered=date(2021, 5, 14), paid=date(2021, 6, 1))
    freja = h.customer(sheet, _person("freja", "Skovbrynet 1", "Odense C"), since=date(2018, 4, 1))
    h.order(sheet, freja, on=date(2018, 4, 3), product=9, delivered=date(2018, 4, 9), paid=date(2018, 4, 3))
    gudrun = h.customer(sheet, _person("gudrun", "Ærøvej 8", "Ærøskøbing"), since=date(2020, 1, 2))
    chair = h.order(sheet, gudrun, on=date(2024, 2, 1), product=2, delivered=date(2024, 2, 8), paid=date(2024, 2, 1))
    h.complaint(sheet, gudrun, chair, opened=date(2026, 11, 3), closed=None, text="Gaspatronen er gået i stykker.")
    henrik = _person("henrik", "Rådhusgade 3", "Roskilde")
    private = h.customer(sheet, henrik, since=date(2021, 9, 1))
    h.order(sheet, private, on=date(2025, 9, 1), product=2, delivered=date(2025, 9, 8), paid=date(2025, 9, 1))
    h.visit(sheet, private, on=date(2026, 10, 2), path="/stole")
    work = h.customer(sheet, henrik, kind="B", since=date(2021, 9, 1), company="Børnehaven Mælkevejen")
    h.order(
        sheet, work, on=date(2026, 1, 12), product=6, quantity=20, delivered=date(2026, 1, 26), paid=date(2026, 2, 20)
    )


def _traps(sheet: Sheet) -> None:
    set_traps(sheet, DANISH, private="P", business="B", customer=h.customer, order=_order, message=_message, tag="ajdk")
    h.message(
        sheet,
        None,
        on=date(2026, 5, 3),
        subject="Spørgsmål",
        body="Har I reoler på lager?",
        channel="form",
        name="Astrid Møller",
        email="Astrid.Moller@example.com",
    )


def _order(
    sheet: Sheet,
    who: Row,
    *,
    on: date,
    card_holder: str | None = None,
    payer_email: str | None = None,
    note: str | None = None,
) -> Row:
    return h.order(
        sheet, who, on=on, product=8, delivered=on, paid=on, card_holder=card_holder, payer_email=payer_email, note=note
    )


def _message(sheet: Sheet, who: Row, on: date, body: str) -> None:
    h.message(sheet, who, on=on, subject="Klage over nabo", channel="mail", body=body)


def _boundaries(sheet: Sheet) -> None:
    """Three customers a rule: their data could stay until yesterday, until today, until tomorrow."""
    for today in around(REFERENCE_DATE):
        _edge(sheet, "r5 forpligtelse slut", warranty_end=today)
        _edge(sheet, "r3 firma 12 mdr", kind="B", warranty_end=months_before(today, 12))
        _edge(sheet, "r11 firma 4 år", kind="B", last_order=months_before(today, 48))
        _edge(sheet, "r11 firma med saldo", kind="B", last_order=months_before(today, 48), paid=False)
        _edge(sheet, "r4 saldo", kind="B", last_order=months_before(today, 12) - timedelta(days=30), paid=False)
        seen = _edge(sheet, "r7 profil", last_order=date(2024, 5, 6))
        h.login(sheet, seen, username=f"profil-{today}@example.com", last_login=months_before(today, 12))
        h.login(
            sheet,
            _edge(sheet, "r_nobuy"),
            username=f"uden-koeb-{today}@example.com",
            last_login=months_before(today, 12),
        )
        cpr = _edge(sheet, "r_cpr", last_order=months_before(today, 12))
        h.login(
            sheet,
            cpr,
            username=f"cpr-{today}@example.com",
            last_login=months_before(today, 12),
            cpr=fake_cpr(rng=sheet.rng),
        )
        h.visit(sheet, seen, on=months_before(today, 13))
        h.visit(sheet, seen, on=months_before(today, 13), path="/login", incident=True)
        h.newsletter(sheet, email=f"afmeldt-{today}@example.com", name=None, since=date(2022, 2, 2), until=today)
    for year in (2020, 2021):  # kept to the end of 2025 and of 2026: gone, and still here
        for day in (date(year, 1, 1), date(year, 12, 31)):
            _edge(sheet, "r2 faktura", last_order=day)
    for closed in (*around(months_before(REFERENCE_DATE, 12)), *around(REFERENCE_DATE)[:2], None):
        who = _edge(sheet, "r6 reklamation", last_order=date(2025, 1, 8))
        h.complaint(
            sheet,
            who,
            sheet.tables["shop.orders"][-1],
            opened=date(2025, 2, 1),
            closed=closed,
            text="Bordpladen har en ridse.",
        )


def _edge(
    sheet: Sheet,
    label: str,
    *,
    kind: str = "P",
    warranty_end: date | None = None,
    last_order: date | None = None,
    paid: bool = True,
) -> Row:
    number = sheet.number("edge", start=1)
    who = h.customer(
        sheet,
        Person(
            f"Grænse {number} {label}",
            f"graense{number}@example.com",
            f"+450091{number:04d}",
            "Kanten 1",
            "8700",
            "Horsens",
        ),
        kind=kind,
        since=date(2019, 1, 1),
        company="Grænse ApS" if kind == "B" else None,
    )
    day = months_before(warranty_end, 84) if warranty_end else last_order
    if day:
        h.order(sheet, who, on=day, product=2 if warranty_end else 8, delivered=day, paid=day if paid else None)
    return who
