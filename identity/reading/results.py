"""What a reading can say, one code each, with the sentence the verifier reads. Only these codes are kept.

None of them refuses anybody: a person looks at the document and decides.
"""

from collections.abc import Iterable
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Code(StrEnum):
    not_read = "not_read"
    mrz_not_found = "mrz_not_found"
    mrz_partly_covered = "mrz_partly_covered"
    mrz_unsure = "mrz_unsure"
    mrz_check_digit_wrong = "mrz_check_digit_wrong"
    mrz_valid = "mrz_valid"
    name_matches = "name_matches"
    name_partly = "name_partly"
    name_differs = "name_differs"
    name_not_comparable = "name_not_comparable"
    birth_date_matches = "birth_date_matches"
    birth_date_differs = "birth_date_differs"
    expired = "expired"
    expires_soon = "expires_soon"
    not_expired = "not_expired"
    expiry_matches = "expiry_matches"
    expiry_differs = "expiry_differs"
    log_in_name_only = "log_in_name_only"
    log_in_name_given = "log_in_name_given"


SENTENCES: dict[Code, Promise] = {
    Code.not_read: _("The machine could not look at the picture. Look at it as if there were no machine."),
    Code.mrz_not_found: _(
        "The machine found no lines to read. Many cards and Nordic driving licences have none, and they may be covered."
    ),
    Code.mrz_partly_covered: _(
        "Only a part of the lines could be read: the person is free to cover the rest, or it is not in the picture."
    ),
    Code.mrz_unsure: _("The machine read the lines, but is not sure of every character. Compare with your own eyes."),
    Code.mrz_check_digit_wrong: _(
        "The lines contradict themselves: a check digit, date or state is wrong. It may be misread, or altered."
    ),
    Code.mrz_valid: _("The lines were read twice alike, and all check digits are right."),
    Code.name_matches: _("The name in the lines is the name that was given."),
    Code.name_partly: _("The names agree in part: one of them is longer. Look at both."),
    Code.name_differs: _("The name in the lines is another than the name that was given. Look at both."),
    Code.name_not_comparable: _("The name was given in another script, or the lines hold no name to compare."),
    Code.birth_date_matches: _("The date of birth is the one that was given."),
    Code.birth_date_differs: _("The date of birth is another than the one that was given."),
    Code.expired: _("The document's time is up. It may still show who somebody is."),
    Code.expires_soon: _("The document is valid for less than a month."),
    Code.not_expired: _("The document is still valid."),
    Code.expiry_matches: _("It is valid until the day that was given."),
    Code.expiry_differs: _("It is valid until another day than the one that was given."),
    Code.log_in_name_only: _(
        "A log-in showed the name we have on file, and nothing else could be compared. Another may bear the same name."
    ),
    Code.log_in_name_given: _(
        "A log-in showed the name that was given, but we do not have that name on file with the details in the request."
    ),
}
ATTENTION = frozenset(
    {
        Code.not_read, Code.mrz_unsure, Code.mrz_check_digit_wrong, Code.name_partly, Code.name_differs,
        Code.name_not_comparable, Code.birth_date_differs, Code.expired, Code.expires_soon, Code.expiry_differs,
        Code.log_in_name_only, Code.log_in_name_given,
    }
)  # fmt: skip
"""Where the person who decides should look twice."""


def say(codes: Iterable[str]) -> list[tuple[str, Promise, bool]]:
    """Each known code with its sentence and whether it wants attention, in the order of this list."""
    given = set(codes)
    return [(code, SENTENCES[code], code in ATTENTION) for code in Code if code in given]
