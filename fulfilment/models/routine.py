"""Tables of the monthly run: what a company's policy says is over, found, approved, carried out and proved."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from fulfilment.models.leased import Leased
from requests_app.models import SealedFile
from requests_app.sealed import SealedJSONField


class RetentionRun(models.Model):
    """One company's run of one month (Art. 5(1)(e)). Holds counts and digests, never data."""

    class Status(models.TextChoices):
        PLANNING = "planning", _("Looking through the sources")
        TO_APPROVE = "to_approve", _("Waiting for approval")
        RUNNING = "running", _("Being carried out")
        DONE = "done", _("Carried out and proved")
        STOPPED = "stopped", _("Stopped by a person")
        OVERTAKEN = "overtaken", _("Not finished before the next month's run")

    controller = models.CharField(max_length=64)
    month = models.DateField(help_text=_("The first of the month."))
    on = models.DateField(help_text=_("The day the rules are asked for."))
    policy_digest = models.CharField(max_length=64)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.PLANNING)
    times = models.PositiveSmallIntegerField(default=1, help_text=_("How often it was rehearsed."))
    digest = models.CharField(
        max_length=64, blank=True, help_text=_("SHA-256 over the plans of all chunks: what is approved.")
    )
    summary = models.JSONField(
        default=list, blank=True,
        help_text=_("[{source, collection, rule, outcome, action, why, count, overdue, oldest, long_held}]"),
    )  # fmt: skip
    proof = models.JSONField(
        default=dict, blank=True, help_text=_("{done: {action: n}, left: {why: n}, pages, receipts: SHA-256}")
    )
    overdue = models.PositiveIntegerField(default=0, help_text=_("Actions whose day was before this run."))
    started_at = models.DateTimeField()
    planned_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    stopped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["controller", "month"], name="one_run_a_month")]
        ordering = ["-month", "controller"]

    def __str__(self) -> str:
        return f"{self.controller} {self.month:%Y-%m}"


class RetentionChunk(Leased):
    """One page of one table of a run. `file` holds the frozen plans until they are proved; then it is shredded."""

    class Lane(models.TextChoices):
        START = "start", _("Lay out the pages")
        PEOPLE = "people", _("Person by person")
        ROWS = "rows", _("Row by row")
        SETS = "sets", _("By what stands in the rows, many at once")
        GROUPS = "groups", _("By the day of the row")
        TALLY = "tally", _("Count what was found")

    class Phase(models.TextChoices):
        PLAN = "plan", _("Find and decide")
        CHECK = "check", _("Decide once more")
        DO = "do", _("Carry out and prove")
        LAST = "last", _("Once more, after the rows that pointed here have gone")

    run = models.ForeignKey(RetentionRun, on_delete=models.CASCADE, related_name="chunks")
    lane = models.CharField(max_length=8, choices=Lane.choices)
    source = models.CharField(max_length=64, blank=True)
    collection = models.CharField(max_length=64, blank=True)
    number = models.PositiveIntegerField(default=0)
    after = SealedJSONField(null=True, default=None, help_text="Key of the row before this page; may be personal.")
    phase = models.CharField(max_length=8, choices=Phase.choices, default=Phase.PLAN)
    digest = models.CharField(max_length=64, blank=True, help_text=_("Of the plans in the file."))
    file = models.ForeignKey(SealedFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "lane", "source", "collection", "number"], name="one_page")
        ]
        ordering = ["id"]
