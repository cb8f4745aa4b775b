"""Before anything is sent: every kind exists in every language, a text names only values its kind has, and a company's
own text leaves out nothing that ours tells."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import get_type_hints

from django.template import Node, Template
from django.template.base import NodeList, TextNode, VariableNode
from django.template.defaulttags import CommentNode, ForNode, IfNode
from django.template.loader_tags import BlockNode, ExtendsNode

from letters.kinds import KINDS, LANGUAGES
from letters.letterhead import Authority, Letterhead
from letters.named import Named, line_of, names_in
from letters.render import TEXTS, LetterError, template

SHARED: Mapping[str, object] = {
    "company": Letterhead,
    "authority": Authority,
    "language": str,
    "written": date,
    "channel": str,
    "heading": str,
}
_TAGS = (TextNode, VariableNode, ForNode, IfNode, BlockNode, ExtendsNode, CommentNode)
_BLOCKS = frozenset("subject body date_word reference_word closing dpo_word phone_word email_word".split())
_UNESCAPED = frozenset(("safe", "safeseq"))
# What a company may leave out: a greeting by name, its own particulars, ways to the authority besides its address.
_FREE = re.compile(r"name$|company\b|language$|written$|channel$|heading$|forloop\b|authority\.(phone|email|url)$")
_ROUTES = {"77": "the complaint to the authority (Article 77)", "79": "the judicial remedy (Article 79)"}


def problems(folder: Path | None = None) -> list[str]:
    """One line per fault, "<file>:<line>: <what>": a text that is missing, unreadable, lacks a subject, names a value
    its kind does not have. `folder`: a controller's own folder, whose texts are then the ones looked at: their kind and
    language are known, and they tell every value and both routes of complaint that ours tells. Empty = all is well."""
    if folder is None:
        return [line for kind in KINDS for language in LANGUAGES for line in _text(kind, language, None)]
    files = sorted(file for file in (folder / "letters").rglob("*") if file.is_file())
    return [line for file in files for line in _own(file, folder)]


def _own(file: Path, folder: Path) -> Iterator[str]:
    """The faults of one file of a company."""
    kind, language = file.parent.name, file.stem
    if file.parent.parent != folder / "letters" or kind not in KINDS:
        yield f"{file}:1: no kind of letter called {kind}; there are: {', '.join(sorted(KINDS))}"
    elif file.suffix != ".html" or language not in LANGUAGES:
        yield f"{file}:1: found {file.name}, expected one of {', '.join(f'{one}.html' for one in LANGUAGES)}"
    else:
        yield from _text(kind, language, folder)


def _text(kind: str, language: str, folder: Path | None) -> Iterator[str]:
    file = (folder or TEXTS) / "letters" / kind / f"{language}.html"
    try:
        text = template(kind, language=language, folder=folder)
    except LetterError as error:
        token = getattr(error.__cause__, "token", None)
        yield f"{file}:{getattr(token, 'lineno', 1)}: {error}"
        return
    named = list(names_in(text.nodelist, _declared(kind)))
    yield from (f"{file}:{line}: {wrong}" for line, wrong in _shape(text, language))
    yield from (f"{file}:{one.line}: no value called {one.path}" for one in named if not one.known)
    if folder:
        yield from (f"{file}:{_body_line(text)}: {wrong}" for wrong in _left_out(text, named, kind, language))


def _left_out(text: Template, named: Sequence[Named], kind: str, language: str) -> Iterator[str]:
    """What our text of this kind tells and theirs does not. A value that ours prints must be printed."""
    ours = template(kind, language=language)
    theirs, printed = {one.path for one in named}, {one.path for one in named if one.printed}
    needed: dict[str, bool] = {}
    for one in names_in(ours.nodelist, _declared(kind)):
        needed[one.path] = needed.get(one.path, False) or one.printed
    for path, is_printed in needed.items():
        if not _FREE.match(path) and path not in (printed if is_printed else theirs):
            yield f"{path} is left out, which this letter must tell"
    said, must = _words(text.nodelist), _words(ours.nodelist)
    for number, what in _ROUTES.items():
        if re.search(rf"\b{number}\b", must) and not re.search(rf"\b{number}\b", said):
            yield f"{what} is left out, which this letter must tell"


def _shape(text: Template, language: str) -> Iterator[tuple[int, str]]:
    """Faults of the frame: not on our paper, no subject, words no block prints, tags that could leave our rules."""
    paper = f"letters/paper/{language}.html"
    root = text.nodelist[0] if text.nodelist else None
    if not isinstance(root, ExtendsNode) or getattr(root.parent_name, "var", None) != paper:
        yield 1, f'must begin with {{% extends "{paper}" %}}'
    blocks = [node for node in text.nodelist.get_nodes_by_type(BlockNode) if isinstance(node, BlockNode)]
    yield from ((1, f"block {name} is missing") for name in ("subject", "body") if name not in {b.name for b in blocks})
    yield from ((line_of(b), f"no block called {b.name}") for b in blocks if b.name not in _BLOCKS)
    for node in root.nodelist if isinstance(root, ExtendsNode) else ():
        if isinstance(node, TextNode) and node.s.strip():
            yield line_of(node), f"outside every block, so never printed: {node.s.strip()[:40]}"
    for node in text.nodelist.get_nodes_by_type(Node):
        if not isinstance(node, _TAGS):
            yield line_of(node), f"a letter is one whole text: no {_tag(node)} here"
        elif isinstance(node, VariableNode) and _UNESCAPED & _filters(node):
            yield line_of(node), "a value is always escaped: no filter safe here"


def _declared(kind: str) -> dict[str, object]:
    return {**SHARED, **get_type_hints(KINDS[kind].values)}


def _words(nodes: NodeList) -> str:
    return " ".join(node.s for node in nodes.get_nodes_by_type(TextNode) if isinstance(node, TextNode))


def _filters(node: VariableNode) -> set[str]:
    return {getattr(function, "_filter_name", "") for function, _ in node.filter_expression.filters}


def _tag(node: Node) -> str:
    token = getattr(node, "token", None)
    return f"{{% {token.contents.split()[0]} %}}" if token else type(node).__name__


def _body_line(text: Template) -> int:
    bodies = [b for b in text.nodelist.get_nodes_by_type(BlockNode) if isinstance(b, BlockNode) and b.name == "body"]
    return line_of(bodies[0]) if bodies else 1
