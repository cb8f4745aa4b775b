"""What is exposed, from the models' own words: names and types, never a value."""

from django.db.models import UniqueConstraint

from dsar_source.exposure import exposed


def describe(_asked):
    """{collections: {table: {model, key, columns: {name: {type, null, unique, …}}, unique, unlisted}}}"""
    return {"collections": {name: table(one) for name, one in exposed().items()}}


def table(one):
    meta = one.model._meta
    together = [list(names) for names in meta.unique_together]
    together += [list(rule.fields) for rule in meta.constraints
                 if isinstance(rule, UniqueConstraint) and rule.fields and rule.condition is None]
    listed = [[meta.get_field(name).attname for name in names] for names in together]
    return {
        "model": meta.label,
        "key": list(one.key),
        "columns": {name: column(field) for name, field in one.fields.items()},
        "unique": [names for names in listed if set(names) <= set(one.fields)],
        "unlisted": [field.attname for field in meta.concrete_fields
                     if field.column and field.attname not in one.fields],
    }


def column(field):
    return {
        "type": field.get_internal_type(), "null": field.null, "unique": field.unique, "length": field.max_length,
        "scale": getattr(field, "decimal_places", None),
        "generated": bool(getattr(field, "generated", False)), "to": reference(field),
    }


def reference(field):
    """"customers.id", where the field points at a row that is exposed as well."""
    if not field.is_relation or field.related_model is None:
        return None
    there, target = field.related_model._meta.db_table, field.target_field.attname
    known = exposed().get(there)
    return f"{there}.{target}" if known and target in known.fields else None
