"""What an erasure had to leave, and the day it is looked at again (Art. 5(1)(e), 17(1))."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from fulfilment.models.leased import Leased
from fulfilment.models.work import Plan
from requests_app.models import Claim, SealedFile
from requests_app.sealed import SealedTextField


class DeferredErasure(Leased):
    """Rows one erasure kept, that may go on the same day. Written by `deferred` only.

    The keys lie in a file of their own, so that the plan they come from may be destroyed before that day.
    """

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="deferred")
    origin = models.ForeignKey(
        Plan, on_delete=models.PROTECT, related_name="+", help_text=_("The erasure that kept them.")
    )
    day = models.DateField(help_text=_("The first day on which nothing may carry the keeping any more."))
    why = models.CharField(max_length=24, help_text=_("Code: what the day is, or why it was put off."))
    file = models.ForeignKey(SealedFile, on_delete=models.PROTECT, related_name="+")
    records = models.PositiveIntegerField()
    summary = models.JSONField(default=list, help_text=_("Counts by table, rule and date; holds no data."))
    times = models.PositiveSmallIntegerField(default=0, help_text=_("How often the day was put off."))
    plan = models.ForeignKey(
        Plan, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text=_("What is or was carried out on the day."),
    )  # fmt: skip
    made_at = models.DateTimeField()
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    settled_note = SealedTextField(help_text="What somebody did about rows no machine may erase")

    class Meta:
        indexes = [models.Index(fields=["day"], condition=models.Q(status="ready"), name="deferred_due")]
        ordering = ["day", "id"]
