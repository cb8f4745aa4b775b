"""From lines of text to the fields of a machine-readable zone (ICAO 9303; ISO/IEC 18013): pure, no picture, no clock.

Nothing is guessed. A character is changed only where its class forces it (a letter where only a digit can stand), and
fillers are counted anew only where the layout leaves one way to do it. Whether it is right the check digits say.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from identity.reading.layouts import FILLER, LICENCE, LICENCE_FR, TD1, TD2, TD3, Check, Layout, Shape
from identity.reading.states import STATES

WEIGHTS = (7, 3, 1)
DIGITS = frozenset("0123456789")
CAPITALS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
CHARSET = DIGITS | CAPITALS | {FILLER}
CLASSES = {
    "a": CAPITALS | {FILLER}, "d": DIGITS | {FILLER}, "n": DIGITS, "e": DIGITS | {FILLER}, "s": frozenset("MF<"),
    "x": CHARSET,
}  # fmt: skip
TO_DIGIT = str.maketrans("OQDILZSBGT", "0001125867")
TO_LETTER = str.maketrans("0125678", "OIZSGTB")
SEPARATOR = FILLER * 2
MISCOUNT = 4
"""Fillers too many or too few that can still be a matter of counting; more, and part of the line is not there."""
ALL = (TD1, TD2, TD3, LICENCE)
Places = tuple[int, ...]
OLD_FRENCH = "IDFRA"
"""The French card of 1988 to 2021 has two lines of 36, but other fields than TD2."""


@dataclass(frozen=True)
class Zone:
    """What stands in a zone. `wrong` names what does not agree. Its fields never show in a log: they have no repr."""

    layout: Layout
    wrong: tuple[str, ...]
    lines: tuple[str, ...] = field(repr=False)
    issuer: str = field(repr=False)
    primary: tuple[str, ...] = field(repr=False)
    secondary: tuple[str, ...] = field(repr=False)
    birth: str = field(repr=False)
    expires: str = field(repr=False)
    cut: bool = field(default=False, repr=False)

    @property
    def valid(self) -> bool:
        return not self.wrong


def check_digit(text: str) -> str:
    """ICAO 9303-3, section 4.9: weights 7, 3, 1; letters count from 10, fillers 0; the rest by ten."""
    return str(sum(_value(character) * WEIGHTS[at % 3] for at, character in enumerate(text)) % 10)


def parse(lines: Sequence[str]) -> Zone | None:
    """The zone these lines are, right or wrong; None where they are no zone of a document that proves identity."""
    fitted = fit(lines)
    if fitted is None:
        return None
    shape, places = fitted
    rows = zip(lines, places, shape.masks, strict=True)
    return read(tuple(_repaired(line, where, mask) for line, where, mask in rows), shape)


def read(text: tuple[str, ...], shape: Shape) -> Zone | None:
    """The zone of lines that have their full length."""
    if text[0][0] not in shape.begins or (len(text) == 2 and text[0].startswith(OLD_FRENCH)):
        return None
    return _zone(_with_germany(text, shape), shape)


def fit(lines: Sequence[str]) -> tuple[Shape, list[Places]] | None:
    """The layout these lines have, and for each of its positions the character of the line that stands there."""
    shape = _shape_of(lines)
    if shape is None:
        return None
    places = [_fit(line, mask) for line, mask in zip(lines, shape.masks, strict=True)]
    whole = [one for one in places if one is not None]
    return (shape, whole) if len(whole) == len(places) else None


def birth_day(yymmdd: str, *, today: date) -> date | None:
    """The youngest possible: nobody is born after today. None: a part is not known, or there is no such day."""
    return _latest(yymmdd, not_after=today)


def last_day(yymmdd: str, *, today: date) -> date | None:
    """Documents live some ten years: the day of that name nearest to today, at most fifty years ahead."""
    return _latest(yymmdd, not_after=date(today.year + 50, 12, 31))


def _value(character: str) -> int:
    return 0 if character == FILLER else int(character, 36)


def _shape_of(lines: Sequence[str]) -> Shape | None:
    if not lines or any(not line or set(line) - CHARSET for line in lines):
        return None
    widest = max(len(line.rstrip(FILLER)) for line in lines)
    shape = min(
        (
            one
            for one in ALL
            if len(one.masks) == len(lines) and _begins(lines[0], one) and widest <= one.width + MISCOUNT
        ),
        key=lambda one: sum(abs(len(line) - one.width) for line in lines),
        default=None,
    )
    if shape is LICENCE and lines[0][2:5].translate(TO_LETTER) == "FRA":
        return LICENCE_FR  # it tells more than ISO asks for; elsewhere these places hold random characters
    return shape


def _begins(line: str, shape: Shape) -> bool:
    return line[0].translate(TO_LETTER) in shape.begins


def _fit(line: str, mask: str) -> Places | None:
    """OCR miscounts long runs of fillers; nothing else may be stretched or shortened. -1 is a filler put in."""
    short = len(mask) - len(line)
    here = tuple(range(len(line)))
    if short == 0:
        return here
    if abs(short) > MISCOUNT:
        return None
    if mask[-1] in "ax":  # a line of names, or the first of a card: fillers at its end
        end = len(line.rstrip(FILLER))
        return (*here[: len(mask)], *(-1,) * short) if end < len(line) and end <= len(mask) else None
    start, length = _longest_run(line)
    if length < 3 or length + short < 1:
        return None
    return (*here[: start + min(length, length + short)], *(-1,) * short, *here[start + length :])


def _longest_run(line: str) -> tuple[int, int]:
    best, start = (0, 0), 0
    for at, character in enumerate(line + " "):
        if character != FILLER:
            best = max(best, (at - start, start))
            start = at + 1
    return best[1], best[0]


def _repaired(line: str, where: Places, mask: str) -> str:
    return "".join(forced(line[at] if at >= 0 else FILLER, kind) for at, kind in zip(where, mask, strict=True))


def forced(character: str, kind: str) -> str:
    if kind in "dne":
        return character if character == FILLER else character.translate(TO_DIGIT)
    if kind == "a":
        return character.translate(TO_LETTER)
    return character


def _with_germany(text: tuple[str, ...], shape: Shape) -> tuple[str, ...]:
    """`O<<` can only be `D<<`: no other state is written with one letter."""
    rows = list(text)
    for span in (shape.fields[name] for name in ("issuer", "nationality") if name in shape.fields):
        if span.of(text) == "O<<":
            rows[span.line] = rows[span.line][: span.start] + "D" + rows[span.line][span.start + 1 :]
    return tuple(rows)


def _zone(text: tuple[str, ...], shape: Shape) -> Zone:
    read = {name: span.of(text) for name, span in shape.fields.items()}
    names = read.get("names", "")
    primary, secondary = _names(names)
    return Zone(
        layout=Layout(shape),
        wrong=(*_wrong_classes(text, shape), *_wrong_digits(text, shape), *_wrong_fields(read)),
        lines=text,
        issuer=read["issuer"],
        primary=primary,
        secondary=secondary,
        birth=read.get("birth", ""),
        expires=read.get("expires", ""),
        cut=bool(names) and names[-1] != FILLER,
    )


def _names(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    primary, _, secondary = text.strip(FILLER).partition(SEPARATOR)
    return tuple(filter(None, primary.split(FILLER))), tuple(filter(None, secondary.split(FILLER)))


def _wrong_classes(text: tuple[str, ...], shape: Shape) -> tuple[str, ...]:
    pairs = (pair for line, mask in zip(text, shape.masks, strict=True) for pair in zip(line, mask, strict=True))
    return () if all(character in CLASSES[kind] for character, kind in pairs) else ("characters",)


def _wrong_digits(text: tuple[str, ...], shape: Shape) -> tuple[str, ...]:
    return tuple(check.name for check in shape.checks if not _agrees(text, check, shape))


def _agrees(text: tuple[str, ...], check: Check, shape: Shape) -> bool:
    over = "".join(span.of(text) for span in check.over)
    digit = check.digit.of(text)
    if digit == FILLER:
        if shape.long_number and check is shape.long_number[1]:
            return _long_number_agrees(over, shape.long_number[0].of(text))
        return check.empty and not over.strip(FILLER)
    return digit == check_digit(over)


def _long_number_agrees(begin: str, optional: str) -> bool:
    """More than nine characters: the number goes on, with its check digit, to the first filler (part 5, note j)."""
    rest = optional.split(FILLER)[0]
    return len(rest) > 1 and rest[-1] == check_digit(begin + rest[:-1])


def _wrong_fields(read: dict[str, str]) -> tuple[str, ...]:
    wrong = [name for name in ("issuer", "nationality") if name in read and read[name] not in STATES]
    for name in ("birth", "expires"):
        if name in read and not is_day(read[name], may_lack=name == "birth"):
            wrong.append(f"{name}_day")
    if "names" in read and (read["names"].startswith(FILLER) or not read["names"].strip(FILLER)):
        wrong.append("names")
    return tuple(wrong)


def is_day(yymmdd: str, *, may_lack: bool = False) -> bool:
    """A day of the calendar; parts of a birth date nobody knows are fillers (part 3, section 4.8)."""
    if FILLER not in yymmdd:
        return _day(2000, yymmdd) is not None or _day(1900, yymmdd) is not None
    parts = (yymmdd[:2], yymmdd[2:4], yymmdd[4:])
    known = [part for part in parts if part != SEPARATOR]
    in_order = parts[: len(known)] == tuple(known)  # a day without its month says nothing
    return may_lack and in_order and all(part.isdigit() for part in known) and (len(known) < 2 or parts[1] <= "12")


def _latest(yymmdd: str, *, not_after: date) -> date | None:
    days = (_day(century, yymmdd) for century in (2100, 2000, 1900))
    return next((day for day in days if day and day <= not_after), None)


def _day(century: int, yymmdd: str) -> date | None:
    try:
        return date(century + int(yymmdd[:2]), int(yymmdd[2:4]), int(yymmdd[4:]))
    except ValueError:
        return None
