"""What law and policy allow to erase, these databases can give up: no key or NOT NULL column stands in the way."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import demo
from connectors.base import Action, Instruction, Record
from connectors.registry import connect
from demo import PERSONAS, Persona
from law.retention import Decision
from policies.load import Controller, load_controller
from tests.demo.conftest import CONTROLLERS
from tests.demo.verdict import verdicts

EVERYBODY = [(slug, persona) for slug in demo.SLUGS for persona in PERSONAS[slug]]


@pytest.mark.parametrize(("slug", "persona"), EVERYBODY, ids=[f"{slug}-{persona.key}" for slug, persona in EVERYBODY])
def test_nothing_stands_in_the_way(slug: str, persona: Persona, folder: Path) -> None:
    controller = load_controller(CONTROLLERS / slug)
    identity = {"email": (persona.email,), "phone": (persona.phone,) if persona.phone else ()}
    instructions = list(_instructions(controller, _by_record(slug, folder, identity)))
    for name, source in controller.sources.items():
        connector = connect(source, controller.datasets[source.dataset], name=name, environ={}, demo=folder)
        try:
            plan = connector.plan([each for each in instructions if each.source == name])
            assert not plan.findings, plan.findings
            connector.rehearse(plan)
        finally:
            connector.close()


def test_an_erasure_plan_is_not_empty(folder: Path) -> None:
    controller = load_controller(CONTROLLERS / "aj-dk")
    by_record = _by_record("aj-dk", folder, {"email": ("astrid.moller@example.com",)})
    actions = {(each.collection, each.action) for each in _instructions(controller, by_record)}
    assert {("customers", Action.ANONYMISE), ("orders", Action.ERASE), ("invoices", Action.STRIP)} <= actions


Decided = list[tuple[Record, dict[str, Decision]]]


def _by_record(slug: str, folder: Path, identity: Mapping[str, tuple[str, ...]]) -> Decided:
    grouped: dict[tuple[str, str, str], dict[str, Decision]] = defaultdict(dict)
    records: dict[tuple[str, str, str], Record] = {}
    for verdict in verdicts(slug, folder, identity):
        if verdict.record.needs_person:
            continue
        where = (verdict.record.source, verdict.record.collection, str(verdict.record.key))
        records[where] = verdict.record
        grouped[where][verdict.kind] = verdict.decision
    return [(records[where], decisions) for where, decisions in grouped.items()]


def _instructions(controller: Controller, decided: Decided) -> Iterator[Instruction]:
    for record, decisions in decided:
        source = controller.sources[record.source]
        mapped = source.collections[record.collection]
        (collection,) = [
            each for each in controller.datasets[source.dataset].collections if each.name == record.collection
        ]
        personal = [
            field.name
            for field in collection.fields
            if field.name not in (record.key or {})
            and any(each.startswith("user") for each in field.data_categories or ())
        ]
        outcome = decisions[mapped.kind].outcome
        going = [name for name in personal if decisions[mapped.kind_of(name)].outcome == "erase"]
        if outcome == "retain" and mapped.keep_fields:
            going = sorted({*going, *(name for name in personal if name not in mapped.keep_fields)})
        if mapped.erase == "row" and all(each.outcome == "erase" for each in decisions.values()):
            action, fields = Action.ERASE, ()
        elif going:
            action, fields = (Action.ANONYMISE if outcome == "erase" else Action.STRIP), tuple(going)
        else:
            continue
        reasons = decisions[mapped.kind].reasons
        yield Instruction(record.source, record.collection, record.key, record.fingerprint, action, fields, reasons)
