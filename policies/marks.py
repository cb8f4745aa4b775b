"""YAML with memory of its lines: plain values for pydantic, and the line of every key and value for the error."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from policies.problems import PolicyError, Problem

_SAYS_BOOL = {"yes", "no", "on", "off", "y", "n"}  # YAML 1.1 reads these bare words as true or false


@dataclass(frozen=True)
class Marked:
    """A file read: ``data`` as plain Python, ``node`` as the YAML tree with line marks."""

    file: str
    data: Any
    node: yaml.Node | None

    def line(self, path: Sequence[str | int]) -> int:
        """The line (from 1) of the deepest part of ``path`` that is in the file."""
        return self.walk(path)[0]

    def walk(self, path: Sequence[str | int]) -> tuple[int, yaml.Node | None]:
        """The line and the node at ``path``; the node is None when the path ends at a missing key."""
        node, line, found = self.node, 1, True
        for step in path:
            child = _child(node, step)
            if child is None:
                found = False
                continue  # a validator's own step, e.g. a union branch: it is not in the file
            line, node, found = child[0], child[1], True
        return line, node if found else None


def read(path: Path, *, text: str | None = None) -> Marked:
    """Read one YAML file. PolicyError with file and line for bad syntax, a key given twice, a key that is not text."""
    source = text if text is not None else decode(path)
    loader = yaml.CSafeLoader(source)
    try:
        node = loader.get_single_node()
        problems = list(_bad_keys(path, node)) if node else []
        if problems:
            raise PolicyError(problems)
        return Marked(file=str(path), data=loader.construct_document(node) if node else None, node=node)
    except yaml.YAMLError as error:
        raise PolicyError([_syntax(path, error)]) from error
    finally:
        loader.dispose()


def bare_bool(node: yaml.Node | None) -> str | None:
    """The word as written, where YAML turned a bare NO, yes, on … into true or false."""
    if isinstance(node, yaml.ScalarNode) and node.tag.endswith(":bool") and node.value.lower() in _SAYS_BOOL:
        return str(node.value)
    return None


def decode(path: Path) -> str:
    """The text of a file; PolicyError where it cannot be read or is not UTF-8."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        found = f"byte {error.start} that is not UTF-8"
        raise PolicyError([Problem(str(path), 1, "", found, "a text file in UTF-8")]) from error
    except OSError as error:
        raise PolicyError([Problem(str(path), 1, "", error.strerror or "unreadable", "a file we can read")]) from error


def _child(node: yaml.Node | None, step: str | int) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return key.start_mark.line + 1, value
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        value = node.value[step]
        return value.start_mark.line + 1, value
    return None


def _bad_keys(path: Path, node: yaml.Node) -> list[Problem]:
    problems: list[Problem] = []
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            problems += _bad_keys(path, item)
    if not isinstance(node, yaml.MappingNode):
        return problems
    seen: dict[Hashable, int] = {}
    for key, value in node.value:
        line, name = key.start_mark.line + 1, str(key.value)
        if bare_bool(key):
            problems.append(Problem(str(path), line, name, f"the bare key {name}, which YAML reads as true or false",
                                    f'the key in quotes: "{name}"'))
        if name in seen:
            problems.append(Problem(str(path), line, name, f"the key {name} a second time (first on line {seen[name]})",
                                    "every key once"))
        seen.setdefault(name, line)
        problems += _bad_keys(path, value)
    return problems


def _syntax(path: Path, error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    said = " ".join(str(part) for part in (getattr(error, "context", None), getattr(error, "problem", None)) if part)
    line = mark.line + 1 if mark else 1
    found = said or str(error).splitlines()[0]
    return Problem(str(path), line, "", found, "valid YAML (mind indentation, quotes and colons)")
