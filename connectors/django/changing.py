"""Plans of one Django project: checked, rehearsed and carried out over there, in one transaction."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from connectors import instructed
from connectors.base import Action, Finding, Instruction, Receipt, Record, SourcePlan
from connectors.errors import ConnectorError
from connectors.values import plain

if TYPE_CHECKING:
    from connectors.django.connector import DjangoConnector


def describe(connector: "DjangoConnector") -> list[Finding]:
    """The map against the models. ConnectorError where the project does not answer."""
    findings = []
    for name, collection in connector.map.collections.items():
        if name not in connector.there:
            findings.append(Finding("error", "missing_table", name))
            continue
        told = connector.told(name)
        findings += [Finding("error", "missing_column", name, column) for column in collection.fields
                     if column not in told["columns"]]  # fmt: skip
        findings += [Finding("warning", "unmapped_column", name, column) for column in told["columns"]
                     if column not in collection.fields]  # fmt: skip
        findings += [Finding("warning", "unlisted_column", name, column, "not in DSAR_SOURCE there: nobody is shown it")
                     for column in told["unlisted"]]  # fmt: skip
        findings += [Finding("error", "spelling", name, column, kind) for column, kind in collection.identities.items()
                     if not connector.can_spell(kind)]  # fmt: skip
    for name in connector.there.keys() - connector.map.collections.keys():
        findings.append(Finding("warning", "unmapped_table", name))
    return findings


def why_not(connector: "DjangoConnector", collection: str, column: str) -> str:
    """Why a column cannot be set, as a code; empty where it can, if the value fits."""
    if collection not in connector.map.collections or collection not in connector.there:
        return "missing_table"
    told, field = connector.told(collection), connector.map.collections[collection].fields.get(column)
    about = told["columns"].get(column)
    if about is None:
        return "missing_column"
    if column in told["key"]:
        return "key_column"
    if about["to"] or (field and field.references):
        return "reference"
    if about["generated"]:
        return "generated_column"
    if field and field.credential:
        return "credential"
    return "read_only_column" if field and field.read_only else ""


def plan(connector: "DjangoConnector", instructions: Sequence[Instruction]) -> SourcePlan:
    """The frozen plan. ConnectorError wrong_source or conflict where the instructions make no sense together."""
    ordered = instructed.ordered(connector, instructions)
    refusals = {one.id: finding for one in ordered if (finding := _problem(connector, one))}
    asked = [_told(connector, one) for one in ordered if one.id not in refusals]
    for number, why in connector.ask("plan", {"instructions": asked})["refused"].items() if asked else ():
        refusals[number] = Finding("error", why["code"], why["table"], why["column"], why["detail"])
    return SourcePlan(
        connector.source,
        tuple(one for one in ordered if one.id not in refusals),
        tuple(one for one in ordered if one.id in refusals),
        tuple(sorted(set(refusals.values()), key=lambda one: (one.table, one.column, one.code))),
    )


def carry_out(
    connector: "DjangoConnector", what: str, plan: SourcePlan, ledger: Collection[str]
) -> list[Receipt]:
    if plan.source != connector.source:
        raise ConnectorError("wrong_source", True, plan.source, source=connector.source)
    todo = [one for one in plan.instructions if one.id not in ledger]
    if not todo:
        return []
    rows = connector.ask(what, {"instructions": [_told(connector, one) for one in todo]})["receipts"]
    at = connector.clock()
    return [
        Receipt(source=connector.source, collection=one.collection, action=one.action, rows=int(rows[one.id]), at=at,
                instruction=one.id)
        for one in todo
    ]  # fmt: skip


def remaining(connector: "DjangoConnector", plan: SourcePlan) -> list[Record]:
    if not plan.instructions:
        return []
    left = set(connector.ask("verify", {"instructions": [_told(connector, one) for one in plan.instructions]})["left"])
    keys: dict[str, list[Any]] = {}
    for one in plan.instructions:
        if one.id in left and one.key:
            keys.setdefault(one.collection, []).append(one.key)
    return [record for collection, some in keys.items() for record in connector.by_key(collection, some)]


def _told(connector: "DjangoConnector", one: Instruction) -> dict[str, Any]:
    """An instruction as the other side reads it: what the map writes instead of nothing is a value there."""
    values = dict(one.values)
    fields = connector.map.collections[one.collection].fields
    for column in one.fields if one.action in (Action.ANONYMISE, Action.STRIP) else ():
        masking = fields[column].masking if column in fields else None
        if masking and masking.strategy == "string_rewrite":
            values[column] = str(masking.configuration.get("rewrite_value", ""))
    return {"id": one.id, "collection": one.collection, "key": plain(one.key), "fingerprint": one.fingerprint,
            "action": str(one.action), "fields": list(one.fields), "values": values}  # fmt: skip


def _problem(connector: "DjangoConnector", one: Instruction) -> Finding | None:
    mapped = connector.map.collections.get(one.collection)
    if mapped is None:
        return Finding("error", "missing_table", one.collection)
    for column in one.fields if one.action is not Action.ERASE else ():
        field = mapped.fields.get(column)
        if one.action is Action.SET and (code := why_not(connector, one.collection, column)):
            return Finding("error", code, one.collection, column)
        if field and field.read_only:
            return Finding("error", "read_only_column", one.collection, column)
        if field and field.masking and field.masking.strategy not in ("null_rewrite", "string_rewrite"):
            return Finding("error", "masking_strategy", one.collection, column, field.masking.strategy)
    return None
