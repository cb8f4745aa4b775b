"""What the values of letters are made of: one line of a table or one item of a list, in the reader's language."""

import re
from dataclasses import dataclass
from datetime import date

_NO_16 = "personopplysningsloven § 16"
_NO_16_EXEMPTION = re.compile(re.escape(_NO_16) + r" første ledd bokstav ([a-f])")


@dataclass(frozen=True, kw_only=True)
class Refused:
    """One thing not done, with all that Art. 12(4) asks: the facts and the law. `kept_until`: last day it is kept; None
    where no day can be named, then `kept_criterion` says what decides. `interests`: what was weighed (NO § 16(1)(f)).
    `facts`, `kept_criterion`, `interests` are whole sentences; `law` are citations. ValueError without facts or law,
    and for an exemption of the Norwegian § 16 not named by section, paragraph and letter (§ 16 tredje ledd)."""

    what: str
    facts: tuple[str, ...]
    law: tuple[str, ...]
    kept_until: date | None = None
    kept_criterion: str = ""
    interests: str = ""

    def __post_init__(self) -> None:
        told = (self.what, *self.facts, *self.law)
        if not (self.facts and self.law and all(one.strip() for one in told)):
            raise ValueError("a refusal needs what, facts and law (Art. 12(4))")
        for exemption in (citation for citation in self.law if _NO_16 in citation):
            named = _NO_16_EXEMPTION.search(exemption)
            if not named:
                raise ValueError(f"law: found {exemption!r}, expected {_NO_16} første ledd bokstav a–f")
            if named[1] == "f" and not self.interests:
                raise ValueError(f"interests: found nothing, expected the interests of {exemption}")


@dataclass(frozen=True, kw_only=True)
class Counted:
    """A kind of record and how many of it: ("Orders", 12)."""

    what: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Change:
    """One field corrected (Art. 16). `old` may be empty where something was missing."""

    field: str
    old: str
    new: str


@dataclass(frozen=True, kw_only=True)
class Purpose:
    """Art. 15(1)(a): a purpose actually applied to this person, with its legal basis in words and article."""

    purpose: str
    basis: str


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Art. 15(1)(c): a recipient by name (C-154/21), or a category if not `named`. `role`: what they get it for."""

    name: str
    role: str
    named: bool = True


@dataclass(frozen=True, kw_only=True)
class Period:
    """Art. 15(1)(d): how long a kind of record is kept, or the criterion that decides."""

    what: str
    period: str


@dataclass(frozen=True, kw_only=True)
class Automated:
    """Art. 15(1)(h): a solely automated decision: the logic in words (C-203/22) and what it means for the person."""

    decision: str
    logic: str
    consequences: str


@dataclass(frozen=True, kw_only=True)
class Transfer:
    """Art. 15(2): a transfer out of the EEA. `instrument`: adequacy, standard clauses …; `copy`: how to see it."""

    recipient: str
    country: str
    instrument: str
    copy: str = ""


@dataclass(frozen=True, kw_only=True)
class Told:
    """Art. 19: a recipient by name, the day it was told (None = not yet, or impossible), and how that stands, in words
    (`letters.words.notice_status`)."""

    name: str
    on: date | None
    status: str


@dataclass(frozen=True, kw_only=True)
class FileLine:
    """One file of a bundle and what is in it."""

    name: str
    what: str
