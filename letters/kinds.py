"""Every kind of letter and exactly the values it needs.

A value is a plain string already written in the reader's language, a date, a number, or a tuple of such. Dates are
spelled by the template. `right` is a code of `law.rights.Right`; the template says it in words.

Mail letters travel as plain e-mail, so they carry nothing about the person but the reference (Art. 5(1)(f), 32); they
have no name field. Portal letters are read behind the status link and as PDF.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Literal

from letters.asked import AskedWhat as AskedWhat
from letters.asked import OwnerAsked as OwnerAsked
from letters.asked import OwnerEscalated as OwnerEscalated
from letters.asked import OwnerReminded as OwnerReminded
from letters.decided import AutomatedDecision as AutomatedDecision
from letters.decided import Decision as Decision
from letters.decided import MarketingObjection as MarketingObjection
from letters.decided import Objection as Objection
from letters.decided import Outcome as Outcome
from letters.decided import PortalValues as PortalValues
from letters.decided import Rectification as Rectification
from letters.decided import Restriction as Restriction
from letters.decided import WithdrawConsent as WithdrawConsent
from letters.mailed import Acknowledgement as Acknowledgement
from letters.mailed import BundleSent as BundleSent
from letters.mailed import ConfirmEmail as ConfirmEmail
from letters.mailed import DeliveryReady as DeliveryReady
from letters.mailed import DownloadCode as DownloadCode
from letters.mailed import Extension as Extension
from letters.mailed import IdentityAgain as IdentityAgain
from letters.mailed import IdentityNotice as IdentityNotice
from letters.mailed import IdentityQuestion as IdentityQuestion
from letters.mailed import IdentityUnseen as IdentityUnseen
from letters.mailed import News as News
from letters.mailed import NotIdentified as NotIdentified
from letters.mailed import OfficerNotice as OfficerNotice
from letters.mailed import ProofLink as ProofLink
from letters.mailed import RecipientNotice as RecipientNotice
from letters.mailed import ReminderIdentity as ReminderIdentity
from letters.mailed import ToldWhat as ToldWhat
from letters.mailed import Values as Values
from letters.mailed import Withdrawn as Withdrawn
from letters.mailed import needs
from letters.parts import Automated as Automated
from letters.parts import Change as Change
from letters.parts import Counted as Counted
from letters.parts import FileLine as FileLine
from letters.parts import Period as Period
from letters.parts import Purpose as Purpose
from letters.parts import Recipient as Recipient
from letters.parts import Refused as Refused
from letters.parts import Told as Told
from letters.parts import Transfer as Transfer

LANGUAGES: tuple[str, ...] = ("da", "sv", "nb", "en")

Channel = Literal["mail", "portal"]


# Letters read in the portal and as PDF


@dataclass(frozen=True, kw_only=True)
class Clarification(PortalValues):
    """Recital 63, R-29: which data? The person may insist on everything. `question`: in words."""

    question: str
    reasons: tuple[str, ...]
    answer_by: date
    pauses: bool
    due: date
    status_url: str


@dataclass(frozen=True, kw_only=True)
class Passphrase(PortalValues):
    """The passphrase of the encrypted file, shown away from the mail that carries the file (Art. 32)."""

    passphrase: str
    file_name: str


@dataclass(frozen=True, kw_only=True)
class AccessCover(PortalValues):
    """Art. 15(1)(a)-(h) and 15(2), tailored to this person (R-36 … R-43). `snapshot`: the day the data was taken.
    `searched_with`: the identifiers used. `why_unnamed`: why some recipients are categories only; "" if all are named.
    `automated`, `transfers`, `withheld`: empty = none, and the letter says so. The rest may not be empty: what the
    company has not told yet must be asked for, not left out (ValueError)."""

    snapshot: date
    searched_with: tuple[str, ...]
    purposes: tuple[Purpose, ...]
    categories: tuple[str, ...]
    recipients: tuple[Recipient, ...]
    why_unnamed: str
    periods: tuple[Period, ...]
    sources: tuple[str, ...]
    automated: tuple[Automated, ...]
    transfers: tuple[Transfer, ...]
    withheld: tuple[Refused, ...]
    files: tuple[FileLine, ...]
    late_since: date | None = None

    def __post_init__(self) -> None:
        for item in ("searched_with", "purposes", "categories", "recipients", "periods", "sources", "files"):
            if not getattr(self, item):
                raise ValueError(f"an Art. 15 answer without {item}")


@dataclass(frozen=True, kw_only=True)
class PortabilityCover(PortalValues):
    """Art. 20. `included`: data in the files. `left_out`: what Art. 20 does not cover, and why (R-65)."""

    snapshot: date
    included: tuple[Counted, ...]
    left_out: tuple[Refused, ...]
    files: tuple[FileLine, ...]
    late_since: date | None = None

    def __post_init__(self) -> None:
        needs(self, "files")


@dataclass(frozen=True, kw_only=True)
class ErasureCertificate(PortalValues):
    """Art. 17. Counts per kind; `stripped`: records of which only what a duty needs is left (R-52); `kept`: what, why
    and until when (R-55); `backups`: what the company says of them, "" = our own words (R-59); `recipients_told`: Art.
    19, empty = the letter states the duty; `suppressed`: a keyed hash of the address stays so that it is not
    used again (R-57). With nothing gone the letter is a refusal. ValueError if nothing was found: that is `no_data`."""

    done: date
    erased: tuple[Counted, ...]
    anonymised: tuple[Counted, ...]
    kept: tuple[Refused, ...]
    backups: str
    recipients_told: tuple[str, ...]
    suppressed: bool
    stripped: tuple[Counted, ...] = ()
    late_since: date | None = None

    def __post_init__(self) -> None:
        if not (self.erased or self.anonymised or self.stripped or self.kept):
            raise ValueError("nothing found is the letter no_data")


@dataclass(frozen=True, kw_only=True)
class Refusal(PortalValues):
    """Art. 12(4), R-60, for any right. `partly`: something else of the request was done. ValueError without items."""

    right: str
    partly: bool
    items: tuple[Refused, ...]
    late_since: date | None = None

    def __post_init__(self) -> None:
        if not self.items:
            raise ValueError("a refusal without what, facts and law (Art. 12(4))")


@dataclass(frozen=True, kw_only=True)
class NoData(PortalValues):
    """Art. 15(1) answered with no: nothing found in `searched` (names of systems) with `searched_with`."""

    right: str
    searched: tuple[str, ...]
    searched_with: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RestrictionLifting(PortalValues):
    """Art. 18(3): told before it is done. `what`: the data in words; `reason`: a sentence. ValueError without.
    `stopped`: what an upheld objection ended for good (Art. 21)."""

    what: tuple[str, ...]
    reason: str
    lifted_on: date
    stopped: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        needs(self, "what", "reason")


@dataclass(frozen=True, kw_only=True)
class RecipientsList(PortalValues):
    """Art. 19, second sentence: whom the company told, and how it went. `what`: words of `letters.words.told_about`;
    `told` empty = nobody has the data."""

    told: tuple[Told, ...]
    what: str


@dataclass(frozen=True, kw_only=True)
class ErasureCompleted(PortalValues):
    """What an erasure had to leave is erased, now that its basis has ended; `kept`: what must wait still (R-55);
    `by_hand`: staff erased some of it where no program can search again."""

    done: date
    erased: tuple[Counted, ...]
    kept: tuple[Refused, ...]
    by_hand: bool = False

    def __post_init__(self) -> None:
        needs(self, "erased")


@dataclass(frozen=True, kw_only=True)
class ObjectionRefused(PortalValues):
    """Art. 21(1), 12(4): `interests` = the compelling grounds, `weighed` = how they override this person's situation,
    both in sentences; `lifted_on`: the restriction of 18(1)(d) ends (18(3)). ValueError where one is missing."""

    interests: str
    weighed: str
    law: tuple[str, ...]
    lifted_on: date | None
    late_since: date | None = None

    def __post_init__(self) -> None:
        needs(self, "interests", "weighed", "law")


@dataclass(frozen=True, kw_only=True)
class ComplaintAnswer(PortalValues):
    """A complaint about the handling, to the company or, `to_authority`, to the authority, which decides itself; it
    stops no clock (R-31). `answer`: one paragraph each."""

    complained_on: date
    answer: tuple[str, ...]
    to_authority: bool = False

    def __post_init__(self) -> None:
        needs(self, "answer")


@dataclass(frozen=True, kw_only=True)
class BreachNotice(PortalValues):
    """Art. 34(2) with 33(3)(b)-(d), in plain words. `happened` and `consequences` are sentences, `contact`: who answers
    questions, and how. ValueError where one is missing; only `advice` may be empty."""

    happened: str
    aware_on: date
    data: tuple[str, ...]
    consequences: str
    measures: tuple[str, ...]
    advice: tuple[str, ...]
    contact: str

    def __post_init__(self) -> None:
        needs(self, "happened", "data", "consequences", "measures", "contact")


@dataclass(frozen=True)
class Kind:
    """A kind of letter: its name (the folder of its texts), how it travels, and the class of its values."""

    name: str
    channel: Channel
    values: type[Values]


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            Kind("confirm_email", "mail", ConfirmEmail),
            Kind("acknowledgement", "mail", Acknowledgement),
            Kind("proof_link", "mail", ProofLink),
            Kind("identity_question", "mail", IdentityQuestion),
            Kind("identity_again", "mail", IdentityAgain),
            Kind("reminder_identity", "mail", ReminderIdentity),
            Kind("identity_notice", "mail", IdentityNotice),
            Kind("identity_unseen", "mail", IdentityUnseen),
            Kind("extension", "mail", Extension),
            Kind("news", "mail", News),
            Kind("download_code", "mail", DownloadCode),
            Kind("delivery_ready", "mail", DeliveryReady),
            Kind("bundle_sent", "mail", BundleSent),
            Kind("not_identified", "mail", NotIdentified),
            Kind("withdrawn", "mail", Withdrawn),
            Kind("recipient_notice", "mail", RecipientNotice),
            Kind("officer_notice", "mail", OfficerNotice),
            Kind("owner_asked", "mail", OwnerAsked),
            Kind("owner_reminded", "mail", OwnerReminded),
            Kind("owner_escalated", "mail", OwnerEscalated),
            Kind("clarification", "portal", Clarification),
            Kind("passphrase", "portal", Passphrase),
            Kind("access_cover", "portal", AccessCover),
            Kind("portability_cover", "portal", PortabilityCover),
            Kind("erasure_certificate", "portal", ErasureCertificate),
            Kind("refusal", "portal", Refusal),
            Kind("no_data", "portal", NoData),
            Kind("rectification", "portal", Rectification),
            Kind("restriction", "portal", Restriction),
            Kind("objection", "portal", Objection),
            Kind("marketing_objection", "portal", MarketingObjection),
            Kind("withdraw_consent", "portal", WithdrawConsent),
            Kind("automated_decision", "portal", AutomatedDecision),
            Kind("restriction_lifting", "portal", RestrictionLifting),
            Kind("recipients_list", "portal", RecipientsList),
            Kind("erasure_completed", "portal", ErasureCompleted),
            Kind("objection_refused", "portal", ObjectionRefused),
            Kind("complaint_answer", "portal", ComplaintAnswer),
            Kind("breach_notice", "portal", BreachNotice),
        )
    }
)
