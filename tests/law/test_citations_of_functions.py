"""Every public function of the law says where it comes from: an article, a statute, a guideline or a decision."""

import ast
import re
from collections.abc import Iterator

from tests.architecture.rooms import modules

SOURCE = re.compile(
    r"Art\. ?\d+|1182/71|\bEDPB\b|recital \d+|WP\d+|§|\d+ kap\.|SFS \d+|IMY[- ]|Datatilsynet|CJEU|House rule"
)  # fmt: skip
# Arithmetic that knows no law of its own, and the accessors of values.
PLAIN = {"law/reasons.py": {"to_json", "from_json", "wording"}, "law/durations.py": {"parse"},
         "law/identification.py": {"level"}, "law/pauses.py": {"days"}}  # fmt: skip


def public(module: ast.Module) -> Iterator[ast.FunctionDef]:
    """Functions and methods one can import; what is inside a function is its own affair."""
    for node in module.body:
        inside = node.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_") else [node]
        for one in inside:
            if isinstance(one, ast.FunctionDef) and not one.name.startswith("_"):
                yield one


def test_every_public_function_cites_its_source() -> None:
    silent = []
    for path, module in modules("law"):
        for function in public(module):
            plain = function.name in PLAIN.get(str(path), set())
            if not plain and not SOURCE.search(ast.get_docstring(function) or ""):
                silent.append(f"{path}:{function.lineno} {function.name}")
    assert silent == []
