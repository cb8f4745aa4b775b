"""Why a file does not come in: the codes, and a sentence for each that tells what to do."""

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

MOST_BYTES = 12 * 1024 * 1024


class Refused(ValueError):
    """The file does not come in; `code` says why, one of `SENTENCES`. Nothing of it is kept."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


SENTENCES: dict[str, str | Promise] = {
    "empty": _("The file is empty. Choose the picture once more."),
    "too_large": format_lazy(
        _("The file is larger than {most} MB. Take the picture at a lower resolution and try again."),
        most=MOST_BYTES // 1024 // 1024,
    ),
    "wrong_type": _("We can read JPEG, PNG, HEIC and WebP pictures and PDF. This file is something else."),
    "unreadable": _("We could not open this file. Take the picture anew and try again."),
    "locked": _("This PDF is protected by a password. Save it without one, or take a picture of the document."),
    "too_many_pages": _("The PDF has more pages than a document needs. Send only the pages that show it."),
    "too_many_pixels": _("The picture has more pixels than we can take. Take it at a lower resolution and try again."),
    "infected": _("Our virus scanner found something in this file, so it was not stored. Choose another one."),
    "not_scanned": _(
        "We cannot check files for viruses just now, so nothing was stored. Try again later, or choose another way."
    ),
    "busy": _("Many files are being checked just now. Wait a minute and send it again."),
}
