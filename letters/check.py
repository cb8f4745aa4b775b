"""Before anything is sent: every kind exists in every language, and a text names only values its kind has."""

from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass
from datetime import date
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from django.template import Node
from django.template.base import FilterExpression, NodeList, Variable, VariableNode
from django.template.defaulttags import ForNode, IfNode
from django.template.loader_tags import BlockNode

from letters.kinds import KINDS, LANGUAGES
from letters.letterhead import Authority, Letterhead
from letters.render import LetterError, template

SHARED: Mapping[str, object] = {
    "company": Letterhead,
    "authority": Authority,
    "language": str,
    "written": date,
    "channel": str,
    "heading": str,
}
_SIMPLE = (str, int, bool, date)


def problems(folder: Path | None = None) -> list[str]:
    """One line per text that is missing, unreadable, lacks a subject, or names a value its kind does not have.
    `folder`: a controller's own folder, whose overrides are then the texts looked at. Empty list = all is well."""
    return [line for kind in KINDS for language in LANGUAGES for line in _text(kind, language, folder)]


def _text(kind: str, language: str, folder: Path | None) -> Iterator[str]:
    where = f"letter {kind} in {language}"
    try:
        text = template(kind, language=language, folder=folder)
    except LetterError as error:
        yield str(error)
        return
    blocks = {b.name for b in text.nodelist.get_nodes_by_type(BlockNode) if isinstance(b, BlockNode)}
    yield from (f"{where}: block {name} is missing" for name in ("subject", "body") if name not in blocks)
    names = {**SHARED, **get_type_hints(KINDS[kind].values)}
    yield from (f"{where}: no value called {name}" for name in _unknown(text.nodelist, names))


def _unknown(node: object, names: Mapping[str, object]) -> Iterator[str]:
    """The names in a part of a template that do not lead to a declared value."""
    if isinstance(node, NodeList):
        for child in node:
            yield from _unknown(child, names)
    elif isinstance(node, ForNode):
        yield from _said(node.sequence, names)
        yield from _unknown(node.nodelist_loop, {**names, "forloop": Mapping, **_loop_names(node, names)})
    elif isinstance(node, IfNode):
        for condition, body in node.conditions_nodelists:
            yield from _asked(condition, names)
            yield from _unknown(body, names)
    elif isinstance(node, VariableNode):
        yield from _said(node.filter_expression, names)
    elif isinstance(node, Node):
        yield from _unknown(getattr(node, "nodelist", None), names)


def _asked(condition: object, names: Mapping[str, object]) -> Iterator[str]:
    """A condition is a tree: operators hold `first` and `second`, a leaf holds `value`."""
    yield from _said(getattr(condition, "value", None), names)
    for side in ("first", "second"):
        if (part := getattr(condition, side, None)) is not None:
            yield from _asked(part, names)


def _said(expression: object, names: Mapping[str, object]) -> Iterator[str]:
    if (path := _path(expression)) and _type_of(path, names) is None:
        yield ".".join(path)


def _loop_names(node: ForNode, names: Mapping[str, object]) -> dict[str, object]:
    elements = get_args(_type_of(path, names)) if (path := _path(node.sequence)) else ()
    return dict(zip(node.loopvars, elements[:1], strict=False))


def _path(expression: object) -> tuple[str, ...]:
    variable = expression.var if isinstance(expression, FilterExpression) else None
    return tuple(variable.lookups or ()) if isinstance(variable, Variable) else ()


def _type_of(lookups: tuple[str, ...], names: Mapping[str, object]) -> Any:
    """The declared type at the end of a.b.c; None if the path leaves what is declared."""
    found: Any = names.get(lookups[0])
    for name in lookups[1:]:
        if found is Mapping:  # forloop: its keys are Django's own
            return str
        found = get_type_hints(found).get(name) if is_dataclass(found) else None
    plain = found in _SIMPLE or found is Mapping or is_dataclass(found)
    return found if plain or get_origin(found) in (tuple, UnionType) or get_args(found) else None
