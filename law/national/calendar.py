"""Public holidays of one country, by year."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Any

import holidays


@dataclass(frozen=True)
class Calendar:
    """The public holidays of a country, named in its own language (Regulation 1182/71 Art. 2(1) and 3(4))."""

    country: str
    language: str  # as the holidays library spells it: Norwegian is "no"

    def of_year(self, year: int) -> Mapping[date, str]:
        """All public holidays of one year with their names; ordinary Sundays are not among them (Art. 3(4))."""
        return _of_year(self.country, self.language, year)


@cache
def _of_year(country: str, language: str, year: int) -> Mapping[date, str]:
    # One fresh object per year: the library fills its own lazily and marks a year as known before it has its days, so
    # a shared one can miss a holiday under threads. Sundays and language are explicit: their defaults have moved.
    options = _OPTIONS.get(country, {})
    days = holidays.country_holidays(country, years=year, expand=False, language=language, **options)
    return MappingProxyType(dict(days))


_OPTIONS: Mapping[str, Mapping[str, Any]] = {"SE": {"include_sundays": False}, "NO": {"include_sundays": False}}
