"""Everybody else at Ajos."""

from datetime import date, timedelta

from demo.ajos import history as h
from demo.ajos.stories import tell
from demo.dates import REFERENCE_DATE
from demo.names import DENMARK
from demo.people import Person, crowd
from demo.sheet import Sheet

YESTERDAY = REFERENCE_DATE - timedelta(days=1)
MESSAGES = (
    "Hvornår henter I liften?",
    "Kan vi forlænge lejen en uge?",
    "Send venligst et tilbud.",
    "Strømmen virker ikke.",
)
TITLES = ("Byggeleder", "Indkøber", "Formand", "Projektchef", "Tømrermester")
SOURCES = (("employer", "Oplyst af arbejdsgiveren"), ("colleague", "Oplyst af en kollega"), ("fair", "Byggemesse"))


def fill(sheet: Sheet, *, count: int) -> None:
    sheet.address_table = "crm.addresses"
    h.projects(sheet)
    tell(sheet)
    people = crowd(DENMARK, rng=sheet.rng)
    while len(sheet.tables["crm.customers"]) < count:
        _one(sheet, next(people))
        if sheet.chance(0.2):
            _lead(sheet, next(people))


def _one(sheet: Sheet, person: Person) -> None:
    kind = sheet.pick("RRRRP")
    since = sheet.day(date(2016, 1, 1), date(2026, 10, 31))
    company = sheet.pick(DENMARK.companies) if kind == "R" else None
    who = h.customer(
        sheet, person, kind=kind, since=since, company=company, job_title=sheet.pick(TITLES) if company else None
    )
    for _ in range(sheet.pick((0, 1, 1, 2, 3, 6))):
        h.order(
            sheet,
            who,
            on=sheet.day(since, YESTERDAY),
            product=sheet.rng.randint(1, len(h.PRODUCTS)),
            paid=not sheet.chance(0.03),
        )
    email = person.email or ""
    if sheet.chance(0.45):
        h.portal_user(
            sheet,
            name=person.name,
            email=email,
            phone=person.phone,
            company=company,
            customer_no=who["customer_no"],
            last_login=sheet.day(since, YESTERDAY),
            actions=sheet.rng.randint(0, 4),
        )
    if sheet.chance(0.2):
        h.enquiry(sheet, who, sheet.day(since, YESTERDAY), sheet.pick(MESSAGES), still_open=sheet.chance(0.1))
    if sheet.chance(0.2):
        until = sheet.day(since, YESTERDAY) if sheet.chance(0.3) else None
        h.newsletter(sheet, email=email, name=person.name, since=since, until=until)
    if sheet.chance(0.2):
        h.survey(sheet, email=email, year=sheet.rng.randint(2022, 2026), score=sheet.rng.randint(1, 5))


def _lead(sheet: Sheet, person: Person) -> None:
    source, detail = sheet.pick(SOURCES)
    h.lead(
        sheet,
        name=person.name,
        email=person.email,
        phone=person.phone,
        employer=sheet.pick(DENMARK.companies),
        source=source,
        detail=detail,
        on=sheet.day(date(2022, 1, 1), YESTERDAY),
        status=sheet.pick(("new", "called", "cold")),
    )
