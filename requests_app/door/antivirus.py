"""Every file from outside is shown to clamd. Fails closed: what could not be scanned does not come in.

`CLAMD_URL` says where clamd listens: `unix:///run/clamav/clamd.ctl` or `tcp://host:3310`. Without it nothing comes in,
but for the demo, where nothing is scanned and the pages say so (`configured`).
"""

import logging
import socket
import time
from collections.abc import Iterable
from contextlib import closing
from urllib.parse import urlsplit

from django.conf import settings

from requests_app.door.refusals import Refused

log = logging.getLogger(__name__)

NONE = "none"
"""What an operator who takes no files says on purpose."""
SECONDS = 4
CHUNK = 256 * 1024
LONGEST_ANSWER = 4096


def configured() -> bool:
    """Whether files are scanned here."""
    return address() is not None


def takes_files() -> bool:
    """Whether a file can come in at all: nobody is asked for one that must be refused."""
    return configured() or bool(settings.DSAR_DEMO and not settings.CLAMD_URL)


def scan(data: bytes | Iterable[bytes], *, until: float | None = None) -> None:
    """Raises `Refused`: infected, unreadable (a bomb: too much in it to look through), or not_scanned (no clamd, no
    answer in time, an error, larger than it takes). `until`: when to give up, by `time.monotonic`.
    """
    if settings.DSAR_DEMO and not settings.CLAMD_URL:
        return
    try:
        answer = ask(b"INSTREAM", [data] if isinstance(data, bytes) else data, until=until)
    except (OSError, ValueError) as error:
        log.warning("file not scanned", extra={"code": type(error).__name__})
        raise Refused("not_scanned") from None
    if "Heuristics.Limits.Exceeded" in answer:  # more in it than clamd looks through (AlertExceedsMax)
        log.warning("file refused", extra={"code": "scan_limits"})
        raise Refused("unreadable")
    if answer.endswith(" FOUND"):
        log.warning("file refused", extra={"code": "infected"})
        raise Refused("infected")
    if answer != "stream: OK":
        log.warning("file not scanned", extra={"code": "clamd_error"})
        raise Refused("not_scanned")


def ask(command: bytes, stream: Iterable[bytes] = (), *, until: float | None = None) -> str:
    """clamd's one-line answer to a command, with a stream for INSTREAM. Raises `OSError`."""
    until = until or time.monotonic() + SECONDS
    with closing(_connect(until=until)) as connection:
        connection.sendall(b"z" + command + b"\0")
        if command == b"INSTREAM":
            try:
                _send(connection, stream, until=until)
            except (BrokenPipeError, ConnectionResetError):
                pass  # clamd ends the talk when it has had enough; what it said is still to be read
        return _answer(connection, until=until)


def address() -> tuple[str, str, int] | None:
    """(unix, path, 0) or (tcp, host, port). None where no clamd is named. Raises `ValueError` for anything else."""
    if settings.CLAMD_URL in ("", NONE):
        return None
    url = urlsplit(settings.CLAMD_URL)
    if url.scheme == "unix" and url.path and not url.netloc:
        return ("unix", url.path, 0)
    if url.scheme == "tcp" and url.hostname:
        return ("tcp", url.hostname, url.port or 3310)
    raise ValueError("CLAMD_URL is neither unix:///path nor tcp://host:port")


def _connect(*, until: float) -> socket.socket:
    named = address()
    if named is None:
        raise ValueError("CLAMD_URL is not set")
    kind, where, port = named
    if kind == "tcp":
        return socket.create_connection((where, port), timeout=_left(until))
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(_left(until))
    try:
        connection.connect(where)
    except OSError:
        connection.close()
        raise
    return connection


def _send(connection: socket.socket, stream: Iterable[bytes], *, until: float) -> None:
    for data in stream:
        for at in range(0, len(data), CHUNK):
            part = data[at : at + CHUNK]
            connection.settimeout(_left(until))
            connection.sendall(len(part).to_bytes(4, "big") + part)
    connection.sendall(bytes(4))


def _answer(connection: socket.socket, *, until: float) -> str:
    said = b""
    while not said.endswith(b"\0") and len(said) < LONGEST_ANSWER:
        connection.settimeout(_left(until))
        more = connection.recv(LONGEST_ANSWER)
        if not more:
            break
        said += more
    return said.decode("utf-8", "replace").strip("\0\n ")


def _left(until: float) -> float:
    """Seconds that remain; never 0, which would mean not to wait at all."""
    return max(until - time.monotonic(), 0.001)
