"""Everybody else at AJ Produkter AB."""

from datetime import date, timedelta

from demo.aj_se import history as h
from demo.aj_se.stories import tell
from demo.dates import REFERENCE_DATE
from demo.names import SWEDEN
from demo.people import Person, crowd
from demo.sheet import Sheet

YESTERDAY = REFERENCE_DATE - timedelta(days=1)
SEGMENTS = ("hemmakontor", "lager", "skola", "verkstad", "reception")
CHATS = ("När kommer min order?", "Kan jag få fakturan igen?", "En skruv saknas.", "Tack för snabb hjälp!")
ANSWERS = ("Mycket nöjd", "Nöjd", "Varken eller", "Missnöjd")


def fill(sheet: Sheet, *, count: int) -> None:
    tell(sheet)
    people = crowd(SWEDEN, rng=sheet.rng)
    while len(sheet.tables["shop.customers"]) < count:
        _one(sheet, next(people))


def _one(sheet: Sheet, person: Person) -> None:
    kind = sheet.pick("PPPFF")
    since = sheet.day(date(2016, 1, 1), date(2026, 10, 31))
    who = h.customer(
        sheet, person, kind=kind, since=since, company=sheet.pick(SWEDEN.companies) if kind == "F" else None
    )
    for _ in range(sheet.pick((0, 1, 1, 2, 2, 3, 5))):
        made = h.order(
            sheet,
            who,
            on=sheet.day(since, YESTERDAY),
            product=sheet.rng.randint(1, len(h.PRODUCTS)),
            quantity=sheet.rng.randint(1, 5),
            paid=not sheet.chance(0.03),
        )
        if sheet.chance(0.1):
            h.booking(sheet, who, made, on=min(made["ordered_on"] + timedelta(days=5), YESTERDAY))
        if sheet.chance(0.04):
            h.complaint(
                sheet,
                who,
                made,
                opened=made["ordered_on"],
                closed=None if sheet.chance(0.2) else sheet.day(made["ordered_on"], YESTERDAY),
            )
    if sheet.chance(0.5):
        h.login(sheet, who, last_login=sheet.day(since, YESTERDAY))
        for name in sheet.rng.sample(SEGMENTS, k=sheet.rng.randint(0, 2)):
            h.segment(sheet, who, name=name, score=sheet.rng.randint(1, 100))
        for _ in range(sheet.rng.randint(0, 3)):
            h.visit(sheet, who, on=sheet.day(date(2025, 6, 1), YESTERDAY))
    _contacts(sheet, person, since)
    if sheet.chance(0.1):
        h.chat(sheet, who, sheet.day(since, YESTERDAY), sheet.pick(CHATS))
        h.call(sheet, who=who, phone=person.phone, on=sheet.day(since, YESTERDAY))


def _contacts(sheet: Sheet, person: Person, since: date) -> None:
    email = person.email or ""
    if sheet.chance(0.35):
        until = sheet.day(since, YESTERDAY) if sheet.chance(0.3) else None
        h.newsletter(sheet, email=email, name=person.name, since=since, until=until)
    if sheet.chance(0.15):
        h.survey(sheet, email=email, on=sheet.day(since, YESTERDAY), answers=(sheet.pick(ANSWERS), sheet.pick(ANSWERS)))
