"""Sample sources: databases that look like the real thing, made the same way every time. See README.md."""

from demo.dates import REFERENCE_DATE
from demo.personas import PERSONAS, Persona, persona
from demo.write import SLUGS, build, build_all, sources

__all__ = ["PERSONAS", "REFERENCE_DATE", "SLUGS", "Persona", "build", "build_all", "persona", "sources"]
