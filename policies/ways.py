"""How a source other than a SQL database is reached: ``http:``, ``files:``, ``mailbox:``, ``person:``, ``django:``.

Secrets are never here: they stand in the environment, under the source's ``url_env`` or a name given in the block.
"""

from typing import Annotated

from pydantic import Field, StringConstraints

from policies.files_way import FilesWay
from policies.http_way import DjangoWay, HttpWay
from policies.mailbox_way import MailboxWay
from policies.parts import Language, Part

__all__ = ["WAYS", "DjangoWay", "FilesWay", "HttpWay", "MailboxWay", "Owner", "PersonWay"]

Variable = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*$")]
Mail = Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
WAYS = ("http", "files", "mailbox", "person", "django")


class Owner(Part):
    """Who sees to a system by hand: asked by mail, answers by a link, reminded half-way and on the last day.

    ``days`` to answer in, of the company's calendar; ``escalate_after`` so many days more without an answer
    ``escalate_to`` and the desk are told. ``language`` of the mails: absent, the company's first.
    """

    owner: Mail
    language: Language | None = None
    days: int = Field(default=7, ge=1, le=21)  # the answer to the person is due within a month (Art. 12(3))
    escalate_to: Mail | None = None
    escalate_after: int = Field(default=1, ge=0, le=14)


class PersonWay(Owner):
    """A system without an interface: its owner looks, and uploads what there is."""
