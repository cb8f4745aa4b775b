"""Waivers of what a company has not told yet."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0001_initial")]

    operations: list[migrations.operations.base.Operation] = []
