"""The link a mailing carries for one address: pressing it once stops marketing to it (RFC 8058, Art. 21(5)).

The address stands in it sealed: whoever sees the link, in a log or over a shoulder, reads nothing in it. Not with a
master key: those are renewed, and what lies in people's mailboxes cannot be sealed anew.
"""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken
from django.urls import reverse

from requests_app import access
from requests_app.sealed import digest

MARK = "stop"


def url(slug: str, email: str) -> str:
    """For the header List-Unsubscribe, beside `List-Unsubscribe-Post: List-Unsubscribe=One-Click`."""
    token = _fernet().encrypt("\0".join((MARK, slug, email.strip())).encode()).decode()
    return access.absolute(reverse("public:one_click", args=[slug, token]))


def address(slug: str, token: str) -> str:
    """The address a link was made for; empty for a link that is not ours, or another company's."""
    try:
        mark, company, email = _fernet().decrypt(token.encode()).decode().split("\0")
    except (InvalidToken, ValueError):
        return ""
    return email if (mark, company) == (MARK, slug) else ""


def _fernet() -> Fernet:
    """Of the one key that never changes, as the suppression list, too, is lost with it."""
    return Fernet(urlsafe_b64encode(bytes.fromhex(digest("one-click key", MARK))))
