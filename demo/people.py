"""Random people. E-mail only under example.* and .test (RFC 2606), telephone numbers that cannot exist."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from demo.names import Country

DOMAINS = ("example.com", "example.org", "example.net", "post.test")
_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "ä": "a", "ö": "o", "ð": "d", "þ": "th", "'": "", "-": ""})


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    email: str | None
    phone: str | None
    street: str
    postcode: str
    city: str


def crowd(country: Country, *, rng: Random) -> Iterator[Person]:
    """Endless. Every e-mail carries a number, so that none is a persona's; every telephone number is its own."""
    number = 0
    while True:
        number += 1
        first, last = rng.choice(country.first), rng.choice(country.last)
        postcode, city = rng.choice(country.towns)
        yield Person(
            name=f"{first} {last}",
            email=f"{ascii_letters(first)}.{ascii_letters(last)}{number}@{rng.choice(DOMAINS)}",
            phone=country.phone.format(number),
            street=street(country, rng=rng),
            postcode=postcode,
            city=city,
        )


def street(country: Country, *, rng: Random) -> str:
    return f"{rng.choice(country.streets).replace('_', ' ')} {rng.randint(1, 180)}"


def ascii_letters(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.lower().translate(_LETTERS))
    return plain.encode("ascii", "ignore").decode()


def fake_cpr(*, rng: Random) -> str:
    """Ten digits that belong to nobody: the day is over 60 and the modulus 11 check fails.

    The check alone would not do: since 2007 real numbers may fail it.
    """
    weights = (4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
    while True:
        day, month, year, serial = rng.randint(61, 91), rng.randint(1, 12), rng.randint(0, 99), rng.randint(0, 9999)
        digits = f"{day:02d}{month:02d}{year:02d}{serial:04d}"
        if sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11:
            return f"{digits[:6]}-{digits[6:]}"
