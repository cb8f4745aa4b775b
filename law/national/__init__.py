"""What a country adds to the Regulation: holidays, bookkeeping periods and exemptions."""

from collections.abc import Mapping
from typing import Protocol

from law.grounds import Ground
from law.national import dk, no, se
from law.national.calendar import Calendar
from law.rules import Rule


class Country(Protocol):
    """What each module of this package holds."""

    HOLIDAYS: Calendar
    TIME_ZONE: str
    BOOKKEEPING: tuple[Rule, ...]
    EXEMPTIONS: tuple[Ground, ...]


COUNTRIES: Mapping[str, Country] = {"DK": dk, "SE": se, "NO": no}
