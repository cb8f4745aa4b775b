"""What the letter of the instant lane says. Made of what the company promises, never of what was found: whoever typed
another's address learns nothing from it."""

from datetime import date
from typing import Any

from fulfilment.extract.shape import say
from fulfilment.stopping.lane_scope import Scope
from law.rights import Right


def values(scope: Scope, *, language: str, by: date, people_first: bool = False) -> dict[str, Any]:
    """Values of `marketing_objection` and `withdraw_consent`: what ends, where it was looked for, what people do.

    `people_first`: only a number was given, so that rows of whoever shares it wait for a person: nowhere has it ended
    before they have looked, and no system is called stopped (R-34).
    """
    machine, people = systems(scope)
    if people_first:
        machine, people = [], [key for key in scope.ours.sources if key in {*machine, *people}]
    names = {key: say(source.name, language) for key, source in scope.ours.sources.items()}
    told = {
        "within": tuple(dict.fromkeys(say(purpose.name, language) for purpose in scope.purposes())),
        "systems": tuple(names[key] for key in machine), "by_hand": tuple(names[key] for key in people), "by": by,
        "going": _going(scope, language),
    }  # fmt: skip
    return told | ({"stopped": ()} if scope.right == Right.marketing_objection else {"consents": (), "erased": ()})


def systems(scope: Scope) -> tuple[list[str], list[str]]:
    """(sources whose own programs are told, sources where a person must do it), by key; the others have no part."""
    machine, people = [], []
    for key, source in scope.ours.sources.items():
        tables = source.collections
        marks = {
            name: [mark for mark in ("stop_marketing", "withdraw_consent")
                   if scope.meant(table, mark) and table.mark(mark)]
            for name, table in tables.items()
        }  # fmt: skip
        covered = {other for name, found in marks.items() for mark in found for other in tables[name].mark(mark).covers}
        if any(marks.values()):
            machine.append(key)
        purposes = {one.id for one in scope.purposes()}
        if any(not marks[name] and name not in covered and purposes & set(table.purposes)
               for name, table in tables.items()):  # fmt: skip
            people.append(key)
    return machine, people


def _going(scope: Scope, language: str) -> tuple[str, ...]:
    """Kinds of data a rule lets go with the objection or the consent."""
    held = {
        kind for source in scope.ours.sources.values() for table in source.collections.values()
        if set(table.purposes) <= {one.id for one in scope.purposes()} for kind in {table.kind}
    }  # fmt: skip
    rules = [rule for rule in scope.ours.policy.retention if rule.keep_suppression and not rule.holds]
    kinds = dict.fromkeys(kind for rule in rules for kind in rule.data if kind in held)
    return tuple(scope.ours.policy.kind_text(kind, language=language) for kind in kinds)
