"""Instructions as a plan takes them: each once, in one order, and none against another."""

from collections.abc import Sequence

from connectors.base import Action, Instruction, Mapped
from connectors.errors import ConnectorError
from connectors.values import canonical


def ordered(connector: Mapped, instructions: Sequence[Instruction]) -> list[Instruction]:
    """ConnectorError wrong_source or conflict where they make no sense together."""
    unique = {one.id: one for one in (_as_mapped(connector, one) for one in instructions)}
    found = sorted(unique.values(), key=lambda one: (one.collection, canonical(one.key), one.action, one.fields))
    _no_conflicts(connector, found)
    return found


def _as_mapped(connector: Mapped, one: Instruction) -> Instruction:
    """Where the map says that masking this table means deleting its rows, anonymising is erasing."""
    mapped = connector.map.collections.get(one.collection)
    if not mapped or not mapped.deletes or one.action is not Action.ANONYMISE:
        return one
    return Instruction(one.source, one.collection, one.key, one.fingerprint, Action.ERASE, (), one.reasons)


def _no_conflicts(connector: Mapped, instructions: Sequence[Instruction]) -> None:
    """A row is erased or changed, and each of its columns is changed in one way."""
    taken: dict[str, set[str]] = {}
    for one in instructions:
        if one.source != connector.source:
            raise ConnectorError("wrong_source", True, one.source, source=connector.source)
        mine = {"*"} if one.action is Action.ERASE else set(one.fields)
        others = taken.setdefault(one.key_digest, set()) if one.key else set()
        if others & mine or (others and "*" in others | mine):
            raise ConnectorError("conflict", True, one.collection, source=connector.source)
        others |= mine
