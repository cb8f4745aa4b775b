"""Everybody else at Aarstiderne."""

from datetime import date, timedelta

from demo.aarstiderne import history as h
from demo.aarstiderne.stories import tell
from demo.dates import REFERENCE_DATE
from demo.names import DENMARK
from demo.people import Person, crowd
from demo.sheet import Row, Sheet

YESTERDAY = REFERENCE_DATE - timedelta(days=1)
SEARCHES = ("julekasse", "vegansk", "fisk", "glutenfri", None, None)
WISHES = ("Ingen selleri.", "Stilles ved bagdøren.", "Ring ikke på, barnet sover.", None, None)
MESSAGES = (
    "Kassen kom ikke i dag.",
    "Kan jeg skifte til hver anden uge?",
    "Tomaterne var mosede.",
    "Tak for opskrifterne!",
)


def fill(sheet: Sheet, *, count: int) -> None:
    tell(sheet)
    people = crowd(DENMARK, rng=sheet.rng)
    while len(sheet.tables["shop.customers"]) < count:
        _one(sheet, next(people))
        if sheet.chance(0.05):
            h.fair(sheet, next(people), on=sheet.day(date(2022, 5, 1), YESTERDAY))


def _one(sheet: Sheet, person: Person) -> None:
    kind = sheet.pick("PPPPPE")
    since = sheet.day(date(2017, 1, 1), date(2026, 10, 31))
    who = h.customer(
        sheet, person, kind=kind, since=since, company=sheet.pick(DENMARK.companies) if kind == "E" else None
    )
    for _ in range(sheet.pick((0, 1, 2, 3, 4, 8))):
        h.order(
            sheet,
            who,
            on=sheet.day(since, YESTERDAY),
            product=sheet.rng.randint(1, len(h.BOXES)),
            quantity=sheet.rng.randint(1, 3),
            paid=not sheet.chance(0.02),
            in_progress=sheet.chance(0.02),
        )
    _shop(sheet, who, since)
    if sheet.chance(0.5):
        until = sheet.day(since, YESTERDAY) if sheet.chance(0.35) else None
        h.newsletter(
            sheet,
            email=person.email or "",
            name=person.name,
            phone=person.phone,
            since=since,
            until=until,
            last_used=until or YESTERDAY,
            opened=sheet.rng.randint(0, 5),
        )
    if sheet.chance(0.15):
        h.enquiry(sheet, who, sheet.day(since, YESTERDAY), sheet.pick(MESSAGES), still_open=sheet.chance(0.1))
    if sheet.chance(0.1):
        h.credit_check(sheet, who, on=since, approved=not sheet.chance(0.3))


def _shop(sheet: Sheet, who: Row, since: date) -> None:
    if sheet.chance(0.6):
        h.login(sheet, who, last_login=sheet.day(since, YESTERDAY))
    if sheet.chance(0.4):
        h.subscription(
            sheet,
            who,
            box=sheet.rng.randint(1, len(h.BOXES)),
            since=since,
            wishes=sheet.pick(WISHES),
            until=sheet.day(since, YESTERDAY) if sheet.chance(0.5) else None,
        )
    if sheet.chance(0.4):
        h.card(sheet, who, on=since)
    for _ in range(sheet.rng.randint(0, 3)):
        h.visit(sheet, who, on=sheet.day(max(since, date(2025, 3, 1)), YESTERDAY), search=sheet.pick(SEARCHES))
