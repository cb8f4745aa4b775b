"""The block ``mailbox:`` of a source: which folders of an IMAP mailbox are searched, how much of a message is read."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from policies.parts import Part

Header = Literal["from", "to", "cc", "bcc", "reply_to"]
HEADERS: tuple[Header, ...] = ("from", "to", "cc", "bcc", "reply_to")
Own = Annotated[str, StringConstraints(pattern=r"^[^@\s]*@[^@\s]+\.[^@\s]+$")]


class MailboxWay(Part):
    """A mailbox read by IMAP; nothing in it is changed, no message becomes read.

    ``url_env`` holds ``imaps://user:password@host:993`` (TLS from the first byte) or ``imap://…:143`` (STARTTLS, or no
    log-in at all). ``folders``: those named; absent, all. ``headers``: where an address counts as a person's.
    ``since``: older messages are not looked at. ``body``: characters of it that are read. ``attachments``: named only,
    or read whole up to ``largest`` megabytes a message. ``own``: addresses (or ``@domain``) of the company itself: a
    message to or from anybody else but the person is held for review (Art. 15(4)).
    """

    folders: tuple[str, ...] = ()
    headers: tuple[Header, ...] = Field(default=HEADERS, min_length=1)
    since: date | None = None
    body: int = Field(default=20_000, ge=0, le=1_000_000)
    attachments: Literal["listed", "included"] = "listed"
    largest: int = Field(default=25, ge=1, le=100)
    own: tuple[Own, ...] = ()
