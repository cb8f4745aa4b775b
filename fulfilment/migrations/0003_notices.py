"""Notices to recipients (Art. 19, 17(2)), tasks by hand, the suppression list (Art. 21(3)), breaches (Art. 33(5))."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import requests_app.sealed


class Migration(migrations.Migration):
    dependencies = [
        ("fulfilment", "0002_changes"),
        ("requests_app", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Suppressed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("controller", models.CharField(max_length=64)),
                (
                    "kind",
                    models.CharField(
                        choices=[("email", "E-mail address"), ("phone", "Telephone number")], max_length=8
                    ),
                ),
                ("digest", models.CharField(blank=True, max_length=64)),
                (
                    "why",
                    models.CharField(
                        choices=[
                            ("objection", "Objection to marketing"),
                            ("consent", "Consent withdrawn"),
                            ("erasure", "Erased"),
                            ("company", "Told by the company"),
                        ],
                        max_length=12,
                    ),
                ),
                ("since", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "ended_because",
                    requests_app.sealed.SealedTextField(
                        default=str, editable=False, help_text="How the person said yes again"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("controller", "digest"),
                        name="suppressed_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SuppressionSweep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("controller", models.CharField(max_length=64)),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("looked", models.PositiveIntegerField(default=0)),
                (
                    "came_back",
                    models.PositiveIntegerField(default=0, help_text="Rows of suppressed addresses without the mark."),
                ),
                ("marked", models.PositiveIntegerField(default=0)),
                (
                    "tables",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="[{source, collection, looked, came_back, marked, error}]",
                    ),
                ),
            ],
            options={
                "ordering": ["-started_at"],
                "indexes": [models.Index(fields=["controller", "-started_at"], name="fulfilment__control_8127a1_idx")],
            },
        ),
        migrations.CreateModel(
            name="HandTask",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("round", models.PositiveSmallIntegerField(default=1)),
                ("code", models.CharField(help_text="What for: object, decision, restrict, lift, correct.", max_length=16)),
                ("source", models.CharField(blank=True, max_length=64)),
                ("collection", models.CharField(blank=True, max_length=64)),
                ("count", models.PositiveIntegerField(default=0)),
                (
                    "text",
                    requests_app.sealed.SealedTextField(
                        default=str, editable=False, help_text="What to do, in words, where no table says it"
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("how", requests_app.sealed.SealedTextField(default=str, editable=False, help_text="What was done")),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                (
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="hand_tasks", to="requests_app.claim"
                    ),
                ),
                (
                    "done_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("claim", "round", "code", "source", "collection"), name="one_hand_task"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RecipientNotice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("round", models.PositiveSmallIntegerField(default=1, help_text="Done again, told again.")),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("erasure", "Erasure"),
                            ("rectification", "Rectification"),
                            ("restriction", "Restriction"),
                            ("lifted", "Restriction lifted"),
                            ("public", "Links and copies of what was public"),
                        ],
                        max_length=16,
                    ),
                ),
                ("recipient", models.CharField(help_text="Word of the policy, or added:number.", max_length=80)),
                ("name", requests_app.sealed.SealedTextField(default=str, editable=False)),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("letter", "E-mail with a link"),
                            ("webhook", "Signed message to their system"),
                            ("by_hand", "Somebody of us tells them"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "Not yet told"),
                            ("sent", "Told"),
                            ("confirmed", "Told, and has confirmed"),
                            ("declined", "Told, and says that it cannot"),
                            ("failed", "Could not be reached"),
                            ("impossible", "Impossible or disproportionate"),
                            ("not_disclosed", "Never had this person's data"),
                        ],
                        default="waiting",
                        max_length=16,
                    ),
                ),
                ("answer_by", models.DateField(help_text="The day by which the company wants them told.")),
                (
                    "about",
                    requests_app.sealed.SealedJSONField(
                        default=dict,
                        editable=False,
                        help_text="{name, email, customer_no, changes: [{field, old, new}], link}: the least needed",
                    ),
                ),
                (
                    "to",
                    requests_app.sealed.SealedTextField(
                        default=str,
                        editable=False,
                        help_text="Address of a letter, or the name of the variable of a webhook",
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("secret_digest", models.CharField(blank=True, max_length=64, null=True, unique=True)),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("next_try_at", models.DateTimeField(blank=True, null=True)),
                ("error", models.CharField(blank=True, help_text="Code only.", max_length=64)),
                ("made_at", models.DateTimeField()),
                ("told_on", models.DateField(blank=True, null=True)),
                (
                    "opened_at",
                    models.DateTimeField(blank=True, help_text="Somebody there read whom it concerns.", null=True),
                ),
                (
                    "answer",
                    requests_app.sealed.SealedTextField(
                        default=str,
                        editable=False,
                        help_text="What the recipient says, or how and why staff settled it",
                    ),
                ),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notices", to="requests_app.claim"
                    ),
                ),
                (
                    "letter",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="requests_app.letter",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "waiting"), ("way", "webhook")),
                        fields=["next_try_at"],
                        name="webhooks",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("claim", "round", "what", "recipient"), name="one_notice_a_recipient"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Incident",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("wrong_person", "Data reached somebody else"),
                            ("seen", "Somebody saw data they may not see"),
                            ("lost", "Data was lost or destroyed"),
                            ("altered", "Data was altered"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "risk",
                    models.CharField(
                        choices=[
                            ("none", "Unlikely to be a risk: recorded, not reported (Art. 33(1))"),
                            ("risk", "A risk: reported to the authority (Art. 33)"),
                            ("high", "A high risk: reported, and the person is told (Art. 34)"),
                        ],
                        max_length=8,
                    ),
                ),
                ("aware_at", models.DateTimeField(help_text="From this moment run the 72 hours of Art. 33(1).")),
                (
                    "facts",
                    requests_app.sealed.SealedJSONField(
                        default=dict,
                        editable=False,
                        help_text="{happened, got, told, data: […], people, records, contact, consequences, measures: […], …}",
                    ),
                ),
                ("reported_at", models.DateTimeField(blank=True, null=True)),
                ("recorded_at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="incidents",
                        to="requests_app.case",
                    ),
                ),
                (
                    "letter",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="requests_app.letter",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["-aware_at", "-id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("reported_at", None), models.Q(("risk", "none"), _negated=True)),
                        fields=["aware_at"],
                        name="breaches_to_report",
                    )
                ],
            },
        ),
    ]
