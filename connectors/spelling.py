"""One identity in the form in which it is compared, whoever wrote it down and how; empty where nothing is left of it.

For every kind of source: what a database finds by its own means is compared once more by this.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from connectors.values import plain
from policies.spelling import Normalise, Spelling

DEFAULTS: Mapping[str, Normalise] = {"email": "lower"}
"""The local part is case-sensitive by RFC 5321 and in no mailbox anybody has."""
DOT_ABOVE = "\u0307"  # what is left of the Turkish capital İ


def normalised(how: Normalise, value: Any) -> str:
    """The value as it is compared. Two values are one identity if this gives the same text, and text at all."""
    text = "" if value is None else unicodedata.normalize("NFC", str(plain(value)))
    return _BLOCKS[how.as_](text, how) if isinstance(how, Spelling) else _WORDS[how](text)


def digits(text: str) -> str:
    """ASCII digits, whatever script they were written in."""
    return "".join(str(unicodedata.digit(one)) for one in text if one.isdigit())


def parts(address: str) -> tuple[str, str]:
    """(local part, domain); the domain is empty where there is no @."""
    local, at, domain = address.rpartition("@")
    return (local, domain) if at else (domain, "")


def in_domains(domain: str, listed: tuple[str, ...]) -> bool:
    return "*" in listed or domain in listed


def _email(text: str, how: Spelling) -> str:
    local, domain = parts(text.strip().lower())
    domain = how.domains.get(domain, domain)
    if in_domains(domain, how.plus):
        local = local.partition("+")[0]
    if in_domains(domain, how.dots):
        local = local.replace(".", "")
    return f"{local}@{domain}" if local and domain else ""


def _phone(text: str, how: Spelling) -> str:
    """ "+4520123456": "+45 20 12 34 56", "0045 20123456", "20 12 34 56" and, with trunk "0", "020-12 34 56"."""
    number, plus = digits(text.replace("(0)", "")), text.strip().startswith(("+", "\uff0b"))
    if not number:
        return ""
    if plus or number.startswith("00"):
        return "+" + number.removeprefix("" if plus else "00")
    return f"+{how.country}{number.removeprefix(how.trunk)}"


def _number(text: str, how: Spelling) -> str:
    text = "".join(one for one in unicodedata.normalize("NFKC", text).upper() if one.isalnum())
    for prefix in sorted(how.prefixes, key=len, reverse=True):
        if text.startswith(prefix) and len(text) > len(prefix):
            text = text.removeprefix(prefix)
            break
    return text.lstrip("0") or text[:1]


def _folded(text: str, _how: Spelling) -> str:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(re.sub(f"i{DOT_ABOVE}|ı", "i", folded).split())


_WORDS: Mapping[str, Callable[[str], str]] = {
    "exact": lambda text: text,
    "lower": lambda text: text.strip().lower(),
    "upper": lambda text: text.strip().upper(),
    "digits": digits,
}
_BLOCKS: Mapping[str, Callable[[str, Spelling], str]] = {
    "email": _email, "phone": _phone, "number": _number, "folded": _folded,
}  # fmt: skip
