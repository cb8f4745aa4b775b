"""The map against what is really there, as findings an operator can act on."""

from collections.abc import Iterator

from connectors.base import Finding
from connectors.errors import ConnectorError
from connectors.maps import CollectionMap
from connectors.sql import masks, preflight, rights
from connectors.sql.database import Database
from connectors.sql.schema import LiveTable

# What goes wrong with a column when its personal data shall go, and how bad that is.
SEVERE = ("not_null_reference", "no_neutral_value", "unique", "too_short", "not_null", "masking_strategy")


def describe(database: Database) -> list[Finding]:
    """All findings, in the order of the map. ConnectorError where the source does not answer."""
    schema = database.schema
    findings: list[Finding] = []
    for name, collection in database.map.collections.items():
        live = schema.tables.get(name)
        if live is None:
            findings.append(Finding("error", "missing_table", name))
        else:
            findings += _table(database, collection, live)
    findings += _references(database)
    findings += _unmapped_tables(database)
    with database.reading() as connection:
        for name, live in schema.tables.items():
            for verb in ("UPDATE", "DELETE"):
                if not rights.may(database, connection, live, verb):
                    findings.append(Finding("warning", "read_only_role", name, "", verb))
    return findings


def _table(database: Database, collection: CollectionMap, live: LiveTable) -> Iterator[Finding]:
    name = collection.name
    for column in collection.fields:
        if column not in live.types:
            yield Finding("error", "missing_column", name, column)
    for column in live.columns:
        if column not in collection.fields:
            yield Finding("warning", "unmapped_column", name, column)
    if not live.key:
        yield Finding("warning", "no_primary_key", name, "", "found, but a person must erase there")
    if not live.rolls_back:
        yield Finding("error", "no_transactions", name, "", "the storage engine cannot roll back")
    for column, field in collection.fields.items():
        if column in live.types and (field.personal or field.identity):
            yield from _mask(database, live, name, column)
    yield from _slow(database, collection, live)


def _slow(database: Database, collection: CollectionMap, live: LiveTable) -> Iterator[Finding]:
    """Identities for which each search reads the whole table; a small table does not mind."""
    spelling = getattr(database, "spelling", {})
    for column, kind in collection.identities.items():
        how = spelling.get(kind, "exact")
        if column in collection.inside:
            yield Finding("info", "search_reads_all", collection.name, column, "inside an array or JSON")
        elif column in live.types and how != "exact":
            said = how if isinstance(how, str) else how.as_
            yield Finding("info", "search_reads_all", collection.name, column, f"compared as {said}")
        elif column in live.types and column not in live.indexed:
            yield Finding("info", "search_reads_all", collection.name, column, "no index")


def _mask(database: Database, live: LiveTable, table: str, column: str) -> Iterator[Finding]:
    try:
        code = preflight.column_problem(database, live, table, column)
    except ConnectorError as error:
        yield Finding("error", error.code, table, column, error.detail)
        return
    if code:
        level = "error" if code in SEVERE else "warning"
        yield Finding(level, "mask_blocked", table, column, code)  # type: ignore[arg-type]
        return
    mask = masks.mask(live, database.map.collections[table].fields.get(column), column)
    if mask.constant is not None or mask.per_row:
        why = "unique" if live.in_unique(column) else "not_null"
        yield Finding("info", f"{why}_mask", table, column, mask.per_row or "constant")


def _references(database: Database) -> Iterator[Finding]:
    """References within this dataset that lead nowhere. Those to other datasets are not known here."""
    for collection, field, reference in database.map.references():
        if reference.dataset == database.map.name:
            target = database.map.collections.get(reference.collection)
            if target is None or reference.field not in target.fields:
                where = f"{reference.collection}.{reference.field}"
                yield Finding("error", "broken_reference", collection.name, field.name, where)


def _unmapped_tables(database: Database) -> Iterator[Finding]:
    """A table that points at a mapped one probably holds data of the same people."""
    pointing = {key.child for key in database.schema.foreign_keys if key.parent in database.map.collections}
    for name in database.schema.names:
        if name not in database.map.collections:
            level = "warning" if name in pointing else "info"
            yield Finding(level, "unmapped_table", name)  # type: ignore[arg-type]
