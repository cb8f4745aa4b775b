"""The instant lane: an objection to marketing (Art. 21(2)-(3)) and a consent withdrawn (Art. 7(3)).

Nobody proves who they are, nobody weighs, nobody approves (R-16, R-70, R-72). First the suppression list, so that no
mailing falls in between; then every source is told, in one transaction each, and asked again; then the letter.

Whoever types somebody else's address stops marketing to them and learns nothing: the letter says what the company
stops and in which systems it looked, the same for an address it knows and one it does not.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import transaction

from connectors.base import Action, ConnectorError, Identity, Instruction, PlanOutdated, Record
from connectors.values import canonical
from fulfilment import ledger
from fulfilment.collecting import find
from fulfilment.collecting.whose import Ties
from fulfilment.models import Plan, Step
from fulfilment.planning import by_hand, changes, frozen, marking
from fulfilment.planning.fate import fates, mark
from fulfilment.stopping import lane_words, suppression
from fulfilment.stopping.lane_scope import scope_of
from law.deadlines import local_day
from law.decisions import Outcome
from law.durations import Period
from law.rights import Right
from policies.load import Controller
from requests_app import correspondence, sources
from requests_app.controllers import controller
from requests_app.models import Claim

TRIES = 3
BY_HAND, BY_NAME = "marketing", "by_name"  # of `HandTask.code`
BOTH: tuple[marking.MarkName, ...] = ("stop_marketing", "withdraw_consent")
ENDED = ("unsubscribe", "consent_withdrawn")
EMAIL = str(suppression.EMAIL)
OBJECTED = "marketing_objection"  # facts of `law.retention`


def suppress_step(claim: Claim, *, step: Step, now: datetime) -> dict[str, Any]:
    """The list first: what a mailing program asks before it mails."""
    return {"entries": _suppress(claim, suppression.of_person(claim.case.person), now=now)}


def _suppress(claim: Claim, values: Iterable[tuple[str, str]], *, now: datetime) -> int:
    if not scope_of(claim).marketing():
        return 0
    why = suppression.Why.OBJECTION if claim.right == Right.marketing_objection else suppression.Why.CONSENT
    return suppression.add(claim.case.controller, values, why=why, now=now)


def mark_step(claim: Claim, *, step: Step, now: datetime) -> dict[str, Any]:
    """One source: find, mark (or erase what was only for this), ask again. Raises `ConnectorError`.

    A row that changed in the meantime is looked for again; killed half-way, the plan begun is taken up.
    """
    for _ in range(TRIES):
        if "begun" not in step.result:
            _begin(claim, step, now=now)
        plan = claim.plans.filter(pk=step.result["begun"]).first()
        if plan is None:
            break
        try:
            changes.at_once(plan, now=now)
            break
        except PlanOutdated:
            changes.outdated(plan)
            step.result = {}
    else:
        raise ledger.StepFailed("rows_keep_changing", permanent=False)
    done = dict(step.result)
    return done | {"plan": done.pop("begun")}


def settle_step(claim: Claim, *, step: Step, now: datetime) -> dict[str, Any] | None:
    """Look again where another source was down meanwhile: its keys may lead to more rows. Then what is left by hand.

    At once the first time; while a source comes and goes, after a rest that grows.
    """
    marked = Step.objects.filter(claim=claim, round=step.round, name="mark")
    if again := [one.pk for one in marked if one.result.get("without")]:
        times = step.result.get("again", 0)
        with transaction.atomic():
            if not ledger.mine(step).update(result={"again": times + 1}):
                raise ledger.LeaseLost(step.pk)
            ledger.reopen(Step.objects.filter(pk__in=again), at=now + ledger.rest(times) if times else None)
        return None
    left = [(one.source, table, count) for one in marked for table, count in one.result["by_hand"]]
    left += [(*place, 0) for place in scope_of(claim).asked_of_owners()]
    by_hand.lay_out(claim, code=BY_HAND, tables=left, now=now)
    if not identity(claim.case.person).values:  # a name, a postal address: no program can look for that
        by_hand.lay_out(claim, code=BY_NAME, tables=[("", "", 0)], now=now)
    return {"by_hand": len(left)}


def tell_step(claim: Claim, *, step: Step, now: datetime) -> dict[str, Any]:
    """The letter, once: under the lease of the step. Only now is anything called stopped (R-34)."""
    ours = controller(claim.case.controller)
    today = local_day(now, tz=ours.policy.tz)
    given = identity(claim.case.person).values
    said = lane_words.values(
        scope_of(claim), language=claim.case.language, by=by_hand_until(claim, today=today),
        people_first=suppression.PHONE in given and EMAIL not in given,
    )  # fmt: skip
    with transaction.atomic():
        ledger.renew(step, now=now)
        Claim.objects.filter(pk=claim.pk).update(outcome=Outcome.granted)
        values = {"outcome": "granted", "decided": today, **said}
        if claim.right == Right.marketing_objection:
            values["listed"] = bool(suppression.of_person(claim.case.person))
        letter = correspondence.write(claim.case, claim.right, now=now, claim=claim, values=values)
    return {"letter": letter.pk, "sha256": letter.sha256}


def by_hand_until(claim: Claim, *, today: date) -> date:
    """The day by which people have done what programs cannot: the company's own target (R-33), never a day gone by."""
    target = controller(claim.case.controller).policy.deadlines.marketing_objection
    try:
        period = Period.parse(target)
    except ValueError:  # in hours
        period = Period(days=2)
    return max(period.after(claim.case.received_on), today)


