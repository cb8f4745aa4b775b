"""Carrying a plan out inside one transaction, and asking again afterwards.

All rows are read, locked and compared before the first is written: a plan that no longer fits writes nothing. Updates
come first (they loosen references), then deletions, children before parents, in statements over many rows. Where the
database can compare as it deletes (`at_once`), it does both; if then a row differs, all is put back and read first.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

import sqlalchemy as sa

from connectors.base import Action, Instruction, Record, SourcePlan
from connectors.errors import ConnectorError, PlanOutdated
from connectors.frozen import Deed
from connectors.receipts import Receipts
from connectors.rows import record
from connectors.sql import at_once, keys, pointing, writing
from connectors.sql.database import Database
from connectors.sql.standing import Table, Todo, by_collection, compared, read
from connectors.values import plain_fingerprint

NOTHING: Mapping[str, Sequence[Deed]] = {}
REFUSED = (
    sa.exc.IntegrityError, sa.exc.DataError, sa.exc.ProgrammingError, sa.exc.NotSupportedError, sa.exc.InternalError,
)  # fmt: skip
"""What a database may have against a statement; not that it waited too long or is gone."""


def carry_out(
    database: Database, connection: sa.Connection, *, plan: SourcePlan, ledger: Collection[str]
) -> Receipts:
    """Do it all, commit nothing. PlanOutdated before the first write where a row changed; ConnectorError otherwise."""
    if plan.source != database.source:
        raise ConnectorError("wrong_source", True, plan.source, source=database.source)
    if ledger:
        return _each(database, connection, [one for one in plan.instructions if one.id not in ledger])
    if whole := at_once.erasures(database, connection, plan.deeds):
        rest = [one for deed in plan.deeds if deed.collection not in whole for one in deed]
        try:
            with connection.begin_nested():
                return _each(database, connection, rest, whole)
        except (at_once.Differs, PlanOutdated, *REFUSED):
            pass  # nothing of it was done: now row by row, to see which, and what comes first
    return _each(database, connection, plan.instructions)


def _each(
    database: Database, connection: sa.Connection, wanted: Iterable[Instruction],
    whole: Mapping[str, Sequence[Deed]] = NOTHING,
) -> Receipts:  # fmt: skip
    """`whole`: tables whose rows need not be looked at beforehand, since the statement itself compares them."""
    tables, todo = {collection: Table(database, collection) for collection in whole}, list[Todo]()
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
    going = [item.instruction for item in open_ if item.instruction.action is Action.ERASE]
    writing.delete(connection, tables, going, whole)
    each = [(item.instruction, int(not item.done)) for item in todo]
    return Receipts(each, [deed for deeds in whole.values() for deed in deeds], at=at)


def _refuse_outdated(database: Database, todo: Iterable[Todo]) -> None:
    changed: list[Instruction] = [item.instruction for item in todo if not item.done and not item.same]
    if changed:
        tables = ", ".join(sorted({one.collection for one in changed}))
        raise PlanOutdated(f"{len(changed)} rows of {tables}", source=database.source,
                           instructions=tuple(one.id for one in changed))  # fmt: skip


def remaining(database: Database, connection: sa.Connection, *, plan: SourcePlan) -> list[Record]:
    """The plan's rows that still hold what should be gone, once for each instruction that is not carried out."""
    gone = at_once.gone(database, connection, plan.deeds)
    left = []
    for collection, group in by_collection(one for deed in plan.deeds if deed.collection not in gone for one in deed):
        table, wanted = Table(database, collection), keys.by_key(database.live(collection), group)
        for key, row, said in read(connection, table.live, wanted):
            print_ = plain_fingerprint(said)
            open_ = sum(not table.is_done(one, row, print_=print_) for one in wanted[key])
            left += [record(database, collection, row, path=("plan",))] * open_
    return left
