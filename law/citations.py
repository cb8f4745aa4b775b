"""How a provision and a date are written in each language."""

import re
from collections.abc import Mapping
from datetime import date

_ARTICLE = re.compile(r"Art\. (\d+)((?:\(\w+\))*) (GDPR|Regulation 1182/71)")
_GUIDELINES = re.compile(r"EDPB 01/2022 para\. ([\d-]+)")
_ACT: Mapping[str, Mapping[str, str]] = {
    "GDPR": {
        "da": "databeskyttelsesforordningen",
        "sv": "dataskyddsförordningen",
        "nb": "personvernforordningen",
        "en": "GDPR",
    },
    "Regulation 1182/71": {
        "da": "forordning nr. 1182/71",
        "sv": "förordning nr 1182/71",
        "nb": "forordning nr. 1182/71",
        "en": "Regulation 1182/71",
    },
}
_EDPB = {
    "da": r"EDPB's retningslinjer 01/2022, punkt \1",
    "sv": r"EDPB:s riktlinjer 01/2022, punkt \1",
    "nb": r"EDPBs retningslinjer 01/2022, avsnitt \1",
    "en": r"EDPB Guidelines 01/2022, para. \1",
}
_MONTHS = {
    "da": "januar februar marts april maj juni juli august september oktober november december",
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
    "nb": "januar februar mars april mai juni juli august september oktober november desember",
    "en": "January February March April May June July August September October November December",
}


def spell_date(day: date, language: str) -> str:
    """The date as a person reads it (Art. 12(1) GDPR): "2. marts 2026", "2 mars 2026", "2. mars 2026", "2 March 2026".

    KeyError where the language is not da, sv, nb or en.
    """
    month = _MONTHS[language].split()[day.month - 1]
    dot = "." if language in ("da", "nb") else ""
    return f"{day.day}{dot} {month} {day.year}"


def cite(article: str, language: str) -> str:
    """A provision as the language writes it; national statutes stay as their own country writes them.

    "Art. 17(3)(b) GDPR" becomes "artikel 17, stk. 3, litra b, i databeskyttelsesforordningen" in Danish.
    KeyError where the language is not da, sv, nb or en.
    """
    guided = _GUIDELINES.sub(_EDPB[language], article)
    return _ARTICLE.sub(
        lambda hit: _spell(hit[1], re.findall(r"\w+", hit[2]), _ACT[hit[3]][language], language), guided
    )


def _spell(number: str, parts: list[str], act: str, language: str) -> str:
    numbers = [part for part in parts if part.isdigit()]
    letters = [part for part in parts if not part.isdigit()]
    if language == "da":
        part_of_4 = "nr." if number == "4" else "stk."  # Art. 4 is a numbered list
        inner = [f"{part_of_4} {part}" for part in numbers] + [f"litra {part}" for part in letters]
        return f"artikel {', '.join([number, *inner])}{',' if inner else ''} i {act}"
    if language == "sv":
        return f"artikel {' '.join(['.'.join([number, *numbers]), *letters])} i {act}"
    if language == "nb":
        inner = [f"nr. {part}" for part in numbers] + [f"bokstav {part}" for part in letters]
        return f"{act} artikkel {' '.join([number, *inner])}"
    return f"Article {number}{''.join(f'({part})' for part in parts)} {act}"
