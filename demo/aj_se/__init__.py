"""AJ Produkter AB: a web shop, a ledger with Swedish table names, and the tools of customer service."""

from demo.aj_se.crowd import fill
from demo.aj_se.schema import SCHEMAS

__all__ = ["SCHEMAS", "fill"]
