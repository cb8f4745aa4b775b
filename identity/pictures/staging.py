"""Pictures the person has handed us but not yet sent: cleaned, sealed, and seen by nobody but themselves.

They wait on the open attempt until every one has been covered and the person sends them. What nobody sends is destroyed
within the hour (`identity.pictures.vault.discard_unmasked`).
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import IO

from identity import attempts, flows
from identity.models import Evidence, Verification
from identity.pictures import covering, vault
from requests_app.door.clean import Refused, clean

MaskedBy = Evidence.MaskedBy


def take(verification: Verification, *, upload: IO[bytes], side: str, masked: bool, now: datetime) -> list[Evidence]:
    """One side comes in by the door and replaces what was there of it. Raises `door.clean.Refused`, `Closed`."""
    pages, by = clean(upload), MaskedBy.BROWSER if masked else MaskedBy.NOBODY
    return vault.keep(verification, pages=pages, side=side, masked_by=by, now=now)


def cover(evidence: Evidence, *, boxes: Iterable[covering.Box], now: datetime) -> None:
    """Burn the boxes in at once: the picture without them is destroyed before anybody else has seen it.

    Raises `Closed`, `vault.Shredded`.
    """
    black = list(boxes)
    vault.replace(evidence, change=lambda page: covering.cover(page, black), now=now)


def send(
    verification: Verification, *, shown: Collection[int], document: str, typed: Mapping[str, str], now: datetime
) -> None:
    """The person has seen these pages as they are sent: from now on staff may look. What else waits here is destroyed.

    Raises `door.clean.Refused` where one of them is gone, and `Closed`.
    """
    with attempts.still_open(verification):
        waiting = verification.evidence.filter(file__shredded_at=None)
        if waiting.filter(pk__in=shown).count() < len(shown):
            raise Refused("empty")
        waiting.filter(pk__in=shown, masked_by=MaskedBy.NOBODY).update(masked_by=MaskedBy.SERVER)
        others = vault.destroy_keys(waiting.exclude(pk__in=shown), now=now)
        flows.submit(verification, {"document": document, "staged": True, "typed": dict(typed)}, now=now)
    vault.remove(others)
