"""What is taken for granted where a question about a record leaves something out; each presumption is said as a reason.

Nothing here is a guess: a presumption is made only where the facts given fit nothing else (Art. 5(2) GDPR).
"""

from collections.abc import Mapping, Sequence
from datetime import date

from law.expiry import STORAGE, expiry
from law.reasons import Reason, Undetermined
from law.rules import Fact, Rule

# The date of the record itself, by the names different statutes and promises give it; the last is an event the record
# is of: "the record of the last purchase".
_OWN_DATE = ("transaction_date", "invoice_date", "document_date", "last_purchase", "last_transaction")


def own_date(
    facts: Mapping[str, Fact], *, data: str, rules: Sequence[Rule]
) -> tuple[Mapping[str, Fact], tuple[Reason, ...]]:
    """The facts with the date of the record itself under the name its statute counts from (Art. 17(3)(b) GDPR).

    A voucher is one transaction, a contract one document: whoever gives its date under another name has given it.
    Where a date of the right name is there, nothing is changed.
    """
    wanted = [rule.trigger for rule in rules if rule.status == "statute" and data in rule.data]
    if not wanted or "fiscal_year_end" in facts or any(facts.get(name) is not None for name in wanted[0]):
        return facts, ()
    given = next((name for name in _OWN_DATE if isinstance(facts.get(name), date)), None)
    if given is None or wanted[0][0] in facts:
        return facts, ()
    event = wanted[0][0]
    taken = Reason("retention.taken_as", STORAGE, {"event": event, "given": given, "from": _date(facts[given])})
    return {**facts, event: facts[given]}, (taken,)


def completed(
    facts: Mapping[str, Fact], *, data: str, rules: Sequence[Rule]
) -> tuple[Mapping[str, Fact], tuple[Reason, ...]]:
    """The facts with the day the order was completed, where it is delivered and paid and nobody has told that day.

    Nothing of the contract is then left to be done but what the warranty promises (Art. 6(1)(b) GDPR).
    """
    asked = any("order_completed" in rule.trigger for rule in rules if data in rule.data)
    done = {name: _date(facts[name]) for name in ("delivered", "paid") if isinstance(facts.get(name), date)}
    if not asked or "order_completed" in facts or len(done) < 2:
        return facts, ()
    last = max(done, key=lambda name: done[name])
    taken = Reason("retention.taken_as", STORAGE, {"event": "order_completed", "given": last, "from": done[last]})
    return {**facts, "order_completed": done[last]}, (taken,)


def _date(fact: Fact) -> date:
    assert isinstance(fact, date)
    return fact


def whose(
    facts: Mapping[str, Fact], *, data: str, rules: Sequence[Rule], on: date
) -> tuple[str | None, tuple[Reason, ...]]:
    """Whose data it is where nobody has said: the only subject whose rule the facts can answer (Art. 5(1)(e) GDPR).

    None where the rules do not ask, and where the facts fit several subjects or none.
    """
    depending = [rule for rule in rules if data in rule.data and rule.subjects and rule.period]
    answered = [rule for rule in depending if not isinstance(expiry(rule, facts=facts, on=on), Undetermined)]
    if len(answered) != 1 or len({rule.subjects for rule in depending}) == 1:
        return None, ()
    subject = answered[0].subjects[0]
    return subject, (Reason("retention.subject_deduced", STORAGE, {"subject": subject}),)
