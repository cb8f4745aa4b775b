"""Path patterns: which files are a table's, and what their names say. `policies.files_way` describes them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from policies.files_way import PLACE

ANY_DEPTH = "**"
_PIECES = re.compile(r"\{[A-Za-z_][A-Za-z0-9_]*\}|[*?]|[^*?{]+")


@dataclass(frozen=True)
class Pattern:
    """Paths are relative, with slashes. Nothing of a path may be said in an error: it may hold an address."""

    text: str

    @cached_property
    def parts(self) -> tuple[str, ...]:
        return tuple(self.text.split("/"))

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns whose values stand in the names."""
        return tuple(PLACE.findall(self.text))

    @cached_property
    def start(self) -> str:
        """What every matching path begins with, up to a slash: a bucket is asked for no more."""
        fixed = re.split(r"[*?{]", self.text, maxsplit=1)[0]
        return fixed[: fixed.rfind("/") + 1]

    def values(self, path: str) -> Mapping[str, str] | None:
        """What the names say; None for a path that does not fit."""
        found = self._whole.fullmatch(path)
        return found.groupdict() if found else None

    @cached_property
    def _whole(self) -> re.Pattern[str]:
        said = "/".join("\0" if part == ANY_DEPTH else _part(part) for part in self.parts)
        return re.compile(said.replace("\0/", r"(?:(?!\.)[^/]+/)*"))


def fits(part: str, name: str) -> bool:
    """Whether a folder or file of this name fits one part of a pattern."""
    return re.fullmatch(_part(part), name) is not None


def _part(part: str) -> str:
    """Hidden files are meant only by a pattern that begins with a dot, as in a shell."""
    hidden = "" if part.startswith(".") else r"(?!\.)"
    return hidden + "".join(_piece(piece) for piece in _PIECES.findall(part))


def _piece(piece: str) -> str:
    if piece in ("*", "?"):
        return "[^/]*" if piece == "*" else "[^/]"
    return f"(?P<{piece[1:-1]}>[^/]+)" if piece.startswith("{") else re.escape(piece)
