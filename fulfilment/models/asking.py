"""Tasks to whoever looks after a system by hand: what is wanted, the links to it, and what came back."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from requests_app.models import Claim, Letter, SealedFile
from requests_app.sealed import SealedTextField


class OwnerTask(models.Model):
    """One system's owner is to look for a person's data there, or to do something about it. Written by `tasks` only."""

    class What(models.TextChoices):
        COLLECT = "collect", _("Look for the person's data")
        BY_HAND = "by_hand", _("Do something in the system")

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waits for an answer")
        ANSWERED = "answered", _("Answered")
        ELSEWHERE = "elsewhere", _("Says that it is somebody else's system")
        CANNOT = "cannot", _("Says that it cannot be done")
        VOID = "void", _("Not needed any more")

    class Outcome(models.TextChoices):
        DATA = "data", _("Sent what there is")
        NOTHING = "nothing", _("Nothing is held")
        DONE = "done", _("Done")
        WITHOUT = "without", _("Staff go on without an answer")

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="owner_tasks")
    round = models.PositiveSmallIntegerField(default=1)
    what = models.CharField(max_length=8, choices=What.choices)
    source = models.CharField(max_length=64)
    code = models.CharField(max_length=16, blank=True, help_text=_("Of the tasks by hand it stands for."))
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.WAITING)
    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    to = SealedTextField(help_text="Address of the owner")
    asked_on = models.DateField(help_text=_("The company's day of the first mail."))
    answer_by = models.DateField(help_text=_("The day by which the company wants the answer."))
    reminders = models.PositiveSmallIntegerField(default=0)
    escalated_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True, help_text=_("Somebody read whom it concerns."))
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True)
    said = SealedTextField(help_text="Who has it, how it was done, or why it cannot be")
    answered_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["claim", "round", "what", "source", "code"], name="one_owner_task")
        ]
        indexes = [
            models.Index(
                fields=["answer_by"], condition=models.Q(status__in=("waiting", "elsewhere", "cannot")),
                name="owner_tasks_open",
            )
        ]  # fmt: skip
        ordering = ["id"]


class OwnerLink(models.Model):
    """A secret address of one mail about a task. Only a digest of the secret is kept; all of them end with the task."""

    task = models.ForeignKey(OwnerTask, on_delete=models.CASCADE, related_name="links")
    letter = models.ForeignKey(Letter, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    secret_digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()


class OwnerFile(models.Model):
    """A file an owner sent, sealed as it came, until its claim is closed. Written by `answers` only."""

    task = models.ForeignKey(OwnerTask, on_delete=models.CASCADE, related_name="files")
    file = models.ForeignKey(SealedFile, on_delete=models.PROTECT, related_name="+")
    name = SealedTextField(help_text="As the owner's computer called it")
    collection = models.CharField(max_length=64, blank=True, help_text=_("Empty: kept as it is."))
    rows = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["id"]
