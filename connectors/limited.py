"""For sources that can be read and no more: each thing they cannot do is refused in words, never left out silently."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, ClassVar, NoReturn

from connectors.base import Ability, Finding, Instruction, Key, Receipt, Record, SourcePlan
from connectors.errors import ConnectorError
from connectors.lots import Sweeping

BY_HAND = "by_hand_only"
"""Code of the finding beside an instruction that this kind of source leaves to a person."""


class Limited:
    """The part of `connectors.base.Connector` that reading does not need, said no to.

    `plan` refuses every instruction with a finding, so that each becomes a person's task (Art. 12(4)); the others raise
    ConnectorError not_able. A subclass that can do more overrides it and says so in `abilities`.
    """

    abilities: ClassVar[frozenset[Ability]] = frozenset({Ability.FIND})
    source: str

    def looks(self, collection: str) -> dict[str, str]:
        return {}

    def by_key(self, collection: str, keys: Collection[Key]) -> Iterator[Record]:
        self._not_able("by_key")

    def scan(self, collection: str, *, after: Key | None, count: int) -> list[Record]:
        self._not_able("scan")

    def why_not(self, collection: str, column: str) -> str:
        return BY_HAND

    def size(self, collection: str) -> int:
        self._not_able("size")

    def masked(self, collection: str, fields: Mapping[str, Any]) -> dict[str, bool]:
        return {}

    def groups(
        self, collection: str, *, by: Sequence[str], after: Any, count: int
    ) -> list[tuple[tuple[Any, ...], int]]:
        self._not_able("groups")

    def held(self, collection: str, *, by: Sequence[str], values: Sequence[Sequence[Any]]) -> int:
        self._not_able("held")

    def erase_groups(
        self, collection: str, *, by: Sequence[str], values: Sequence[Sequence[Any]], commit: bool
    ) -> int:
        self._not_able("erase_groups")

    def lots(self, collection: str) -> Sweeping:
        self._not_able("lots")

    def plan(self, instructions: Sequence[Instruction]) -> SourcePlan:
        tables = sorted({one.collection for one in instructions})
        findings = tuple(Finding("warning", BY_HAND, table) for table in tables)
        return SourcePlan(self.source, (), tuple(instructions), findings)

    def rehearse(self, plan: SourcePlan) -> list[Receipt]:
        return self._nothing(plan)

    def execute(self, plan: SourcePlan, *, ledger: Collection[str] = frozenset()) -> Iterator[Receipt]:
        return iter(self._nothing(plan))

    def verify(self, plan: SourcePlan) -> list[Record]:
        self._nothing(plan)
        return []

    def close(self) -> None:
        """Nothing is held open."""

    def _nothing(self, plan: SourcePlan) -> list[Receipt]:
        if plan.instructions:
            self._not_able("change")
        return []

    def _not_able(self, what: str) -> NoReturn:
        raise ConnectorError("not_able", True, what, source=self.source)
