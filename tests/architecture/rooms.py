"""The building as the tests see it: every module of ours, parsed once."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Each room and those it may look into: imports point down, siblings do not see each other.
BELOW = {
    "law": set(),
    "policies": {"law"},
    "connectors": {"policies", "law"},
    "letters": {"policies", "law"},
    "requests_app": {"letters", "connectors", "policies", "law"},
    "identity": {"requests_app", "letters", "connectors", "policies", "law"},
    "fulfilment": {"requests_app", "letters", "connectors", "policies", "law"},
    "desk": {"fulfilment", "identity", "requests_app", "letters", "connectors", "policies", "law"},
    "dsar_portal": {
        "desk", "fulfilment", "identity", "requests_app", "letters", "connectors", "policies", "law", "demo"},
}
# The folders of the machine room, and those each may look into. What lies beside them may look into all, and all may
# look into the tables, the ledger and the words of an extract.
MACHINE_ROOM = {
    "collecting": set(),
    "planning": {"collecting"},
    "asking": {"planning", "collecting"},
    "handing_over": {"collecting"},
    "telling": {"planning", "collecting"},
    "routine": {"planning", "collecting"},
    "stopping": {"planning", "collecting"},
    "changing": {"telling", "planning", "collecting"},
    "weighing": {"changing", "telling", "planning", "collecting"},
    "removing": {"stopping", "handing_over", "telling", "planning", "collecting"},
}
# The same for the room that asks who is asking: its rows, acts and reads lie beside the folders.
IDENTITY = {
    "pictures": set(),
    "reading": set(),
    "log_in": {"reading"},
    "methods": {"pictures", "log_in", "reading"},
    "waiting": {"pictures"},
    "views": {"methods", "pictures", "log_in"},
}
FOLDERS = {"fulfilment": MACHINE_ROOM, "identity": IDENTITY}


def modules(room: str, *, migrations: bool = False) -> Iterator[tuple[Path, ast.Module]]:
    for file in sorted((ROOT / room).rglob("*.py")):
        if migrations or "migrations" not in file.parts:
            yield file.relative_to(ROOT), parsed(file)


@cache
def parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text(), filename=str(file))


def imported(node: ast.AST) -> Iterator[str]:
    """Full dotted names this statement imports (absolute imports only; relative ones stay inside their room)."""
    if isinstance(node, ast.Import):
        yield from (name.name for name in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        yield node.module
