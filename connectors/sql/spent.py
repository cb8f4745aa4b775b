"""What an earlier anonymisation left in a row, so that the next one does not take it for somebody's data."""

import re
from collections.abc import Mapping
from typing import Any

from connectors.base import HIDDEN
from connectors.sql import masks
from connectors.sql.database import Database

HEX = re.compile(r"^[0-9a-f]{12,128}$")
UUID4 = re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")


def masked(database: Database, collection: str, fields: Mapping[str, Any]) -> dict[str, bool]:
    """Column to True where it surely holds a mask, False where it may. A column of content is not named.

    Sure are the constants and addresses nobody has (…@erased.invalid). A number, a hash or a hidden credential could be
    either: alone they never prove that a row was anonymised.
    """
    live, mapped = database.live(collection), database.map.collections[collection].fields
    found = {}
    for name, value in fields.items():
        try:
            said = _said(masks.mask(live, mapped.get(name), name), value)
        except masks.Blocked:
            continue
        if said is not None:
            found[name] = said
    return found


def _said(mask: masks.Mask, value: Any) -> bool | None:
    if value is None:
        return None
    if value == HIDDEN or mask.per_row == "int":
        return False
    if mask.of_shape:  # a year alone, an area: it may have been no more from the start
        less = mask.per_row != "shape" and masks.equal(mask.value(fingerprint="", current=value), value)
        return False if less else None
    if not mask.per_row:
        return True if mask.constant is not None and masks.equal(value, mask.constant) else None
    text = str(value)
    if mask.per_row == "uuid":
        return False if UUID4.match(text) else None
    if not HEX.match(text.removesuffix(mask.suffix)):
        return None
    return bool(mask.suffix) and text.endswith(mask.suffix)
