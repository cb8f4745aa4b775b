"""Where each field stands in a machine-readable zone: ICAO 9303 parts 4 to 6, and the one-line driving licences.

A mask says what may stand at a position: `a` letter or filler, `d` digit, or filler where a part of a date is not
known, `n` check digit, `e` check digit or filler, `s` sex, `x` anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType

FILLER = "<"


@dataclass(frozen=True)
class Span:
    """Characters [start, end) of one line, counted from 0."""

    line: int
    start: int
    end: int

    def of(self, lines: tuple[str, ...]) -> str:
        return lines[self.line][self.start : self.end]


@dataclass(frozen=True)
class Check:
    """A check digit and the spans it is counted over, in order."""

    name: str
    over: tuple[Span, ...]
    digit: Span
    empty: bool = False  # a filler may stand for 0 where the field is empty (personal number, part 4 section 4.2.2)


@dataclass(frozen=True)
class Shape:
    """One layout: its masks give the number and length of lines."""

    masks: tuple[str, ...]
    begins: str  # the letters the first line may begin with
    fields: Mapping[str, Span]
    checks: tuple[Check, ...]
    long_number: tuple[Span, Check] | None = field(default=None)

    @property
    def width(self) -> int:
        return len(self.masks[0])


def _shape(
    *masks: str, begins: str, fields: dict[str, Span], checks: tuple[Check, ...], long_number: Span | None = None
) -> Shape:
    rest = (long_number, checks[0]) if long_number else None
    return Shape(masks=masks, begins=begins, fields=MappingProxyType(fields), checks=checks, long_number=rest)


TD3 = _shape(
    "a" * 44,
    "x" * 9 + "n" + "aaa" + "dddddd" + "n" + "s" + "dddddd" + "n" + "x" * 14 + "e" + "n",
    begins="P",
    fields={
        "issuer": Span(0, 2, 5), "names": Span(0, 5, 44), "nationality": Span(1, 10, 13), "birth": Span(1, 13, 19),
        "sex": Span(1, 20, 21), "expires": Span(1, 21, 27),
    },
    checks=(
        Check("number", (Span(1, 0, 9),), Span(1, 9, 10)),
        Check("birth", (Span(1, 13, 19),), Span(1, 19, 20)),
        Check("expires", (Span(1, 21, 27),), Span(1, 27, 28)),
        Check("personal", (Span(1, 28, 42),), Span(1, 42, 43), empty=True),
        Check("whole", (Span(1, 0, 10), Span(1, 13, 20), Span(1, 21, 43)), Span(1, 43, 44)),
    ),
)  # fmt: skip
TD2 = _shape(
    "a" * 36,
    "x" * 9 + "e" + "aaa" + "dddddd" + "n" + "s" + "dddddd" + "n" + "x" * 7 + "n",
    begins="IAC",
    fields={
        "issuer": Span(0, 2, 5), "names": Span(0, 5, 36), "nationality": Span(1, 10, 13), "birth": Span(1, 13, 19),
        "sex": Span(1, 20, 21), "expires": Span(1, 21, 27),
    },
    checks=(
        Check("number", (Span(1, 0, 9),), Span(1, 9, 10)),
        Check("birth", (Span(1, 13, 19),), Span(1, 19, 20)),
        Check("expires", (Span(1, 21, 27),), Span(1, 27, 28)),
        Check("whole", (Span(1, 0, 10), Span(1, 13, 20), Span(1, 21, 35)), Span(1, 35, 36)),
    ),
    long_number=Span(1, 28, 35),
)  # fmt: skip
TD1 = _shape(
    "aa" + "aaa" + "x" * 9 + "e" + "x" * 15,
    "dddddd" + "n" + "s" + "dddddd" + "n" + "aaa" + "x" * 11 + "n",
    "a" * 30,
    begins="IAC",
    fields={
        "issuer": Span(0, 2, 5), "names": Span(2, 0, 30), "nationality": Span(1, 15, 18), "birth": Span(1, 0, 6),
        "sex": Span(1, 7, 8), "expires": Span(1, 8, 14),
    },
    checks=(
        Check("number", (Span(0, 5, 14),), Span(0, 14, 15)),
        Check("birth", (Span(1, 0, 6),), Span(1, 6, 7)),
        Check("expires", (Span(1, 8, 14),), Span(1, 14, 15)),
        Check("whole", (Span(0, 5, 30), Span(1, 0, 7), Span(1, 8, 15), Span(1, 18, 29)), Span(1, 29, 30)),
    ),
    long_number=Span(0, 15, 30),
)  # fmt: skip
LICENCE = _shape(
    "a" + "x" + "aaa" + "x" * 24 + "n",
    begins="D",
    fields={"issuer": Span(0, 2, 5)},
    checks=(Check("whole", (Span(0, 0, 29),), Span(0, 29, 30)),),
)
"""ISO/IEC 18013-3 and Regulation (EU) 383/2012: number and random characters that open the chip; no name, no dates."""
LICENCE_FR = _shape(
    "a" + "x" + "aaa" + "x" * 9 + "n" + "dddddd" + "a" * 8 + "n",
    begins="D",
    fields={"issuer": Span(0, 2, 5), "names": Span(0, 21, 29), "expires": Span(0, 15, 21)},
    checks=(
        Check("number", (Span(0, 0, 14),), Span(0, 14, 15)),  # unlike ICAO's, counted from the first letter
        Check("whole", (Span(0, 0, 29),), Span(0, 29, 30)),
    ),
)


class Layout(Enum):
    TD1 = TD1
    TD2 = TD2
    TD3 = TD3
    LICENCE = LICENCE
    LICENCE_FR = LICENCE_FR

    def __repr__(self) -> str:
        return self.name