def identity(case_person: Mapping[str, Any]) -> Identity:
    """Addresses, telephone and customer number; an order number names a thing, not a person."""
    values = find.given(case_person).values
    return Identity({kind: found for kind, found in values.items() if kind != "order_no"})


def _begin(claim: Claim, step: Step, *, now: datetime) -> None:
    """Find, plan and remember the plan under the lease: a worker that dies after this leaves its plan to the next."""
    ours, who, without = controller(claim.case.controller), identity(claim.case.person), set[str]()
    found, by_email = _found(ours, who, source=step.source, without=without)
    deeds = _Deeds(claim, found, by_email=by_email, now=now)
    told, left = deeds.feasible(step.source) if found else ((), Counter())
    # Whoever is found by a number alone must not come back by the address: before the row is gone.
    _suppress(
        claim, (one for one in suppression.of_rows(ours, deeds.rows(told)) if one[0] == suppression.EMAIL), now=now
    )
    plan = changes.freeze(claim, told, now=now, purpose=Plan.Purpose.MARK) if told else None
    step.result = {
        "begun": plan.pk if plan else None, "by_hand": sorted(left.items()), "without": sorted(without),
        "marked": sum(one.action is Action.SET for one in told), "already": deeds.already,
        "erased": sum(one.action is Action.ERASE for one in told),
    }  # fmt: skip
    if not ledger.mine(step).update(result=step.result):
        raise ledger.LeaseLost(step.pk)


def _found(
    ours: Controller, who: Identity, *, source: str, without: set[str]
) -> tuple[list[Record], Collection[str]]:  # fmt: skip
    """The rows in one source, and the marks of those an e-mail address given leads to.

    A telephone is a household's or a switchboard's: one who objects does not speak for the others. What it alone leads
    to is left to a person, bar a row that bears it and no address (so does `came_back`).
    """

    def led(*kinds: str) -> list[Record]:
        some = Identity({kind: values for kind, values in who.values.items() if kind in kinds})
        return list(find.records(ours, proved=some, given=some, source=source, without=without))

    found = led(*who.values)
    by_email = {mark(one) for one in (found if who.values.keys() == {EMAIL} else led(EMAIL))}
    if suppression.PHONE not in who.values:
        return found, by_email
    by_more, ties = by_email | {mark(one) for one in led(EMAIL, "customer_no")}, Ties(ours)

    def theirs(one: Record) -> bool:
        return mark(one) in by_more or (len(one.path) == 1 and EMAIL not in ties.identity(one))

    return [one if theirs(one) else replace(one, shared=True) for one in found], by_email


