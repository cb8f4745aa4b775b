"""Ajos: rents out site huts and machines. A CRM with leads, the smartBYG portal, and a ledger."""

from demo.ajos.crowd import fill
from demo.ajos.schema import SCHEMAS

__all__ = ["SCHEMAS", "fill"]
