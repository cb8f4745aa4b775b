"""Proof of identity: attempts with memory, and the evidence given for them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from requests_app.models import Case, SealedFile
from requests_app.sealed import SealedJSONField


class Verification(models.Model):
    """One attempt to prove who is asking, by one means. Written by `identity.attempts` only."""

    class Status(models.TextChoices):
        OPEN = "open", _("Waiting for the person")
        SUBMITTED = "submitted", _("Waiting for staff")
        PASSED = "passed", _("Proved")
        FAILED = "failed", _("Not proved")
        EXPIRED = "expired", _("Expired")

    class Subject(models.TextChoices):
        PERSON = "person", _("The person whose data it is")
        REPRESENTATIVE = "representative", _("Whoever acts for them")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="verifications")
    subject = models.CharField(max_length=16, choices=Subject.choices, default=Subject.PERSON)
    method = models.CharField(max_length=24, help_text=_("law.identification.Means"))
    level = models.PositiveSmallIntegerField(help_text=_("Level this means reaches when it passes."))
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.OPEN)
    attempts_left = models.PositiveSmallIntegerField(default=5)
    memory = SealedJSONField(help_text="What the means must remember: digests of expected answers, of the code sent")
    reason = models.CharField(max_length=64, blank=True, help_text=_("Code: why asked, or why it failed."))
    document = models.CharField(max_length=24, blank=True, help_text=_("Kind of document that was shown."))
    results = models.JSONField(default=list, help_text=_("Codes of what the machine compared; nothing it read."))
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "method", "subject"], condition=models.Q(status="open"), name="one_open_attempt_a_means"
            )
        ]


class Evidence(models.Model):
    """One page given as proof. Shredded at the decision; what stays is that a document of this kind was checked."""

    class MaskedBy(models.TextChoices):
        NOBODY = "", _("Not yet: nobody may look at it")
        BROWSER = "browser", _("The person, before it left their device")
        SERVER = "server", _("The person, on our page")
        PAPER = "paper", "Nobody was asked to cover it"

    verification = models.ForeignKey(Verification, on_delete=models.PROTECT, related_name="evidence")
    file = models.ForeignKey(SealedFile, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=8, default="front", help_text=_("front, back or paper"))
    masked_by = models.CharField(max_length=8, choices=MaskedBy.choices, blank=True)
    read_at = models.DateTimeField(null=True, blank=True, help_text=_("When the machine has looked at it."))
    created_at = models.DateTimeField()
    destroy_by = models.DateTimeField()

    class Meta:
        ordering = ["id"]
