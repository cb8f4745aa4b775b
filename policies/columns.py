"""What the columns of a table may be used for beyond reading: marks and corrections, against the dataset's map."""

from collections.abc import Iterable, Iterator

from fideslang.models import DatasetField

from policies.load import Controller
from policies.problems import Problem, nearest
from policies.sources import MARKS, NOW, TODAY, CollectionMap, Mark, MarkValue

Path = tuple[str | int, ...]
Fields = dict[str, DatasetField]
_SHAPES = {"string": (str,), "boolean": (bool,), "integer": (int,), "float": (int,)}


def correctable(controller: Controller, source: str, collection: str) -> tuple[str, ...]:
    """The columns of a table a person may have corrected (Art. 16), in the order of the dataset.

    As sources.yaml lists them; otherwise every mapped personal column the person provided, bar those that address a
    row, tie it to others, open a door or carry a mark.
    """
    meaning = controller.sources[source].collections[collection]
    fields = _fields(controller, source, collection)
    if meaning.correctable is not None:
        return tuple(name for name in fields if name in meaning.correctable)
    marked = {column for mark in _marks(meaning) for column in mark.columns}
    return tuple(
        name for name, field in fields.items()
        if name in meaning.fields and meaning.origin_of(name) == "provided" and name not in marked
        and any(f"{one}.".startswith("user.") for one in field.data_categories or ()) and not _fixed(field)
    )


def column_problems(controller: Controller) -> Iterator[Problem]:
    """Marks and ``correctable`` against the datasets: no such column, a column nobody may write, a wrong value."""
    for source, name, collection in controller.collections():
        path: Path = ("sources", source, "collections", name)
        fields = _fields(controller, source, name)
        if not fields:
            continue  # told by policies.maps
        for mark_name in MARKS:
            mark = collection.mark(mark_name)
            if mark:
                yield from _mark(controller, (*path, mark_name), mark, fields, source)
        for place, column in enumerate(collection.correctable or ()):
            yield from _writable(controller, (*path, "correctable", place), column, fields)


def _mark(controller: Controller, path: Path, mark: Mark, fields: Fields, source: str) -> Iterator[Problem]:
    if not any(_key(field) for field in fields.values()):
        yield _problem(controller, path, "a table whose dataset names no primary key",
                       "a table whose rows can be addressed; leave the mark out and a person acts")
    for part in ("set", "lift"):
        for column, value in getattr(mark, part).items():
            yield from _writable(controller, (*path, part, column), column, fields)
            yield from _value(controller, (*path, part, column), value, fields.get(column))
    for column, value in mark.when.items():
        if column not in fields:
            yield _unknown(controller, (*path, "when", column), column, fields)
        yield from _value(controller, (*path, "when", column), value, fields.get(column))
    tables = [one.name for one in controller.datasets[controller.sources[source].dataset].collections]
    for place, table in enumerate(mark.covers):
        if table not in tables or table == path[3]:
            yield _problem(controller, (*path, "covers", place), table,
                           "another collection of the same source" + nearest(table, tables))


def _writable(controller: Controller, path: Path, column: str, fields: Fields) -> Iterator[Problem]:
    if column not in fields:
        yield _unknown(controller, path, column, fields)
    elif _fixed(fields[column]):
        yield _problem(controller, path, f"{column}, which addresses rows, ties them to others or opens a door",
                       "a column that may take another value")


def _value(controller: Controller, path: Path, value: MarkValue, field: DatasetField | None) -> Iterator[Problem]:
    """fideslang's ``data_type`` where the dataset names one; it has no word for dates."""
    kind = field.fides_meta.data_type if field and field.fides_meta else None
    shapes = _SHAPES.get(kind or "")
    if value is None or shapes is None:
        return
    fits = isinstance(value, shapes) and (kind == "boolean" or not isinstance(value, bool))
    if not fits or (value in (TODAY, NOW) and kind != "string"):
        yield _problem(controller, path, repr(value), f"a value of the type {kind}, as the dataset says")


def _fixed(field: DatasetField) -> bool:
    meta = field.fides_meta
    opens = any(f"{one}.".startswith("user.authorization.") for one in field.data_categories or ())
    return _key(field) or opens or bool(meta and (meta.references or meta.read_only))


def _key(field: DatasetField) -> bool:
    return bool(field.fides_meta and field.fides_meta.primary_key)


def _marks(collection: CollectionMap) -> Iterator[Mark]:
    return (mark for name in MARKS if (mark := collection.mark(name)))


def _fields(controller: Controller, source: str, collection: str) -> Fields:
    dataset = controller.datasets.get(controller.sources[source].dataset)
    found = [one for one in dataset.collections if one.name == collection] if dataset else []
    return {field.name: field for one in found for field in one.fields}


def _unknown(controller: Controller, path: Path, column: str, known: Iterable[str]) -> Problem:
    return _problem(controller, path, column, "a column of the dataset" + nearest(column, known))


def _problem(controller: Controller, path: Path, found: str, expected: str) -> Problem:
    marked = controller.marks["sources.yaml"]
    return Problem(marked.file, marked.line(path), ".".join(map(str, path)), found, expected)
