"""People made by hand. The policy tells no period; only the bookkeeping act does."""

from datetime import date

from demo.ajour import history as h
from demo.people import Person
from demo.personas import persona
from demo.sheet import Row, Sheet
from demo.trapped import NORWEGIAN, set_traps


def tell(sheet: Sheet) -> None:
    _personas(sheet)
    set_traps(
        sheet, NORWEGIAN, private="P", business="K", customer=h.customer, order=h.order, message=h.enquiry, tag="ajour"
    )
    _boundaries(sheet)


def _person(key: str, street: str, city: str) -> Person:
    who = persona("ajour", key)
    return Person(who.name, who.email, who.phone, street, who.postcode or "", city)


def _personas(sheet: Sheet) -> None:
    astri = h.customer(
        sheet, _person("astri", "Strandveien 40", "Lysaker"), kind="P", since=date(2021, 9, 20), title="Innehaver"
    )
    h.order(sheet, astri, on=date(2021, 9, 30), product=1)
    h.contract(sheet, astri, signed=date(2021, 9, 25), used_last=date(2023, 8, 31))
    h.scan(sheet, astri, on=date(2021, 9, 22))
    h.enquiry(sheet, astri, date(2024, 4, 3), "Kan kassen brukes på torget?")
    berit = persona("ajour", "berit")
    h.prospect(
        sheet, name=berit.name, email=berit.email, phone=berit.phone, on=date(2026, 9, 9), company="Ås Blomster AS"
    )
    h.enquiry(
        sheet,
        None,
        date(2026, 9, 9),
        "Hva koster en kasse i måneden?",
        name=berit.name,
        email=berit.email,
        phone=berit.phone,
    )
    cato = h.customer(
        sheet,
        _person("cato", "Storgata 12", "Oslo"),
        since=date(2025, 12, 1),
        company="Bar_Øst AS",
        title="Daglig leder",
        found_at="Brønnøysundregistrene",
    )
    h.order(sheet, cato, on=date(2026, 1, 15), product=2)
    h.rating(sheet, cato, on=date(2026, 1, 3), grade="C")
    dag = h.customer(sheet, _person("dag", "Fjordgata 3", "Bergen"), kind="P", since=date(2019, 2, 1))
    h.order(sheet, dag, on=date(2019, 2, 20), product=3)
    eli = h.customer(sheet, _person("eli", "Kirkeveien 9", "Trondheim"), kind="P", since=date(2022, 4, 1))
    h.delivery_note(sheet, eli, on=date(2022, 5, 12), order_no=h.order(sheet, eli, on=date(2022, 5, 12), product=1))
    frode = h.customer(
        sheet,
        _person("frode", "Havnegata 5", "Tromsø"),
        since=date(2026, 10, 1),
        company="Nordlys Bakeri AS",
        title="Innkjøper",
    )
    h.order(sheet, frode, on=date(2026, 10, 6), product=4)
    h.scan(sheet, frode, on=date(2026, 10, 1), kind="førerkort")
    h.till_user(sheet, frode, last_login=date(2026, 11, 20), lines=3)
    gunn = h.customer(sheet, _person("gunn", "Nygårdsgaten 7", "Ålesund"), kind="P", since=date(2026, 5, 1))
    h.order(sheet, gunn, on=date(2026, 5, 11), product=1, paid=False)


def _boundaries(sheet: Sheet) -> None:
    """Bookkeeping act section 13: five years, or three years and six months, from the end of the financial year."""
    for year in (2020, 2021):  # invoices: until the end of 2025, and of 2026
        for day in (date(year, 1, 1), date(year, 12, 31)):
            h.order(sheet, _edge(sheet), on=day)
    for year in (2022, 2023):  # contracts and delivery notes: until 30 June 2026, and 2027
        for day in (date(year, 1, 1), date(year, 12, 31)):
            who = _edge(sheet)
            h.contract(sheet, who, signed=date(2019, 1, 1), used_last=day)
            h.delivery_note(sheet, who, on=day)


def _edge(sheet: Sheet) -> Row:
    number = sheet.number("edge", start=1)
    person = Person(
        f"Grense {number}", f"grense{number}@ajour.test", f"+470095{number:04d}", "Kanten 1", "1366", "Lysaker"
    )
    return h.customer(sheet, person, kind="P", since=date(2016, 1, 1))
