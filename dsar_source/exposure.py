"""What the one setting exposes: models, their listed fields, and nothing beside.

    DSAR_SOURCE = {
        "KEYS": {"portal": os.environ["DSAR_SOURCE_KEY"]},      # Base64 of at least 32 random bytes, by name
        "MODELS": {"shop.Customer": ["id", "email", "name"], "shop.Order": "__all__"},
        "DATASET": "shop",                                      # how the map calls this project
        "CACHE": "default",                                     # remembers for ten minutes what was seen
    }

A model is called by its table, a field by its attribute (`customer_id`): as SQL would call them.
"""

from dataclasses import dataclass

from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured

from dsar_source.refused import Refused


@dataclass(frozen=True)
class Exposed:
    """One model: `fields` by attribute, the key's always among them."""

    model: type
    fields: dict

    @property
    def name(self):
        return self.model._meta.db_table

    @property
    def columns(self):
        return tuple(self.fields)

    @property
    def key(self):
        return tuple(field.attname for field in key_fields(self.model))

    def field(self, column):
        if column not in self.fields:
            raise Refused("missing_column", f"{self.name}.{column}")
        return self.fields[column]

    def rows(self, using):
        """Every row, whatever the project's own managers hide."""
        return self.model._base_manager.using(using)


def key_fields(model):
    """Several where the key is composite (Django 5.2)."""
    return getattr(model._meta, "pk_fields", None) or [model._meta.pk]


def setting():
    return getattr(settings, "DSAR_SOURCE", {})


def exposed():
    """All of it, by table. ImproperlyConfigured where the setting names what is not there."""
    found = [_exposed(label, listed) for label, listed in setting().get("MODELS", {}).items()]
    return {one.name: one for one in found}


def one(table):
    found = exposed().get(str(table))
    if found is None:
        raise Refused("missing_table")
    return found


def _exposed(label, listed):
    try:
        model = apps.get_model(label)
        concrete = {field.attname: field for field in model._meta.concrete_fields if field.column}
        names = list(concrete) if listed == "__all__" else [model._meta.get_field(name).attname for name in listed]
        fields = {field.attname: field for field in key_fields(model)} | {name: concrete[name] for name in names}
    except (LookupError, ValueError, FieldDoesNotExist, AttributeError) as error:
        raise ImproperlyConfigured(f'DSAR_SOURCE["MODELS"]: {label}: {error}') from None
    return Exposed(model, fields)
