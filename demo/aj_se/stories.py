"""People made by hand: personas, traps, and customers on either side of every boundary."""

from datetime import date, timedelta

from demo.aj_se import history as h
from demo.dates import REFERENCE_DATE, around, months_before
from demo.people import Person
from demo.personas import persona
from demo.sheet import Row, Sheet
from demo.trapped import SWEDISH, set_traps


def tell(sheet: Sheet) -> None:
    _personas(sheet)
    set_traps(sheet, SWEDISH, private="P", business="F", customer=h.customer, order=h.order, message=h.chat, tag="ajse")
    _boundaries(sheet)


def _person(key: str, street: str, city: str) -> Person:
    who = persona("aj-se", key)
    return Person(who.name, who.email, who.phone, street, who.postcode or "", city)


def _personas(sheet: Sheet) -> None:
    anna = h.customer(sheet, _person("anna", "Björkvägen 4", "Halmstad"), since=date(2023, 1, 10))
    made = h.order(sheet, anna, on=date(2023, 2, 1), product=2)
    h.booking(sheet, anna, made, on=date(2023, 2, 3), note="Portkod finns hos Anna.")
    h.login(sheet, anna, last_login=date(2026, 8, 30))
    h.segment(sheet, anna, name="hemmakontor", score=71)
    h.newsletter(sheet, email=anna["email"], name=anna["name"], since=date(2023, 2, 1))
    h.survey(sheet, email=anna["email"], on=date(2023, 3, 1), answers=("Mycket nöjd", "Snabb leverans"))

    bjorn = h.customer(
        sheet,
        _person("bjorn", "Hamngatan 12", "Göteborg"),
        kind="F",
        since=date(2019, 5, 2),
        company="Norrsken Kontor AB",
    )
    h.order(sheet, bjorn, on=date(2022, 1, 20), product=8, quantity=6, paid=False)
    h.newsletter(sheet, email=bjorn["email"], name=bjorn["name"], since=date(2019, 5, 2))
    h.segment(sheet, bjorn, name="kontor", score=40)

    cecilia = persona("aj-se", "cecilia")
    h.newsletter(sheet, email=cecilia.email, name=cecilia.name, since=date(2024, 4, 2))

    david = h.customer(
        sheet, _person("david", "Smedjegatan 90", "Malmö"), kind="F", since=date(2018, 8, 1), company="Lager_Väst AB"
    )
    h.order(sheet, david, on=date(2021, 6, 14), product=7)
    elsa = h.customer(sheet, _person("elsa", "Kyrkogatan 1", "Örebro"), since=date(2018, 4, 1))
    h.order(sheet, elsa, on=date(2018, 4, 9), product=7)

    fredrik = persona("aj-se", "fredrik")
    h.chat(
        sheet, None, date(2026, 6, 3), "Hej, har ni höga skrivbord på lager?", name=fredrik.name, email=fredrik.email
    )
    h.survey(sheet, email=fredrik.email, on=date(2026, 6, 10), answers=("Ganska nöjd", "Lång väntan i telefon"))
    h.call(sheet, who=None, phone=fredrik.phone, on=date(2026, 6, 2))

    greta = h.customer(sheet, _person("greta", "Ängsvägen 8", "Visby"), since=date(2020, 1, 2))
    chair = h.order(sheet, greta, on=date(2024, 2, 8), product=2)
    h.complaint(sheet, greta, chair, opened=date(2026, 11, 3), closed=None)
    h.call(sheet, who=greta, phone=greta["phone"], on=date(2026, 11, 3))

    hakan = h.customer(sheet, _person("hakan", "Storgatan 3", "Umeå"), since=date(2021, 9, 1))
    h.order(sheet, hakan, on=date(2026, 9, 1), product=1)
    h.login(sheet, hakan, last_login=date(2026, 11, 20))
    h.visit(sheet, hakan, on=date(2026, 11, 20))


def _boundaries(sheet: Sheet) -> None:
    """The last day their data may stay is yesterday, today or tomorrow; for vouchers the end of 2025 or of 2026."""
    for today in around(REFERENCE_DATE):
        _edge(sheet, kind="F", on=months_before(today, 48))  # r2: four years without a transaction
        _edge(sheet, kind="F", on=months_before(today, 48), paid=False)  # r2 held by an open balance
        _edge(sheet, on=months_before(today, 36 + 60), product=2)  # r3: 36 months after five years of warranty
        _edge(sheet, on=months_before(today, 36 + 36), product=7)  # r3: 36 months after three years to complain
        _edge(sheet, on=months_before(today, 60), product=2)  # commitments end: erased on request from the day after
        _edge(sheet, kind="F", on=months_before(today, 48) - timedelta(days=30), paid=False)  # r2b: due that day
        who = _edge(sheet, on=date(2024, 5, 6))
        h.login(sheet, who, last_login=months_before(today, 12))
        h.visit(sheet, who, on=months_before(today, 13))
        h.newsletter(sheet, email=f"avslutad-{today}@example.com", name=None, since=date(2022, 2, 2), until=today)
    for year in (2018, 2019):  # BFL 7:2: the seventh year after: gone since 2025, and until the end of 2026
        for day in (date(year, 1, 1), date(year, 12, 31)):
            _edge(sheet, kind="F", on=day, product=7)
    for closed in (*around(months_before(REFERENCE_DATE, 36)), None):
        who = _edge(sheet, on=date(2021, 1, 8))
        h.complaint(sheet, who, sheet.tables["shop.orders"][-1], opened=date(2021, 2, 1), closed=closed)


def _edge(sheet: Sheet, *, on: date, kind: str = "P", product: int = 8, paid: bool = True) -> Row:
    number = sheet.number("edge", start=1)
    person = Person(
        f"Gräns {number}", f"grans{number}@example.com", f"+460091{number:04d}", "Kanten 1", "301 82", "Halmstad"
    )
    who = h.customer(sheet, person, kind=kind, since=date(2016, 1, 1), company="Gräns AB" if kind == "F" else None)
    h.order(sheet, who, on=on, product=product, paid=paid)
    return who
