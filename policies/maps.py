"""sources.yaml against the fideslang datasets: every source, collection, column and reference must be there."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import get_args

from fideslang.default_taxonomy import DEFAULT_TAXONOMY
from fideslang.models import DatasetField

from policies.load import Controller
from policies.marks import Marked
from policies.problems import Problem, nearest
from policies.promises import Subject
from policies.sources import CollectionMap, FactMap, SubjectMap, Target, target

Path = tuple[str | int, ...]
Columns = Mapping[str, frozenset[str]]  # collection -> dotted column names


def map_problems(controller: Controller) -> list[Problem]:
    """What sources.yaml and the control questions name and the datasets lack; data categories under no known one."""
    return [*_sources(controller), *_questions(controller), *_datasets(controller)]


def _sources(controller: Controller) -> Iterator[Problem]:
    for name, source in controller.sources.items():
        path: Path = ("sources", name, "dataset")
        if source.dataset not in controller.datasets:
            yield _missing(controller, path, source.dataset, controller.datasets, what="the fides_key of a dataset")
    for source_name, name, collection in controller.collections():
        if controller.sources[source_name].dataset in controller.datasets:
            yield from _collection(controller, source_name, name, collection)


def _collection(controller: Controller, source: str, name: str, collection: CollectionMap) -> Iterator[Problem]:
    path: Path = ("sources", source, "collections", name)
    tables = columns(controller, source)
    if name not in tables:
        yield _missing(controller, path, name, tables, what="a collection of the dataset")
        return
    here = tables[name]
    yield from _words(controller, path, collection)
    named: list[tuple[Path, str]] = [(("fields", field), field) for field in collection.fields]
    named += [(("keep_fields", index), field) for index, field in enumerate(collection.keep_fields)]
    for place, field in named:
        if field not in here:
            yield _missing(controller, (*path, *place), field, here, what="a column of the dataset")
    if collection.subject:
        yield from _subject(controller, source, path, collection.subject, here)
    for fact, mapped in collection.facts.items():
        yield from _fact(controller, source, (*path, "facts", fact), mapped, here)


def _words(controller: Controller, path: Path, collection: CollectionMap) -> Iterator[Problem]:
    """The kinds and purposes a collection names."""
    kinds, purposes = controller.policy.kinds(), [purpose.id for purpose in controller.policy.purposes]
    for kind in sorted(collection.kinds() - kinds):
        yield _missing(controller, (*path, "kind"), kind, kinds, what="a known kind of data")
    for index, purpose in enumerate(collection.purposes):
        if purpose not in purposes:
            yield _missing(controller, (*path, "purposes", index), purpose, purposes, what="the id of a purpose")


def _subject(
    controller: Controller, source: str, path: Path, subject: SubjectMap, here: frozenset[str]
) -> Iterator[Problem]:
    known = get_args(Subject)
    for code, word in [("is", subject.is_), *subject.values.items()]:
        if word is not None and word not in known:
            place = ("is",) if code == "is" else ("values", code)
            yield _missing(controller, (*path, "subject", *place), word, known, what="one of " + ", ".join(known))
    if subject.column and subject.column not in here:
        yield _missing(controller, (*path, "subject", "column"), subject.column, here, what="a column of the dataset")
    if subject.from_:
        aim = target(subject.from_)
        yield from _aim(controller, source, (*path, "subject"), "from", aim, subject.match, here)


def _fact(controller: Controller, source: str, path: Path, fact: FactMap, here: frozenset[str]) -> Iterator[Problem]:
    if fact.column and fact.column not in here:
        yield _missing(controller, path, fact.column, here, what="a column of the dataset")
    if fact.target and fact.operation:
        yield from _aim(controller, source, path, fact.operation, fact.target, fact.match, here, fact.where)


def _aim(
    controller: Controller, source: str, path: Path, key: str, aim: Target, match: Mapping[str, str],
    here: frozenset[str], where: Iterable[str] = (),
) -> Iterator[Problem]:
    """A reference to rows elsewhere: its source, collection and column, and both sides of ``match``."""
    other = aim.source or source
    if other not in controller.sources:
        yield _missing(controller, (*path, key), other, controller.sources, what="a source of this company")
        return
    tables = columns(controller, other)
    if aim.collection not in tables:
        yield _missing(controller, (*path, key), aim.collection, tables, what="a collection of the dataset")
        return
    there = tables[aim.collection]
    for column in (aim.column, *match, *where):
        if column not in there:
            what = f"a column of {other}/{aim.collection}"
            yield _missing(controller, (*path, key), column, there, what=what)
    for column in match.values():
        if column not in here:
            yield _missing(controller, (*path, "match"), column, here, what="a column of this collection")


def _questions(controller: Controller) -> Iterator[Problem]:
    for place, question in enumerate(controller.policy.identity.control_questions):
        for index, reference in enumerate(question.compare):
            aim = target(reference)
            tables = columns(controller, aim.source) if aim.source in controller.sources and aim.source else {}
            if aim.column not in tables.get(aim.collection, ()):
                path = ("identity", "control_questions", place, "compare", index)
                yield _missing(controller, path, reference, (), what="source/collection.column", file="policy.yaml")


def _datasets(controller: Controller) -> Iterator[Problem]:
    """A category below no known one: whether it is personal nobody could tell."""
    known = _categories()
    for marked, path, category in _unknown(controller):
        if not _above(category):
            yield Problem(marked.file, marked.line(path), ".".join(map(str, path)), category,
                          "a data category of the fideslang taxonomy" + nearest(category, known))


def own_categories(controller: Controller) -> Iterator[tuple[str, int, str, str]]:
    """(field, line, category, the known one above it): a taxonomy of one's own, an older one, or a slip of the pen."""
    for marked, path, category in _unknown(controller):
        if above := _above(category):
            yield ".".join(map(str, path)), marked.line(path), category, above


def _unknown(controller: Controller) -> Iterator[tuple[Marked, Path, str]]:
    for file, marked in controller.marks.items():
        if file.startswith("datasets/"):
            yield from ((marked, path, one) for path, one in _categories_in(marked.data) if one not in _categories())


def _above(category: str) -> str:
    """The nearest known category above this one, or ''."""
    while "." in category:
        category = category.rpartition(".")[0]
        if category in _categories():
            return category
    return ""


def _categories_in(data: object, path: Path = ()) -> Iterator[tuple[Path, str]]:
    if isinstance(data, dict):
        for key, value in data.items():
            if key == "data_categories" and isinstance(value, list):
                yield from (((*path, key, index), str(one)) for index, one in enumerate(value))
            else:
                yield from _categories_in(value, (*path, str(key)))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _categories_in(value, (*path, index))


@cache
def _categories() -> frozenset[str]:
    return frozenset(str(category.fides_key) for category in DEFAULT_TAXONOMY.data_category or ())


def columns(controller: Controller, source: str) -> Columns:
    """collection -> its columns, nested ones dotted, as the dataset of ``source`` has them."""
    dataset = controller.datasets.get(controller.sources[source].dataset)
    return {one.name: frozenset(_names(one.fields)) for one in dataset.collections} if dataset else {}


def _names(fields: Iterable[DatasetField], prefix: str = "") -> Iterator[str]:
    for field in fields:
        yield prefix + field.name
        yield from _names(field.fields or (), f"{prefix}{field.name}.")


def _missing(
    controller: Controller, path: Path, found: str, known: Iterable[str], *, what: str, file: str = "sources.yaml"
) -> Problem:
    marked = controller.marks[file]
    return Problem(marked.file, marked.line(path), ".".join(map(str, path)), found, what + nearest(found, known))
