"""A way of the monthly run for big tables: by what stands in the rows (Art. 5(1)(e))."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("fulfilment", "0006_receipts")]

    operations = [
        migrations.AlterField(
            "retentionchunk",
            "lane",
            models.CharField(
                choices=[
                    ("start", "Lay out the pages"),
                    ("people", "Person by person"),
                    ("rows", "Row by row"),
                    ("sets", "By what stands in the rows, many at once"),
                    ("groups", "By the day of the row"),
                    ("tally", "Count what was found"),
                ],
                max_length=8,
            ),
        ),
    ]
