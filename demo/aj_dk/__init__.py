"""AJ Produkter A/S: a web shop with Mine sider, an ERP system, and a newsletter tool."""

from demo.aj_dk.crowd import fill
from demo.aj_dk.schema import SCHEMAS

__all__ = ["SCHEMAS", "fill"]
