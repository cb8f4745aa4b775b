from enum import Enum


class Verdict(Enum):
    """What one answer came to."""

    PASSED = "passed"
    FOR_STAFF = "for_staff"
    WRONG = "wrong"
