"""From what was read and what was typed to codes. Expired or different is a reason shown, never a refusal."""

from datetime import date, timedelta

from identity.reading.layouts import FILLER
from identity.reading.mrz import last_day
from identity.reading.names import Agreement, compare
from identity.reading.results import Code
from identity.reading.values import Reading, Seen, Typed

SOON = timedelta(days=30)
NAMES = {
    Agreement.MATCHES: Code.name_matches,
    Agreement.PARTLY: Code.name_partly,
    Agreement.DIFFERS: Code.name_differs,
    Agreement.NOT_COMPARABLE: Code.name_not_comparable,
}


def codes(reading: Reading, *, typed: Typed, today: date) -> tuple[str, ...]:
    """What the verifier is told, in the order of `results.Code`. Only what was read with certainty is compared."""
    found = {_state(reading)}
    if reading.seen in (Seen.WHOLE, Seen.PARTS):
        found |= _name(reading, typed) | _birth(reading, typed) | _expiry(reading, typed, today)
    return tuple(code.value for code in Code if code in found)


def _state(reading: Reading) -> Code:
    if reading.seen is Seen.WHOLE:
        return Code.mrz_valid if reading.zone and reading.zone.valid else Code.mrz_check_digit_wrong
    return {
        Seen.FAILED: Code.not_read,
        Seen.NOTHING: Code.mrz_not_found,
        Seen.PARTS: Code.mrz_partly_covered,
        Seen.UNSURE: Code.mrz_unsure,
    }[reading.seen]


def _name(reading: Reading, typed: Typed) -> set[Code]:
    if not typed.name.strip() or not (reading.primary or reading.secondary):
        return set()
    answer = compare(typed.name, primary=reading.primary, secondary=reading.secondary, cut=reading.cut)
    return {NAMES[answer]}


def _birth(reading: Reading, typed: Typed) -> set[Code]:
    """By the two digits of the year both have: the zone does not tell 1925 from 2025. Unknown parts tell nothing."""
    if typed.birth is None or not reading.birth.strip(FILLER):
        return set()
    same = all(one in (FILLER, other) for one, other in zip(reading.birth, typed.birth.strftime("%y%m%d"), strict=True))
    if same and FILLER in reading.birth:
        return set()
    return {Code.birth_date_matches if same else Code.birth_date_differs}


def _expiry(reading: Reading, typed: Typed, today: date) -> set[Code]:
    day = last_day(reading.expires, today=today) if reading.expires else None
    if day is None:
        return set()
    found = {Code.expired if day < today else Code.expires_soon if day - today < SOON else Code.not_expired}
    if typed.expires is not None:
        found.add(Code.expiry_matches if day == typed.expires else Code.expiry_differs)
    return found
