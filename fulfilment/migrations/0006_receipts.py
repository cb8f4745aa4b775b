"""Receipts of an erasure: one a table and action instead of one a row, with the same digest over the same ids."""

import hashlib

from django.db import migrations, models


def fold(apps, schema_editor):
    """What was written row by row becomes one receipt; of which table is told by the plan alone, if it is still there."""
    receipts = apps.get_model("fulfilment", "ErasureReceipt").objects
    deeds = {}
    for one in receipts.order_by("pk").iterator():
        known = deeds.setdefault((one.plan_id, one.source, one.action), [one, [], 0])
        known[1].append(one.instruction)
        known[2] += one.rows
    for first, ids, rows in deeds.values():
        first.instructions, first.rows = len(ids), rows
        first.digest = hashlib.sha256("".join(f"{one}\n" for one in sorted(ids)).encode()).hexdigest()
        first.save()
    receipts.filter(digest="").delete()


class Migration(migrations.Migration):
    dependencies = [("fulfilment", "0005_owners")]

    operations = [
        migrations.AddField("erasurereceipt", "collection", models.CharField(max_length=128, default="")),
        migrations.AddField("erasurereceipt", "instructions", models.PositiveIntegerField(default=1)),
        migrations.AddField(
            "erasurereceipt", "digest",
            models.CharField(
                max_length=64, default="", help_text="SHA-256 over the instructions' ids, sorted, a line each."),
        ),
        migrations.RunPython(fold, migrations.RunPython.noop),
        migrations.RemoveConstraint("erasurereceipt", "one_receipt"),
        migrations.RemoveField("erasurereceipt", "instruction"),
        migrations.AlterField("erasurereceipt", "collection", models.CharField(max_length=128)),
        migrations.AlterField("erasurereceipt", "instructions", models.PositiveIntegerField()),
        migrations.AlterField(
            "erasurereceipt", "digest",
            models.CharField(max_length=64, help_text="SHA-256 over the instructions' ids, sorted, a line each."),
        ),
        migrations.AlterField(
            "erasurereceipt", "rows",
            models.PositiveIntegerField(help_text="Changed by it; the others had been done before."),
        ),
        migrations.AddConstraint(
            "erasurereceipt",
            models.UniqueConstraint(fields=["plan", "source", "collection", "action"], name="one_receipt_a_deed"),
        ),
    ]
