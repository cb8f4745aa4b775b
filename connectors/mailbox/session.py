"""One log-in at an IMAP server: read-only folders, searches by address, one message at a time.

Read-only twice over: folders are opened with EXAMINE, and bodies are fetched with BODY.PEEK, so no message becomes
\\Seen and none can be changed. What is sent of a person is an address that was looked at first: no control character
can end the line, and the client quotes the rest or sends it as a literal (RFC 3501).
"""

import logging
import re
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from imapclient import IMAPClient  # type: ignore[import-untyped]
from imapclient.exceptions import IMAPClientError, LoginError  # type: ignore[import-untyped]

from connectors.errors import ConnectorError
from policies.mailbox_way import Header

logging.getLogger("imapclient").setLevel(logging.WARNING)  # at DEBUG it writes down whom is searched for

SECONDS = 60
ADDRESS = re.compile(r"[^\s\x00-\x1f\x7f\"\\(){}<>,;:]+@[^\s\x00-\x1f\x7f\"\\(){}<>,;:@]+")
NAMES: dict[Header, str] = {"from": "FROM", "to": "TO", "cc": "CC", "bcc": "BCC", "reply_to": "REPLY-TO"}
PORTS = {"imaps": 993, "imap": 143}


@dataclass(frozen=True)
class Login:
    """Where, and as whom. `tls`: from the first byte; else STARTTLS before anything is said."""

    host: str
    port: int
    tls: bool
    user: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class Fetched:
    """A message as it lies there; `data` may be its beginning only."""

    data: bytes
    size: int
    arrived: datetime | None


def login(url: str, *, source: str) -> Login:
    """ConnectorError bad_url; what the URL holds is not in it."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port or PORTS.get(parts.scheme, 0)
    except ValueError:
        raise ConnectorError("bad_url", True, source=source) from None
    if parts.scheme not in PORTS or not parts.hostname or not parts.username or parts.password is None:
        raise ConnectorError("bad_url", True, "imaps://user:password@host:993", source=source)
    return Login(parts.hostname, port, parts.scheme == "imaps", unquote(parts.username), unquote(parts.password))


class Session:
    """Opened at the first question, and again after `close`. Every method may raise ConnectorError."""

    def __init__(self, login: Login, *, source: str) -> None:
        self._login, self._source = login, source
        self._client: IMAPClient | None = None
        self._selected, self._validity = "", 0

    def folders(self) -> list[str]:
        """Every folder that holds messages."""
        with self._saying() as client:
            return [name for flags, _sign, name in client.list_folders() if b"\\Noselect" not in flags]

    def examine(self, folder: str) -> int:
        """Open a folder read-only; its UIDVALIDITY. ConnectorError missing_table where there is none."""
        with self._saying() as client:
            if folder != self._selected:
                self._selected = ""
                try:
                    told = client.select_folder(folder, readonly=True)
                except IMAPClientError:
                    raise ConnectorError("missing_table", True, folder, source=self._source) from None
                self._selected, self._validity = folder, int(told.get(b"UIDVALIDITY", 0))
        return self._validity

    def search(self, folder: str, *, headers: Sequence[Header], text: str, since: date | None) -> list[int]:
        """UIDs of the messages in whose headers the text stands, in any case; a superset of what is looked for."""
        self.examine(folder)
        found: set[int] = set()
        charset = None if text.isascii() else "UTF-8"
        with self._saying() as client:
            for header in headers:
                wanted: list[Any] = ["SINCE", since] if since else []
                said = ["HEADER", "REPLY-TO", text] if header == "reply_to" else [NAMES[header], text]
                found.update(client.search([*wanted, *said], charset=charset))
        return sorted(found)

    def fetch(self, folder: str, uid: int, *, most: int) -> Fetched | None:
        """One message, its first `most` bytes (0: its header alone); None where it is gone."""
        self.examine(folder)
        part = f"BODY.PEEK[]<0.{most}>" if most else "BODY.PEEK[HEADER]"
        with self._saying() as client:
            told = client.fetch([uid], ["INTERNALDATE", "RFC822.SIZE", part]).get(uid)
        body = next((value for key, value in (told or {}).items() if key.startswith(b"BODY[")), None)
        if told is None or body is None:
            return None
        return Fetched(bytes(body), int(told.get(b"RFC822.SIZE", len(body))), told.get(b"INTERNALDATE"))

    def close(self) -> None:
        client, self._client, self._selected = self._client, None, ""
        if client is not None:
            with suppress(Exception):  # whatever it says on leaving
                client.logout()

    @contextmanager
    def _saying(self) -> Iterator[IMAPClient]:
        """The client; whatever goes wrong becomes a code, without what the server or the client said about it."""
        try:
            self._client = self._client or self._opened()
            yield self._client
        except ConnectorError:
            raise
        except LoginError:
            self._failed("permission", permanent=True)
        except TimeoutError:
            self._failed("timeout")
        except ssl.SSLError:
            self._failed("tls")
        except OSError:
            self._failed("unreachable")
        except (IMAPClientError, ValueError, AssertionError):
            self._failed("protocol")

    def _failed(self, code: str, *, permanent: bool = False) -> None:
        self._client, self._selected = None, ""
        raise ConnectorError(code, permanent, source=self._source) from None

    def _opened(self) -> IMAPClient:
        where, context = self._login, ssl.create_default_context()
        client = IMAPClient(
            where.host, where.port, ssl=where.tls, ssl_context=context if where.tls else None, timeout=SECONDS
        )
        client.normalise_times = False
        if not where.tls:
            client.starttls(context)  # a server without it gets no password
        if client.has_capability("AUTH=PLAIN"):
            client.plain_login(where.user, where.password)  # RFC 4616: in UTF-8, where LOGIN knows ASCII alone
        else:
            client.login(where.user, where.password)
        return client
