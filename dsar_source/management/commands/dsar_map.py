"""Writes what is exposed as a fideslang dataset: `manage.py dsar_map > shop.yaml`, for the company's folder there."""

import json

from django.core.management.base import BaseCommand

from dsar_source import description, exposure

GUESSES = (  # the first word found in the name of a column
    ("password", "user.authorization"), ("token", "user.authorization"), ("secret", "user.authorization"),
    ("email", "user.contact.email"), ("phone", "user.contact.phone_number"), ("mobile", "user.contact.phone_number"),
    ("street", "user.contact.address.street"), ("postcode", "user.contact.address.postal_code"),
    ("zip", "user.contact.address.postal_code"), ("city", "user.contact.address.city"),
    ("address", "user.contact.address"), ("username", "user.account.username"),
    ("name", "user.name"), ("birth", "user.demographic.date_of_birth"),
    ("ip_address", "user.device.ip_address"),
)
IDENTITIES = {"email": "email", "phone": "phone", "customer_no": "customer_no", "order_no": "order_no"}


class Command(BaseCommand):
    help = "Write the models listed in DSAR_SOURCE as a fideslang dataset. Categories and identities are guesses."

    def add_arguments(self, parser):
        parser.add_argument("--dataset", default="", help="how the map calls this project")

    def handle(self, *args, **options):
        name = options["dataset"] or exposure.setting().get("DATASET", "django")
        lines = ["# Written from the models. Every category and identity is a guess from a name: read each of them.",
                 "dataset:", f"- fides_key: {name}", f"  name: {json.dumps(name)}", "  collections:"]
        for table, told in description.describe({})["collections"].items():
            lines += [f"  - name: {json.dumps(table)}", "    fields:"]
            fields = (_field(column, about, told, name) for column, about in told["columns"].items())
            lines += [f"    - {json.dumps(field)}" for field in fields]
        self.stdout.write("\n".join(lines))


def _field(column, about, told, dataset):
    """A line of JSON is YAML too."""
    meta = {}
    if column in told["key"]:
        meta["primary_key"] = True
    if about["to"]:
        meta["references"] = [{"dataset": dataset, "field": about["to"], "direction": "from"}]
    if column in IDENTITIES:
        meta["identity"] = IDENTITIES[column]
    if about["length"]:
        meta["length"] = about["length"]
    plain = column in told["key"] or about["to"]
    guess = next((category for word, category in GUESSES if word in column.lower().split("_") or word in column.lower()
                  and len(word) > 3), "user")
    return {"name": column, "data_categories": ["system.operations" if plain else guess],
            **({"fides_meta": meta} if meta else {})}
