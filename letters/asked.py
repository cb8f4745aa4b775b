"""Mails to whoever looks after a system no program can reach: that there is something to see to, never about whom."""

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from letters.mailed import Values, needs

AskedWhat = Literal["collect", "by_hand"]


@dataclass(frozen=True, kw_only=True)
class OwnerAsked(Values):
    """To the owner of `system`: look there ("collect"), or do something there ("by_hand"). Whom it concerns stands
    behind `url`. ValueError for another `what`."""

    system: str
    what: AskedWhat
    url: str
    answer_by: date

    def __post_init__(self) -> None:
        if self.what not in get_args(AskedWhat):
            raise ValueError(f"what: found {self.what!r}, expected one of {', '.join(get_args(AskedWhat))}")
        needs(self, "system")


@dataclass(frozen=True, kw_only=True)
class OwnerReminded(OwnerAsked):
    """The same once more, half-way and on the last day; `asked`: the day of the first mail."""

    asked: date


@dataclass(frozen=True, kw_only=True)
class OwnerEscalated(OwnerReminded):
    """To whom the policy names when the owner is silent: `answer_by` has passed."""
