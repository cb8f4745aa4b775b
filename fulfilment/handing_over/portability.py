"""Art. 20: only what the person provided or what was observed, on consent or contract (R-65)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from connectors import maps
from fulfilment.extract import files
from fulfilment.extract.shape import Block, Extract, InBlocks, Table, blocks
from fulfilment.extract.words import word
from law.citations import cite
from law.disclosure import in_portability
from law.reasons import Reason, say
from letters import kinds
from policies.sources import CollectionMap

LeftOut = dict[tuple[str, Reason], tuple[list[str], int]]
"""(label of the table, reason) to the labels of the columns concerned and how many records."""


def portable(extract: Extract) -> tuple[Extract, LeftOut]:
    """The extract cut down to what may be carried elsewhere, and what was left out of each table and why."""
    left: LeftOut = {}
    tables = []
    for table in extract.tables:
        kept, gone = _columns(extract, table)
        for name, reason in gone.items():
            label = next(column.label for column in table.columns if column.name == name)
            labels, _ = left.setdefault((table.label, reason), ([], table.count))
            labels.append(label)
        if kept:
            columns = tuple(column for column in table.columns if column.name in kept)
            tables.append(replace(table, columns=columns, rows=_cut(table, kept)))
    return replace(extract, right="portability", tables=tuple(tables)), left


def cover(extract: Extract, left: LeftOut, *, name: str, received: date) -> kinds.PortabilityCover:
    """The values of the covering letter; `extract` is the portable one."""
    language = extract.language
    return kinds.PortabilityCover(
        reference=extract.reference,
        name=name,
        received=received,
        snapshot=extract.taken.date(),
        included=tuple(_counted(one) for one in extract.tables),
        left_out=tuple(_left_out(left, language)),
        files=tuple(kinds.FileLine(name=file, what=what) for file, what in files.brief(extract)),
    )


def _counted(table: Table) -> kinds.Counted:
    return kinds.Counted(what=f"{table.source_name}: {table.label}", count=table.count)


def _left_out(left: LeftOut, language: str) -> Iterator[kinds.Refused]:
    for (label, reason), (labels, count) in left.items():
        what = f"{label}: {', '.join(labels)} ({_count(count, language)})"
        yield kinds.Refused(what=what, facts=(say(reason, language),), law=(cite(reason.article, language),))


def _count(count: int, language: str) -> str:
    return word("records_one", language) if count == 1 else word("records", language, count=count)


def _columns(extract: Extract, table: Table) -> tuple[frozenset[str], dict[str, Reason]]:
    """Columns that may be carried, and why not the others. Without a stated purpose there is no basis to carry."""
    mapped = extract.ours.sources[table.source].collections.get(table.collection)
    bases = _bases(extract, mapped)
    credentials = _credentials(extract, table)
    kept, gone = set(), {}
    for column in table.columns:
        origin = mapped.origin_of(column.name) if mapped else "third_party"
        if column.other or column.name in credentials:
            origin = "derived"  # nobody says that the person gave it; a password hash they certainly did not
        answer = in_portability(origin=origin, bases=bases)
        if answer.allowed:
            kept.add(column.name)
        else:
            gone[column.name] = answer.reasons[0]
    return frozenset(kept), gone


def _credentials(extract: Extract, table: Table) -> frozenset[str]:
    dataset = maps.read(extract.ours.datasets[extract.ours.sources[table.source].dataset])
    mapped = dataset.collections.get(table.collection)
    return frozenset(name for name, field in (mapped.fields if mapped else {}).items() if field.credential)


def _bases(extract: Extract, mapped: CollectionMap | None) -> list[str]:
    """Letters of Art. 6(1) under which this table is processed. A purpose declared not portable lends none."""
    purposes = [extract.ours.policy.purpose(one) for one in (mapped.purposes if mapped else ())]
    return [basis for one in purposes if one.portability != "no" for basis in one.basis]


def _cut(table: Table, kept: frozenset[str]) -> InBlocks:
    def cut() -> Iterator[Block]:
        for block in blocks(table):
            fields = {name: values for name, values in block.fields.items() if name in kept}
            yield replace(block, fields=fields, withheld=block.withheld & kept)

    return InBlocks(cut)
