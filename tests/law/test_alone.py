"""This room stands on the standard library, the holidays library and itself."""

import ast
import sys
from pathlib import Path

import law

ROOM = Path(law.__file__).parent
ALLOWED = sys.stdlib_module_names | {"law", "holidays"}
CLOCKS = {"today", "now", "utcnow"}


def trees() -> list[tuple[Path, ast.Module]]:
    return [(path, ast.parse(path.read_text("utf-8"))) for path in ROOM.rglob("*.py")]


def imported(tree: ast.Module) -> set[str]:
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    return {name.split(".")[0] for name in names}


def test_nothing_else_is_imported() -> None:
    strangers = {path.name: imported(tree) - ALLOWED for path, tree in trees()}
    assert {name: found for name, found in strangers.items() if found} == {}


def test_no_clock_is_read() -> None:
    calls = [
        (path.name, node.func.attr)
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS
    ]
    assert calls == []
