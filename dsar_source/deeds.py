"""Rows erased and columns changed, in one transaction: all are locked and compared before the first is written.

Repeating is harmless: what is gone, or holds what it shall, is done. A deletion that would take along a row nobody
decided about is refused beforehand, and undone where the project's own code takes it along all the same.
"""

import json
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import connections, router, transaction
from django.db.models import CASCADE, SET_DEFAULT, SET_NULL

from dsar_source import masks, reading
from dsar_source.exposure import exposed
from dsar_source.refused import Refused
from dsar_source.values import fingerprint, plain

ERASE, UNLINK, SET = "erase", "unlink", "set"
ACTIONS = {ERASE, "anonymise", "strip", UNLINK, SET}


@dataclass(frozen=True)
class Deed:
    """One instruction as it came; `values` belong to set alone."""

    id: str
    collection: str
    key: dict
    fingerprint: str
    action: str
    fields: tuple = ()
    values: dict = None

    @classmethod
    def read(cls, asked):
        found = [cls(**{**one, "fields": tuple(one["fields"])}) for one in asked["instructions"]]
        if any(one.action not in ACTIONS for one in found):
            raise Refused("bad_request")
        return found


def plan(asked):
    """{instructions} -> {refused: {id: {code, table, column, detail}}}. Changes nothing."""
    deeds, refused = Deed.read(asked), {}
    for deed in deeds:
        if problem := _problem(deed):
            refused[deed.id] = problem
    _refuse_parents(deeds, refused)
    return {"refused": refused}


def rehearse(asked):
    """As execute, and rolled back."""
    return _carry_out(asked, commit=False)


def execute(asked):
    """{instructions} -> {receipts: {id: rows}}. Refused plan_outdated where a row changed; then nothing was written."""
    return _carry_out(asked, commit=True)


def verify(asked):
    """{instructions} -> {left: [id, …]}: rows that still hold what should be gone."""
    deeds = Deed.read(asked)
    found = {table: _found(table, group, using=_database(), lock=False) for table, group in _by_table(deeds).items()}
    return {"left": [deed.id for deed in deeds if not _is_done(deed, found[deed.collection].get(_key(deed)))]}


def _carry_out(asked, *, commit):
    deeds, using = Deed.read(asked), _database()
    with transaction.atomic(using=using):
        found = {}
        for table, group in sorted(_by_table(deeds).items()):  # always in this order: two never wait for each other
            found[table] = _found(table, group, using=using, lock=True)
        rows = {deed.id: found[deed.collection].get(_key(deed)) for deed in deeds}
        todo = [deed for deed in deeds if not _is_done(deed, rows[deed.id])]
        outdated = [deed.id for deed in todo if fingerprint(rows[deed.id]) != deed.fingerprint]
        if outdated:
            raise Refused("plan_outdated", f"{len(outdated)} rows", ids=outdated)
        _update([deed for deed in todo if deed.action != ERASE], using)
        _delete([deed for deed in todo if deed.action == ERASE], using)
        if not commit:
            _check_put_off(deeds, using)
            transaction.set_rollback(True, using=using)
    done = {deed.id for deed in todo}
    return {"receipts": {deed.id: int(deed.id in done) for deed in deeds}}


def _check_put_off(deeds, using):
    """Keys made by Django are checked at COMMIT, which a rehearsal never reaches."""
    models = {_exposed(deed).model for deed in deeds}
    tables = {one._meta.db_table for one in models} | {
        relation.related_model._meta.db_table for one in models for relation in _pointing(one)}
    if connections[using].features.can_defer_constraint_checks:
        connections[using].check_constraints(table_names=sorted(tables))


def _update(deeds, using):
    """In one statement all rows that get the same."""
    alike = {}
    for deed in deeds:
        written = _written(_exposed(deed), deed)
        alike.setdefault((deed.collection, json.dumps(plain(written), sort_keys=True)), (written, []))[1].append(deed)
    for written, group in alike.values():
        for one, some, rows in _chunks(group, using):
            if rows.update(**written) != len(some):
                raise Refused("rows_differ", one.name)


def _chunks(deeds, using):
    """(model, some of its instructions, their rows)"""
    one = _exposed(deeds[0])
    for start in range(0, len(deeds), reading.MOST_VALUES):
        some = deeds[start : start + reading.MOST_VALUES]
        keys = [[deed.key[name] for name in one.key] for deed in some]
        yield one, some, one.rows(using).filter(reading.one_of(one, one.key, keys))


def _delete(deeds, using):
    """Children before parents; by the project's own models, so that what hangs on a deletion there happens."""
    left = _by_table(deeds)
    while left:
        pointed_at = {table for other in left for table in _points_at(_model(other)) if table != other}
        for table in [table for table in left if table not in pointed_at] or list(left):
            for one, some, rows in _chunks(left.pop(table), using):
                _, told = rows.delete()
                if told != {one.model._meta.label: len(some)}:
                    raise Refused("would_cascade", one.name)


def _points_at(model):
    return {field.related_model._meta.db_table for field in model._meta.concrete_fields
            if field.is_relation and field.related_model}


