"""Does a retention rule, or an open question, answer for every kind of data the sources hold?"""

from collections.abc import Iterator

from policies.load import Controller
from policies.problems import Problem
from policies.promises import RetentionRule
from policies.sources import CollectionMap


def uncovered(controller: Controller) -> Iterator[Problem]:
    """A kind no rule names for a subject whose data is there: neither promised nor asked of the company."""
    marked = controller.marks.get("sources.yaml")
    for source, name, collection in controller.collections():
        for kind in sorted(collection.kinds()):
            lost = sorted(who for who in _subjects(collection) if not _answers(controller.policy.retention, kind, who))
            if lost and marked:
                path = ("sources", source, "collections", name, "kind")
                yield Problem(marked.file, marked.line(path), ".".join(path), f"{kind} of {' and '.join(lost)}",
                              "a rule in policy.yaml, retention (status: required_config where no period is stated)")


def never(controller: Controller) -> Iterator[Problem]:
    """A rule for those to whom something never happened, of which no source that holds its data can tell."""
    told = _told(controller)
    for place, rule in enumerate(controller.policy.retention):
        lost = sorted({*rule.without} - set().union(*(told.get(kind, {*rule.without}) for kind in rule.data)))
        if lost:
            marked, path = controller.marks["policy.yaml"], ("retention", place, "without")
            yield Problem(marked.file, marked.line(path), f"retention.{place}.without", ", ".join(lost),
                          f"a fact that sources.yaml gives for {' or '.join(rule.data)}: else the rule never holds")


def untold_holds(controller: Controller) -> list[str]:
    """Holds of which no source of a company can tell: nothing stops an erasure for them unless a person looks."""
    told = _told(controller)
    return sorted({hold for rule in controller.policy.retention for kind in rule.data if kind in told
                   for hold in rule.holds if hold not in told[kind]})


def factless(controller: Controller) -> Iterator[tuple[str, int, str]]:
    """(field, line, kind) of data whose rule counts from facts that sources.yaml does not give."""
    marked = controller.marks.get("sources.yaml")
    for source, name, collection in controller.collections() if marked else ():
        given = _given(collection, controller)
        people = _subjects(collection)
        for kind in sorted(collection.kinds()):
            named = [rule for rule in controller.policy.retention if kind in rule.data and not rule.without]
            rules = [rule for rule in named if rule.period and (not rule.subjects or people & {*rule.subjects})]
            if marked and any(_starved(rule, given) for rule in rules):
                path = ("sources", source, "collections", name)
                yield ".".join(path), marked.line(path), kind


def _told(controller: Controller) -> dict[str, set[str]]:
    """Kind of data to the facts that some source gives for it."""
    told: dict[str, set[str]] = {}
    for _, _, collection in controller.collections():
        for kind in collection.kinds():
            told.setdefault(kind, set()).update(_given(collection, controller))
    return told


def _given(collection: CollectionMap, controller: Controller) -> set[str]:
    given = set(collection.facts)
    return given | {one.name for one in controller.policy.derived_dates if one.from_ in given}


def _starved(rule: RetentionRule, given: set[str]) -> bool:
    needed = {*rule.from_}
    return not needed <= given if rule.every else not needed & given


def _subjects(collection: CollectionMap) -> set[str]:
    subject = collection.subject
    if subject is None:
        return {"somebody"}
    return {subject.is_} if subject.is_ else set(subject.values.values())


def _answers(rules: tuple[RetentionRule, ...], kind: str, subject: str) -> bool:
    named = [rule for rule in rules if kind in rule.data and not rule.without]  # one with ``without`` is an exception
    if subject == "somebody":
        return bool(named)
    return any(not rule.subjects or subject in rule.subjects for rule in named)
