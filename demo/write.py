"""Puts a company's rows into its databases. Called by the demo and by tests, never by the portal itself."""

import os
import zlib
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType

from sqlalchemy import MetaData, create_engine, event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import ConnectionPoolEntry

from demo.sheet import Row, Sheet

SLUGS = ("aj-dk", "aj-se", "ajos", "aarstiderne", "ajour")
_BATCH = 5000


def company(slug: str) -> ModuleType:
    if slug not in SLUGS:
        raise ValueError(f"no sample data for {slug!r}; there is {', '.join(SLUGS)}")
    return import_module(f"demo.{slug.replace('-', '_')}")


def sources(slug: str) -> Mapping[str, MetaData]:
    """The schemas of one company by source key."""
    schemas: Mapping[str, MetaData] = company(slug).SCHEMAS
    return schemas


def sheet(slug: str, *, count: int = 2000) -> Sheet:
    """All rows of one company. `count` customers; never fewer than the personas, traps and boundary cases need."""
    filled = Sheet(sources(slug), seed=f"{slug} 1")
    company(slug).fill(filled, count=count)
    return filled


def build(slug: str, url_for: Callable[[str], str], *, count: int = 2000) -> None:
    """Create and fill every source of `slug`. Tables of the same names at those addresses are dropped first."""
    filled = sheet(slug, count=count)
    for source, schema in sources(slug).items():
        engine = create_engine(url_for(source))
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _quick)
        try:
            _write(engine, schema, {name: filled.tables[f"{source}.{name}"] for name in schema.tables})
        finally:
            engine.dispose()


def build_all(folder: Path, *, count: int = 2000, fresh: bool = False) -> tuple[Path, ...]:
    """SQLite files `<folder>/<slug>/<source>.sqlite`; returns those written.

    What is there from the same generator stays as it is, for a person may already have been erased in it; `fresh`
    makes it anew.
    """
    written: list[Path] = []
    for slug in SLUGS:
        paths = {source: folder / slug / f"{source}.sqlite" for source in sources(slug)}
        if fresh or not all(_stamped(path, count) for path in paths.values()):
            written += _build_files(slug, paths, count=count)
    return tuple(written)


def _build_files(slug: str, paths: Mapping[str, Path], *, count: int) -> Iterator[Path]:
    drafts = {source: path.with_suffix(".new") for source, path in paths.items()}
    for draft in drafts.values():
        draft.parent.mkdir(parents=True, exist_ok=True)
        draft.unlink(missing_ok=True)
    build(slug, lambda source: f"sqlite:///{drafts[source]}", count=count)
    for source, path in paths.items():
        _stamp(drafts[source], count)
        for leftover in (f"{path}-wal", f"{path}-shm"):  # of the file replaced: they would not fit the new one
            Path(leftover).unlink(missing_ok=True)
        os.replace(drafts[source], path)
        yield path


def _write(engine: Engine, schema: MetaData, rows: Mapping[str, list[Row]]) -> None:
    for table in schema.tables.values():
        table.dialect_options["mysql"]["charset"] = "utf8mb4"  # Å and Ð also where the server's default is latin1
    with engine.begin() as connection:
        schema.drop_all(connection)
        schema.create_all(connection)
        for table in schema.sorted_tables:
            names = [column.name for column in table.columns]
            _insert(
                connection, schema, table.name, [{name: row.get(name) for name in names} for row in rows[table.name]]
            )


def _insert(connection: Connection, schema: MetaData, table: str, rows: list[Row]) -> None:
    for start in range(0, len(rows), _BATCH):
        connection.execute(schema.tables[table].insert(), rows[start : start + _BATCH])


def _quick(connection: object, _entry: ConnectionPoolEntry) -> None:
    """The draft is thrown away when anything fails, so nothing needs to survive a crash."""
    connection.execute("PRAGMA journal_mode=OFF")  # type: ignore[attr-defined]
    connection.execute("PRAGMA synchronous=OFF")  # type: ignore[attr-defined]


def _edition(count: int) -> int:
    """Changes with the generator's own source text and with the number of customers. Fits SQLite's user_version."""
    text = b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.rglob("*.py")))
    return zlib.crc32(text, count) & 0x7FFFFFFF


def _stamp(path: Path, count: int) -> None:
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.exec_driver_sql(f"PRAGMA user_version={_edition(count)}")
    engine.dispose()


def _stamped(path: Path, count: int) -> bool:
    if not path.is_file():
        return False
    engine = create_engine(f"sqlite:///{path}")
    try:
        with engine.connect() as connection:
            return bool(connection.exec_driver_sql("PRAGMA user_version").scalar() == _edition(count))
    finally:
        engine.dispose()
