"""0 or O, told by the zone itself: where only a digit or only a letter can stand, it shows how this font draws them.

A document's number may hold both. The reader's model takes either for the other, but every ring of the picture was laid
over every other one, and a 0 is more like the zeros of the dates than like the O of a name.
"""

from collections.abc import Sequence

ZERO_OR_O = "0O"
CLEARLY = 0.015
"""How much more alike it must be to the one than to the other."""
UNLIKE = 0.05
"""Where only one of the two is known: how much less alike than those are to each other."""
Rings = Sequence[Sequence[float]]


def told_apart(
    text: tuple[str, ...],
    masks: Sequence[str],
    *,
    numbers: Sequence[Sequence[int]],
    rings: Rings,
    boldly: bool = False,
) -> tuple[str, ...]:
    """The text with each ring in a place for both read by its form; where the form does not tell, as it was.

    `numbers`: for each position the number of its ring, or -1. `rings`: how alike each is to each. `boldly`: also by
    those of one kind, where the zone has none of the other.
    """
    zeros, ohs = _sure(text, masks, numbers, kinds="dne", sign="0"), _sure(text, masks, numbers, kinds="a", sign="O")
    told = {
        number: _tell(number, zeros=zeros, ohs=ohs, rings=rings, boldly=boldly) for row in numbers for number in row
    }
    return tuple(
        "".join(
            told[number] or sign if kind == "x" and sign in ZERO_OR_O else sign
            for sign, kind, number in zip(line, mask, row, strict=True)
        )
        for line, mask, row in zip(text, masks, numbers, strict=True)
    )


def _sure(
    text: Sequence[str], masks: Sequence[str], numbers: Sequence[Sequence[int]], *, kinds: str, sign: str
) -> list[int]:
    return [
        number
        for line, mask, row in zip(text, masks, numbers, strict=True)
        for character, kind, number in zip(line, mask, row, strict=True)
        if character == sign and kind in kinds and number >= 0
    ]


def _tell(ring: int, *, zeros: list[int], ohs: list[int], rings: Rings, boldly: bool) -> str:
    """0, O, or nothing where the form does not tell."""
    if ring < 0:
        return ""
    zero, oh = _likeness(ring, zeros, rings), _likeness(ring, ohs, rings)
    if zero is not None and oh is not None:
        return "" if abs(zero - oh) < CLEARLY else "0" if zero > oh else "O"
    for known, own, other in ((zeros, "0", "O"), (ohs, "O", "0")):
        likeness, usual = _likeness(ring, known, rings), _among(known, rings)
        if boldly and likeness is not None and usual is not None:
            return other if likeness < usual - UNLIKE else own
    return ""


def _likeness(ring: int, known: list[int], rings: Rings) -> float | None:
    found = [rings[ring][one] for one in known if one != ring and rings[ring][one] >= 0]
    return sum(found) / len(found) if found else None


def _among(known: list[int], rings: Rings) -> float | None:
    found = [likeness for one in known if (likeness := _likeness(one, known, rings)) is not None]
    return sum(found) / len(found) if found else None
