"""Which identifiers of a case somebody has proved to be theirs by logging in, written as keyed digests in the history.

Read by the rooms that search for records: what nobody proved may be a neighbour's number (Art. 32).
"""

import unicodedata
from collections.abc import Mapping
from typing import Any

from requests_app.models import Case
from requests_app.sealed import digest

KINDS = ("email", "customer_no")


def agreeing(person: Mapping[str, Any], asserted: Mapping[str, str]) -> dict[str, str]:
    """What the person wrote into the form and a provider says, too: kind → digest, for the event."""
    return {
        kind: _digest(kind, asserted[kind])
        for kind in KINDS
        if asserted.get(kind) and fold(asserted[kind]) == fold(str(person.get(kind) or ""))
    }


def holds(case: Case, kind: str) -> bool:
    """Whether the value the case has now is the one that was proved: an address moved since is another."""
    value = str(case.person.get(kind) or "")
    events = case.events.filter(kind="identity_compared")
    return bool(value) and any(_digest(kind, value) == event.data.get("proves", {}).get(kind) for event in events)


def _digest(kind: str, value: str) -> str:
    return digest(f"proved:{kind}", fold(value))


def fold(value: str) -> str:
    """For comparing: case and white space make no difference. '1366 lysaker' is '1366  Lysaker'."""
    return "".join(unicodedata.normalize("NFC", value).split()).casefold()
