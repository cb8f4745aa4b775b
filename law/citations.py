"""How a provision and a date are written in each language."""

import re
from datetime import date

_GDPR = re.compile(r"Art\. (\d+)((?:\(\w+\))*) GDPR")
_ACT = {
    "da": "databeskyttelsesforordningen",
    "sv": "dataskyddsförordningen",
    "nb": "personvernforordningen",
    "en": "GDPR",
}
_MONTHS = {
    "da": "januar februar marts april maj juni juli august september oktober november december",
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
    "nb": "januar februar mars april mai juni juli august september oktober november desember",
    "en": "January February March April May June July August September October November December",
}


def spell_date(day: date, language: str) -> str:
    """The date as a person reads it: "2. marts 2026" (da, nb), "2 mars 2026" (sv), "2 March 2026" (en)."""
    month = _MONTHS[language].split()[day.month - 1]
    dot = "." if language in ("da", "nb") else ""
    return f"{day.day}{dot} {month} {day.year}"


def cite(article: str, language: str) -> str:
    """A provision of the Regulation in the way of the language; national provisions are left as their country writes them.

    "Art. 17(3)(b) GDPR" becomes "artikel 17, stk. 3, litra b, i databeskyttelsesforordningen" in Danish.
    """
    return _GDPR.sub(lambda found: _gdpr(found[1], re.findall(r"\((\w+)\)", found[2]), language), article)


def _gdpr(number: str, parts: list[str], language: str) -> str:
    paragraphs = [part for part in parts if part.isdigit()]
    letters = [part for part in parts if not part.isdigit()]
    act = _ACT[language]
    if language == "da":
        inner = [f"stk. {p}" for p in paragraphs] + [f"litra {x}" for x in letters]
        tail = "".join(f", {part}" for part in inner) + ("," if inner else "")
        return f"artikel {number}{tail} i {act}"
    if language == "sv":
        return f"artikel {'.'.join([number, *paragraphs])}{''.join(f' {x}' for x in letters)} i {act}"
    if language == "nb":
        tail = "".join(f" nr. {p}" for p in paragraphs) + "".join(f" bokstav {x}" for x in letters)
        return f"artikkel {number}{tail} i {act}"
    return f"Article {number}{''.join(f'({part})' for part in parts)} {act}"
