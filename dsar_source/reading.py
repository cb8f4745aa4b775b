"""Rows by the values of their columns, page by page in the order of their keys. Equality is all that can be asked."""

import json

from django.core.exceptions import ValidationError
from django.db import router
from django.db.models import CharField, Count, F, Q, TextField, Value
from django.db.models.functions import Lower, Replace, Trim

from dsar_source.exposure import one
from dsar_source.refused import Refused
from dsar_source.values import plain

PAGE_ROWS, PAGE_BYTES = 1000, 4_000_000
MOST_VALUES = 500
BIGGEST = 2**63  # what no column of whole numbers holds
SEPARATORS = " -+./()"  # what people put between digits


def rows(asked):
    """{collection, where, values, columns, spelling, after} -> {rows, after}; `after` is None on the last page."""
    exposed = one(asked["collection"])
    columns = [exposed.field(name).attname for name in asked["columns"]]
    queried = _asked(exposed, asked["where"], asked["values"], asked.get("spelling", "exact"))
    if queried is None:
        return {"rows": [], "after": None}
    if asked.get("after") is not None:
        queried = queried.filter(_beyond(exposed, asked["after"]))
    needed = list(dict.fromkeys([*columns, *exposed.key]))
    most = min(PAGE_ROWS, int(asked.get("count") or PAGE_ROWS))
    page, size, last = [], 0, None
    for row in queried.order_by(*exposed.key).values(*needed)[: most + 1].iterator(chunk_size=most + 1):
        if len(page) == most or size > PAGE_BYTES:
            return {"rows": page, "after": last}
        page.append({name: plain(row[name]) for name in columns})
        last = [plain(row[name]) for name in exposed.key]
        size += len(json.dumps(page[-1]))
    return {"rows": page, "after": None}


def counts(asked):
    """{collection, where, values} -> {counts: [[values…, number], …]}"""
    exposed, where = one(asked["collection"]), list(asked["where"])
    queried = _asked(exposed, where, asked["values"], "exact")
    if queried is None or not where:
        return {"counts": []}
    found = queried.order_by().values_list(*where).annotate(dsar_rows=Count("*"))
    return {"counts": [plain(row) for row in found]}


def size(asked):
    exposed = one(asked["collection"])
    return {"size": exposed.rows(router.db_for_read(exposed.model)).count()}


def by_keys(exposed, keys, *, using, lock=False):
    """Whole rows by key as they stand: {key: row}. With `lock`, held until the transaction ends."""
    found = {}
    wanted = [key for key in keys if len(key) == len(exposed.key)]
    for start in range(0, len(wanted), MOST_VALUES):
        condition = one_of(exposed, exposed.key, wanted[start : start + MOST_VALUES])
        if condition is not None:
            queried = exposed.rows(using).filter(condition).order_by(*exposed.key)
            for row in (queried.select_for_update() if lock else queried).values(*exposed.columns):
                found[tuple(plain(row[name]) for name in exposed.key)] = row
    return found


def _asked(exposed, where, values, spelling):
    queried = exposed.rows(router.db_for_read(exposed.model))
    if not where:
        return queried  # every row: for what is kept too long
    if len(values) > MOST_VALUES:
        raise Refused("too_many_values")
    if spelling != "exact" and all(isinstance(exposed.field(name), (CharField, TextField)) for name in where):
        return _spelt(exposed, queried, where, values, spelling)
    condition = one_of(exposed, where, values)
    return None if condition is None else queried.filter(condition)


def one_of(exposed, where, values):
    """None where no row can hold such values."""
    fields = [exposed.field(name) for name in where]
    fitted = [row for row in (_fit(fields, value) for value in values) if row is not None]
    if not fitted:
        return None
    if len(fields) == 1:
        return Q(**{f"{where[0]}__in": [value for (value,) in fitted]})
    condition = Q()
    for row in fitted:
        condition |= Q(**dict(zip(where, row)))  # noqa: B905 - `_fit` saw to it
    return condition


def _fit(fields, values):
    """The values in the types of their columns; None where they do not fit, or are nothing."""
    if len(values) != len(fields):
        raise Refused("bad_request")
    try:
        if any(isinstance(value, str) and not _is_text(value) for value in values):
            return None
        fitted = [getattr(field, "target_field", field).to_python(value) for field, value in zip(fields, values)]  # noqa: B905
    except (ValidationError, ValueError, TypeError, OverflowError):
        return None
    beyond = any(isinstance(value, int) and abs(value) >= BIGGEST for value in fitted)
    return None if None in fitted or beyond else fitted


def _is_text(value):
    """Whether a database can hold it: no NUL, and no half a character."""
    return "\0" not in value and not any("\ud800" <= character <= "\udfff" for character in value)


def _spelt(exposed, queried, where, values, spelling):
    """An identity, whatever the case or the signs between digits: the portal compares once more."""
    column = F(exposed.field(where[0]).attname)
    if len(where) != 1 or spelling not in ("lower", "digits"):
        raise Refused("bad_request")
    if spelling == "lower":
        column = Lower(Trim(column))
    else:
        for sign in SEPARATORS:
            column = Replace(column, Value(sign), Value(""))
    texts = [str(value) for (value,) in values if _is_text(str(value))]
    return queried.annotate(dsar_spelt=column).filter(dsar_spelt__in=texts)


def _beyond(exposed, after):
    """Rows whose key comes after this one."""
    fitted = _fit([exposed.field(name) for name in exposed.key], after)
    if fitted is None:
        raise Refused("bad_request")
    condition, equal = Q(), {}
    for name, value in zip(exposed.key, fitted):  # noqa: B905 - `_fit` saw to it
        condition |= Q(**equal, **{f"{name}__gt": value})
        equal[name] = value
    return condition
