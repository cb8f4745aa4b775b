"""One question about one record, in anybody's words, put to the law with a company's own rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from law.presumed import completed, own_date, whose
from law.reasons import Reason
from law.retention import Decision, decide
from law.rules import Rule
from policies.aliases import DATA, SUBJECT_FACTS, SUBJECTS, Said
from policies.contradictions import contradictions
from policies.facts import Facts, Wrong, read
from policies.kinds import KINDS
from policies.load import Controller
from policies.problems import nearest
from policies.schema import ControllerPolicy


@dataclass(frozen=True)
class Asked:
    """The answer, with the words as they were understood. `reasons`: what was presumed, then what the law says."""

    kind: str
    subject: str | None
    decision: Decision
    reasons: tuple[Reason, ...]


def ask(
    controller: Controller, *, data: str, facts: Sequence[str], on: date, requested: bool, subject: str | None = None
) -> Asked:
    """The fate of one record on one day (`law.retention.decide`). `facts` are "name=value" pairs.

    `data` and `subject` are words of the company's policy, of `policies.kinds` or of `policies.aliases`. Raises
    `policies.facts.Wrong` for a word nobody knows, impossible facts, and a policy that contradicts itself.
    """
    policy = controller.policy
    for problem in contradictions(controller):
        raise Wrong(problem.field, f"{problem.found} ({problem.file}:{problem.line})", problem.expected)
    rules, said = policy.law_rules(), _kind(data, policy)
    subject, facts = _told_among(facts, subject)
    events = {event for rule in rules for event in (*rule.trigger, rule.cap_trigger) if event}
    given = read(facts, kind=said.kind, own=events, on=on, year_end=policy.fiscal_year_end, never=said.never)
    known, presumed = own_date(given.known, data=said.kind, rules=rules)
    known, over = completed(known, data=said.kind, rules=rules)
    presumed = (*presumed, *over)
    deduced: tuple[Reason, ...] = ()
    who = _subject(subject, said, policy)
    if who is None:
        who, deduced = whose(known, data=said.kind, rules=rules, on=on)
        who = who or (said.subject if said.subject in policy.subjects else None)
    decision = decide(
        data=said.kind, subject=who, facts=known, rules=rules, on=on, requested=requested,
        fiscal_year_end=given.year_end or policy.fiscal_year_end,
    )  # fmt: skip
    _dated(decision, given)
    return Asked(said.kind, who, decision, (*presumed, *deduced, *decision.reasons))


def _kind(word: str, policy: ControllerPolicy) -> Said:
    plain = word.strip().lower().replace("-", "_").replace(" ", "_")
    if plain in policy.own_kinds:
        return Said(plain)
    if plain in DATA:
        return DATA[plain]
    if plain in KINDS:
        return Said(plain)
    spoken = sorted({*policy.kinds(), *DATA})
    raise Wrong("data", repr(word), f"a known kind of data{nearest(plain, spoken)}: {', '.join(spoken)}")


def _told_among(facts: Sequence[str], subject: str | None) -> tuple[str | None, list[str]]:
    """The subject where it stands among the facts ("subject=consumer"), and the rest of them."""
    rest = []
    for pair in facts:
        name, _, value = pair.partition("=")
        if name.strip().lower() not in SUBJECT_FACTS or not value.strip():
            rest.append(pair)
        elif subject is None or subject == value.strip():
            subject = value.strip()
        else:
            raise Wrong("subject", f"{subject!r} and {value.strip()!r}", "one of them")
    return subject, rest


def _subject(word: str | None, said: Said, policy: ControllerPolicy) -> str | None:
    """Whose the data is, as far as words tell; None leaves it to the facts."""
    told = said.subject if said.subject in policy.subjects and said.kind not in _ALSO_ITS_OWN_NAME else None
    if word is None:
        return told
    plain = word.strip().lower().replace("-", "_")
    meant = plain if plain in policy.subjects else SUBJECTS.get(plain, plain)
    if meant not in policy.subjects:
        raise Wrong("subject", repr(word), f"one of {', '.join(policy.subjects)}{nearest(plain, policy.subjects)}")
    if told and told != meant:
        raise Wrong("subject", repr(word), f"{told}, as the word for the data says")
    return meant


# The alias of the same name tells only who is meant as a rule; the facts, and whoever names a subject, know better.
_ALSO_ITS_OWN_NAME = frozenset(said.kind for word, said in DATA.items() if word == said.kind)


def _dated(decision: Decision, given: Facts) -> None:
    """That it was paid is enough while something later ends the period; where that ends it, the day is needed."""
    for reason in decision.reasons:
        event = str(reason.params.get("event", ""))
        if event in given.undated and reason.code in ("retention.counted", "retention.until_event"):
            raise Wrong(event, "true", "the day it happened, since the period counts from it")


def applied(rules: Sequence[Rule], rule: str | None) -> Rule | None:
    """The rule with this id among those a decision was made by."""
    return next((one for one in rules if one.id == rule), None)
