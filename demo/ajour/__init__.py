"""Ajour: tills for shops and cafés. A CRM with scanned identity documents, the accounts, and the users of the tills."""

from demo.ajour.crowd import fill
from demo.ajour.schema import SCHEMAS

__all__ = ["SCHEMAS", "fill"]