def _problem(deed):
    one = exposed().get(deed.collection)
    if one is None:
        return _code("missing_table", deed)
    if not deed.key or set(deed.key) != set(one.key):
        return _code("no_primary_key", deed)
    if deed.action == ERASE:
        return None
    if not deed.fields:
        return _code("no_fields", deed)
    for column in deed.fields:
        if code := _column_problem(one, deed, column):
            return _code(code, deed, column)
    return None


def _column_problem(one, deed, column):
    field = one.fields.get(column)
    if field is None:
        return "missing_column"
    if field.primary_key or column in one.key:
        return "key_column"
    if deed.action == UNLINK:
        return "" if field.null else "not_null_reference"
    if any(_target(relation) == column for relation in _pointing(one.model)):
        return "referenced"
    try:
        if deed.action == SET:
            if field.is_relation:
                return "reference"
            return "" if deed.values[column] is None and field.null else _unfit(field, deed.values[column])
        elif column not in (deed.values or {}):
            masks.mask(field, fingerprint=deed.fingerprint)
    except masks.Blocked as blocked:
        return blocked.code
    return ""


def _unfit(field, value):
    """By the project's own rules for that field."""
    try:
        field.clean(value, None)
    except (ValidationError, TypeError, ValueError, OverflowError):
        return "value"
    return ""


def _refuse_parents(deeds, refused):
    """A row others still point at stays; if one of these stays, so does what it points at: until nothing changes."""
    by_key = {(deed.collection, _key(deed)): deed for deed in deeds if deed.id not in refused}
    pointing = list(_children([deed for deed in by_key.values() if deed.action == ERASE]))
    changed = True
    while changed:
        changed = False
        for parent, relation, child_key in pointing:
            child = by_key.get((relation.related_model._meta.db_table, child_key))
            column = relation.field.attname
            goes = child and child.id not in refused and (child.action == ERASE or column in child.fields)
            if parent.id not in refused and not goes:
                code = "would_cascade" if relation.on_delete is CASCADE else "referenced"
                refused[parent.id] = _code(code, parent, detail=relation.related_model._meta.db_table)
                changed = True


def _children(parents):
    """(erasure, relation, key of a row that points at what is erased)"""
    for table, group in _by_table(parents).items():
        for relation in _pointing(_model(table)):
            if relation.on_delete in (SET_NULL, SET_DEFAULT):
                continue
            held = {}
            for key, row in _found(table, group, using=_database(), lock=False).items():
                held.setdefault(row.get(_target(relation)), []).append(key)
            child, column = relation.related_model, relation.field.attname
            parent_of = {_key(deed): deed for deed in group}
            names = [field.attname for field in _keys(child)]
            values = [value for value in held if value is not None]
            for start in range(0, len(values), reading.MOST_VALUES):
                some = values[start : start + reading.MOST_VALUES]
                rows = child._base_manager.using(_database()).filter(**{f"{column}__in": some})
                for row in rows.values_list(column, *names):
                    for key in held.get(row[0], ()):
                        if (child._meta.db_table, tuple(map(plain, row[1:]))) != (table, key):
                            yield parent_of[key], relation, tuple(map(plain, row[1:]))


def _pointing(model):
    """Relations of other models, hidden ones too, whose rows point at rows of this one."""
    return [one for one in model._meta.get_fields(include_hidden=True)
            if one.auto_created and not one.concrete and (one.one_to_many or one.one_to_one)]


def _target(relation):
    return relation.field.target_field.attname


def _found(table, deeds, *, using, lock):
    one = _exposed(deeds[0])
    return reading.by_keys(one, [[deed.key.get(name) for name in one.key] for deed in deeds], using=using, lock=lock)


def _is_done(deed, row):
    if row is None:
        return True
    if deed.action == ERASE:
        return False
    return all(_is_same(row[name], value) for name, value in _written(_exposed(deed), deed).items())


def _is_same(stored, value):
    """0 is 0.00, and an hour is the same in every zone; what a field gives back as text is compared as text."""
    return stored == value or plain(stored) == plain(value)


def _written(one, deed):
    """What the columns shall hold. Of the values given, those of the map's own masks too."""
    given, written = deed.values or {}, {}
    for column in deed.fields:
        field = one.field(column)
        try:
            if column in given:
                written[column] = field.to_python(given[column])
            else:
                unlinked = deed.action == UNLINK
                written[column] = None if unlinked else masks.mask(field, fingerprint=deed.fingerprint)
        except masks.Blocked as blocked:
            raise Refused("mask_blocked", blocked.code) from None
        except ValidationError:
            raise Refused("set_blocked", f"{one.name}.{column}") from None
    return written


def _by_table(deeds):
    found = {}
    for deed in deeds:
        found.setdefault(deed.collection, []).append(deed)
    return found


def _exposed(deed):
    one = exposed().get(deed.collection)
    if one is None:
        raise Refused("missing_table", deed.collection)
    return one


def _model(table):
    return exposed()[table].model


def _keys(model):
    return getattr(model._meta, "pk_fields", None) or [model._meta.pk]


def _key(deed):
    one = exposed().get(deed.collection)
    return tuple(deed.key.get(name) for name in (one.key if one else deed.key)) if deed.key else ()


def _database():
    models = {router.db_for_write(one.model) for one in exposed().values()}
    if len(models) != 1:
        raise Refused("no_transactions", "several databases")
    return models.pop()


def _code(code, deed, column="", detail=""):
    return {"code": code, "table": deed.collection, "column": column, "detail": detail}
