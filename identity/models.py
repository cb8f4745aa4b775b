"""Proof of identity: attempts with memory, and the evidence given for them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from requests_app.models import Case, SealedFile
from requests_app.sealed import SealedJSONField


class Verification(models.Model):
    """One attempt to prove who is asking, by one means. Written by `identity.flows` only."""

    class Status(models.TextChoices):
        OPEN = "open", _("Waiting for the person")
        SUBMITTED = "submitted", _("Waiting for staff")
        PASSED = "passed", _("Proved")
        FAILED = "failed", _("Not proved")
        EXPIRED = "expired", _("Expired")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="verifications")
    method = models.CharField(max_length=24, help_text=_("law.identification.Means"))
    level = models.PositiveSmallIntegerField(help_text=_("Level this means reaches when it passes."))
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.OPEN)
    attempts_left = models.PositiveSmallIntegerField(default=5)
    memory = SealedJSONField(help_text="What the means must remember: digests of expected answers, of the code sent")
    reason = models.CharField(max_length=64, blank=True, help_text=_("Code: why asked, or why it failed."))
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["id"]


class Evidence(models.Model):
    """A file given as proof. Shredded at the decision; what stays is that a document of this kind was checked."""

    verification = models.ForeignKey(Verification, on_delete=models.PROTECT, related_name="evidence")
    file = models.ForeignKey(SealedFile, on_delete=models.PROTECT, related_name="+")
    document = models.CharField(max_length=24, help_text=_("passport, identity_card or driving_licence"))
    created_at = models.DateTimeField()
    destroy_by = models.DateTimeField()
