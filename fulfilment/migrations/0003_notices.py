"""Notices to recipients (Art. 19, 17(2)) and the suppression list (Art. 21(3))."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("fulfilment", "0002_changes")]

    operations: list[migrations.operations.base.Operation] = []
