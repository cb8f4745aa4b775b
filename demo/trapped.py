"""Thirteen customers who make an honest search hard, the same in every company that uses them; see demo/traps.py."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from demo.people import Person
from demo.sheet import Row, Sheet


@dataclass(frozen=True, slots=True)
class Cast:
    """The words of one country. `phone` numbers cannot be assigned to anybody."""

    phone: str
    town: tuple[str, str]
    street: str
    host: str
    housemate: str
    buyer: str
    twice: str
    both: str
    firm: str
    letters: str
    underscore: str
    lookalike: str
    note: str
    gossip: str


DANISH = Cast(
    "+4500901{:03d}",
    ("8700", "Horsens"),
    "Møllevænget 9",
    "Inger Bruun",
    "Preben Bruun",
    "Palle Nørgaard",
    "Karen Holm",
    "Troels Juhl",
    "Bageriet Sønderjylland I/S",
    "Åse Ærø-Ødegård",
    "Signe Bæk",
    "Ikke Signe Bæk",
    "Stilles hos naboen {host}, Møllevænget 9.",
    "Min nabo {host} ({email}) tog imod pakken, men gav mig den aldrig.",
)
SWEDISH = Cast(
    "+4600901{:03d}",
    ("302 33", "Halmstad"),
    "Ängsvägen 9",
    "Ingrid Ström",
    "Pär Ström",
    "Olle Forsén",
    "Karin Holm",
    "Ulf Bäck",
    "Bageriet Västkusten HB",
    "Åsa Ängla-Öberg",
    "Signe Bäck",
    "Inte Signe Bäck",
    "Ställs hos grannen {host}, Ängsvägen 9.",
    "Min granne {host} ({email}) tog emot paketet men gav mig det aldrig.",
)
NORWEGIAN = Cast(
    "+4700901{:03d}",
    ("1366", "Lysaker"),
    "Bjørkelia 9",
    "Ingrid Eide",
    "Pål Eide",
    "Odd Tørnquist",
    "Kari Holm",
    "Leif Ødegård",
    "Bakeriet Sørlandet DA",
    "Åse Ærfugl-Øverland",
    "Signe Bæk",
    "Ikke Signe Bæk",
    "Settes hos naboen {host}, Bjørkelia 9.",
    "Naboen min {host} ({email}) tok imot pakken, men ga den aldri til meg.",
)


class MakeCustomer(Protocol):
    def __call__(
        self,
        sheet: Sheet,
        person: Person,
        *,
        kind: str,
        since: date,
        company: str | None = None,
        at_address: Row | None = None,
        previous_email: str | None = None,
    ) -> Row: ...


class MakeOrder(Protocol):
    def __call__(
        self,
        sheet: Sheet,
        who: Row,
        *,
        on: date,
        card_holder: str | None = None,
        payer_email: str | None = None,
        note: str | None = None,
    ) -> object: ...


def set_traps(
    sheet: Sheet,
    cast: Cast,
    *,
    private: str,
    business: str,
    customer: MakeCustomer,
    order: MakeOrder,
    message: Callable[[Sheet, Row, date, str], object],
    tag: str,
) -> None:
    """`private` and `business` are this company's codes; `tag` keeps e-mails apart between companies."""

    def person(name: str, email: str | None) -> Person:
        return Person(name, email, cast.phone.format(sheet.number("trap phone", start=1)), cast.street, *cast.town)

    def make(
        code: str,
        name: str,
        email: str | None,
        *,
        kind: str = private,
        company: str | None = None,
        at_address: Row | None = None,
        previous_email: str | None = None,
    ) -> Row:
        who = customer(
            sheet,
            person(name, email),
            kind=kind,
            since=date(2022, 3, 1),
            company=company,
            at_address=at_address,
            previous_email=previous_email,
        )
        sheet.marks[code] = who["customer_no"]
        return who

    host_email = f"host.{tag}@example.net"
    host = make("shared-address", cast.host, host_email)
    home = next(row for row in sheet.tables[sheet.address_table] if row["id"] == host["address_id"])
    make("shared-address-2", cast.housemate, f"housemate.{tag}@example.net", at_address=home)
    buyer = make("other-card", cast.buyer, f"buyer.{tag}@example.net")
    order(
        sheet,
        buyer,
        on=date(2025, 1, 14),
        card_holder=cast.host,
        payer_email=host_email,
        note=cast.note.format(host=cast.host),
    )
    make("two-spellings", cast.twice, f"Twice.{tag.title()}@Example.com")
    make("two-spellings-2", cast.twice, f"twice.{tag}@example.com", previous_email=f"old.twice.{tag}@example.org")
    mine = make("business-and-private", cast.both, f"both.{tag}@example.com")
    order(sheet, mine, on=date(2025, 9, 8))
    work = make("business-and-private-2", cast.both, f"both.{tag}@example.com", kind=business, company=cast.firm)
    order(sheet, work, on=date(2026, 1, 26))
    make("null-email", cast.letters.split()[0] + " Null", None)
    make("empty-email", cast.letters.split()[0] + " Empty", "")
    make("letters", cast.letters, f"all_100%.{tag}@example.com")
    make("apostrophe", "Maeve O'Brien", f"maeve.o'brien.{tag}@example.com")
    under = make("underscore", cast.underscore, f"under_score.{tag}@example.com")
    make("underscore-2", cast.lookalike, f"underxscore.{tag}@example.com")  # what LIKE would find as well
    message(sheet, under, date(2026, 5, 2), cast.gossip.format(host=cast.host, email=host_email))
    sheet.marks["names-another"] = under["customer_no"]
