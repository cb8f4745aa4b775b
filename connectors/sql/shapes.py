"""Masks made of what they cover: the same shape at random, or the same less exactly. Doing one again changes nothing.

What they leave still says something of the person's row (a year, an area, a domain); whether that is little enough is
for the company to judge (recital 26 GDPR). NULL stays NULL.
"""

import hashlib
import hmac
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from string import ascii_lowercase, ascii_uppercase, digits
from typing import Any

WORD = "erased"
_DAY = re.compile(r"^(\d{4})-(\d{2})-(\d{2})(.*)$", re.DOTALL)
_ALPHABETS: tuple[tuple[Callable[[str], bool], str], ...] = (
    (str.isdigit, digits), (str.isupper, ascii_uppercase), (str.isalpha, ascii_lowercase),
)  # fmt: skip


def shaped(text: str, *, secret: str, column: str) -> str:
    """Letters become letters of the same case, digits digits; length and all other signs stay.

    `secret` gives the same row the same result, and no one without it the old one.
    """
    stream = _bytes(secret, column)
    return "".join(_another(sign, next(stream)) for sign in text)


def _another(sign: str, number: int) -> str:
    return next((alphabet[number % len(alphabet)] for fits, alphabet in _ALPHABETS if fits(sign)), sign)


def _bytes(secret: str, column: str) -> Iterator[int]:
    block = 0
    while True:
        yield from hmac.new(secret.encode(), f"{column}:{block}".encode(), hashlib.sha256).digest()
        block += 1


def year(value: Any, **_: Any) -> Any:
    """The first of January of the same year."""
    return _day(value, month="01")


def month(value: Any, **_: Any) -> Any:
    """The first of the same month."""
    return _day(value, month=None)


def _day(value: Any, *, month: str | None) -> Any:
    if isinstance(value, date):  # a datetime, too
        first = value.replace(day=1, month=int(month) if month else value.month)
        return datetime.combine(first, time(0, tzinfo=value.tzinfo)) if isinstance(value, datetime) else first
    found = _DAY.match(str(value))
    if found is None:
        return None  # SQLite: whatever lies in a column of dates, it is no date we could make less exact
    return f"{found[1]}-{month or found[2]}-01" + re.sub(r"\d", "0", found[4])


def domain(value: Any, **_: Any) -> str:
    """Of an e-mail address what stands after the @; of anything else nothing."""
    _name, at, rest = str(value).strip().rpartition("@")
    return f"@{rest.lower()}" if at and rest else WORD


def prefix(value: Any, *, length: int, **_: Any) -> str:
    """The first signs: of a postcode the area."""
    return str(value).strip()[:length]


def within(value: Any, *, step: int, **_: Any) -> Any:
    """The lower end of the range a number lies in."""
    exact = Decimal(str(value))
    lower = exact // step * step - (step if exact < 0 and exact % step else 0)
    return lower if isinstance(value, Decimal) else type(value)(lower)


GENERAL: Mapping[str, tuple[Callable[..., Any], tuple[type, ...]]] = {
    "year": (year, (date, datetime)), "month": (month, (date, datetime)), "domain": (domain, (str,)),
    "prefix": (prefix, (str,)), "range": (within, (int, Decimal, float)),
}  # fmt: skip
"""`to` of the strategy generalise: what does it, and for columns of which types."""
