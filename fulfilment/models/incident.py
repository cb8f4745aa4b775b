"""The breach register: every breach of a case, its facts, effects and the action taken (Art. 33(5); R-77)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from requests_app.models import Case, Letter
from requests_app.sealed import SealedJSONField


class Incident(models.Model):
    """One breach. The words are sealed; codes and times are not. It is kept as long as its case and never deleted."""

    class Kind(models.TextChoices):
        WRONG_PERSON = "wrong_person", _("Data reached somebody else")
        SEEN = "seen", _("Somebody saw data they may not see")
        LOST = "lost", _("Data was lost or destroyed")
        ALTERED = "altered", _("Data was altered")

    class Risk(models.TextChoices):
        NONE = "none", _("Unlikely to be a risk: recorded, not reported (Art. 33(1))")
        RISK = "risk", _("A risk: reported to the authority (Art. 33)")
        HIGH = "high", _("A high risk: reported, and the person is told (Art. 34)")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="incidents")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    risk = models.CharField(max_length=8, choices=Risk.choices)
    aware_at = models.DateTimeField(help_text=_("From this moment run the 72 hours of Art. 33(1)."))
    facts = SealedJSONField(
        help_text="{happened, got, told, data: […], people, records, contact, consequences, measures: […], …}"
    )
    reported_at = models.DateTimeField(null=True, blank=True)
    letter = models.ForeignKey(Letter, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-aware_at", "-id"]
        indexes = [
            models.Index(
                fields=["aware_at"],
                condition=models.Q(reported_at=None) & ~models.Q(risk="none"),
                name="breaches_to_report",
            )
        ]
