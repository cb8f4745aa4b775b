"""Everybody else: customers with ordinary histories, spread so that no query is answered by a handful of rows."""

from datetime import date, timedelta

from demo.aj_dk import history as h
from demo.aj_dk.stories import tell
from demo.dates import REFERENCE_DATE
from demo.names import DENMARK
from demo.people import Person, crowd, fake_cpr
from demo.sheet import Row, Sheet

YESTERDAY = REFERENCE_DATE - timedelta(days=1)
TOPICS = ("hjemmekontor", "lager", "værksted", "skole", "reception")
MESSAGES = (
    "Hvornår bliver min ordre leveret?",
    "Kan jeg få fakturaen igen?",
    "En skrue manglede i pakken.",
    "Tak for hurtig levering.",
    "Kan bordet fås i lys eg?",
)


def fill(sheet: Sheet, *, count: int) -> None:
    h.products(sheet)
    tell(sheet)
    people = crowd(DENMARK, rng=sheet.rng)
    while len(sheet.tables["shop.customers"]) < count:
        _one(sheet, next(people))


def _one(sheet: Sheet, person: Person) -> None:
    kind = sheet.pick("PPPPPPPBBS")
    since = sheet.day(date(2016, 1, 1), date(2026, 10, 31))
    who = h.customer(
        sheet, person, kind=kind, since=since, company=sheet.pick(DENMARK.companies) if kind == "B" else None
    )
    for _ in range(sheet.pick((0, 1, 1, 1, 2, 2, 3, 5))):
        _order(sheet, who, since)
    if sheet.chance(0.5):
        _online(sheet, who, since)
    if sheet.chance(0.35):
        until = sheet.day(since, YESTERDAY) if sheet.chance(0.3) else None
        h.newsletter(
            sheet, email=person.email or "", name=person.name, since=since, until=until, clicks=sheet.rng.randint(0, 4)
        )
    if sheet.chance(0.15):
        h.message(sheet, who, on=sheet.day(since, YESTERDAY), subject="Spørgsmål", body=sheet.pick(MESSAGES))


def _order(sheet: Sheet, who: Row, since: date) -> None:
    on = sheet.day(since, YESTERDAY)
    delivered = min(on + timedelta(days=sheet.rng.randint(2, 14)), YESTERDAY)
    paid = None if sheet.chance(0.03) else min(delivered + timedelta(days=sheet.rng.randint(0, 30)), YESTERDAY)
    made = h.order(
        sheet,
        who,
        on=on,
        product=sheet.rng.randint(1, len(h.PRODUCTS)),
        quantity=sheet.rng.randint(1, 6),
        delivered=delivered,
        paid=paid,
    )
    if sheet.chance(0.04):
        closed = None if sheet.chance(0.2) else sheet.day(delivered, YESTERDAY)
        h.complaint(sheet, who, made, opened=delivered, closed=closed, text="Varen havde en skade ved levering.")


def _online(sheet: Sheet, who: Row, since: date) -> None:
    cpr = fake_cpr(rng=sheet.rng) if who["customer_type"] != "B" and sheet.chance(0.4) else None
    h.login(sheet, who, username=who["email"], last_login=sheet.day(since, YESTERDAY), cpr=cpr)
    for topic in sheet.rng.sample(TOPICS, k=sheet.rng.randint(0, 2)):
        score = sheet.rng.randint(1, 100)
        h.preference(sheet, who, topic=topic, answer=sheet.pick(("ja", "måske", "nej")), score=score)
        h.segment(sheet, who, name=topic, score=score, on=sheet.day(date(2026, 1, 1), YESTERDAY))
    for _ in range(sheet.rng.randint(0, 3)):
        h.visit(
            sheet, who, on=sheet.day(date(2025, 6, 1), YESTERDAY), path=sheet.pick(("/", "/borde", "/stole", "/kurv"))
        )
