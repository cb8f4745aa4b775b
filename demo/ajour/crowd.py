"""Everybody else at Ajour."""

from datetime import date, timedelta

from demo.ajour import history as h
from demo.ajour.stories import tell
from demo.dates import REFERENCE_DATE
from demo.names import NORWAY
from demo.people import Person, crowd
from demo.sheet import Row, Sheet

YESTERDAY = REFERENCE_DATE - timedelta(days=1)
TITLES = ("Daglig leder", "Innehaver", "Innkjøper", "Butikksjef", "Regnskapsfører")
MESSAGES = (
    "Skriveren skriver ikke ut.",
    "Hvordan bytter jeg kortterminal?",
    "Kan vi få tilbud på to kasser?",
    "Takk for hjelpen!",
)
FOUND_AT = (None, None, "Brønnøysundregistrene", "Bedriftens nettside")


def fill(sheet: Sheet, *, count: int) -> None:
    sheet.address_table = "crm.addresses"
    h.products(sheet)
    tell(sheet)
    people = crowd(NORWAY, rng=sheet.rng)
    while len(sheet.tables["crm.customers"]) < count:
        _one(sheet, next(people))
        if sheet.chance(0.2):
            _prospect(sheet, next(people))


def _one(sheet: Sheet, person: Person) -> None:
    kind = sheet.pick("KKKP")
    since = sheet.day(date(2017, 1, 1), date(2026, 10, 31))
    who = h.customer(
        sheet,
        person,
        kind=kind,
        since=since,
        company=sheet.pick(NORWAY.companies) if kind == "K" else None,
        title=sheet.pick(TITLES),
        found_at=sheet.pick(FOUND_AT),
    )
    for _ in range(sheet.pick((0, 1, 1, 2, 3, 5))):
        on = sheet.day(since, YESTERDAY)
        order_no = h.order(
            sheet, who, on=on, product=sheet.rng.randint(1, len(h.PRODUCTS)), paid=not sheet.chance(0.03)
        )
        if sheet.chance(0.4):
            h.delivery_note(sheet, who, on=on, order_no=order_no)
    _papers(sheet, who, since)
    if sheet.chance(0.5):
        h.till_user(sheet, who, last_login=sheet.day(since, YESTERDAY), lines=sheet.rng.randint(1, 4))
    if sheet.chance(0.2):
        h.enquiry(sheet, who, sheet.day(since, YESTERDAY), sheet.pick(MESSAGES))


def _papers(sheet: Sheet, who: Row, since: date) -> None:
    if sheet.chance(0.5):
        h.contract(sheet, who, signed=since, used_last=sheet.day(since, YESTERDAY))
    if sheet.chance(0.4):
        h.scan(sheet, who, on=since, kind=sheet.pick(("pass", "førerkort")))
    if sheet.chance(0.3):
        h.rating(sheet, who, on=since, grade=sheet.pick("AAABBCD"))


def _prospect(sheet: Sheet, person: Person) -> None:
    h.prospect(
        sheet,
        name=person.name,
        email=person.email,
        phone=person.phone,
        on=sheet.day(date(2022, 1, 1), YESTERDAY),
        company=sheet.pick(NORWAY.companies),
    )
