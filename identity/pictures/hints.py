"""What of a document must be seen, and what is better covered, per kind and side (EDPB 01/2022, paras 76-77).

The boxes say roughly where a thing lies when the document fills the picture; the person moves them into place.
"""

from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from identity.pictures.covering import Box

SIDES = {
    "passport": ("front",),
    "identity_card": ("front", "back"),
    "driving_licence": ("front", "back"),
}
LEFT_VISIBLE = (_("your name"), _("who issued the document"), _("until when it is valid"))
"""Enough to see that it is you: nothing else on the document is looked at."""


class Hint(NamedTuple):
    """Something to cover, and roughly where it lies. `may_stay`: nothing is lost if it is left visible."""

    kind: str
    side: str
    what: Any
    box: Box
    may_stay: bool = False


COVERED = (
    Hint("passport", "front", _("photograph"), Box(0.03, 0.2, 0.29, 0.52)),
    Hint("passport", "front", _("passport number"), Box(0.66, 0.06, 0.32, 0.12)),
    Hint("passport", "front", _("personal number"), Box(0.66, 0.4, 0.32, 0.12)),
    Hint("passport", "front", _("signature"), Box(0.52, 0.65, 0.44, 0.11)),
    Hint("passport", "front", _("the two lines with many <<<"), Box(0.02, 0.78, 0.96, 0.2), may_stay=True),
    Hint("identity_card", "front", _("photograph"), Box(0.03, 0.24, 0.3, 0.56)),
    Hint("identity_card", "front", _("card number"), Box(0.64, 0.04, 0.33, 0.13)),
    Hint("identity_card", "front", _("personal number"), Box(0.64, 0.46, 0.33, 0.13)),
    Hint("identity_card", "front", _("signature"), Box(0.36, 0.82, 0.4, 0.15)),
    Hint("identity_card", "back", _("personal number and address"), Box(0.04, 0.08, 0.6, 0.24)),
    Hint("identity_card", "back", _("the three lines with many <<<"), Box(0.02, 0.56, 0.96, 0.42), may_stay=True),
    Hint("driving_licence", "front", _("photograph"), Box(0.03, 0.28, 0.27, 0.56)),
    Hint("driving_licence", "front", _("personal number (4d)"), Box(0.62, 0.44, 0.34, 0.1)),
    Hint("driving_licence", "front", _("licence number (5)"), Box(0.34, 0.56, 0.4, 0.1)),
    Hint("driving_licence", "front", _("signature (7)"), Box(0.34, 0.68, 0.4, 0.16)),
    Hint("driving_licence", "back", _("the table of what you may drive"), Box(0.04, 0.06, 0.92, 0.7)),
)


def of(kind: str) -> list[Hint]:
    """What is better covered on this kind of document."""
    return [hint for hint in COVERED if hint.kind == kind]
