"""What the owner's page says: what is wrong with a file, what is to be done, and by which words a person is known."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from connectors.person.answer import AnswerError
from requests_app.door.refusals import MOST_BYTES

WRONG: dict[str, str | Promise] = {
    "empty": _("The file is empty. If nothing is held, choose that instead."),
    "too_large": _("The file is larger than %(most)s MB. Send it in several parts."),
    "infected": _("Our virus scanner found something in this file, so it was not stored."),
    "not_scanned": _("We cannot check files for viruses just now, so nothing was stored. Try again later."),
    "unreadable": _("There is more packed into this file than we can check, so it was not stored. Send it unpacked."),
    "no_text": _("This is no table but %(found)s. Save it as CSV, JSON or JSON Lines; or send it as it is, below."),
    "broken_json": _("This begins like JSON and is broken in line %(line)s. Export it once more."),
    "broken_csv": _("A quotation mark is not closed; the last line read was %(line)s. Export it once more."),
    "no_rows": _("The file has column names and not one row. If nothing is held, choose that instead."),
    "no_objects": _("Entry %(line)s is %(found)s where a row was expected: {\"column\": value, …}."),
    "no_header": _("The first line must name each column. It says: %(found)s"),
    "same_column": _("The first line names a column twice: %(found)s"),
    "unknown_columns": _("No column of this table is in the file. Found: %(found)s. Expected some of: %(expected)s"),
    "wrong_width": _("Line %(line)s has %(found)s values, and the first line names %(expected)s columns."),
    "too_many_rows": _("The file has more than %(expected)s rows. Send only those about this person."),
    "too_many_columns": _("The file has %(found)s columns; we can take %(expected)s."),
    "too_deep": _("The file is nested too deeply or has too many parts. Send it as CSV, or in several files."),
}
FOUND: dict[str, str | Promise] = {
    "zip": _("a packed file or an Excel workbook"), "excel": _("an Excel workbook"), "pdf": _("a PDF"),
    "picture": _("a picture"), "parquet": _("a Parquet file"), "binary": _("a file that is no text"),
    "int": _("a number"), "float": _("a number"), "str": _("text"), "list": _("a list"), "bool": _("true or false"),
    "NoneType": _("nothing"),
}  # fmt: skip
TO_DO: dict[str, str | Promise] = {
    "erase": _("Erase this data about the person, and nothing else."),
    "restrict": _("See to it that this data is only stored: nobody uses or changes it until you hear from us again."),
    "lift": _("The data may be used again: take back what you did to keep it at rest."),
    "correct": _("Correct this data."),
    "object": _("Stop the use of this data: the person has objected to it."),
    "decision": _("Change the decision."),
    "marketing": _("Stop direct marketing to this person."),
}
KNOWN_BY: dict[str, str | Promise] = {
    "name": _("Name"), "email": _("E-mail"), "phone": _("Telephone"), "customer_no": _("Customer number"),
    "order_no": _("Order number"), "address": _("Address"), "postcode": _("Postcode"),
}  # fmt: skip


def wrong(why: Any) -> str:
    """A sentence about an `AnswerError` or a `Refused`: what was found, and what was expected."""
    sentence = WRONG.get(why.code) or _("This file cannot be read.")
    if not isinstance(why, AnswerError):
        return str(sentence) % {"most": MOST_BYTES // 1024 // 1024}
    found = FOUND.get(why.found, why.found) or gettext("nothing")
    most = MOST_BYTES // 1024 // 1024
    return str(sentence) % {"found": found, "expected": why.expected, "line": why.line, "most": most}
