"""What a piece of work has that several workers may find: its state, its lease, its fencing token, its back-off."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Leased(models.Model):
    """Taken, renewed, finished and failed by `fulfilment.ledger` alone."""

    class Status(models.TextChoices):
        READY = "ready", _("Ready")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed: a person must look")

    status = models.CharField(max_length=8, choices=Status.choices, default=Status.READY)
    attempts = models.PositiveSmallIntegerField(default=0)
    token = models.PositiveIntegerField(
        default=0, help_text=_("Fencing: a worker writes only under the token it took.")
    )
    leased_until = models.DateTimeField(null=True, blank=True)
    next_try_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=64, blank=True, help_text=_("Code only."))
    result = models.JSONField(default=dict, blank=True, help_text=_("Counts and digests, never data."))
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
