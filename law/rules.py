"""What a promise or a duty about keeping data looks like."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, TypeAlias

Fact: TypeAlias = date | Decimal | bool | str | None
Rounding: TypeAlias = Literal["none", "calendar_year_end", "fiscal_year_end", "calendar_year_of_fiscal_year_end"]
Action: TypeAlias = Literal["erase", "anonymise"]
OnRequest: TypeAlias = Literal["erase_now", "erase_after_trigger", "keep_until_end", "erase_unless_hold"]
Status: TypeAlias = Literal["stated", "statute", "derived", "required_config"]


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
    """One promise or duty about how long data is kept (Art. 5(1)(e) and 13(2)(a) GDPR).

    `data`: kinds it covers; "*" covers every kind no other rule names. `subjects`: empty means everybody.
    `period`: ISO 8601, counted from the last of `trigger`; None means that none was stated. `every`: all triggers must
    have happened (delivered, paid …) before the period starts; otherwise the last of those that did counts.
    `rounding`: the period starts at the end of that year. `cap_period` after `cap_trigger` is the very last day.
    `action`: on routine expiry; on request it is always erasure, a residue of keys is personal data (recital 26 GDPR).
    `monthly`: carried out by the run on the first of a month. `holds`: facts that stop the action while they are true.
    `on_request`: erase_now – even before the period ends and whatever the holds · erase_unless_hold – the same, but the
    holds count · erase_after_trigger – as soon as the triggers have passed · keep_until_end – when the period is over.
    `legal_duty`: the statute, as cited. `basis`: "6(1)(b)/17(3)(e)". `keep_suppression`: a hash of the address stays so
    that no mailing goes there again (Art. 21(3) GDPR). `source`: line of the policy, or the statute.
    `without`: only where all of these facts are known not to have happened (None), as for somebody who never bought;
    such a rule then beats the others.
    """

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
    without: tuple[str, ...] = ()
