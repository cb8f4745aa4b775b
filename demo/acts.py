"""What happens in the tables of demo/tables.py."""

from datetime import date

from demo.dates import at
from demo.people import Person
from demo.sheet import Row, Sheet


def address(sheet: Sheet, source: str, person: Person, *, country: str) -> Row:
    return sheet.add(
        f"{source}.addresses", street=person.street, postcode=person.postcode, city=person.city, country=country
    )


def customer(
    sheet: Sheet,
    source: str,
    person: Person,
    *,
    kind: str,
    since: date,
    country: str,
    first_no: int,
    company: str | None = None,
    at_address: Row | None = None,
    previous_email: str | None = None,
    **more: object,
) -> Row:
    place = at_address or address(sheet, source, person, country=country)
    return sheet.add(
        f"{source}.customers",
        customer_no=str(sheet.number("customer_no", start=first_no)),
        customer_type=kind,
        name=person.name,
        company=company,
        email=person.email,
        previous_email=previous_email,
        phone=person.phone,
        address_id=place["id"],
        created_on=since,
        import_remark="old system" if since < date(2019, 1, 1) else None,
        **more,
    )


def place_of(sheet: Sheet, source: str, who: Row) -> Row:
    place: Row = sheet.tables[f"{source}.addresses"][who["address_id"] - 1]
    return place


def one_line(place: Row) -> str:
    return f"{place['street']}, {place['postcode']} {place['city']}"


def newsletter(
    sheet: Sheet,
    source: str,
    *,
    email: str,
    name: str | None,
    since: date,
    wording: str,
    phone: str | None = None,
    until: date | None = None,
    last_used: date | None = None,
) -> Row:
    who = sheet.add(
        f"{source}.subscribers", email=email.lower(), name=name, phone=phone, subscribed_on=since, unsubscribed_on=until
    )
    sheet.add(
        f"{source}.consents",
        email=who["email"],
        given_at=at(since, 8, 1),
        ip=sheet.ip(),
        wording=wording,
        last_used_on=last_used or until or since,
        withdrawn_at=at(until, 9, 0) if until else None,
    )
    return who
