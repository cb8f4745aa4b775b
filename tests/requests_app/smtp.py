"""A real SMTP server on loopback whose manners a test chooses: accept, refuse, defer, hang up."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope


class Manners:
    """`rcpt` and `data`: the answers to RCPT TO and to the message. Accepted mail lies in `mails`."""

    def __init__(self) -> None:
        self.rcpt, self.data = "250 OK", "250 OK"
        self.mails: list[Message] = []
        self.recipients: list[str] = []
        self.slow = 0.0

    async def handle_RCPT(self, server: Any, session: Any, envelope: Envelope, address: str, options: Any) -> str:
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
        await asyncio.sleep(self.slow)
        if self.data.startswith("250"):
            self.mails.append(message_from_bytes(envelope.content, policy=default))  # type: ignore[arg-type]
            self.recipients += envelope.rcpt_tos
        return self.data


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(settings: Any) -> Iterator[Manners]:
    manners = Manners()
    server = Controller(manners, hostname="127.0.0.1", port=free_port())
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_TIMEOUT = 5
    try:
        yield manners
    finally:
        server.stop()
