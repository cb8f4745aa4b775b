"""How a row was reached: by which values, by what right, and the way there."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum
from itertools import product
from typing import Any, TypeAlias

from connectors.inside import held
from connectors.values import plain

Values: TypeAlias = tuple[Any, ...]
Same: TypeAlias = tuple[str, ...]


class Standing(IntEnum):
    """By what right a row was reached; the higher wins."""

    LOOKUP = 0  # the person's row points at it
    ASIDE = 1  # it points at something only the person's row points at
    OWN = 2  # the person's identity or key is in it


@dataclass(frozen=True, slots=True)
class Reach:
    """How a value came to be looked for."""

    label: str
    standing: Standing
    parent: "Row | None" = None
    held: bool = False  # whatever is found goes to a person first


@dataclass(slots=True)
class Row:
    """The columns of a found row that lead further or tell whose it is."""

    node: tuple[str, str]
    values: Mapping[str, Any]
    reach: Reach
    name: str
    shared: bool | None = None  # not yet known

    @property
    def path(self) -> tuple[str, ...]:
        return path(self.reach, self.name)


@dataclass(frozen=True, slots=True)
class Entry:
    """The columns to look in; `kind` where they are an identity."""

    fields: tuple[str, ...]
    kind: str = ""


def path(reach: Reach, name: str) -> tuple[str, ...]:
    """How a row was reached. The first part ends with the root row's key, so that two people stay apart."""
    parts = []
    while (parent := reach.parent) is not None:
        parts.append(reach.label)
        reach, name = parent.reach, parent.name
    return (reach.label + name, *reversed(parts))


def naming(key_columns: Iterable[str], row: Mapping[str, Any]) -> str:
    """ "[id=17]": a row by its key, for a path. Empty where there is no key."""
    parts = ",".join(f"{column}={plain(row[column])}" for column in key_columns)
    return f"[{parts}]" if parts else ""


def same(values: Iterable[Any]) -> Same:
    """Values as text, so that 5, Decimal("5.00") and "5" of different systems are one key."""
    return tuple(_text(value) for value in values)


def pick(row: Mapping[str, Any], fields: Iterable[str]) -> Values:
    return tuple(row[field] for field in fields)


def spread(row: Mapping[str, Any], fields: Collection[str], inside: Collection[str]) -> Iterable[Values]:
    """What these fields hold: one tuple, or one for each value that lies inside an array or JSON, or none."""
    if not inside or not any(field in inside for field in fields):
        return (pick(row, fields),)
    return product(*(held(row, field) if field in inside else (row[field],) for field in fields))


def _text(value: Any) -> str:
    if isinstance(value, Decimal | float) and value == value.__trunc__():
        value = int(value)
    return str(plain(value)).rstrip().casefold()
