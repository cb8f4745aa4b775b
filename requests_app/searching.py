"""Keyed digests under which a case can be found again, without a searchable column that names anybody."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from requests_app.names import findable
from requests_app.sealed import digest


def tokens(person: Mapping[str, Any]) -> set[tuple[str, str]]:
    """(kind, digest) for every searchable value of a person."""
    return {(kind, digest(f"search.{kind}", value)) for kind, value in _values(person) if value}


def token_of(kind: str, text: str) -> str:
    """Digest under which `text` would have been kept."""
    return digest(f"search.{kind}", NORMAL[kind](text))


def _values(person: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for address in [person.get("email", ""), *person.get("other_emails", [])]:
        yield "email", _text(address)
    yield "phone", _digits(person.get("phone", ""))
    yield "number", _number(person.get("customer_no", ""))
    yield "number", _number(person.get("order_no", ""))
    for word in person.get("name", "").split():
        parts = {word, *re.split(r"[-\u2010\u2011]", word)}
        yield from (("name", findable(part)) for part in sorted(parts))


def _text(value: str) -> str:
    return value.strip().casefold()


def _digits(value: str) -> str:
    """The last eight digits: the same number with and without its country code."""
    return re.sub(r"\D", "", value)[-8:]


def _number(value: str) -> str:
    return re.sub(r"\W", "", value).casefold()


NORMAL = {"email": _text, "phone": _digits, "number": _number, "name": findable}
