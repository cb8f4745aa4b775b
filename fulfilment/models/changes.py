"""Corrections (Art. 16) and restrictions (Art. 18)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from fulfilment.models.work import Plan
from requests_app.models import Case, Claim
from requests_app.sealed import SealedTextField


class Correction(models.Model):
    """One field of one row that staff want to hold something else. Written by `corrections` only.

    Old and new are kept with the case, sealed, and go with it: no longer than the answer must be proved (R-46).
    """

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="corrections")
    round = models.PositiveSmallIntegerField(default=1)
    source = models.CharField(max_length=64)
    collection = models.CharField(max_length=64)
    number = models.PositiveIntegerField(help_text=_("Number of the record within its table, from 0."))
    field = models.CharField(max_length=64)
    old = SealedTextField(null=True)
    new = SealedTextField(null=True)
    by_hand = models.BooleanField(default=False, help_text=_("Somebody corrects it in the system itself."))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "round", "source", "collection", "number", "field"], name="one_correction_a_field"
            )
        ]
        ordering = ["source", "collection", "number", "field"]


class Restriction(models.Model):
    """Data that is only stored for now. In force until `lifted_at`. Written by `restriction` only.

    The rows it covers lie in its plan, sealed. `unmarked`: tables whose rows no machine can mark, with how many: they
    are tasks by hand (`HandTask`).
    """

    class Ground(models.TextChoices):
        A = "a", "18(1)(a)"
        B = "b", "18(1)(b)"
        C = "c", "18(1)(c)"
        D = "d", "18(1)(d)"

    class Why(models.TextChoices):
        CLAIM = "claim", _("The person asked for it")
        ACCURACY = "accuracy", _("The person says that the data is wrong")
        OBJECTION = "objection", _("The person has objected")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="restrictions")
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="restrictions")
    ground = models.CharField(max_length=1, choices=Ground.choices)
    why = models.CharField(max_length=12, choices=Why.choices)
    since = models.DateTimeField()
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    marked_at = models.DateTimeField(null=True, blank=True, help_text=_("Whatever can be marked is."))
    unmarked = models.JSONField(default=list, blank=True, help_text=_("[[source, collection, count]]"))
    announced_at = models.DateTimeField(null=True, blank=True)
    lift_on = models.DateField(null=True, blank=True)
    lift_plan = models.ForeignKey(Plan, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    busy_until = models.DateTimeField(null=True, blank=True, help_text=_("A worker is lifting it."))
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "why"], condition=models.Q(lifted_at=None), name="one_restriction_in_force"
            )
        ]
        ordering = ["id"]
