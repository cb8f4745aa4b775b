"""The machine-readable zone of a document: found in the picture, checked, compared. It helps a person decide.

Nothing read here is stored or logged: what stays are the codes of `identity.reading.results`.
"""

from identity.reading.reader import read
from identity.reading.values import Reading, Seen, Typed

__all__ = ["Reading", "Seen", "Typed", "read"]
