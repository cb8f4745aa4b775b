"""Mail as people read it: what arrived at their address, and the links in it."""

import re
from dataclasses import dataclass
from email.message import EmailMessage

from lxml import html

from tests.requests_app.smtp import Manners

LINK = re.compile(r"https?://\S+")
CODE = re.compile(r"\b\d{6}\b")


@dataclass(frozen=True)
class Mail:
    to: str
    subject: str
    text: str
    message: EmailMessage

    @property
    def links(self) -> list[str]:
        return [link.rstrip(".,)>") for link in LINK.findall(self.text)]

    @property
    def holds_code(self) -> bool:
        return not self.links and bool(CODE.search(self.text))

    @property
    def code(self) -> str:
        return CODE.search(self.text)[0]

    @property
    def attachments(self) -> dict[str, bytes]:
        return {part.get_filename(): part.get_payload(decode=True) for part in self.message.iter_attachments()}

    def words(self) -> str:
        """The same in the HTML part."""
        part = self.message.get_body(("html",))
        return " ".join(" ".join(html.fromstring(part.get_content()).itertext()).split())


class PostOffice:
    """All mail the server took."""

    def __init__(self, server: Manners) -> None:
        self.server = server

    def to(self, address: str) -> list[Mail]:
        pairs = zip(self.server.recipients, self.server.mails, strict=True)
        return [_mail(to, message) for to, message in pairs if to.casefold() == address.casefold()]

    def newest(self, address: str, holding: str = "") -> Mail:
        """The newest mail at the address with `holding` in a link, the subject or the text."""
        found = [mail for mail in self.to(address) if holding in f"{mail.subject}\n{mail.text}"]
        assert found, f"no mail to {address} with {holding!r}: {[mail.subject for mail in self.to(address)]}"
        return found[-1]

    def secrets(self) -> set[str]:
        """Every secret that stood in a mail: links and codes."""
        mails = [_mail("", message) for message in self.server.mails]
        codes = {mail.code for mail in mails if mail.holds_code}
        return {part for mail in mails for part in re.findall(r"/([\w-]{40,})/", mail.text)} | codes


def _mail(to: str, message: EmailMessage) -> Mail:
    body = message.get_body(("plain",))
    return Mail(to, " ".join(message["Subject"].split()), body.get_content() if body else "", message)
