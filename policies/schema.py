"""``ControllerPolicy``: the shape of ``controllers/<slug>/policy.yaml``.

Plain values carry their source in ``facts`` (by name); everything else carries it in place (``src``, ``status``,
``confirm``, ``issue``). Data kinds in ``retention[].data`` are the words of ``policies.kinds`` plus ``own_kinds``.
"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal, NoReturn, Self

from pydantic import AfterValidator, Field, model_validator

from law.identification import Level
from law.national import COUNTRIES
from law.retention import Rule
from law.rights import Right
from policies.identity import IdentityPolicy
from policies.kinds import KINDS
from policies.lawful import law_rules
from policies.parts import Language, Line, Part, Period, Slug, Sourced, Src, Text, Word
from policies.promises import (
    AutomatedDecision,
    DerivedDate,
    OpenQuestion,
    Purpose,
    Recipient,
    RetentionRule,
    Subject,
    Transfer,
)
from policies.registers import RegNo, is_month_day, is_time_zone
from policies.staff_log_in import StaffLogIn
from policies.standing import STANDING, Practice


class Authority(Sourced):
    """The supervisory authority a person may complain to (Art. 77), with its address of today."""

    name: Line
    address: Line
    phone: Line
    email: Line
    url: Line
    named_in_policy: Line | None = None


class Dpo(Sourced):
    name: Line
    role: Line | None = None
    phone: Line | None = None
    email: Line | None = None


Says = Literal[
    "never_shares", "wide_sharing", "form_only", "withdrawal_by_form", "consent_by_browsing", "authority_acts",
    "draft_note", "anonymous_yet_linked", "blanket_claims", "duty_beats_objection", "extract_only", "no_period",
    "until_further_notice", "contradictory_periods", "foreign_act",
]  # fmt: skip


class Published(Sourced):
    """The published text this file was drawn from. ``seed``: the name of the stored copy the ``src`` lines count in.

    ``says``: sentences in it that the law does not bear, each with its lines; ``policies.conflicts`` says why.
    """

    title: Line
    version: Line | None = None
    date_: date | None = Field(default=None, alias="date")
    url: Line | None = None
    seed: Line
    says: Mapping[Says, Src] = {}


class Channel(Sourced):
    """A way in that the company offers. Any other way is valid too (Art. 12(2); EDPB 01/2022 paras 52-56)."""

    id: Word
    kind: Literal["email", "phone", "web_form", "self_service", "unsubscribe_link", "post"]
    value: Line | None = None
    rights: tuple[Right | Literal["all", "complaint_to_controller", "remove_card"], ...]
    for_: tuple[Literal["consumer", "business"], ...] = Field(default=(), alias="for")


class Deadlines(Part):
    """Our own targets and limits; the legal month is law and cannot be set here. All chosen: confirm."""

    acknowledge: Period = "P1D"
    marketing_objection: Period = "P2D"
    withdraw_consent: Period = "PT0S"
    warn_before_due: tuple[Period, ...] = ("P10D", "P3D", "P1D")
    ask_identity_within: Period = "P7D"
    close_unanswered_after: Period = "P30D"
    lifting_notice: Period = "P7D"  # told this long before a restriction ends (Art. 18(3))
    defer_tell: bool = True  # offer to tell the person when what had to be kept is erased in the end
    extra_non_working_days: frozenset[date] = frozenset()
    confirm: Literal[True] = True


class Delivery(Part):
    """How the answer travels. The link never lives longer than 14 days."""

    link_days: Annotated[int, Field(ge=1, le=14)] = 7
    attach_encrypted: bool = False
    max_attachment_mb: Annotated[int, Field(ge=1, le=25)] = 10
    confirm: Literal[True] = True


class CaseFileKeep(Part):
    """How long the portal keeps the file of a closed case. No statute says; chosen."""

    period: Period = "P24M"
    from_: Literal["case_closed"] = Field(default="case_closed", alias="from")
    confirm: Literal[True] = True


class Notices(Part):
    """Telling recipients (Art. 19). ``within``: how long after the deed. A recipient is asked to confirm."""

    within: Period = "P7D"
    confirm: Literal[True] = True


class Backups(Sourced):
    """What an erasure does not reach at once (R-59). ``keep`` None: the company has not said how long copies live."""

    keep: Period | None = None
    text: Text | None = None  # what the person is told

    @model_validator(mode="after")
    def _told(self) -> Self:
        if self.keep and not self.text:
            raise ValueError("expected 'text' beside 'keep': what the person is told about copies")
        if self.keep is None and self.status != "required_config":
            raise ValueError("expected 'keep', or status: required_config where the company has not said")
        return self


class Practised(Sourced):
    """How the company does what its published text does not say (rules 1.7); settles ``policies.standing``."""

    text: Text


class RetentionRuns(Part):
    """The monthly job. ``approve``: only its first run is approved by a person, or every one."""

    approve: Literal["first", "always"] = "first"
    confirm: Literal[True] = True


class Complaint(Sourced):
    """Asking the company first may be suggested, never required (Art. 77)."""

    must_contact_controller_first: Literal[False] = False


class FactSource(Sourced):
    """Where a plain value of this file comes from."""


class ControllerPolicy(Part):
    """What one company promises. Frozen; named by the digest of its folder (``Controller.digest``)."""

    slug: Slug
    legal_name: Line
    display_name: Line
    group: Line | None = None
    country: Literal["DK", "SE", "NO"]
    tz: Annotated[str, AfterValidator(is_time_zone)]
    languages: tuple[Language, ...] = Field(min_length=1)
    reg_no: RegNo | None = None
    address: Line | None = None
    fiscal_year_end: Annotated[str, AfterValidator(is_month_day)] = "12-31"
    facts: Mapping[str, FactSource]

    policy: Published
    authority: Authority
    dpo: Dpo | None = None
    channels: tuple[Channel, ...] = Field(min_length=1)
    subjects: tuple[Subject, ...] = Field(min_length=1)
    rights: Mapping[Right, Sourced]
    identity: IdentityPolicy
    staff_log_in: StaffLogIn | None = None
    complaint: Complaint = Complaint()
    deadlines: Deadlines = Deadlines()
    delivery: Delivery = Delivery()
    case_file_keep: CaseFileKeep = CaseFileKeep()
    notices: Notices = Notices()
    backups: Backups = Backups(status="required_config", issue=("backups",))
    retention_runs: RetentionRuns = RetentionRuns()
    practice: Mapping[Practice, Practised] = {}

    purposes: tuple[Purpose, ...] = Field(min_length=1)
    recipients: tuple[Recipient, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    retention: tuple[RetentionRule, ...] = ()
    derived_dates: tuple[DerivedDate, ...] = ()
    automated_decisions: tuple[AutomatedDecision, ...] = ()
    open_questions: tuple[OpenQuestion, ...] = ()
    own_kinds: Mapping[Word, Text] = {}

    @model_validator(mode="after")
    def _facts_name_fields(self) -> Self:
        unknown = [name for name in self.facts if name not in type(self).model_fields]
        if unknown:
            raise ValueError(f"expected names of fields of this file under facts; not a field: {', '.join(unknown)}")
        return self

    def questions(self) -> tuple[OpenQuestion, ...]:
        """Everything only the company can answer: what its own file asks, and what every company is asked."""
        settled = {*self.practice, *(["backups"] if self.backups.keep else [])}
        return (*self.open_questions, *(one for name, one in STANDING.items() if name not in settled))

    def kinds(self) -> frozenset[str]:
        """Every data kind this policy may speak of."""
        return frozenset(KINDS) | frozenset(self.own_kinds)

    def kind_text(self, kind: str, *, language: str) -> str:
        """A data kind in words; KeyError for an unknown kind or language."""
        return (self.own_kinds.get(kind) or KINDS[kind]).say(language)

    def level_map(self) -> Mapping[Right, Level]:
        return self.identity.level_map()

    def law_rules(self) -> tuple[Rule, ...]:
        """The retention rules as ``law.retention.decide`` reads them, in the order of the file.

        The bookkeeping act of the country comes last: it binds a company whose policy forgets it or says less.
        """
        return (*law_rules(self.retention, derived_dates=self.derived_dates), *COUNTRIES[self.country].BOOKKEEPING)

    def purpose(self, purpose: str) -> Purpose:
        """The purpose with this id; KeyError otherwise."""
        return next((one for one in self.purposes if one.id == purpose), None) or _missing("purpose", purpose)

    def rule(self, rule: str) -> RetentionRule:
        """The retention rule with this id; KeyError otherwise."""
        return next((one for one in self.retention if one.id == rule), None) or _missing("rule", rule)


def _missing(what: str, name: str) -> NoReturn:
    raise KeyError(f"no {what} {name!r}")
