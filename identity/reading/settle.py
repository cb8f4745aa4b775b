"""From two or three looks at the same lines to one text, and whether it is certain.

Names have no check digits: a misread letter would pass them all. So a character counts only if two looks agree on it,
by its class (a letter in a name, a digit in a date), and are certain enough together; and if the characters stand at
even distances, so that none was swallowed.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from identity.reading import mrz
from identity.reading.layouts import FILLER, Shape
from identity.reading.rings import ZERO_OR_O, Rings, told_apart

Mark = tuple[float, dict[str, float]]
Look = Sequence[Sequence[Mark]]
"""The lines of a zone as seen once."""
ENOUGH = 0.6
"""Certainty of a character among what its class allows, the mean of all looks."""
KNOWN = 0.1
"""Of what a look saw, at least so much must be signs that can stand there at all."""
LETTERS = {"0": "O", "1": "IL", "2": "Z", "5": "S", "6": "G", "7": "T", "8": "B"}
"""What a digit seen among letters may be."""
GAP = 1.75
"""Times the usual distance between two characters: here one is missing."""


@dataclass(frozen=True)
class Settled:
    shape: Shape
    text: tuple[str, ...]
    certain: bool


def settle(looks: Sequence[Look], *, rings: Rings = (), first: Sequence[int] = ()) -> Settled | None:
    """One text from what was seen, or None where no look saw lines of a zone.

    `rings`: how alike every 0 or O of the picture is to every other; `first`: the number of each line's first ring.
    """
    seen = [(look, fitted) for look in looks if (fitted := mrz.fit([plain(line) for line in look]))]
    if not seen:
        return None
    shapes = [fitted[0] for _, fitted in seen]
    shape = max(shapes, key=shapes.count)
    alike = [_laid_out(look, places) for look, (found, places) in seen if found == shape]
    rows = [
        [_vote([look[row][at] for look in alike], kind) for at, kind in enumerate(mask)]
        for row, mask in enumerate(shape.masks)
    ]
    text = tuple("".join(character for character, _ in row) for row in rows)
    if rings and seen[0][0] is looks[0] and shapes[0] == shape:
        text = _with_rings(text, shape, numbers=_numbered(looks[0], seen[0][1][1], first), rings=rings)
    votes = all(certain for row in rows for _, certain in row)
    return Settled(shape, text, votes and len(alike) > 1 and all(_even(look) for look, _ in seen))


def _with_rings(
    text: tuple[str, ...], shape: Shape, *, numbers: Sequence[Sequence[int]], rings: Rings
) -> tuple[str, ...]:
    """By the form of both, else as the model has it, else by the form of one: the first without contradiction.

    No other text is tried: a zone with a wrong digit stays wrong.
    """
    by_both = told_apart(text, shape.masks, numbers=numbers, rings=rings)
    by_one = told_apart(text, shape.masks, numbers=numbers, rings=rings, boldly=True)
    readings = ((one, mrz.read(one, shape)) for one in (by_both, text, by_one))
    return next((one for one, zone in readings if zone is not None and zone.valid), by_both)


def count_rings(line: Sequence[Mark]) -> int:
    return sum(sign in ZERO_OR_O for sign in plain(line))


def _numbered(look: Look, places: Sequence[mrz.Places], first: Sequence[int]) -> list[list[int]]:
    """For each position of the zone the number of the ring that stands there, or -1."""
    found = []
    for line, where, start in zip(look, places, first, strict=True):
        signs = plain(line)
        number = {at: start + count_rings(line[:at]) for at, sign in enumerate(signs) if sign in ZERO_OR_O}
        found.append([number.get(at, -1) for at in where])
    return found


def plain(line: Sequence[Mark]) -> str:
    return "".join(max(chances, key=lambda sign: chances[sign]) for _, chances in line)


def _laid_out(look: Look, places: Sequence[mrz.Places]) -> list[list[dict[str, float]]]:
    return [
        [line[at][1] if at >= 0 else {FILLER: 1.0} for at in where] for line, where in zip(look, places, strict=True)
    ]


def _vote(chances: Sequence[dict[str, float]], kind: str) -> tuple[str, bool]:
    """What most looks see at one position, and whether two of them and more than half do so with certainty."""
    among = [_of_class(one, kind) for one in chances]
    total = {sign: sum(one.get(sign, 0.0) for one in among) for one in among for sign in one}
    if not total:
        return FILLER, False
    best = max(total, key=lambda sign: total[sign])
    agree = sum(max(one, key=lambda sign: one[sign]) == best for one in among if one)
    return best, agree > 1 and 2 * agree > len(among) and total[best] >= ENOUGH * len(among)


def _of_class(chances: dict[str, float], kind: str) -> dict[str, float]:
    """The chances among what may stand there, together 1; nothing where hardly any of it can."""
    may = mrz.CLASSES[kind]
    found = {sign: chance for sign, chance in chances.items() if sign in may}
    for sign, chance in chances.items():
        if sign not in may:
            _give(found, _meant(sign, kind, may), chance)
    if kind == "x" and "O" in found:  # not told apart where both may stand: see `told_apart`
        ring = max(ZERO_OR_O, key=lambda sign: found.get(sign, 0.0))
        found[ring] = sum(found.pop(sign, 0.0) for sign in ZERO_OR_O)
    whole = sum(found.values())
    return {sign: chance / whole for sign, chance in found.items()} if whole >= KNOWN else {}


def _meant(sign: str, kind: str, may: Collection[str]) -> str:
    """The signs of its class that one of another class may be."""
    signs = LETTERS.get(sign, "") if kind in "as" else mrz.forced(sign, kind)
    return "".join(one for one in signs if one in may)


def _give(found: dict[str, float], signs: str, chance: float) -> None:
    """To each in proportion to what it has already: a 1 among letters is an L where an L was half seen, else an I."""
    whole = sum(found.get(sign, 0.0) for sign in signs)
    for sign in signs if whole else signs[:1]:
        found[sign] = found.get(sign, 0.0) + chance * (found.get(sign, 0.0) / whole if whole else 1.0)


def _even(look: Look) -> bool:
    return not any(gaps(line) for line in look)


def gaps(line: Sequence[Mark]) -> bool:
    """Whether a character seems to be missing between two others: swallowed, or under a bar."""
    steps = [right - left for (left, _), (right, _) in pairwise(line)]
    return bool(steps) and max(steps) > GAP * median(steps)
