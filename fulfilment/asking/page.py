"""What stands on an owner's page: whom it concerns, where to look, what is to be done. Read only."""

from dataclasses import dataclass
from typing import Any

from fulfilment.asking import answers, tasks, words
from fulfilment.collecting import find
from fulfilment.extract import shape
from fulfilment.models import OwnerTask
from policies.load import Controller
from requests_app.controllers import controller
from requests_app.models import Case

IDENTIFIERS = ("email", "phone", "customer_no", "order_no")


@dataclass(frozen=True)
class Known:
    """One thing the person is known by. `proved`: it is theirs; else it is what they wrote."""

    label: Any
    value: str
    proved: bool


@dataclass(frozen=True)
class Place:
    """A table of the map. `count`: rows something is to be done about."""

    collection: str
    label: str
    explain: str
    columns: str
    count: int = 0


def known_by(case: Case) -> list[Known]:
    """The least needed to find somebody: their name, what they gave to be found by, and whether it proved itself."""
    person, proved = case.person, find.proved(case).values
    rows = [Known(words.KNOWN_BY["name"], str(person["name"]), False)] if person.get("name") else []
    for kind in IDENTIFIERS:
        given = [person.get(kind), *(person.get("other_emails") or () if kind == "email" else ())]
        rows += [
            Known(words.KNOWN_BY[kind], str(value), str(value) in proved.get(kind, ())) for value in given if value
        ]
    places = [str(person[name]) for name in ("address", "postcode") if person.get(name)]
    return rows + ([Known(words.KNOWN_BY["address"], ", ".join(places), False)] if places else [])


def places(ours: Controller, source: str, *, language: str) -> list[Place]:
    """The tables the map has for a system."""
    dataset = ours.datasets[ours.sources[source].dataset]
    return [_place(ours, source, one.name, language=language) for one in dataset.collections]


def _place(ours: Controller, source: str, collection: str, *, language: str, count: int = 0) -> Place:
    _system, label, explain = shape.named(ours, source, collection, language=language)
    return Place(collection, label, explain, ", ".join(answers.columns(ours, source, collection)), count)


def to_do(task: OwnerTask, *, language: str) -> dict[str, Any]:
    """What is left to do by hand: the deed, the tables with counts, and for a correction each value."""
    ours, hands = controller(task.claim.case.controller), list(tasks.hands(task))
    changes = task.claim.corrections.filter(round__lte=task.round, source=task.source, by_hand=True)
    return {
        "deed": words.TO_DO.get(task.code, task.code),
        "places": [
            _place(ours, task.source, one.collection, language=language, count=one.count)
            for one in hands if one.collection
        ],
        "said": [one.text for one in hands if one.text],
        "changes": [(_label(ours, one, language), one.old, one.new) for one in changes]
        if task.code == "correct" else [],
    }  # fmt: skip


def _label(ours: Controller, change: Any, language: str) -> str:
    (column,) = shape.columns(ours, change.source, change.collection, [change.field], language=language)
    return column.label
