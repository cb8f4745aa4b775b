"""A folder of this machine (or mounted on it). No link is followed, none of its folders is left: each step of a path is
opened from the one before it, so that nobody can put a link in its place meanwhile.
"""

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO

from connectors.errors import ConnectorError
from connectors.files.entry import Changed, Entry
from connectors.files.pattern import ANY_DEPTH, Pattern, fits

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # a pipe would make us wait for ever


class Folder:
    """`root` itself may be a link: the operator wrote it."""

    def __init__(self, root: str, *, source: str) -> None:
        self.root, self.source = root, source

    def list(self, pattern: Pattern) -> Iterator[Entry]:
        try:
            with _opened(self.root, _FOLDER & ~os.O_NOFOLLOW) as root:
                for path, found in self._walk(root, pattern.parts, "", pattern):
                    # A name may be no text in any encoding: then what it says is not known exactly.
                    said = {name: value.encode("utf-8", "replace").decode()
                            for name, value in (pattern.values(path) or {}).items()}  # fmt: skip
                    yield Entry(path, said, found.st_size, _version(found))
        except OSError as error:
            raise self._failure(error, pattern) from None

    @contextmanager
    def open(self, entry: Entry, pattern: Pattern) -> Iterator[BinaryIO]:
        try:
            file = self._opened(entry.path)
        except OSError as error:
            raise self._failure(error, pattern) from None
        with file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise ConnectorError("not_a_file", True, pattern.text, source=self.source)
            try:
                self._same(file, entry, pattern)
                yield file
            except Exception as error:
                self._same(file, entry, pattern)  # that it changed is the better reason
                if isinstance(error, OSError):  # a disk or a share that fails half-way
                    raise self._failure(error, pattern) from None
                raise
            self._same(file, entry, pattern)

    def _walk(
        self, folder: int, parts: Sequence[str], before: str, pattern: Pattern
    ) -> Iterator[tuple[str, os.stat_result]]:
        head, rest = parts[0], parts[1:]
        if head == ANY_DEPTH:
            yield from self._walk(folder, rest, before, pattern)  # no folder between is any depth, too
        with os.scandir(folder) as entries:
            listed = sorted(entries, key=lambda one: one.name)
        for one in listed:
            if not (not one.name.startswith(".") if head == ANY_DEPTH else fits(head, one.name)):
                continue
            into = head == ANY_DEPTH or bool(rest)
            if one.is_symlink():
                if not into or one.is_dir():
                    raise ConnectorError("symlink", True, pattern.text, source=self.source)
            elif into and one.is_dir(follow_symlinks=False):
                with _opened(one.name, _FOLDER, folder) as inner:
                    deeper = parts if head == ANY_DEPTH else rest
                    yield from self._walk(inner, deeper, f"{before}{one.name}/", pattern)
            elif not into and one.is_file(follow_symlinks=False):
                yield before + one.name, one.stat(follow_symlinks=False)

    def _opened(self, path: str) -> BinaryIO:
        *folders, name = path.split("/")
        at = os.open(self.root, _FOLDER & ~os.O_NOFOLLOW)
        try:
            for folder in folders:
                inner = os.open(folder, _FOLDER, dir_fd=at)
                os.close(at)
                at = inner
            return os.fdopen(os.open(name, _FILE, dir_fd=at), "rb")
        finally:
            os.close(at)

    def _same(self, file: BinaryIO, entry: Entry, pattern: Pattern) -> None:
        if _version(os.fstat(file.fileno())) != entry.version:
            raise Changed(pattern, source=self.source)

    def _failure(self, error: OSError, pattern: Pattern) -> ConnectorError:
        if isinstance(error, PermissionError):
            return ConnectorError("permission", True, pattern.text, source=self.source)
        return ConnectorError("unreachable", False, pattern.text, source=self.source)


@contextmanager
def _opened(name: str, flags: int, folder: int | None = None) -> Iterator[int]:
    opened = os.open(name, flags, dir_fd=folder)
    try:
        yield opened
    finally:
        os.close(opened)


def _version(found: os.stat_result) -> str:
    return f"{found.st_dev}:{found.st_ino}:{found.st_size}:{found.st_ctime_ns}"
