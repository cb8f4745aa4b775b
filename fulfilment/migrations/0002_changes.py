"""Corrections and restrictions (Art. 16 and 18)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("fulfilment", "0001_initial")]

    operations: list[migrations.operations.base.Operation] = []
