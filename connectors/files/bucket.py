"""An S3-compatible bucket. An object is read in blocks, each only if it still is the version that was listed."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, cast

import boto3  # type: ignore[import-untyped]
from botocore.config import Config  # type: ignore[import-untyped]
from botocore.exceptions import (  # type: ignore[import-untyped]
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    PartialCredentialsError,
)

from connectors.errors import ConnectorError
from connectors.files.entry import Changed, Entry
from connectors.files.pattern import Pattern

BLOCK = 4 << 20
CONNECT, READ = 5, 60  # seconds
_NO_RIGHT = ("AccessDenied", "403", "InvalidAccessKeyId", "SignatureDoesNotMatch")
_CHANGED = ("PreconditionFailed", "412", "NoSuchKey", "404", "InvalidRange", "416")


class Bucket:
    """`folder` is what every key begins with. `endpoint` None: Amazon; `key` empty: boto3's own chain."""

    def __init__(
        self, name: str, *, folder: str, endpoint: str | None, region: str, key: str, secret: str, source: str
    ) -> None:
        self.name, self.source = name, source
        self.folder = f"{folder.strip('/')}/" if folder.strip("/") else ""
        config = Config(
            connect_timeout=CONNECT, read_timeout=READ, retries={"mode": "standard", "max_attempts": 3},
            response_checksum_validation="when_required",  # some servers send that of the whole with a part of it
            signature_version="s3v4", s3={"addressing_style": "path" if endpoint else "auto"},
        )  # fmt: skip
        try:
            self.client = boto3.session.Session().client(
                "s3", endpoint_url=endpoint, region_name=region, config=config,
                aws_access_key_id=key or None, aws_secret_access_key=secret or None,
            )  # fmt: skip
        except (ValueError, BotoCoreError):
            raise ConnectorError("bad_url", True, source=source) from None

    def list(self, pattern: Pattern) -> Iterator[Entry]:
        pages = self.client.get_paginator("list_objects_v2")
        try:
            for page in pages.paginate(Bucket=self.name, Prefix=self.folder + pattern.start):
                for one in page.get("Contents", ()):
                    path = one["Key"].removeprefix(self.folder)
                    said = pattern.values(path)
                    if said is not None:
                        yield Entry(path, said, one["Size"], one["ETag"].strip('"'))
        except (ClientError, BotoCoreError) as error:
            raise self._failure(error, pattern) from None

    @contextmanager
    def open(self, entry: Entry, pattern: Pattern) -> Iterator[BinaryIO]:
        raw = _Object(self, entry, pattern)
        with io.BufferedReader(cast(io.RawIOBase, raw), BLOCK) as file:
            yield cast(BinaryIO, file)

    def block(self, entry: Entry, pattern: Pattern, start: int, size: int) -> bytes:
        last = min(start + size, entry.size) - 1
        try:
            answer: Any = self.client.get_object(
                Bucket=self.name, Key=self.folder + entry.path, Range=f"bytes={start}-{last}",
                IfMatch=f'"{entry.version}"',
            )  # fmt: skip
            if answer["ETag"].strip('"') != entry.version:  # not every server heeds If-Match
                raise Changed(pattern, source=self.source)
            return bytes(answer["Body"].read())
        except (ClientError, BotoCoreError, OSError) as error:
            raise self._failure(error, pattern) from None

    def _failure(self, error: Exception, pattern: Pattern) -> ConnectorError:
        code = error.response.get("Error", {}).get("Code", "") if isinstance(error, ClientError) else ""
        if code in _NO_RIGHT or isinstance(error, NoCredentialsError | PartialCredentialsError):
            return ConnectorError("permission", True, pattern.text, source=self.source)
        if code == "NoSuchBucket":
            return ConnectorError("missing_bucket", True, source=self.source)
        if code in _CHANGED:
            return Changed(pattern, source=self.source)
        return ConnectorError("unreachable", False, pattern.text, source=self.source)


class _Object(io.RawIOBase):
    def __init__(self, bucket: Bucket, entry: Entry, pattern: Pattern) -> None:
        self._bucket, self._entry, self._pattern, self._at = bucket, entry, pattern, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        begin = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._entry.size}[whence]
        self._at = max(0, begin + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        if self._at >= self._entry.size or not len(buffer):
            return 0
        data = self._bucket.block(self._entry, self._pattern, self._at, len(buffer))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)
