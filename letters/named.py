"""Which values a text names, where, and whether its kind has them: the text is walked, never run."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, is_dataclass
from datetime import date
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from django.template import Node
from django.template.base import FilterExpression, NodeList, Variable, VariableNode
from django.template.defaulttags import ForNode, IfNode

_SIMPLE = (str, int, bool, date)


@dataclass(frozen=True)
class Named:
    """A value the text names: its full path ("items.what" for a line of a loop), whether it is printed, and where."""

    path: str
    line: int
    printed: bool = False
    known: bool = True


def names_in(node: object, known: Mapping[str, object], line: int = 1) -> Iterator[Named]:
    """Every value a part of a template names, in order; `known`: it leads to a declared value."""
    line = line_of(node) or line
    if isinstance(node, NodeList):
        for child in node:
            yield from names_in(child, known, line)
    elif isinstance(node, ForNode):
        yield from _said(node.sequence, known, line)
        yield from names_in(node.nodelist_loop, {**known, "forloop": Mapping, **_loop_names(node, known)}, line)
    elif isinstance(node, IfNode):
        for condition, body in node.conditions_nodelists:
            yield from _asked(condition, known, line)
            yield from names_in(body, known, line)
    elif isinstance(node, VariableNode):
        yield from _said(node.filter_expression, known, line, printed=True)
    elif isinstance(node, Node):
        yield from names_in(getattr(node, "nodelist", None), known, line)


def _asked(condition: object, known: Mapping[str, object], line: int) -> Iterator[Named]:
    """A condition is a tree: operators hold `first` and `second`, a leaf holds `value`."""
    yield from _said(getattr(condition, "value", None), known, line)
    for side in ("first", "second"):
        if (part := getattr(condition, side, None)) is not None:
            yield from _asked(part, known, line)


def _said(expression: object, known: Mapping[str, object], line: int, *, printed: bool = False) -> Iterator[Named]:
    if path := _path(expression):
        is_known = _type_of(path, known) is not None
        whole = (_origin(path[0], known), *path[1:]) if is_known else path
        yield Named(".".join(whole), line, printed, is_known)


@dataclass(frozen=True)
class _Element:
    """What a loop's own name stands for: the type of one line, and the value it is a line of."""

    type: object
    of: str


def _loop_names(node: ForNode, known: Mapping[str, object]) -> dict[str, object]:
    path = _path(node.sequence)
    elements = get_args(_type_of(path, known)) if path else ()
    of = ".".join((_origin(path[0], known), *path[1:])) if path else ""
    return {name: _Element(element, of) for name, element in zip(node.loopvars, elements[:1], strict=False)}


def _origin(name: str, known: Mapping[str, object]) -> str:
    found = known.get(name)
    return found.of if isinstance(found, _Element) else name


def _path(expression: object) -> tuple[str, ...]:
    variable = expression.var if isinstance(expression, FilterExpression) else None
    return tuple(variable.lookups or ()) if isinstance(variable, Variable) else ()


def _type_of(lookups: tuple[str, ...], known: Mapping[str, object]) -> Any:
    """The declared type at the end of a.b.c; None if the path leaves what is declared."""
    found: Any = known.get(lookups[0])
    found = found.type if isinstance(found, _Element) else found
    for name in lookups[1:]:
        if found is Mapping:  # forloop: its keys are Django's own
            return str
        found = get_type_hints(found).get(name) if is_dataclass(found) else None
    plain = found in _SIMPLE or found is Mapping or is_dataclass(found)
    return found if plain or get_origin(found) in (tuple, UnionType) or get_args(found) else None


def line_of(node: object) -> int:
    return int(getattr(getattr(node, "token", None), "lineno", None) or 0)
