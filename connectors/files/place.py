"""Where files lie: a folder, or an S3-compatible bucket. Both list what fits a pattern, and read what was listed.

    file:///srv/exports
    s3://KEY:SECRET@host:port/bucket/folder?region=eu-north-1&insecure=1   any S3-compatible server; insecure=1: http
    s3:///bucket?region=eu-north-1                                         Amazon itself, credentials from its own chain
"""

import importlib
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import BinaryIO, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from connectors.errors import ConnectorError
from connectors.files.entry import Entry
from connectors.files.folder import Folder
from connectors.files.pattern import Pattern


class Place(Protocol):
    def list(self, pattern: Pattern) -> Iterator[Entry]:
        """Every file that fits, by path. ConnectorError unreachable, permission, symlink, missing_bucket."""
        ...

    def open(self, entry: Entry, pattern: Pattern) -> AbstractContextManager[BinaryIO]:
        """Its bytes, seekable. ConnectorError as above, and `entry.Changed`, also at the end."""
        ...


def place(url: str, *, source: str) -> Place:
    """Nothing is opened yet. ConnectorError bad_url."""
    try:
        parts = urlsplit(url)
        port, query = parts.port, {name: values[-1] for name, values in parse_qs(parts.query).items()}
    except ValueError:
        raise ConnectorError("bad_url", True, source=source) from None
    if parts.scheme == "file" and not parts.netloc and parts.path.startswith("/"):
        return Folder(unquote(parts.path), source=source)
    bucket, _, folder = parts.path.strip("/").partition("/")
    if parts.scheme != "s3" or not bucket:
        raise ConnectorError("bad_url", True, "expected file:///folder or s3://KEY:SECRET@host/bucket", source=source)
    host = f"{parts.hostname}:{port}" if port else parts.hostname or ""
    endpoint = f"{'http' if query.get('insecure') == '1' else 'https'}://{host}" if host else None
    # Tens of megabytes and half a second of every process, for the few sources that need it.
    opening = importlib.import_module("connectors.files.bucket").Bucket
    opened: Place = opening(
        bucket, folder=folder, endpoint=endpoint, region=query.get("region", "eu-north-1"),
        key=unquote(parts.username or ""), secret=unquote(parts.password or ""), source=source,
    )  # fmt: skip
    return opened
