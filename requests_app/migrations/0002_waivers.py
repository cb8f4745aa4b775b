"""Waivers of what a company has not told yet."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import requests_app.sealed


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0001_initial"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="Waiver",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("controller", models.CharField(max_length=64)),
                ("question", models.CharField(max_length=40)),
                ("digest", models.CharField(
                    help_text="SHA-256 of the question: asked otherwise, it is open again.", max_length=64)),
                ("reason", requests_app.sealed.SealedTextField(default=str, editable=False)),
                ("at", models.DateTimeField()),
                ("taken_back_at", models.DateTimeField(blank=True, null=True)),
                ("taken_back_by", models.ForeignKey(
                    blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                    to=settings.AUTH_USER_MODEL)),
                ("user", models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "ordering": ["-at", "-id"],
                "constraints": [models.UniqueConstraint(
                    condition=models.Q(("taken_back_at", None)), fields=("controller", "question", "digest"),
                    name="one_waiver_in_force")],
            },
        ),
    ]
