"""Tables of the machine room, one file a subject; everybody imports them from here."""

from fulfilment.models.changes import Correction, Restriction
from fulfilment.models.notices import HandTask, RecipientNotice
from fulfilment.models.work import (
    Bundle,
    Collected,
    Delivery,
    ErasureReceipt,
    Plan,
    PlanDecision,
    Release,
    Step,
    Withholding,
)

__all__ = [
    "Bundle", "Collected", "Correction", "Delivery", "ErasureReceipt", "HandTask", "Plan", "PlanDecision",
    "RecipientNotice", "Release", "Restriction", "Step", "Withholding",
]  # fmt: skip
