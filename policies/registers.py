"""Small facts that can be checked: register numbers, time zones, the end of a financial year."""

from collections.abc import Callable
from datetime import date
from typing import Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import model_validator

from policies.parts import Line, Part

_CVR = (2, 7, 6, 5, 4, 3, 2, 1)
_NO_ORGNR = (3, 2, 7, 6, 5, 4, 3, 2, 1)


class RegNo(Part):
    """A register number, its check digit verified: CVR (DK), organisationsnummer (SE), organisasjonsnummer (NO)."""

    type: Literal["CVR", "organisationsnummer", "organisasjonsnummer"]
    value: Line

    @model_validator(mode="after")
    def _check_digit(self) -> Self:
        if not _CHECKS[self.type]([int(char) for char in self.value if char.isdigit()]):
            raise ValueError(f"expected a {self.type} whose check digit is right, not {self.value}")
        return self

    def __str__(self) -> str:
        return f"{self.type} {self.value}"


def is_time_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError("expected a time zone such as Europe/Copenhagen") from error
    return value


def is_month_day(value: str) -> str:
    """'12-31'. 29 February is refused: it does not come every year."""
    try:
        day = date.fromisoformat(f"2023-{value}")
    except ValueError as error:
        raise ValueError('expected the month and day a financial year ends on, such as "12-31"') from error
    return f"{day:%m-%d}"


def _weighted(digits: list[int], weights: tuple[int, ...]) -> bool:
    if len(digits) != len(weights):
        return False
    return sum(digit * weight for digit, weight in zip(digits, weights, strict=True)) % 11 == 0


def _luhn(digits: list[int]) -> bool:
    doubled = [digit * 2 if place % 2 == 0 else digit for place, digit in enumerate(digits)]
    return len(digits) == 10 and sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _cvr(digits: list[int]) -> bool:
    return _weighted(digits, _CVR)


def _orgnr_no(digits: list[int]) -> bool:
    return _weighted(digits, _NO_ORGNR)


_CHECKS: dict[str, Callable[[list[int]], bool]] = {
    "CVR": _cvr, "organisationsnummer": _luhn, "organisasjonsnummer": _orgnr_no,
}
