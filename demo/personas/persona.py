"""What a persona is, and short words for what should become of their data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Literal

Outcome = Literal["erase", "anonymise", "retain", "hold", "undetermined"]


@dataclass(frozen=True, slots=True)
class Expected:
    """The decision for the records of one kind. `keep_through` is the last day they may stay."""

    outcome: Outcome
    keep_through: date | None = None
    keys: tuple[str, ...] = ()  # where one kind holds records with different answers: the business keys meant


@dataclass(frozen=True, slots=True)
class Persona:
    key: str
    name: str
    email: str
    phone: str | None
    customer_no: str | None
    order_no: str | None
    postcode: str | None
    story: str
    examples: tuple[str, ...] = ()
    erasure: Mapping[str, tuple[Expected, ...]] = field(default_factory=dict)


def make(
    key: str,
    name: str,
    email: str,
    phone: str | None,
    customer_no: str | None,
    order_no: str | None,
    postcode: str | None,
    story: str,
    /,  # so that a kind may be called email or phone
    *,
    examples: tuple[str, ...] = (),
    **erasure: Expected | tuple[Expected, ...],
) -> Persona:
    kinds = {kind: each if isinstance(each, tuple) else (each,) for kind, each in erasure.items()}
    return Persona(key, name, email, phone, customer_no, order_no, postcode, story, examples, MappingProxyType(kinds))


ERASE = Expected("erase")
HOLD = Expected("hold")
UNDETERMINED = Expected("undetermined")


def retain(year: int, month: int = 12, day: int = 31, *, keys: tuple[str, ...] = ()) -> Expected:
    return Expected("retain", date(year, month, day), keys)
