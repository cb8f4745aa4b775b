"""The named people of the tutorial and the journeys, and what an erasure request made today should decide for each.

Their rows are made by hand in `demo/<company>/stories.py`; a test holds the two together. The numbers E1, E2 … are
the worked examples that the law's own tests use. Nobody here is a real person.
"""

from collections.abc import Mapping
from types import MappingProxyType

from demo.personas import aarstiderne, aj_dk, aj_se, ajos, ajour
from demo.personas.persona import Expected, Persona

PERSONAS: Mapping[str, tuple[Persona, ...]] = MappingProxyType(
    {
        "aj-dk": aj_dk.PERSONAS,
        "aj-se": aj_se.PERSONAS,
        "ajos": ajos.PERSONAS,
        "aarstiderne": aarstiderne.PERSONAS,
        "ajour": ajour.PERSONAS,
    }
)


def persona(slug: str, key: str) -> Persona:
    return next(each for each in PERSONAS[slug] if each.key == key)


__all__ = ["PERSONAS", "Expected", "Persona", "persona"]
