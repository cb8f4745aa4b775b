"""The values of letters sent as plain e-mail: nothing about the person but the reference (Art. 5(1)(f), 32)."""

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

ToldWhat = Literal["erasure", "rectification", "restriction", "lifted", "public"]
Shown = Literal["document", "representative", "in_person", "login", "eid"]
NotEnough = Literal[
    "not_readable", "too_much_covered", "side_missing", "expired", "other_document", "not_signed", "too_narrow",
    "other_person", "not_genuine", "too_little", "no_authority", "did_not_come", "not_shown",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Values:
    """What every letter has: the case reference."""

    reference: str


@dataclass(frozen=True, kw_only=True)
class ConfirmEmail(Values):
    """Asks to confirm the address. Receipt counts from `received` whether or not it is confirmed (R-02)."""

    received: date
    confirm_url: str
    valid_until: date


@dataclass(frozen=True, kw_only=True)
class Acknowledgement(Values):
    """Receipt, with the date of the answer and the reasons for it in order (R-04, Art. 12(3)). `prove`: the request
    cannot go on before the person has shown who they are."""

    received: date
    due: date
    reasons: tuple[str, ...]
    status_url: str
    prove: bool = False

    def __post_init__(self) -> None:
        needs(self, "reasons")


@dataclass(frozen=True, kw_only=True)
class ProofLink(Values):
    """A one-time link to the address a source has on file (Art. 12(6), level L1). Goes there, not to the address given:
    its reader may know nothing of a request, so the letter says what to do then."""

    proof_url: str
    valid_until: date


@dataclass(frozen=True, kw_only=True)
class IdentityQuestion(Values):
    """Art. 12(6). `reasons`: why we ask. `means`: ways offered, best first. `document`: an ID document is one of them.
    `kept_days`: after so many days a picture nobody has looked at is destroyed. `pauses`: the clock stands still until
    the answer (R-27, R-30). `due`: the date of the answer as it stands."""

    reasons: tuple[str, ...]
    means: tuple[str, ...]
    document: bool
    kept_days: int
    identity_url: str
    answer_by: date
    pauses: bool
    due: date

    def __post_init__(self) -> None:
        needs(self, "reasons", "means")


@dataclass(frozen=True, kw_only=True)
class ReminderIdentity(Values):
    """A reminder of an unanswered identity question, sent on `asked`. `open_until`: the request is closed after it."""

    asked: date
    identity_url: str
    answer_by: date
    open_until: date


@dataclass(frozen=True, kw_only=True)
class IdentityNotice(Values):
    """Art. 12(4), by the last day of the month as if nothing had been asked (R-20): why nothing has been done yet."""

    rights: tuple[str, ...]
    received: date
    asked: date
    law: tuple[str, ...]
    open_until: date
    identity_url: str

    def __post_init__(self) -> None:
        needs(self, "rights", "law")


@dataclass(frozen=True, kw_only=True)
class IdentityUnseen(Values):
    """Nobody looked at the document sent on `sent_on` before its picture had to go (R-17): our fault, please again.
    `due`: the date of the answer, which this does not move; `late`: it has passed."""

    sent_on: date
    due: date
    late: bool
    answer_by: date
    identity_url: str


@dataclass(frozen=True, kw_only=True)
class IdentityAgain(Values):
    """What was shown was looked at and is not enough (Art. 12(2), 12(6)). `what` was shown and is destroyed; `wrong`:
    why, as a code the text says in words; `again`: the same way can be used once more; `means`: the others, best
    first. ValueError for a code no text knows."""

    what: Shown
    wrong: NotEnough
    again: bool
    means: tuple[str, ...]
    identity_url: str
    answer_by: date

    def __post_init__(self) -> None:
        if self.what not in get_args(Shown) or self.wrong not in get_args(NotEnough):
            raise ValueError(f"no text for {self.what!r} being {self.wrong!r}")


@dataclass(frozen=True, kw_only=True)
class Extension(Values):
    """Art. 12(3), R-61. `reasons`: complexity or number, concretely, without describing the person."""

    received: date
    first_due: date
    new_due: date
    reasons: tuple[str, ...]
    status_url: str

    def __post_init__(self) -> None:
        needs(self, "reasons")


@dataclass(frozen=True, kw_only=True)
class News(Values):
    """There is something to read on the status page. Says nothing about what."""

    status_url: str


@dataclass(frozen=True, kw_only=True)
class DownloadCode(Values):
    """A one-time code. The link travels in another message. `minutes`: how long the code works."""

    code: str
    minutes: int


@dataclass(frozen=True, kw_only=True)
class DeliveryReady(Values):
    """The bundle can be fetched at `download_url` through `expires` (R-76)."""

    download_url: str
    expires: date


@dataclass(frozen=True, kw_only=True)
class BundleSent(Values):
    """The mail that carries the AES-256 encrypted attachment `file_name`. The passphrase is on `status_url`."""

    file_name: str
    status_url: str
    expires: date


@dataclass(frozen=True, kw_only=True)
class NotIdentified(Values):
    """Closing without identity (Art. 11(2), 12(2), R-20): a refusal notice. `facts`: what was asked and what came."""

    rights: tuple[str, ...]
    received: date
    asked: date
    facts: tuple[str, ...]
    law: tuple[str, ...]
    status_url: str

    def __post_init__(self) -> None:
        needs(self, "rights", "facts", "law")


@dataclass(frozen=True, kw_only=True)
class Withdrawn(Values):
    """The person took the request back on `withdrawn`; `nothing_done` says whether anything had been done before."""

    withdrawn: date
    nothing_done: bool
    new_request_url: str


@dataclass(frozen=True, kw_only=True)
class OfficerNotice(Values):
    """To the data protection officer, in the company's first language: an objection of Art. 21(1) is to be decided.
    Says neither whose nor what about."""

    desk_url: str


@dataclass(frozen=True, kw_only=True)
class RecipientNotice(Values):
    """Art. 19, or 17(2) where `what` is "public": to a recipient, in the company's first language. It says neither whom
    nor which data: that stands behind `url`, where the recipient confirms. ValueError for another `what`."""

    recipient: str
    what: ToldWhat
    url: str
    answer_by: date

    def __post_init__(self) -> None:
        if self.what not in get_args(ToldWhat):
            raise ValueError(f"what: found {self.what!r}, expected one of {', '.join(get_args(ToldWhat))}")


def needs(values: Values, *names: str) -> None:
    """ValueError for a letter without what it must say."""
    for name in names:
        if not getattr(values, name):
            raise ValueError(f"{type(values).__name__} without {name}")
