"""What is wrong with a file, said so that the person who wrote it can mend it."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong: where, what was found, what was expected."""

    file: str
    line: int
    field: str
    found: str
    expected: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}"
        return f"{where}: {self.field + ': ' if self.field else ''}found {self.found}; expected {self.expected}"

    def to_json(self) -> dict[str, str | int]:
        return asdict(self)


class PolicyError(Exception):
    """A folder that cannot be loaded. ``problems`` holds all of them, not only the first."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = sorted(problems)
        super().__init__("\n".join(map(str, self.problems)))


def nearest(word: str, known: Iterable[str]) -> str:
    """' (did you mean email?)', or '' when nothing is near."""
    close = difflib.get_close_matches(word, [*known], n=1, cutoff=0.6)
    return f" (did you mean {close[0]}?)" if close else ""
