"""The named people of the tutorial and the journeys, and what an erasure request made today should decide for each.

Their rows are made by hand in `demo/<company>/stories.py`; a test holds the two together. The numbers E1, E2 … are
the worked examples that the law's own tests use. Nobody here is a real person.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Literal

Outcome = Literal["erase", "anonymise", "retain", "hold", "undetermined"]


@dataclass(frozen=True, slots=True)
class Expected:
    """The decision for the records of one kind. `keep_through` is the last day they may stay."""

    outcome: Outcome
    keep_through: date | None = None
    keys: tuple[str, ...] = ()  # where one kind holds records with different answers: the business keys meant


@dataclass(frozen=True, slots=True)
class Persona:
    key: str
    name: str
    email: str
    phone: str | None
    customer_no: str | None
    order_no: str | None
    postcode: str | None
    story: str
    examples: tuple[str, ...] = ()
    erasure: Mapping[str, tuple[Expected, ...]] = field(default_factory=dict)


def _persona(
    key: str,
    name: str,
    email: str,
    phone: str | None,
    customer_no: str | None,
    order_no: str | None,
    postcode: str | None,
    story: str,
    *,
    examples: tuple[str, ...] = (),
    **erasure: Expected | tuple[Expected, ...],
) -> Persona:
    kinds = {kind: each if isinstance(each, tuple) else (each,) for kind, each in erasure.items()}
    return Persona(key, name, email, phone, customer_no, order_no, postcode, story, examples, MappingProxyType(kinds))


ERASE = Expected("erase")
HOLD = Expected("hold")


def _retain(year: int, month: int = 12, day: int = 31, *, keys: tuple[str, ...] = ()) -> Expected:
    return Expected("retain", date(year, month, day), keys)


_AJ_DK = (
    _persona(
        "astrid",
        "Astrid Møller",
        "astrid.moller@example.com",
        "+4500900001",
        "100001",
        "DK-0001",
        "2620",
        "Bought a desk, invoiced 15 March 2023; has Mine sider with a CPR number, preferences and the newsletter.",
        examples=("E6",),
        invoice=_retain(2028),
        profile=ERASE,
        national_id=ERASE,
        newsletter=ERASE,
        contact=ERASE,
        order=ERASE,
        log=ERASE,
    ),
    _persona(
        "bent",
        "Bent Østergaard",
        "bent.ostergaard@example.com",
        "+4500900002",
        "100002",
        "DK-0002",
        "8000",
        "A workbench with a 7-year warranty, delivered and invoiced 10 June 2021, paid. May give the warranty up.",
        examples=("E7",),
        warranty_record=_retain(2028, 6, 10),
        invoice=_retain(2026),
        order=_retain(2028, 6, 10),
        contact=_retain(2028, 6, 10),
        profile=ERASE,
    ),
    _persona(
        "camilla",
        "Camilla Friis",
        "camilla.friis@example.org",
        None,
        None,
        None,
        None,
        "Only ever signed up for the newsletter. No customer, no order.",
        newsletter=ERASE,
    ),
    _persona(
        "dorthe",
        "Dorthe Kjær",
        "dorthe.kjaer@nordlys.example.com",
        "+4500900004",
        "100004",
        "DK-0004",
        "6000",
        "Contact person at Nordlys Kontor ApS; last order 20 January 2022, and one invoice is still unpaid.",
        contact=HOLD,
        invoice=_retain(2027),
    ),
    _persona(
        "erik",
        "Erik Å. Sørensen",
        "erik.sorensen@lager-plus.example.com",
        "+4500900005",
        "100005",
        "DK-0005",
        "9000",
        "Contact person at Lager_Plus A/S; last order 14 May 2021, all paid: four years without a transaction.",
        contact=ERASE,
        invoice=_retain(2026),
    ),
    _persona(
        "freja",
        "Freja Lindholm",
        "freja.lindholm@example.net",
        "+4500900006",
        "100006",
        "DK-0006",
        "5000",
        "One order in 2018, without warranty, all paid. Nothing may still be here.",
        order=ERASE,
        contact=ERASE,
        invoice=ERASE,
    ),
    _persona(
        "gudrun",
        "Guðrún Ásgeirsdóttir",
        "gudrun@example.org",
        "+4500900007",
        "100007",
        "DK-0007",
        "5970",
        "A chair that broke: her complaint is open.",
        case=HOLD,
        order=HOLD,
        contact=HOLD,
    ),
    _persona(
        "henrik",
        "Henrik D'Angelo",
        "henrik.dangelo@example.com",
        "+4500900008",
        "100008",
        "DK-0008",
        "4000",
        "Buys for his firm, Børnehaven Mælkevejen (100009), and privately (100008), with the same e-mail.",
    ),
)

_AJ_SE = (
    _persona(
        "anna",
        "Anna Sjögren",
        "anna.sjogren@example.com",
        "+46701740605",
        "200001",
        "SE-0001",
        "301 82",
        "A chair with a 5-year warranty, delivered and paid 1 February 2023; mina sidor, newsletter, a survey.",
        examples=("E10",),
        order=_retain(2028, 2, 1),
        warranty_record=_retain(2028, 2, 1),
        contact=_retain(2028, 2, 1),
        invoice=_retain(2030),
        profile=ERASE,
        newsletter=ERASE,
        survey=ERASE,
        usage=ERASE,
    ),
    _persona(
        "bjorn",
        "Björn Öberg",
        "bjorn.oberg@norrsken.example.com",
        "+46701740606",
        "200002",
        "SE-0002",
        "411 06",
        "Contact person at Norrsken Kontor AB; last order 20 January 2022, and it is still unpaid.",
        examples=("E5",),
        contact=HOLD,
        order=HOLD,
        invoice=_retain(2029),
        newsletter=ERASE,
        profile=ERASE,
    ),
    _persona(
        "cecilia",
        "Cecilia Wåhlin",
        "cecilia.wahlin@example.org",
        None,
        None,
        None,
        None,
        "Only ever signed up for the newsletter.",
        newsletter=ERASE,
    ),
    _persona(
        "david",
        "David Åkesson",
        "david.akesson@lager-vast.example.com",
        "+46701740608",
        "200003",
        "SE-0003",
        "211 22",
        "Contact person at Lager_Väst AB; last order 14 June 2021, paid: four years without a transaction.",
        contact=ERASE,
        order=ERASE,
        invoice=_retain(2028),
    ),
    _persona(
        "elsa",
        "Elsa Nyström",
        "elsa.nystrom@example.net",
        "+46701740609",
        "200004",
        "SE-0004",
        "702 11",
        "One order in April 2018, without warranty, paid. Nothing may still be here.",
        contact=ERASE,
        order=ERASE,
        invoice=ERASE,
    ),
    _persona(
        "fredrik",
        "Fredrik Lindén",
        "fredrik.linden@example.com",
        "+46701740610",
        None,
        None,
        None,
        "Never bought: a chat, a recorded call and a survey.",
        digital_message=ERASE,
        survey=ERASE,
    ),
    _persona(
        "greta",
        "Greta Hjördis",
        "greta.hjordis@example.org",
        "+46701740611",
        "200005",
        "SE-0005",
        "621 57",
        "A chair that broke: her complaint is open.",
        case=HOLD,
        order=HOLD,
        contact=HOLD,
    ),
    _persona(
        "hakan",
        "Håkan O'Hara",
        "hakan.ohara@example.com",
        "+46701740612",
        "200006",
        "SE-0006",
        "903 25",
        "Bought a desk this autumn, with five years of warranty.",
        order=_retain(2031, 9, 1),
        contact=_retain(2031, 9, 1),
        invoice=_retain(2033),
    ),
)

PERSONAS: Mapping[str, tuple[Persona, ...]] = MappingProxyType({"aj-dk": _AJ_DK, "aj-se": _AJ_SE})


def persona(slug: str, key: str) -> Persona:
    return next(each for each in PERSONAS[slug] if each.key == key)