class _Deeds:
    """What to write in one source for one claim: rows held only for this go, the others are marked."""

    def __init__(self, claim: Claim, found: list[Record], *, by_email: Collection[str], now: datetime) -> None:
        self.ours, self.scope, self.found = controller(claim.case.controller), scope_of(claim), found
        self._by_email = by_email
        marked = marking.instructions(found, self.ours, mark=BOTH, now=now, only=self.scope.meant)
        self.already, self._unmarkable = marked.already, marked.unmarkable
        self._marks = {_row(one): one for one in marked.instructions}
        self._erase = {_row(one): one for one in self._going(today=local_day(now, tz=self.ours.policy.tz))}

    def rows(self, told: Iterable[Instruction]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        """(source, collection, fields) of the rows these instructions are about."""
        about = {_row(one) for one in told}
        for record in self.found:
            if (record.collection, canonical(record.key)) in about:
                yield record.source, record.collection, record.fields

    def feasible(self, source: str) -> tuple[tuple[Instruction, ...], Counter[str]]:
        """The instructions the source takes, and how many rows of which table are left to a person."""
        while True:
            told = tuple((self._marks | self._erase).values())
            with closing(sources.open_one(self.ours, source)) as connector:
                refused = {_row(one) for one in connector.plan(told).refused}
            if not refused & self._erase.keys():
                break
            self._erase = {row: one for row, one in self._erase.items() if row not in refused}
        left = Counter({table: count for (_, table), count in self._unmarkable.items()}) + self._later
        left.update(table for table, _ in refused)
        return tuple(one for one in told if _row(one) not in refused), left

    def _going(self, *, today: date) -> list[Instruction]:
        """Rows held for nothing else, whose rule says that they go and leave a digest (Art. 17(1)(b)-(c), R-57).

        What somebody is owed a copy of, or what is only stored for now, goes later (Art. 18(2), R-44): by the routine
        run, or by a person where neither a period nor the mark would make it go. The same where a source that would
        know does not answer, and where a number alone led to it: anybody can type a neighbour's.
        """
        objected = (OBJECTED,) if self.scope.right == Right.marketing_objection else ()
        known = dict.fromkeys((*ENDED, *objected), today)
        going = [
            (mark(fate.record), instruction, fate.decision.rule)
            for fate in fates(lambda: self.found, controller=self.ours, on=today, facts=known)
            if fate.action is Action.ERASE
            and (instruction := fate.instruction())
            and self._only_for_this(fate.record, fate.decision.rule)
        ]
        try:
            kept = frozen.marks(self.ours.slug) if going else set()
        except ConnectorError:
            kept = {one for one, _, _ in going}
        kept = kept | {one for one, _, _ in going if one not in self._by_email}
        self._later = Counter(
            instruction.collection for one, instruction, rule in going
            if one in kept and rule and not self._goes_later(instruction, rule)
        )  # fmt: skip
        return [instruction for one, instruction, _ in going if one not in kept]

    def _goes_later(self, instruction: Instruction, rule: str) -> bool:
        """Whether the routine run takes it: its period has ended, or the mark says that the person has objected."""
        table = self.ours.sources[instruction.source].collections[instruction.collection]
        return self.ours.policy.rule(rule).period is not None or OBJECTED in table.facts

    def _only_for_this(self, record: Record, rule: str | None) -> bool:
        table = self.ours.sources[record.source].collections[record.collection]
        own = self.ours.policy.rule(rule) if rule else None
        return bool(own and own.keep_suppression and not own.holds) and all(
            purpose in {one.id for one in self.scope.purposes()} for purpose in table.purposes
        )


def _row(one: Instruction) -> tuple[str, str]:
    return one.collection, canonical(one.key)
