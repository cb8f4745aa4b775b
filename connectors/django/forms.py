"""How an identity is asked for where only equality can be asked: every way of writing it that can be counted up."""

import unicodedata
from collections.abc import Iterable

from policies.spelling import Normalise, Spelling


def forms(how: Normalise, values: Iterable[str]) -> tuple[str, list[str]] | None:
    """(spelling the other side compares by, what may lie there); None where the ways of writing have no end."""
    if isinstance(how, Spelling):
        if how.as_ == "phone":
            return "digits", sorted({form for value in values for form in _phone(value, how)})
        if how.as_ == "email" and not how.plus and not how.dots:
            return "lower", sorted({form for value in values for form in _email(value, how)})
        return None
    if how == "digits":
        return "digits", sorted(values)
    if how == "exact":
        return "exact", sorted({form for value in values for form in _composed(value)})
    return "lower", sorted({form for value in values for form in _any_case(value)})


def _any_case(value: str) -> set[str]:
    """Some databases lower only ASCII letters, so a name's capital Å may survive on their side."""
    return {form for one in _composed(value) for form in (one.lower(), _ascii_lower(one), _ascii_lower(one.upper()))}


def _composed(value: str) -> set[str]:
    return {value, unicodedata.normalize("NFC", value), unicodedata.normalize("NFD", value)}


def _ascii_lower(text: str) -> str:
    return "".join(character.lower() if character.isascii() else character for character in text)


def _email(value: str, how: Spelling) -> set[str]:
    local, _, domain = value.rpartition("@")
    meant = {domain, *(alias for alias, name in how.domains.items() if name == domain)}
    return {form for one in meant for form in _any_case(f"{local}@{one}")}


def _phone(value: str, how: Spelling) -> set[str]:
    """ "+4520123456": with + or 00, and as it is written at home."""
    number, country = value.removeprefix("+"), how.country or ""
    if not number.startswith(country):
        return {number, f"00{number}"}
    home = number.removeprefix(country)
    return {number, f"00{number}", home, f"{how.trunk}{home}", f"{country}0{home}"}
