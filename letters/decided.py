"""The values of letters that answer a right, read in the portal and as PDF."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from letters.mailed import Values, needs
from letters.parts import Change, Refused

Outcome = Literal["granted", "partly_granted", "refused"]


@dataclass(frozen=True, kw_only=True)
class PortalValues(Values):
    """What every portal letter has: the person's name as they wrote it; "" if they gave none. `received`: the day.
    Where a kind has `late_since`: the last day the answer was due, told with an apology; None = it comes in time."""

    name: str
    received: date


@dataclass(frozen=True, kw_only=True)
class Decision(PortalValues):
    """An answered right. `outcome` as in `law.decisions.Outcome`. `not_done` is not empty unless granted."""

    outcome: Outcome
    decided: date
    not_done: tuple[Refused, ...] = ()
    late_since: date | None = None

    def __post_init__(self) -> None:
        if (self.outcome == "granted") == bool(self.not_done):  # Art. 12(4): a refusal without reasons is none
            raise ValueError(f"outcome {self.outcome} with {len(self.not_done)} reasons for what was not done")


@dataclass(frozen=True, kw_only=True)
class Rectification(Decision):
    """Art. 16, 19. `changes`: old and new side by side. `statement`: a supplementary statement was added."""

    changes: tuple[Change, ...]
    statement: bool
    recipients_told: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Restriction(Decision):
    """Art. 18, 19. `ground`: which of 18(1)(a)-(d), in words. `restricted`: the data now only stored. Not `asked`: it
    came by itself, with a dispute about accuracy or an objection (R-47). `by_hand`: what staff have yet to see to."""

    ground: str
    restricted: tuple[str, ...]
    recipients_told: tuple[str, ...]
    asked: bool = True
    by_hand: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Objection(Decision):
    """Art. 21(1). `stopped`: processing that has stopped. `erased`: data erased as a consequence (17(1)(c)).
    `erase_url`: where the person can ask for that, "" = not offered."""

    stopped: tuple[str, ...]
    erased: tuple[str, ...]
    erase_url: str = ""


@dataclass(frozen=True, kw_only=True)
class MarketingObjection(Decision):
    """Art. 21(2)-(3): unconditional. `stopped`: kinds of marketing stopped, on the day `decided`. `not_done`: only what
    is not direct marketing, such as order messages. `within`: purposes it was part of; `systems`: where our programs
    did it; `by_hand`: where people do it no later than `by`; `going`: kinds of data held for this alone (17(1)(c));
    `listed`: the person gave an address or number for the list. None of these says what was found."""

    stopped: tuple[str, ...]
    within: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()
    by_hand: tuple[str, ...] = ()
    by: date | None = None
    going: tuple[str, ...] = ()
    listed: bool = True


@dataclass(frozen=True, kw_only=True)
class WithdrawConsent(Decision):
    """Art. 7(3). `consents`: consents ended. `erased`: data erased with them (17(1)(b)). The rest as in
    `MarketingObjection`."""

    consents: tuple[str, ...]
    erased: tuple[str, ...]
    within: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()
    by_hand: tuple[str, ...] = ()
    by: date | None = None
    going: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class AutomatedDecision(Decision):
    """Art. 22(3): a named person reviewed `decision`. `result`: what holds now. `explanation`: the logic, in words.
    `review`: what became of the decision; "" = as the outcome says."""

    decision: str
    reviewer: str
    result: str
    explanation: tuple[str, ...]
    review: Literal["", "upheld", "changed", "set_aside"] = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        needs(self, "decision", "reviewer", "result")
