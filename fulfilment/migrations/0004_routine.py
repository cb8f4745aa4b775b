"""Routine and deferred erasure (Art. 5(1)(e))."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("fulfilment", "0003_notices")]

    operations: list[migrations.operations.base.Operation] = []
