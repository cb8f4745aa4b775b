"""The few words a letter cannot take from its own text: dates, and the nine rights as nouns (glossary terms)."""

from collections.abc import Mapping
from typing import Final

from law.citations import spell_date as spell

__all__ = ["right", "spell"]

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


def right(code: str, language: str) -> str:
    """The right as a noun that completes "your request for …". KeyError for an unknown code."""
    return _RIGHTS[language][code]
