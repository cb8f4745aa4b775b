"""Which promises of the policy touch what was really found for one person (R-36): Art. 15(1) is about them alone.

Nothing here is guessed: where the records cannot tell, the promise stays in the answer.
"""

from collections.abc import Iterator
from functools import cached_property

from connectors.values import is_empty
from fulfilment.collecting.subjects import subjects_in, subjects_of
from fulfilment.extract.shape import Extract, Table
from policies.promises import AutomatedDecision, Basis, Purpose, Recipient, RetentionRule, Transfer
from policies.sources import FactMap


class Applied:
    """Reads rows only where a column decides; each answer is worked out once."""

    def __init__(self, extract: Extract) -> None:
        self._extract, self._policy = extract, extract.ours.policy

    @cached_property
    def subjects(self) -> set[str]:
        """Which sorts of person the records say this is; empty where none says any."""
        return subjects_in(self._extract)

    @cached_property
    def purposes(self) -> tuple[Purpose, ...]:
        """Purposes of the tables in which something was found, for this sort of person (Art. 15(1)(a))."""
        used = {name for table in self._extract.tables for name in self._of_table(table)}
        return tuple(one for one in self._policy.purposes if one.id in used)

    def basis(self, purpose: Purpose) -> tuple[Basis, ...]:
        """The basis for this sort of person, where the policy has one for each (a contact person has no contract)."""
        own = [purpose.basis_for[one] for one in purpose.basis_for if one in self.subjects]
        return tuple(dict.fromkeys(letter for letters in own for letter in letters)) or purpose.basis

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of data really there: a column with a kind of its own counts once it holds something (15(1)(b))."""
        return tuple(dict.fromkeys(kind for table in self._extract.tables for kind in self._kinds_of(table)))

    @cached_property
    def rules(self) -> tuple[tuple[str, RetentionRule | None], ...]:
        """(kind, rule) of what keeps each kind, None where nobody has promised anything (Art. 15(1)(d))."""
        return tuple((kind, rule) for kind in self.kinds for rule in self._rules_for(kind) or [None])

    @cached_property
    def recipients(self) -> tuple[Recipient, ...]:
        return tuple(one for one in self._policy.recipients if self._touches(one.kinds))

    @cached_property
    def transfers(self) -> tuple[Transfer, ...]:
        return tuple(one for one in self._policy.transfers if self._touches(one.kinds))

    @cached_property
    def decisions(self) -> tuple[AutomatedDecision, ...]:
        """(h) decisions that touch a kind of data or a purpose found here."""
        touched = {*self.kinds, *(one.id for one in self.purposes)}
        profiled = any(one.profiling for one in self.purposes)
        return tuple(
            one for one in self._policy.automated_decisions
            if one.art22 != "no" and (one.id in touched or profiled or "credit_check" in touched)
        )  # fmt: skip

    def _touches(self, kinds: tuple[str, ...]) -> bool:
        return not kinds or bool({*kinds} & {*self.kinds})

    def _of_table(self, table: Table) -> Iterator[str]:
        """A table may serve several purposes, each for another sort of person."""
        who = subjects_of(self._extract, table) or self.subjects
        known = {one.id: one for one in self._policy.purposes}
        named = [known[name] for name in table.purposes if name in known]
        fitting = [one for one in named if not one.subjects or not who or who & {*one.subjects}]
        return (one.id for one in fitting or named)

    def _kinds_of(self, table: Table) -> Iterator[str]:
        mapped = self._extract.ours.sources[table.source].collections.get(table.collection)
        if mapped is None:
            return
        yield mapped.kind
        own = {column.name: mapped.kind_of(column.name) for column in table.columns}
        waiting = {name: kind for name, kind in own.items() if kind != mapped.kind}
        rows = table.rows() if waiting else iter(())
        for row in rows:
            there = [name for name in waiting if name in row.withheld or not is_empty(row.fields.get(name))]
            yield from (waiting.pop(name) for name in there)
            if not waiting:
                return

    def _rules_for(self, kind: str) -> list[RetentionRule]:
        named = [rule for rule in self._policy.retention if kind in rule.data]
        fitting = [rule for rule in named if not rule.subjects or not self.subjects
                   or self.subjects & {*rule.subjects}]  # fmt: skip
        statutes = [rule for rule in fitting if rule.status == "statute"]
        promises = [rule for rule in fitting if rule not in statutes and not (statutes and rule.legal_duty)]
        never = [rule for rule in promises if rule.without and self._never(rule)]
        often = [rule for rule in promises if not rule.without or self._unsure(rule)]
        return [*(never or often), *statutes]

    def _never(self, rule: RetentionRule) -> bool:
        return all(self._happened(fact) is False for fact in rule.without)

    def _unsure(self, rule: RetentionRule) -> bool:
        told = [self._happened(fact) for fact in rule.without]
        return None in told and True not in told

    def _happened(self, fact: str) -> bool | None:
        """Whether any record says so; None where no map tells where to look."""
        places = [
            (source, name, mapped.facts[fact])
            for source, name, mapped in self._extract.ours.collections() if fact in mapped.facts
        ]  # fmt: skip
        return any(self._holds(*place) for place in places) if places else None

    def _holds(self, source: str, collection: str, fact: FactMap) -> bool:
        aim = fact.target
        place = (aim.source or source, aim.collection) if aim else (source, collection)
        column = aim.column if aim else fact.column or ""
        found = [one for one in self._extract.tables if (one.source, one.collection) == place]
        return any(not is_empty(row.fields.get(column)) for table in found for row in table.rows())
