"""Carrying a plan out inside one transaction, and asking again afterwards.

All rows are read, locked and compared before the first is written: a plan that no longer fits writes nothing. Updates
come first (they loosen references), then deletions, children before parents, in statements over many rows.
"""

from collections.abc import Collection, Iterable

import sqlalchemy as sa

from connectors.base import Action, Instruction, Receipt, Record, SourcePlan
from connectors.errors import ConnectorError, PlanOutdated
from connectors.rows import record
from connectors.sql import keys, pointing, writing
from connectors.sql.database import Database
from connectors.sql.standing import Table, Todo, by_collection, compared, read
from connectors.values import plain_fingerprint


def carry_out(
    database: Database, connection: sa.Connection, *, plan: SourcePlan, ledger: Collection[str]
) -> list[Receipt]:
    """Do it all, commit nothing. PlanOutdated before the first write where a row changed; ConnectorError otherwise."""
    if plan.source != database.source:
        raise ConnectorError("wrong_source", True, plan.source, source=database.source)
    wanted = [one for one in plan.instructions if one.id not in ledger] if ledger else plan.instructions
    tables, todo = dict[str, Table](), list[Todo]()
    for collection, group in by_collection(wanted):
        table = tables[collection] = Table(database, collection)
        if not table.live.rolls_back:
            raise ConnectorError("no_transactions", True, collection, source=database.source)
        todo += compared(connection, table, group)
    _refuse_outdated(database, todo)
    at = database.clock()
    open_ = [item for item in todo if not item.done]
    pointing.refuse_new(database, connection, [item.instruction for item in open_])
    writing.update(connection, tables, [item for item in open_ if item.instruction.action is not Action.ERASE])
    writing.delete(connection, tables, [item.instruction for item in open_ if item.instruction.action is Action.ERASE])
    return [
        Receipt(database.source, item.instruction.collection, item.instruction.action, int(not item.done), at,
                item.instruction.id)
        for item in todo
    ]  # fmt: skip


def _refuse_outdated(database: Database, todo: Iterable[Todo]) -> None:
    changed: list[Instruction] = [item.instruction for item in todo if not item.done and not item.same]
    if changed:
        tables = ", ".join(sorted({one.collection for one in changed}))
        raise PlanOutdated(f"{len(changed)} rows of {tables}", source=database.source,
                           instructions=tuple(one.id for one in changed))  # fmt: skip


def remaining(database: Database, connection: sa.Connection, *, plan: SourcePlan) -> list[Record]:
    """The plan's rows that still hold what should be gone, once for each instruction that is not carried out."""
    left = []
    for collection, group in by_collection(plan.instructions):
        table, wanted = Table(database, collection), keys.by_key(database.live(collection), group)
        for key, row, said in read(connection, table.live, wanted):
            print_ = plain_fingerprint(said)
            open_ = sum(not table.is_done(one, row, print_=print_) for one in wanted[key])
            left += [record(database, collection, row, path=("plan",))] * open_
    return left
