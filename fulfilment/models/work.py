"""Tables of the machine room: the ledger of steps, what was collected, the plan, the bundle, the delivery."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from fulfilment.models.leased import Leased
from requests_app.models import AccessLink, Claim, Letter, SealedFile
from requests_app.sealed import SealedTextField


class Step(Leased):
    """The ledger: one piece of work for a claim, done once. Lease and fencing token live here, not in the broker."""

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="steps")
    round = models.PositiveSmallIntegerField(default=1, help_text=_("Collecting again starts a new round."))
    name = models.CharField(max_length=32)
    source = models.CharField(max_length=64, blank=True, help_text=_("Key of the source, or empty."))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["claim", "round", "name", "source"], name="one_step")]
        ordering = ["id"]


class Collected(models.Model):
    """Records of one table of one source, in sealed files of JSON lines, in chunks that can be read page by page."""

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="collected")
    round = models.PositiveSmallIntegerField(default=1)
    source = models.CharField(max_length=64)
    collection = models.CharField(max_length=64)
    first = models.PositiveIntegerField(
        help_text=_("Number of the first record of this chunk within its table, from 0.")
    )
    count = models.PositiveIntegerField()
    shared = models.PositiveIntegerField(default=0, help_text=_("Rows that also belong to somebody else."))
    file = models.ForeignKey(SealedFile, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["claim", "round", "source", "collection", "first"], name="one_chunk")
        ]
        ordering = ["source", "collection", "first"]


class Withholding(models.Model):
    """A reviewer's decision not to hand out a record, or one field of it, with its ground."""

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="withholdings")
    round = models.PositiveSmallIntegerField(default=1)
    source = models.CharField(max_length=64)
    collection = models.CharField(max_length=64)
    number = models.PositiveIntegerField(help_text=_("Number of the record within its table, from 0."))
    field = models.CharField(max_length=64, blank=True, help_text=_("Empty: the whole record."))
    ground = models.CharField(max_length=48, help_text=_("Code of law.decisions.GROUNDS."))
    reason = SealedTextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "round", "source", "collection", "number", "field"], name="one_withholding"
            )
        ]


class Release(models.Model):
    """A reviewer's decision that a record held for review (it also belongs to somebody else) may be handed out."""

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="releases")
    round = models.PositiveSmallIntegerField(default=1)
    source = models.CharField(max_length=64)
    collection = models.CharField(max_length=64)
    number = models.PositiveIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["claim", "round", "source", "collection", "number"], name="one_release")
        ]


class Plan(models.Model):
    """What will be written in the sources, frozen before anything is: erasures and changes. The rows lie in `file`."""

    class Purpose(models.TextChoices):
        ERASE = "erase", _("Erase")
        RECTIFY = "rectify", _("Correct")
        RESTRICT = "restrict", _("Restrict")
        LIFT = "lift", _("Lift a restriction")
        MARK = "mark", _("Mark")
        LATER = "later", _("Erase what was kept")
        REPLAY = "replay", _("Do again after a restore")

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        REHEARSED = "rehearsed", _("Rehearsed")
        APPROVED = "approved", _("Approved")
        EXECUTED = "executed", _("Executed")
        PROVED = "proved", _("Proved")
        STALE = "stale", _("Out of date: the data changed")

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="plans")
    purpose = models.CharField(max_length=12, choices=Purpose.choices, default=Purpose.ERASE)
    round = models.PositiveSmallIntegerField(default=1)
    version = models.PositiveSmallIntegerField(default=1)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.DRAFT)
    digest = models.CharField(max_length=64, help_text=_("SHA-256 over the plans of all sources and the decisions."))
    file = models.ForeignKey(SealedFile, on_delete=models.PROTECT, related_name="+")
    summary = models.JSONField(
        default=list, help_text=_("[{source, collection, outcome, rule, basis, keep_through, count}]")
    )
    undecided = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField()
    executed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["claim", "version"], name="one_plan_version")]
        ordering = ["id"]


class PlanDecision(models.Model):
    """A person's decision about a record the rules could not decide, or decided otherwise, with its reason."""

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="plan_decisions")
    round = models.PositiveSmallIntegerField(default=1)
    source = models.CharField(max_length=64)
    collection = models.CharField(max_length=64)
    number = models.PositiveIntegerField(null=True, blank=True, help_text=_("Empty: every record of the table."))
    outcome = models.CharField(max_length=16)
    keep_through = models.DateField(null=True, blank=True)
    ground = models.CharField(max_length=48, blank=True)
    provision = models.CharField(max_length=300, blank=True, help_text=_("Of another law, where the ground asks."))
    reason = SealedTextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class ErasureReceipt(models.Model):
    """Proof that a plan's instructions for one table were carried out: digest and counts, never data (Art. 5(2)).

    What is done in a source is done in one transaction, so there is a receipt of all of it or of nothing. Which rows
    they were stands in the plan's file, whose instructions give the digest again.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="receipts")
    source = models.CharField(max_length=64)
    collection = models.CharField(max_length=128)
    action = models.CharField(max_length=16)
    instructions = models.PositiveIntegerField()
    rows = models.PositiveIntegerField(help_text=_("Changed by it; the others had been done before."))
    digest = models.CharField(max_length=64, help_text=_("SHA-256 over the instructions' ids, sorted, a line each."))
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "source", "collection", "action"], name="one_receipt_a_deed")
        ]


class Bundle(models.Model):
    """The extract as it was approved. Written by `bundle` only."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="bundles")
    round = models.PositiveSmallIntegerField(default=1)
    file = models.ForeignKey(SealedFile, on_delete=models.PROTECT, related_name="+")
    pdf = models.ForeignKey(SealedFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    content_digest = models.CharField(max_length=64, help_text=_("What the second person approved."))
    manifest = models.JSONField(default=dict, help_text=_("{file name: {sha256, size}}"))
    records = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["claim", "content_digest"], name="one_bundle_a_content")]


class Delivery(models.Model):
    """How a bundle reaches the person: a link that expires and asks for a one-time code."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="deliveries")
    bundle = models.ForeignKey(Bundle, on_delete=models.PROTECT, related_name="deliveries")
    link = models.ForeignKey(AccessLink, on_delete=models.PROTECT, related_name="+")
    letter = models.ForeignKey(Letter, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    code_digest = models.CharField(max_length=64, blank=True)
    code_expires_at = models.DateTimeField(null=True, blank=True)
    code_attempts_left = models.PositiveSmallIntegerField(default=0)
    passphrase = SealedTextField(help_text="Of the encrypted attachment, where there is one; shown after the code.")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    first_downloaded_at = models.DateTimeField(null=True, blank=True)
    downloads = models.PositiveIntegerField(default=0)
    revoked_at = models.DateTimeField(null=True, blank=True)
