"""How one claim ends."""

from enum import StrEnum


class Outcome(StrEnum):
    """The result told to the person (Art. 12(3)-(4) GDPR). The value is the word kept in the database."""

    granted = "granted"
    partly_granted = "partly_granted"
    refused = "refused"
    no_data = "no_data"
    withdrawn = "withdrawn"
    not_identified = "not_identified"
