"""Which sort of person this is, as far as the records say: private customer, contact person of a business, lead …"""

from itertools import islice

from fulfilment.extract.shape import Extract, Table
from policies.sources import SubjectMap

LOOKED_AT = 1000
"""Rows of a table read for it: a person is not of more sorts than that."""


def subjects_in(extract: Extract) -> set[str]:
    """Every sort the records found say; empty where none says any."""
    return {subject for table in extract.tables for subject in subjects_of(extract, table)}


def subjects_of(extract: Extract, table: Table) -> set[str]:
    """What the rows of one table say."""
    mapped = extract.ours.sources[table.source].collections.get(table.collection)
    by: SubjectMap | None = mapped.subject if mapped else None
    if by is None:
        return set()
    if by.is_:
        return {by.is_}
    column = by.column
    if column is None:  # told by another table, which speaks for itself
        return set()
    values = {str(row.fields.get(column)) for row in islice(table.rows(), LOOKED_AT)}
    return {by.values[value] for value in values if value in by.values}
