"""The words of an extract in da, sv, nb and en, and values as a person reads them. JSON and CSV keep them exact."""

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from connectors.values import from_base64
from letters.words import spell

LANGUAGES = ("da", "sv", "nb", "en")
_FOLDER = Path(__file__).parent / "wording"
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?")
_MONEY = re.compile(r"-?\d{1,15}\.\d{2}")
NOTHING = "—"


@cache
def words(language: str) -> Mapping[str, str]:
    """KeyError for a language we do not write."""
    if language not in LANGUAGES:
        raise KeyError(language)
    return json.loads((_FOLDER / f"{language}.json").read_text("utf-8"))


def word(name: str, language: str, **values: Any) -> str:
    return words(language)[name].format(**values)


def text(value: Any, *, language: str, tz: str, looks: str = "") -> str:
    """A value in words: dates and numbers as the language writes them, yes and no, NULL as a dash.

    `looks` is what the source declares the column to be; where it declares nothing, the value speaks for itself.
    """
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool) or (looks == "boolean" and value in (0, 1)):
        return word("yes" if value else "no", language)
    if looks.startswith("decimal:") and isinstance(value, int | float):
        return decimal(f"{value:.{looks[8:]}f}", language)
    if isinstance(value, int):
        return str(value)  # many are numbers of things: no thousands separator
    if isinstance(value, float):
        return decimal(repr(value), language)
    if isinstance(value, list):
        return "\n".join(text(one, language=language, tz=tz) for one in value) or NOTHING
    if isinstance(value, dict):
        return "\n".join(f"{name}: {text(one, language=language, tz=tz)}" for name, one in value.items()) or NOTHING
    return str(value) if looks == "text" else _string(str(value), language=language, tz=tz)


def _string(value: str, *, language: str, tz: str) -> str:
    if value.startswith("base64:"):
        return _binary(value, language)
    try:
        if _DAY.fullmatch(value):
            return spell(date.fromisoformat(value), language)
        if _MOMENT.fullmatch(value):
            return moment(datetime.fromisoformat(value), language=language, tz=tz)
    except ValueError:  # 2026-02-31: the source says so, so we do
        return value
    return decimal(value, language) if _MONEY.fullmatch(value) else value


def moment(value: datetime, *, language: str, tz: str) -> str:
    """With a zone, in the company's own time; without one, as the source has it."""
    local = value.astimezone(ZoneInfo(tz)) if value.tzinfo else value
    sign = "." if language in ("da", "nb") else ":"
    return f"{spell(local.date(), language)} {local:%H}{sign}{local:%M}"


def decimal(value: str, language: str) -> str:
    """1234.50 as 1 234,50 (sv, nb), 1.234,50 (da), 1,234.50 (en)."""
    if "e" in value or "n" in value:  # 1e+20, nan, inf: as they are
        return value
    sign = "-" if value.startswith("-") else ""
    whole, _, fraction = value.lstrip("-").partition(".")
    group, point = {"da": (".", ","), "en": (",", ".")}.get(language, ("\u00a0", ","))
    grouped = f"{int(whole):,}".replace(",", group)
    return f"{sign}{grouped}{point}{fraction}" if fraction else f"{sign}{grouped}"


def _binary(value: str, language: str) -> str:
    try:
        return word("binary", language, size=len(from_base64(value)))
    except ValueError:
        return value
