"""A stage between review and approval: workers put a large answer together."""

from django.db import migrations, models

STAGES = [
    ("received", "Received"),
    ("identifying", "Waiting for proof of identity"),
    ("triage", "To be triaged"),
    ("collecting", "Collecting data"),
    ("review", "In review"),
    ("preparing", "Being put together"),
    ("approval", "Waiting for a second person"),
    ("fulfilling", "Being carried out"),
    ("delivering", "Being delivered"),
    ("closed", "Closed"),
]


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0002_waivers")]

    operations = [
        migrations.AlterField(
            model_name="claim",
            name="stage",
            field=models.CharField(choices=STAGES, default="received", max_length=16),
        ),
    ]
