"""Reasonable doubts about who is asking, as they may be told to whoever asks (Art. 12(6) GDPR).

Whoever reads the question may be a stranger: no sentence says whether the controller knows the person (Art. 32).
"""

from collections.abc import Mapping

from law.reasons import Reason

ART_12_6 = "Art. 12(6) GDPR"

DOUBTS: Mapping[str, str] = {
    "other_address": "identity.doubt_address",
    "contradicts_source": "identity.doubt_details",
    "unusual": "identity.doubt_unusual",
    "shared_identifier": "identity.doubt_shared",
    "other": "identity.doubt_other",
}
"""Doubts about this very request; never the mere wish to be on the safe side (Datatilsynet 2018-7320-0166, Pandora)."""


def told(doubt: str) -> Reason:
    """Why more is asked, for the person (Art. 12(6) GDPR). KeyError for a code that is none of `DOUBTS`."""
    return Reason(DOUBTS[doubt], ART_12_6)
