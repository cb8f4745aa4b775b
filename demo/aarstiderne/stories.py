"""People made by hand: personas, traps, and customers on either side of every boundary."""

from datetime import date

from demo.aarstiderne import history as h
from demo.dates import REFERENCE_DATE, around, months_before
from demo.people import Person
from demo.personas import persona
from demo.sheet import Row, Sheet
from demo.trapped import DANISH, set_traps


def tell(sheet: Sheet) -> None:
    _buyers(sheet)
    _others(sheet)
    set_traps(
        sheet, DANISH, private="P", business="E", customer=h.customer, order=h.order, message=h.enquiry, tag="aar"
    )
    _boundaries(sheet)


def _person(key: str, street: str, city: str) -> Person:
    who = persona("aarstiderne", key)
    return Person(who.name, who.email, who.phone, street, who.postcode or "", city)


def _buyers(sheet: Sheet) -> None:
    anders = h.customer(sheet, _person("anders", "Møllevænget 4", "Barrit"), since=date(2020, 11, 14))
    h.order(sheet, anders, on=date(2020, 11, 14), product=2)
    bodil = h.customer(sheet, _person("bodil", "Kløvermarken 11", "Horsens"), since=date(2019, 3, 1))
    h.order(sheet, bodil, on=date(2019, 3, 2), product=1)
    h.order(sheet, bodil, on=date(2026, 2, 10), product=4)
    h.login(sheet, bodil, last_login=date(2026, 10, 30))
    h.newsletter(
        sheet, email=bodil["email"], name=bodil["name"], since=date(2019, 3, 2), last_used=date(2026, 11, 19), opened=6
    )


def _others(sheet: Sheet) -> None:
    clara = persona("aarstiderne", "clara")
    h.newsletter(
        sheet,
        email=clara.email,
        name=clara.name,
        since=date(2022, 5, 1),
        until=date(2025, 5, 1),
        last_used=date(2025, 4, 24),
    )
    ditte = h.customer(sheet, _person("ditte", "Hovedgaden 8", "Kolding"), since=date(2026, 10, 12))
    h.credit_check(sheet, ditte, on=date(2026, 10, 12), approved=False)
    emil = h.customer(sheet, _person("emil", "Skovbrynet 2", "Aalborg"), since=date(2024, 9, 1))
    h.login(sheet, emil, last_login=date(2025, 10, 3))
    h.visit(sheet, emil, on=date(2025, 10, 3), search="glutenfri")
    frida = h.customer(sheet, _person("frida", "Åboulevarden 40", "Aarhus C"), since=date(2026, 9, 1))
    h.subscription(sheet, frida, box=2, since=date(2026, 9, 1), wishes="Ingen selleri. Stilles ved bagdøren.")
    h.card(sheet, frida, on=date(2026, 9, 1))
    h.order(sheet, frida, on=date(2026, 11, 20), product=2, in_progress=True)
    gitte = _person("gitte", "Engdraget 6", "Odense C")
    h.fair(sheet, gitte, on=date(2026, 6, 6))
    h.enquiry(
        sheet, None, date(2026, 6, 20), "Leverer I på Tåsinge?", name=gitte.name, email=gitte.email, phone=gitte.phone
    )
    hans = h.customer(
        sheet,
        _person("hans", "Rådhusgade 50", "Albertslund"),
        kind="E",
        since=date(2025, 2, 1),
        company="Frokost & Frugt I/S",
    )
    h.order(sheet, hans, on=date(2025, 3, 3), product=7, quantity=3)


def _boundaries(sheet: Sheet) -> None:
    """The last day their data may stay is yesterday, today or tomorrow, or the end of 2025 or of 2026."""
    for today in around(REFERENCE_DATE):
        quiet = _edge(sheet)  # r1 and r7: a year after the last use, never bought
        h.visit(sheet, quiet, on=months_before(today, 12))
        h.newsletter(sheet, email=f"trukket-{today}@aar.test", name=None, since=date(2020, 2, 2), until=today)  # r4
        h.newsletter(
            sheet,
            email=f"bevis-{today}@aar.test",
            name=None,
            since=date(2020, 2, 2),  # r5
            until=months_before(today, 24),
            last_used=months_before(today, 24),
        )
        h.newsletter(
            sheet,
            email=f"loft-{today}@aar.test",
            name=None,
            since=date(2020, 2, 2),  # r5, its cap
            until=months_before(today, 23),
            last_used=months_before(today, 30),
        )
    for day in (date(2022, 1, 1), date(2022, 12, 31), date(2023, 1, 1), date(2023, 12, 31)):  # r2: three years
        h.order(sheet, _edge(sheet), on=day)
    for day in (
        date(2020, 1, 1),
        date(2020, 12, 31),
        date(2021, 1, 1),
        date(2021, 12, 31),
    ):  # r3: five years, each voucher
        h.order(sheet, _edge(sheet), on=day)
    unpaid = _edge(sheet)
    h.order(sheet, unpaid, on=date(2020, 6, 1), paid=False)
    h.enquiry(sheet, unpaid, date(2026, 11, 1), "Jeg har aldrig fået kassen.", still_open=True)
    h.credit_check(sheet, unpaid, on=date(2020, 6, 1), approved=True)
    h.card(sheet, unpaid, on=date(2020, 6, 1))


def _edge(sheet: Sheet) -> Row:
    number = sheet.number("edge", start=1)
    person = Person(
        f"Grænse {number}", f"graense{number}@aar.test", f"+450094{number:04d}", "Kanten 1", "7150", "Barrit"
    )
    return h.customer(sheet, person, since=date(2016, 1, 1))
