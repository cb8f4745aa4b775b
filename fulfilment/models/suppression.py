"""Addresses and numbers that must not get marketing (Art. 21(3)), and the daily look for those that came back."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from requests_app.sealed import SealedTextField


class Suppressed(models.Model):
    """One e-mail address or telephone number of one company, as a keyed digest (R-57). Written by `suppression` only.

    An entry taken off stays with its reason and without its digest: that somebody was suppressed must be provable, who
    it was need not be.
    """

    class Kind(models.TextChoices):
        EMAIL = "email", _("E-mail address")
        PHONE = "phone", _("Telephone number")

    class Why(models.TextChoices):
        OBJECTION = "objection", _("Objection to marketing")
        CONSENT = "consent", _("Consent withdrawn")
        ERASURE = "erasure", _("Erased")
        COMPANY = "company", _("Told by the company")

    controller = models.CharField(max_length=64)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    digest = models.CharField(max_length=64, blank=True)
    why = models.CharField(max_length=12, choices=Why.choices)
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_because = SealedTextField(help_text="How the person said yes again")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["controller", "digest"], condition=models.Q(ended_at=None), name="suppressed_once"
            )
        ]
        ordering = ["id"]


class SuppressionSweep(models.Model):
    """One look through the marketing tables of a company for suppressed addresses that came back. Counts only."""

    controller = models.CharField(max_length=64)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    looked = models.PositiveIntegerField(default=0)
    came_back = models.PositiveIntegerField(default=0, help_text=_("Rows of suppressed addresses without the mark."))
    marked = models.PositiveIntegerField(default=0)
    tables = models.JSONField(
        default=list, blank=True, help_text=_("[{source, collection, looked, came_back, marked, error}]")
    )

    class Meta:
        indexes = [models.Index(fields=["controller", "-started_at"])]
        ordering = ["-started_at"]
