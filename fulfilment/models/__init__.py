"""Tables of the machine room, one file a subject; everybody imports them from here."""

from fulfilment.models.asking import OwnerFile, OwnerLink, OwnerTask
from fulfilment.models.changes import Correction, Restriction
from fulfilment.models.deferred import DeferredErasure
from fulfilment.models.incident import Incident
from fulfilment.models.leased import Leased
from fulfilment.models.notices import HandTask, RecipientNotice
from fulfilment.models.routine import RetentionChunk, RetentionRun
from fulfilment.models.suppression import Suppressed, SuppressionSweep
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
    "Bundle", "Collected", "Correction", "DeferredErasure", "Delivery", "ErasureReceipt", "HandTask", "Incident",
    "Leased", "OwnerFile", "OwnerLink", "OwnerTask", "Plan", "PlanDecision", "RecipientNotice", "Release",
    "Restriction", "RetentionChunk", "RetentionRun", "Step", "Suppressed", "SuppressionSweep", "Withholding",
]  # fmt: skip
