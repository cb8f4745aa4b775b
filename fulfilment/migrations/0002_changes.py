"""Corrections and restrictions (Art. 16 and 18)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import requests_app.sealed


class Migration(migrations.Migration):
    dependencies = [
        ("fulfilment", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: list[migrations.operations.base.Operation] = [
        migrations.AddField(
            model_name="plan",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("erase", "Erase"),
                    ("rectify", "Correct"),
                    ("restrict", "Restrict"),
                    ("lift", "Lift a restriction"),
                    ("mark", "Mark"),
                ],
                default="erase",
                max_length=12,
            ),
        ),
        migrations.CreateModel(
            name="Correction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("round", models.PositiveSmallIntegerField(default=1)),
                ("source", models.CharField(max_length=64)),
                ("collection", models.CharField(max_length=64)),
                ("number", models.PositiveIntegerField(help_text="Number of the record within its table, from 0.")),
                ("field", models.CharField(max_length=64)),
                ("old", requests_app.sealed.SealedTextField(default=str, editable=False, null=True)),
                ("new", requests_app.sealed.SealedTextField(default=str, editable=False, null=True)),
                ("by_hand", models.BooleanField(default=False, help_text="Somebody corrects it in the system itself.")),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="corrections", to="requests_app.claim"
                    ),
                ),
            ],
            options={
                "ordering": ["source", "collection", "number", "field"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("claim", "round", "source", "collection", "number", "field"),
                        name="one_correction_a_field",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Restriction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "ground",
                    models.CharField(
                        choices=[("a", "18(1)(a)"), ("b", "18(1)(b)"), ("c", "18(1)(c)"), ("d", "18(1)(d)")],
                        max_length=1,
                    ),
                ),
                (
                    "why",
                    models.CharField(
                        choices=[
                            ("claim", "The person asked for it"),
                            ("accuracy", "The person says that the data is wrong"),
                            ("objection", "The person has objected"),
                        ],
                        max_length=12,
                    ),
                ),
                ("since", models.DateTimeField()),
                (
                    "marked_at",
                    models.DateTimeField(blank=True, help_text="Whatever can be marked is.", null=True),
                ),
                ("unmarked", models.JSONField(blank=True, default=list, help_text="[[source, collection, count]]")),
                ("announced_at", models.DateTimeField(blank=True, null=True)),
                ("lift_on", models.DateField(blank=True, null=True)),
                ("busy_until", models.DateTimeField(blank=True, help_text="A worker is lifting it.", null=True)),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="restrictions", to="requests_app.case"
                    ),
                ),
                (
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="restrictions",
                        to="requests_app.claim",
                    ),
                ),
                (
                    "lift_plan",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="fulfilment.plan",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="fulfilment.plan"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("lifted_at", None)),
                        fields=("claim", "why"),
                        name="one_restriction_in_force",
                    )
                ],
            },
        ),
    ]
