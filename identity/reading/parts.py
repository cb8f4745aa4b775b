"""What can be said of a zone of which only a part is visible: dates that prove themselves by their check digits.

People are told that they may cover the lines. What they left is compared; what they covered is not missed.
"""

import re
from collections.abc import Sequence

from identity.reading.layouts import FILLER
from identity.reading.mrz import TO_DIGIT, check_digit, is_day
from identity.reading.states import STATES
from identity.reading.values import Reading, Seen

DATE, CHECK = "[0-9OQDILZSBGT]{6}", "[0-9OQDILZSBGT]"
DATES = re.compile(f"({DATE})({CHECK})([MF<])({DATE})({CHECK})")
NAMES = re.compile("[PIAC][A-Z<]([A-Z0O]{3}|D<<)([A-Z]+(?:<[A-Z]+)*)<<([A-Z]+(?:<[A-Z]+)*)?<{3,}$")
ANYTHING = re.compile("<{4}|^[PIAC]<[A-Z0O]{3}[A-Z0-9]{3}.*<|^D1[A-Z0O]{3}")


def piece_together(texts: Sequence[str], *, agreed: Sequence[bool]) -> Reading:
    """The text of each line, and whether two looks saw it alike. Names only from a line that is whole at its end."""
    if not any(ANYTHING.search(text) or _dates(text) for text in texts):
        return Reading(Seen.NOTHING)
    birth, expires = next((found for text in texts if (found := _dates(text))), ("", ""))
    names = next(
        (found for text, sure in zip(texts, agreed, strict=True) if sure and (found := _names(text))), ((), ())
    )
    return Reading(Seen.PARTS, primary=names[0], secondary=names[1], birth=birth, expires=expires)


def _dates(text: str) -> tuple[str, str] | None:
    for found in DATES.finditer(text):
        birth, one, _, expires, other = (part.translate(TO_DIGIT) for part in found.groups())
        right = check_digit(birth) == one and check_digit(expires) == other
        if right and is_day(birth) and is_day(expires):
            return birth, expires
    return None


def _names(text: str) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    found = NAMES.match(text)
    if found is None or found[1].replace("0", "O") not in STATES:
        return None
    primary, secondary = (tuple((part or "").split(FILLER)) if part else () for part in found.groups()[1:])
    return primary, secondary
