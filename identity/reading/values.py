"""What a reading is, and what it is compared with. They live as long as the comparison; none has a repr."""

from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from identity.reading.mrz import Zone


class Seen(Enum):
    FAILED = "failed"
    """There is no reader, or it gave up: not read at all."""
    NOTHING = "nothing"
    PARTS = "parts"
    """Lines of a zone, but not all of them: covered, or outside the picture."""
    UNSURE = "unsure"
    """A whole zone, but two readings did not agree or some character is not certain."""
    WHOLE = "whole"


@dataclass(frozen=True)
class Reading:
    """What stays visible. `zone` is given for WHOLE and UNSURE; the parts of `PARTS` have proved themselves."""

    seen: Seen
    zone: Zone | None = None
    primary: tuple[str, ...] = field(default=(), repr=False)
    secondary: tuple[str, ...] = field(default=(), repr=False)
    cut: bool = field(default=False, repr=False)
    birth: str = field(default="", repr=False)
    expires: str = field(default="", repr=False)


@dataclass(frozen=True)
class Typed:
    """What the person said: their name, and if they wished their date of birth and the document's last day."""

    name: str = field(default="", repr=False)
    birth: date | None = field(default=None, repr=False)
    expires: date | None = field(default=None, repr=False)
