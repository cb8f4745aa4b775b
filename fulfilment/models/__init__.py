"""Tables of the machine room, one file a subject; everybody imports them from here."""

from fulfilment.models.changes import Correction, Restriction
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
    "Bundle", "Collected", "Correction", "Delivery", "ErasureReceipt", "Plan", "PlanDecision", "Release", "Restriction",
    "Step", "Withholding",
]  # fmt: skip
