"""Notices to those who received the data (Art. 19, 17(2)), and what staff do by hand in a system."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from requests_app.models import Claim, Letter
from requests_app.sealed import SealedJSONField, SealedTextField


class RecipientNotice(models.Model):
    """One recipient to be told of one deed. Written by `notices` only.

    By letter, the mail says nothing personal; who it concerns is read behind a link of which only a digest is kept.
    """

    class What(models.TextChoices):
        ERASURE = "erasure", _("Erasure")
        RECTIFICATION = "rectification", _("Rectification")
        RESTRICTION = "restriction", _("Restriction")
        LIFTED = "lifted", _("Restriction lifted")
        PUBLIC = "public", _("Links and copies of what was public")

    class Way(models.TextChoices):
        LETTER = "letter", _("E-mail with a link")
        WEBHOOK = "webhook", _("Signed message to their system")
        BY_HAND = "by_hand", _("Somebody of us tells them")

    class Status(models.TextChoices):
        WAITING = "waiting", _("Not yet told")
        SENT = "sent", _("Told")
        CONFIRMED = "confirmed", _("Told, and has confirmed")
        DECLINED = "declined", _("Told, and says that it cannot")
        FAILED = "failed", _("Could not be reached")
        IMPOSSIBLE = "impossible", _("Impossible or disproportionate")
        NOT_DISCLOSED = "not_disclosed", _("Never had this person's data")

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="notices")
    round = models.PositiveSmallIntegerField(default=1, help_text=_("Done again, told again."))
    what = models.CharField(max_length=16, choices=What.choices)
    recipient = models.CharField(max_length=80, help_text=_("Word of the policy, or added:number."))
    name = SealedTextField()
    way = models.CharField(max_length=8, choices=Way.choices)
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.WAITING)
    answer_by = models.DateField(help_text=_("The day by which the company wants them told."))
    about = SealedJSONField(
        help_text="{name, email, customer_no, changes: [{field, old, new}], link}: the least needed"
    )
    to = SealedTextField(help_text="Address of a letter, or the name of the variable of a webhook")
    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    secret_digest = models.CharField(max_length=64, null=True, blank=True, unique=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    letter = models.ForeignKey(Letter, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=64, blank=True, help_text=_("Code only."))
    made_at = models.DateTimeField()
    told_on = models.DateField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True, help_text=_("Somebody there read whom it concerns."))
    answer = SealedTextField(help_text="What the recipient says, or how and why staff settled it")
    answered_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["claim", "round", "what", "recipient"], name="one_notice_a_recipient")
        ]
        indexes = [
            models.Index(fields=["next_try_at"], condition=models.Q(status="waiting", way="webhook"), name="webhooks")
        ]
        ordering = ["id"]


class HandTask(models.Model):
    """Something a person must do in a system no map tells the machine how to change. Written by `by_hand` only."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="hand_tasks")
    round = models.PositiveSmallIntegerField(default=1)
    code = models.CharField(max_length=16, help_text=_("What for: object, decision, restrict, lift, correct."))
    source = models.CharField(max_length=64, blank=True)
    collection = models.CharField(max_length=64, blank=True)
    count = models.PositiveIntegerField(default=0)
    text = SealedTextField(help_text="What to do, in words, where no table says it")
    made_at = models.DateTimeField()
    how = SealedTextField(help_text="What was done")
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["claim", "round", "code", "source", "collection"], name="one_hand_task")
        ]
        ordering = ["id"]
