"""How long a record may or must be kept, and what happens to it then (Art. 5(1)(e) and 17 GDPR)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, TypeAlias

from law.reasons import Reason

Fact: TypeAlias = date | Decimal | bool | str | None
Rounding: TypeAlias = Literal["none", "calendar_year_end", "fiscal_year_end", "calendar_year_of_fiscal_year_end"]
Action: TypeAlias = Literal["erase", "anonymise"]
OnRequest: TypeAlias = Literal["erase_now", "erase_after_trigger", "keep_until_end", "erase_unless_hold"]
Status: TypeAlias = Literal["stated", "statute", "derived", "required_config"]
RetentionOutcome: TypeAlias = Literal["erase", "anonymise", "retain", "hold", "undetermined"]


@dataclass(frozen=True)
class Derive:
    """A date that follows from another one: `name` = `start` + `period`, used where `name` is not a fact itself.

    `period` is an ISO 8601 period ("P2Y") or the name of a fact that holds one ("warranty_period").
    """

    name: str
    start: str
    period: str


@dataclass(frozen=True)
class Rule:
    """One promise or duty about how long data is kept."""

    id: str
    data: tuple[str, ...]
    subjects: tuple[str, ...] = ()
    period: str | None = None
    trigger: tuple[str, ...] = ()
    every: bool = False
    rounding: Rounding = "none"
    cap_period: str | None = None
    cap_trigger: str | None = None
    action: Action = "erase"
    monthly: bool = False
    holds: tuple[str, ...] = ()
    on_request: OnRequest = "keep_until_end"
    legal_duty: str | None = None
    basis: str = ""
    status: Status = "stated"
    source: str = ""
    derive: tuple[Derive, ...] = ()
    keep_suppression: bool = False


@dataclass(frozen=True)
class Decision:
    """What happens to one record."""

    outcome: RetentionOutcome
    keep_through: date | None = None
    action_date: date | None = None
    basis: str | None = None
    rule: str | None = None
    reasons: tuple[Reason, ...] = ()


def decide(
    *,
    data: str,
    subject: str | None,
    facts: Mapping[str, Fact],
    rules: Sequence[Rule],
    on: date,
    requested: bool,
    fiscal_year_end: str = "12-31",
) -> Decision:
    """The fate of one record on one day."""
    raise NotImplementedError
