"""Parquet: of each row group first the columns that decide, then, only where a row fits, all of them."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, BinaryIO

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]

from connectors.files.text import Row, Unreadable

AT_ONCE = 2_000
"""Rows that are in memory together."""
DAMAGED = (pa.lib.ArrowException, OSError)


def rows(
    file: BinaryIO, *, names: Sequence[str], fits: Callable[[Row], bool], numbers: Mapping[str, Collection[int]]
) -> Iterator[Row]:
    """The rows that fit, whole. `names`: the columns `fits` looks at; `numbers`: the whole numbers one must hold.

    `Unreadable`; what `file` raises passes through.
    """
    done = 0
    try:
        opened = _opened(file)
        there = [name for name in names if name in opened.schema_arrow.names]
        for number in range(opened.num_row_groups):
            group = opened.metadata.row_group(number)
            if _may(group, numbers) and any(map(fits, _of(opened, number, there))):
                yield from filter(fits, _of(opened, number, None))
            done += group.num_rows
    except DAMAGED:
        raise Unreadable("damaged", done) from None
    except ValueError:
        raise Unreadable("bad_row", done) from None


def columns(file: BinaryIO) -> dict[str, str]:
    """Column to what its values are (integer, decimal:2, text, boolean, date), or "" where none of these."""
    try:
        return {field.name: _looks(field.type) for field in _opened(file).schema_arrow}
    except DAMAGED:
        raise Unreadable("damaged") from None


def _opened(file: BinaryIO) -> Any:
    return pq.ParquetFile(file, pre_buffer=False, buffer_size=1 << 20)  # not whole row groups at once


def _of(opened: Any, group: int, names: list[str] | None) -> Iterator[Row]:
    if names == []:
        yield {}  # nothing here decides: the path does
        return
    for batch in opened.iter_batches(AT_ONCE, row_groups=[group], columns=names, use_threads=False):
        yield from _exact(batch).to_pylist()


def _exact(batch: Any) -> Any:
    """Python's clock ends at microseconds; what is finer becomes text instead of an error."""
    fine = [number for number, one in enumerate(batch.schema) if getattr(one.type, "unit", "") == "ns"]
    for number in fine:
        batch = batch.set_column(number, batch.schema.names[number], batch.column(number).cast(pa.string()))
    return batch


def _may(group: Any, numbers: Mapping[str, Collection[int]]) -> bool:
    """False where the statistics of a column say that none of these numbers is in it."""
    for place in range(group.num_columns):
        column = group.column(place)
        wanted = numbers.get(column.path_in_schema)
        found = column.statistics if wanted is not None else None
        if found is not None and found.has_min_max and type(found.min) is int and wanted is not None:
            if not any(found.min <= one <= found.max for one in wanted):
                return False
    return True


def _looks(kind: Any) -> str:
    if pa.types.is_decimal(kind):
        return f"decimal:{kind.scale}"
    words = {"integer": pa.types.is_integer, "text": pa.types.is_string, "boolean": pa.types.is_boolean,
             "date": pa.types.is_date}  # fmt: skip
    return next((word for word, fitting in words.items() if fitting(kind)), "")
