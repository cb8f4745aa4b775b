"""People made by hand. The policy tells no periods, so most of what is decided here waits for a person."""

from datetime import date

from demo.ajos import history as h
from demo.dates import REFERENCE_DATE, around
from demo.people import Person
from demo.personas import persona
from demo.sheet import Row, Sheet
from demo.trapped import DANISH, set_traps


def tell(sheet: Sheet) -> None:
    _personas(sheet)
    set_traps(
        sheet, DANISH, private="P", business="R", customer=h.customer, order=h.order, message=h.enquiry, tag="ajos"
    )
    _boundaries(sheet)


def _person(key: str, street: str, city: str) -> Person:
    who = persona("ajos", key)
    return Person(who.name, who.email, who.phone, street, who.postcode or "", city)


def _personas(sheet: Sheet) -> None:
    agnete = h.customer(sheet, _person("agnete", "Kløvermarken 4", "Vejle"), since=date(2024, 3, 1))
    h.order(sheet, agnete, on=date(2024, 3, 4), product=2)
    h.enquiry(sheet, agnete, date(2024, 2, 27), "Kan I stille containeren i indkørslen?")
    bo = h.customer(
        sheet,
        _person("bo", "Havnegade 20", "Aarhus C"),
        kind="R",
        since=date(2021, 6, 1),
        company="Tømrer O'Neill ApS",
        job_title="Byggeleder",
    )
    h.order(sheet, bo, on=date(2025, 4, 1), product=6)
    h.portal_user(
        sheet,
        name=bo["name"],
        email=bo["email"],
        phone=bo["phone"],
        company=bo["company"],
        customer_no=bo["customer_no"],
        last_login=date(2026, 11, 17),
        actions=3,
    )
    h.survey(sheet, email=bo["email"], year=2025, score=4, comment="God service, men chaufføren Kim var sur.")
    carsten = persona("ajos", "carsten")
    h.lead(
        sheet,
        name=carsten.name,
        email=carsten.email,
        phone=carsten.phone,
        employer="Fjord Logistik A/S",
        source="colleague",
        detail="Oplyst af kollegaen Mette Skov på byggemøde",
        on=date(2026, 9, 15),
    )
    dina = persona("ajos", "dina")
    h.newsletter(sheet, email=dina.email, name=dina.name, since=date(2023, 10, 1))
    eva = persona("ajos", "eva")
    h.portal_user(
        sheet,
        name=eva.name,
        email=eva.email,
        phone=eva.phone,
        company="Tømrer O'Neill ApS",
        customer_no=bo["customer_no"],
        last_login=date(2026, 11, 20),
        actions=4,
    )
    finn = h.customer(sheet, _person("finn", "Hovedgaden 77", "Holbæk"), since=date(2019, 5, 1))
    h.order(sheet, finn, on=date(2019, 5, 6), product=5)
    gerda = persona("ajos", "gerda")
    h.enquiry(
        sheet,
        None,
        date(2026, 11, 19),
        "Hvad koster en skurvogn i to måneder?",
        name=gerda.name,
        email=gerda.email,
        still_open=True,
    )


def _boundaries(sheet: Sheet) -> None:
    for year in (2020, 2021):  # bookkeeping: five years from the end of the financial year
        for day in (date(year, 1, 1), date(year, 12, 31)):
            _edge(sheet, on=day)
    _edge(sheet, on=date(2024, 6, 1), paid=False)
    for day in around(REFERENCE_DATE):
        h.newsletter(sheet, email=f"afmeldt-{day}@ajos.test", name=None, since=date(2022, 2, 2), until=day)


def _edge(sheet: Sheet, *, on: date, paid: bool = True) -> Row:
    number = sheet.number("edge", start=1)
    person = Person(
        f"Grænse {number}", f"graense{number}@ajos.test", f"+450093{number:04d}", "Kanten 1", "7100", "Vejle"
    )
    who = h.customer(sheet, person, since=date(2016, 1, 1))
    h.order(sheet, who, on=on, paid=paid)
    return who
