"""The few words a letter cannot take from its own text: dates, and as nouns the nine rights and the notices of Art. 19
(glossary terms)."""

from collections.abc import Iterable, Mapping
from typing import Final

from law.citations import spell_date as spell

__all__ = ["listed", "notice_status", "number", "right", "spell", "told_about"]

# Each completes da and nb "din anmodning om", sv "din begäran om", en "your request for".
_RIGHTS: Final[Mapping[str, Mapping[str, str]]] = {
    "da": {
        "access": "indsigt i dine oplysninger",
        "rectification": "berigtigelse af dine oplysninger",
        "erasure": "sletning af dine oplysninger",
        "restriction": "begrænsning af behandlingen af dine oplysninger",
        "portability": "dataportabilitet",
        "objection": "at vi stopper med at behandle dine oplysninger (indsigelse)",
        "marketing_objection": "at vi stopper med direkte markedsføring (indsigelse)",
        "withdraw_consent": "at trække dit samtykke tilbage",
        "automated_decision": "menneskelig indgriben i en automatisk afgørelse",
    },
    "sv": {
        "access": "tillgång till dina uppgifter (registerutdrag)",
        "rectification": "rättelse av dina uppgifter",
        "erasure": "radering av dina uppgifter",
        "restriction": "begränsning av behandlingen av dina uppgifter",
        "portability": "dataportabilitet",
        "objection": "att vi slutar behandla dina uppgifter (invändning)",
        "marketing_objection": "att vi slutar med direktmarknadsföring (invändning)",
        "withdraw_consent": "att få återkalla ditt samtycke",
        "automated_decision": "personligt ingripande i ett automatiserat beslut",
    },
    "nb": {
        "access": "innsyn i opplysningene dine",
        "rectification": "retting av opplysningene dine",
        "erasure": "sletting av opplysningene dine",
        "restriction": "begrensning av behandlingen av opplysningene dine",
        "portability": "dataportabilitet",
        "objection": "at vi slutter å behandle opplysningene dine (protest)",
        "marketing_objection": "at vi slutter med direkte markedsføring (protest)",
        "withdraw_consent": "å trekke tilbake samtykket ditt",
        "automated_decision": "menneskelig inngripen i en automatisert avgjørelse",
    },
    "en": {
        "access": "access to your data",
        "rectification": "rectification of your data",
        "erasure": "erasure of your data",
        "restriction": "restriction of the processing of your data",
        "portability": "data portability",
        "objection": "us to stop processing your data (objection)",
        "marketing_objection": "us to stop direct marketing (objection)",
        "withdraw_consent": "the withdrawal of your consent",
        "automated_decision": "human intervention in an automated decision",
    },
}


# A space that does not break in Swedish and Norwegian.
_THOUSANDS: Final[Mapping[str, str]] = {"da": ".", "sv": "\u00a0", "nb": "\u00a0", "en": ","}


def number(value: int, language: str) -> str:
    """1234 as "1.234", "1 234", "1 234", "1,234". KeyError for a language we do not write."""
    return f"{value:,}".replace(",", _THOUSANDS[language])


_AND: Final[Mapping[str, str]] = {"da": "og", "sv": "och", "nb": "og", "en": "and"}


def listed(items: Iterable[str], language: str) -> str:
    """Labels as one phrase: "Dine ordrer, dine fakturaer og dine betalinger"; a name such as BankID stays as it is."""
    first, *rest = items
    words = [first, *(_inside(item) for item in rest)]
    return f"{', '.join(words[:-1])} {_AND[language]} {words[-1]}" if rest else first


def _inside(item: str) -> str:
    """Within a sentence: a small letter, unless the first word has capitals of its own."""
    begins = item.split(" ")[0]
    return item[:1].lower() + item[1:] if begins[1:].islower() else item


def right(code: str, language: str) -> str:
    """The right as a noun that completes "your request for …". KeyError for an unknown code."""
    return _RIGHTS[language][code]


# Each completes "told about", "underrettet om", "underrättat om", "underrettet om".
_TOLD_ABOUT: Final[Mapping[str, Mapping[str, str]]] = {
    "da": {
        "erasure": "sletningen af dine oplysninger",
        "rectification": "berigtigelsen af dine oplysninger",
        "restriction": "begrænsningen af behandlingen af dine oplysninger",
        "lifted": "ophævelsen af begrænsningen",
        "public": "din anmodning om sletning af offentliggjorte oplysninger",
    },
    "sv": {
        "erasure": "raderingen av dina uppgifter",
        "rectification": "rättelsen av dina uppgifter",
        "restriction": "begränsningen av behandlingen av dina uppgifter",
        "lifted": "att begränsningen har hävts",
        "public": "din begäran om radering av offentliggjorda uppgifter",
    },
    "nb": {
        "erasure": "slettingen av opplysningene dine",
        "rectification": "rettingen av opplysningene dine",
        "restriction": "begrensningen av behandlingen av opplysningene dine",
        "lifted": "opphevingen av begrensningen",
        "public": "anmodningen din om sletting av offentliggjorte opplysninger",
    },
    "en": {
        "erasure": "the erasure of your data",
        "rectification": "the rectification of your data",
        "restriction": "the restriction of the processing of your data",
        "lifted": "the lifting of the restriction",
        "public": "your request to erase data made public",
    },
}

_NOTICE_STATUS: Final[Mapping[str, Mapping[str, str]]] = {
    "da": {
        "waiting": "Får besked",
        "sent": "Besked er sendt eller givet",
        "confirmed": "Har bekræftet",
        "declined": "Har fået besked og svarer, at det ikke kan lade sig gøre",
        "failed": "Beskeden er ikke nået frem endnu",
        "impossible": "Kan ikke underrettes",
    },
    "sv": {
        "waiting": "Kommer att underrättas",
        "sent": "Underrättelse har skickats eller lämnats",
        "confirmed": "Har bekräftat",
        "declined": "Har underrättats och svarar att det inte går",
        "failed": "Underrättelsen har inte kommit fram än",
        "impossible": "Kan inte underrättas",
    },
    "nb": {
        "waiting": "Får beskjed",
        "sent": "Beskjed er sendt eller gitt",
        "confirmed": "Har bekreftet",
        "declined": "Har fått beskjed og svarer at det ikke lar seg gjøre",
        "failed": "Beskjeden har ikke kommet fram ennå",
        "impossible": "Kan ikke underrettes",
    },
    "en": {
        "waiting": "Will be told",
        "sent": "A notice has been sent or given",
        "confirmed": "Has confirmed",
        "declined": "Has been told and answers that it cannot",
        "failed": "The notice has not got through yet",
        "impossible": "Cannot be told",
    },
}


def told_about(code: str, language: str) -> str:
    """What recipients were told about (Art. 19, 17(2)), as a noun. KeyError for an unknown code."""
    return _TOLD_ABOUT[language][code]


def notice_status(code: str, language: str) -> str:
    """How a notice to a recipient stands, for the person. KeyError for an unknown code."""
    return _NOTICE_STATUS[language][code]
