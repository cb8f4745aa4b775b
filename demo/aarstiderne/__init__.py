"""Aarstiderne: boxes of food by subscription. A shop, a ledger, a newsletter tool, and customer service."""

from demo.aarstiderne.crowd import fill
from demo.aarstiderne.schema import SCHEMAS

__all__ = ["SCHEMAS", "fill"]
