"""The parts of a policy that promise something: purposes, recipients, transfers, retention, decisions, questions."""

from datetime import date
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, StringConstraints, model_validator

from law.retention import Action, OnRequest, Rounding
from policies.parts import Email, Line, Part, Period, Sourced, Text, Word, Words

Basis = Literal["a", "b", "c", "d", "e", "f"]  # the letters of Art. 6(1)
Subject = Literal[
    "consumer", "business_contact", "sole_trader", "portal_user", "lead", "prospect", "visitor"
]
Hold = Literal["open_balance", "open_case", "open_order", "fraud_case", "incident", "legal_claim"]
Answerer = Literal["legal", "finance", "it", "marketing", "customer_service"]
ANSWERERS: tuple[Answerer, ...] = get_args(Answerer)
Blocks = Literal["access_reply", "erasure_decision", "letterhead", "go_live"]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]


class Purpose(Sourced):
    """Why data is processed (Art. 15(1)(a)), in words for the person.

    ``stated_basis``: the published one, where we read it otherwise. ``portability``: Art. 20(1)(a) asks for consent or
    contract; ``if_contract`` where the basis depends on who the person is.
    """

    id: Word
    name: Text
    description: Text
    categories: Text  # Art. 15(1)(b)
    basis: tuple[Basis, ...] = Field(min_length=1)
    basis_for: dict[Subject, tuple[Basis, ...]] = {}  # of one sort of person, where it is not the same for all
    stated_basis: tuple[Basis, ...] = ()
    interest: Text | None = None  # Art. 13(1)(d)
    subjects: tuple[Subject, ...] = ()
    obtained_from: Text | None = None  # Art. 15(1)(g)
    third_party: bool = False  # Art. 14: not only from the person
    portability: Literal["yes", "no", "if_contract"] = "no"
    direct_marketing: bool = False
    profiling: bool = False
    retention: tuple[Word, ...] = ()  # empty: no rule is known

    @model_validator(mode="after")
    def _known_basis(self) -> Self:
        strange = {letter for letters in self.basis_for.values() for letter in letters} - {*self.basis}
        if strange:
            raise ValueError(f"expected basis_for to use letters of 'basis', not {', '.join(sorted(strange))}")
        return self


class Notify(Part):
    """How a recipient is told of an erasure, a correction or a restriction (Art. 19). Without it a person tells them.

    ``email`` is an address. ``webhook_env`` names the environment variable with an https address; the name alone is
    kept here because the address may carry a secret. ``demo`` is an address used only when ``DSAR_DEMO=1``.
    """

    email: Email | None = None
    webhook_env: Annotated[str, StringConstraints(pattern=r"^DSAR_RECIPIENT_[A-Z0-9_]+$")] | None = None
    demo: Email | None = None
    confirm: bool = False

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.email and self.webhook_env:
            raise ValueError("expected email or webhook_env, not both: one notice goes one way")
        if not (self.email or self.webhook_env or self.demo):
            raise ValueError("expected email or webhook_env; leave out 'notify' where a person tells them")
        return self

    def address(self, *, demo: bool = False) -> str | None:
        """The e-mail address a notice goes to; None where it goes another way."""
        return self.email or (self.demo if demo and not self.webhook_env else None)


class Recipient(Sourced):
    """Who receives data (Art. 15(1)(c)). ``names`` empty means nobody has named them yet (C-154/21 asks for names).

    ``publishes``: data was made public there, so they are also asked to remove links and copies (Art. 17(2)).
    """

    id: Word
    category: Text
    role: tuple[Literal["processor", "controller"], ...] = ()
    names: tuple[Line, ...] = ()
    data: Text | None = None
    condition: Text | None = None
    notify: Notify | None = None
    publishes: bool = False
    kinds: tuple[Word, ...] = ()  # receives only these kinds of data; empty: any


class Transfer(Sourced):
    """Data leaving the EU/EEA (Art. 15(2)). ``country`` None: the policy names none."""

    id: Word
    country: Country | None = None
    why: Text
    basis: tuple[Literal["adequacy", "scc", "bcr", "agreement"], ...] = ()
    safeguards: Text | None = None
    valid_to: date | None = None
    kinds: tuple[Word, ...] = ()  # only these kinds of data; empty: any
    copy_on_request: bool = False


class Cap(Part):
    """A hard end that no trigger moves: ``period`` from ``from``."""

    period: Period
    from_: Word = Field(alias="from")


class DerivedDate(Sourced):
    """A date that follows from another: ``name`` = ``from`` + ``period``, where ``name`` is not known itself.

    ``period`` is ISO 8601 or the name of a fact that holds one (``warranty_period``).
    """

    name: Word
    from_: Word = Field(alias="from")
    period: Period | Word


class StatedPeriod(Part):
    """What the published text promises, where the portal reads it otherwise because a statute stands above it."""

    period: Period | None
    from_: Words = Field(alias="from")
    rounding: Rounding = "none"


class RetentionRule(Sourced):
    """How long data is kept.

    ``from`` names the facts the period runs from: the last of them counts, and with ``every`` all must be known.
    Empty ``subjects`` means everybody. ``period: null`` with ``status: required_config`` means that nobody has promised
    anything and a person must decide. ``range``: what the policy says where each product has its own period.
    """

    id: Word
    text: Text  # what the person is told (Art. 15(1)(d))
    data: Words = Field(min_length=1)
    subjects: tuple[Subject, ...] = ()
    period: Period | None
    range: tuple[Period, Period] | None = None
    from_: Words = Field(default=(), alias="from")
    every: bool = False
    without: Words = ()  # only where all of these are known not to have happened: somebody who never bought
    rounding: Rounding = "none"
    cap: Cap | None = None
    action: Action
    monthly: bool = False
    holds: tuple[Hold, ...] = ()
    on_request: OnRequest = "keep_until_end"
    legal_duty: Line | None = None
    basis: Basis
    keep_suppression: bool = False
    stated: StatedPeriod | None = None

    @model_validator(mode="after")
    def _period_or_question(self) -> Self:
        if self.period is None and self.status != "required_config":
            raise ValueError("expected a period, or status: required_config where the policy states none")
        if self.period is not None and not self.from_:
            raise ValueError("expected 'from': the event the period runs from")
        if self.status == "statute" and not self.legal_duty:
            raise ValueError("expected 'legal_duty' for a rule with status: statute")
        return self


class AutomatedDecision(Sourced):
    """A decision that may fall under Art. 22 (Art. 15(1)(h)). ``logic`` None: nobody has told us how it works."""

    id: Word
    name: Text
    when: Text
    effect: Text | None = None
    logic: Text | None = None
    art22: Literal["review_required", "no", "yes"] = "review_required"


class OpenQuestion(Part):
    """Something only the company can answer, in words its own people understand.

    ``meanwhile``: what the portal does until then. ``blocks``: what cannot be finished without the answer.
    ``answers``: who in the company can say.
    """

    id: Annotated[str, StringConstraints(pattern=r"^(S\d+-[A-Z]\d+|[a-z_]+)$", max_length=40)]
    question: Text
    meanwhile: Text
    src: str | None = None
    answers: Answerer = "legal"
    blocks: tuple[Blocks, ...] = ()
