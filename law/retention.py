"""How long a record may or must be kept, and what happens to it then (Art. 5(1)(e) and 17 GDPR)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal, TypeAlias

from law.durations import Period
from law.expiry import STORAGE, Expiry, Running, State, expiry
from law.reasons import Reason, Undetermined
from law.rules import Action, Derive, Fact, OnRequest, Rounding, Rule, Status

__all__ = ["Action", "Decision", "Derive", "Fact", "OnRequest", "RetentionOutcome", "Rounding", "Rule", "Status"]
__all__ += ["decide", "overruled", "postponed"]

RetentionOutcome: TypeAlias = Literal["erase", "anonymise", "retain", "hold", "undetermined"]

ERASURE = "Art. 17(1) GDPR"
LEGAL_DUTY = "Art. 17(3)(b) GDPR"
LEGAL_CLAIM = "Art. 17(3)(e) GDPR"
DUTY_BASIS = "6(1)(c)/17(3)(b)"
# Said to whoever looks after the data, not to the person: something to be looked into on this side.
FOR_STAFF = frozenset({"retention.old_balance", "retention.overdue"})
OBLIGATION_BASIS = "6(1)(b)/17(3)(e)"
# AJ Produkter A/S looks at balances older than this (S0:63). One that old is worth a question anywhere: a hold lasts
# only while the claim needs it (Art. 17(3)(e)).
OLD_BALANCE = Period(months=12)
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Decision:
    """What happens to one record.

    `keep_through` is inclusive; `action_date` is the day of the erasure or anonymisation, for a hold the day it is
    looked at again. None where no date is known, and where a request ends the keeping before its time. `basis` is what
    allows keeping, for a letter and a receipt. `period_end`: the last day of the rule's own period where something else
    decides – it had passed when the request came, or a hold outlives it.
    """

    outcome: RetentionOutcome
    keep_through: date | None = None
    action_date: date | None = None
    basis: str | None = None
    rule: str | None = None
    reasons: tuple[Reason, ...] = ()
    period_end: date | None = None


@dataclass(frozen=True)
class _Question:
    facts: Mapping[str, Fact]
    on: date
    requested: bool
    fiscal_year_end: str

    def state(self, rule: Rule) -> State:
        return expiry(rule, facts=self.facts, on=self.on, fiscal_year_end=self.fiscal_year_end)


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
    """The fate of one record on one day, by statute first and then by what the controller promised.

    A statutory period counts for each voucher (Datatilsynet (DK) 2019-31-1713) and is retained even on request
    (Art. 17(3)(b) GDPR); what a policy adds to it does not outlast a request. `requested`: a person asked for erasure
    (Art. 17); otherwise this is routine storage limitation (Art. 5(1)(e)). A fact that is None has not happened, an
    absent fact is unknown. Where nobody has promised anything the outcome is "undetermined": a task for a person.
    Raises ValueError and TypeError as `law.expiry.expiry`.
    """
    question = _Question(facts, on, requested, fiscal_year_end)
    statutes = [rule for rule in rules if rule.status == "statute" and _covers(rule, data, subject)]
    promises = _promises(_fitting(rules, facts), data=data, subject=subject, wildcard=not statutes)
    duty = _duty(statutes, question)
    if isinstance(duty, Decision):
        return duty if requested or duty.keep_through is None else _with_promise(duty, promises, question)
    if isinstance(promises, Undetermined):
        return Decision("undetermined", reasons=(promises.reason,))
    if duty and not promises:
        return _act(statutes[0], duty, question)
    if not promises:
        return Decision("undetermined", reasons=(Reason("retention.no_rule", STORAGE),))
    rule, state = _chosen(promises, question)
    asked = requested or _in_effect_asked(rule, question)
    decision = _on_request(rule, state, question, duty=duty) if asked else _routine(rule, state, question)
    if len(promises) > 1:
        return replace(decision, reasons=(*decision.reasons, Reason("retention.shortest", STORAGE)))
    return decision


def overruled(decision: Decision, *, outcome: RetentionOutcome, keep_through: date | None) -> Decision:
    """The same record as a person decided it, where the rules leave it open or do not fit (Art. 17(1), 17(3) GDPR)."""
    article = "Art. 17(3) GDPR" if outcome == "retain" else ERASURE
    reasons = (*decision.reasons, Reason("retention.decided_by_person", article))
    return replace(decision, outcome=outcome, keep_through=keep_through, action_date=None, reasons=reasons)


def postponed(day: date | None) -> Reason:
    """Why data whose period is over stays a while: something that is no rule of its own still needs it, or, without a
    day, only a person can say (Art. 12(4), 17(1) GDPR)."""
    return Reason("retention.postponed", ERASURE, {"day": day}) if day else Reason("retention.needs_person", ERASURE)


def _covers(rule: Rule, data: str, subject: str | None) -> bool:
    return data in rule.data and (not rule.subjects or subject in rule.subjects)


def _fitting(rules: Sequence[Rule], facts: Mapping[str, Fact]) -> list[Rule]:
    """Those that are not for somebody else: a rule for people who never bought is not for people who did."""
    return [rule for rule in rules if all(name in facts and facts[name] is None for name in rule.without)]


def _promises(rules: Sequence[Rule], *, data: str, subject: str | None, wildcard: bool) -> list[Rule] | Undetermined:
    """The promises about this kind; one for this very subject beats a general one, any of them beats "*"."""
    named = [rule for rule in rules if rule.status != "statute" and data in rule.data]
    found = [rule for rule in named if rule.without and (not rule.subjects or subject in rule.subjects)]
    found = found or [rule for rule in named if subject in rule.subjects]
    found = found or [rule for rule in named if not rule.subjects]
    if found:
        return found
    if named and subject is None:  # the promise depends on who the person is, and nobody has said
        return Undetermined(Reason("retention.unknown_subject", STORAGE))
    rest = [rule for rule in rules if wildcard and rule.status != "statute" and "*" in rule.data]
    return [rule for rule in rest if not rule.subjects or subject in rule.subjects]


def _duty(statutes: Sequence[Rule], question: _Question) -> Decision | Expiry | None:
    """What statute says: a decision while it binds, its expiry when it no longer does, None where it is silent."""
    longest: tuple[Rule, Expiry] | None = None
    for rule in statutes:
        state = question.state(rule)
        if not isinstance(state, Expiry):  # a voucher whose date is not known is not destroyed by a guess
            return _undetermined(rule, state)
        if longest is None or state.keep_through > longest[1].keep_through:
            longest = (rule, state)
    if longest is None:
        return None
    rule, state = longest
    if question.on > state.keep_through:
        over = Reason("retention.duty_over", rule.legal_duty or rule.source, {"day": state.keep_through})
        return replace(state, reasons=(*state.reasons, over))
    reasons = (*state.reasons, Reason("retention.duty", rule.legal_duty or rule.source, {"day": state.keep_through}))
    if question.requested:
        reasons += (Reason("retention.voucher_only", LEGAL_DUTY),)
    return _retain(rule, state.keep_through, DUTY_BASIS, reasons)


def _with_promise(duty: Decision, promises: Sequence[Rule] | Undetermined, question: _Question) -> Decision:
    """On routine, a policy that keeps longer than the statute is followed; it told people so."""
    for rule in () if isinstance(promises, Undetermined) else promises:
        state = question.state(rule)
        if isinstance(state, Expiry) and duty.keep_through and state.keep_through > duty.keep_through:
            duty = _retain(rule, state.keep_through, rule.basis or None, (*duty.reasons, *state.reasons))
    return duty


def _chosen(promises: Sequence[Rule], question: _Question) -> tuple[Rule, State]:
    """Of several promises about one kind: an unclear one first, then one still running, then the shortest."""

    def rank(pair: tuple[Rule, State]) -> tuple[int, date]:
        state = pair[1]
        if isinstance(state, Expiry):
            return 2, state.keep_through
        return (0 if isinstance(state, Undetermined) else 1), date.min

    return min(((rule, question.state(rule)) for rule in promises), key=rank)


def _on_request(rule: Rule, state: State, question: _Question, *, duty: Expiry | None) -> Decision:
    """Art. 17 GDPR: erase unless something still carries the keeping."""
    held = [name for name in ("legal_claim",) if question.facts.get(name)]
    if rule.on_request != "erase_now":
        held += [name for name in rule.holds if question.facts.get(name) and name not in held]
    if held:
        return _hold(rule, held, question, state)
    if rule.on_request in ("erase_now", "erase_unless_hold"):
        if isinstance(state, Expiry) and question.on > state.keep_through:
            return _act(rule, state, question)
        return _erase_now(rule, question, Reason("retention.promised_on_request", ERASURE))
    if rule.legal_duty and duty:
        return _erase_now(rule, question, *duty.reasons, ended=duty.keep_through)
    if isinstance(state, Undetermined):
        return _undetermined(rule, state)
    if isinstance(state, Running):
        return _retain(rule, None, rule.basis or OBLIGATION_BASIS, state.reasons)
    at_the_event = rule.on_request == "erase_after_trigger"
    last = state.ended if at_the_event else state.keep_through
    counted = _until_event(state.reasons) if at_the_event else state.reasons
    if question.on > last:
        over = None if state.waived else last
        return _erase_now(rule, question, *counted, Reason("retention.nothing_left", ERASURE), ended=over)
    kept = Reason("retention.obligation", LEGAL_DUTY if rule.legal_duty else LEGAL_CLAIM, {"day": last})
    basis = rule.basis or (DUTY_BASIS if rule.legal_duty else OBLIGATION_BASIS)
    return _retain(rule, last, basis, (*counted, kept))


def _until_event(reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    """On request the event itself is the end: the longer day of routine storage is no reason to tell."""
    return tuple(
        Reason("retention.until_event", STORAGE, {name: reason.params[name] for name in ("event", "from")})
        if reason.code == "retention.counted"
        else reason
        for reason in reasons
    )


def _routine(rule: Rule, state: State, question: _Question) -> Decision:
    """Art. 5(1)(e) GDPR: keep to the promised day, then act at the next run unless something holds."""
    names = ("legal_claim", "restricted", *rule.holds)
    held = list(dict.fromkeys(name for name in names if question.facts.get(name)))
    if isinstance(state, Undetermined):  # a day nobody knows does not matter while something holds; no promise does
        return _hold(rule, held, question, state) if held and rule.period else _undetermined(rule, state)
    if isinstance(state, Running):
        return _retain(rule, None, rule.basis or None, state.reasons)
    if question.on <= state.keep_through:
        return _retain(rule, state.keep_through, rule.basis or None, state.reasons)
    return _hold(rule, held, question, state) if held else _act(rule, state, question)


def _in_effect_asked(rule: Rule, question: _Question) -> bool:
    """Data kept for marketing go when the person says no to it (Art. 17(1)(c), 21(3) GDPR); a warranty is given up
    to be forgotten (Art. 17(1)(a) GDPR)."""
    if rule.keep_suppression and question.facts.get("marketing_objection"):
        return True
    return "warranty_end" in rule.trigger and bool(question.facts.get("warranty_waived"))


def _act(rule: Rule, state: Expiry, question: _Question) -> Decision:
    """The time is up: the action of the rule, or erasure where a person asked."""
    free = max(state.keep_through + _ONE_DAY, _settled(rule, question))
    reasons = [*state.reasons, Reason("retention.expired", STORAGE, {"day": state.keep_through})]
    if _run(rule, free) < question.on and (not rule.holds or free > state.keep_through + _ONE_DAY):
        reasons.append(Reason("retention.overdue", STORAGE, {"day": _run(rule, free)}))
    if question.requested or _in_effect_asked(rule, question):
        return _erase_now(rule, question, *reasons, ended=state.keep_through)
    when = _run(rule, max(free, question.on))
    return Decision(rule.action, state.keep_through, when, None, rule.id, (*reasons, *_suppression(rule)))


def _settled(rule: Rule, question: _Question) -> date:
    """The day an open balance was settled and its hold ended; the first of all days where none is known."""
    settled = question.facts.get("balance_settled")
    known = "open_balance" in rule.holds and isinstance(settled, date)
    return settled if known and isinstance(settled, date) else date.min


def _erase_now(rule: Rule, question: _Question, *reasons: Reason, ended: date | None = None) -> Decision:
    return Decision("erase", None, question.on, None, rule.id, (*reasons, *_suppression(rule)), period_end=ended)


def _suppression(rule: Rule) -> tuple[Reason, ...]:
    return (Reason("retention.suppression", "Art. 21(3) GDPR"),) if rule.keep_suppression else ()


def _retain(rule: Rule, last: date | None, basis: str | None, reasons: tuple[Reason, ...]) -> Decision:
    action_date = _run(rule, last + _ONE_DAY) if last else None
    return Decision("retain", last, action_date, basis, rule.id, reasons)


def _hold(rule: Rule, held: Sequence[str], question: _Question, state: State) -> Decision:
    """Kept as it is while a claim, a case or an incident lives; looked at again by the next monthly run."""
    again = _first_of_month(question.on + _ONE_DAY)
    counted, ended = (state.reasons, state.keep_through) if isinstance(state, Expiry) else ((), None)
    reasons = [
        Reason("retention.hold", "Art. 18(2) GDPR" if name == "restricted" else LEGAL_CLAIM, {"hold": name})
        for name in held
    ]
    if "open_balance" in held:
        reasons += _old_balance(question)
    reasons.append(Reason("retention.review", STORAGE, {"day": again}))
    return Decision("hold", None, again, "17(3)(e)", rule.id, (*counted, *reasons), period_end=ended)


def _old_balance(question: _Question) -> list[Reason]:
    """A balance older than twelve months is pointed out: a hold lasts only while it is needed (Art. 17(3)(e))."""
    known = (question.facts.get(name) for name in ("balance_since", "last_transaction", "transaction_date"))
    since = next((day for day in known if isinstance(day, date)), None)
    if since is None or question.on <= OLD_BALANCE.after(since):
        return []
    return [Reason("retention.old_balance", LEGAL_CLAIM, {"from": since})]


def _undetermined(rule: Rule, state: Running | Undetermined) -> Decision:
    reasons = (state.reason,) if isinstance(state, Undetermined) else state.reasons
    return Decision("undetermined", rule=rule.id, reasons=reasons)


def _run(rule: Rule, day: date) -> date:
    """The first run on or after the day: that day, or the first of a month where the rule is carried out monthly."""
    return _first_of_month(day) if rule.monthly else day


def _first_of_month(day: date) -> date:
    return day if day.day == 1 else (day.replace(day=1) + timedelta(days=32)).replace(day=1)
