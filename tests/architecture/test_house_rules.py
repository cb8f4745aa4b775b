import ast
import re

import pytest

from tests.architecture.rooms import BELOW, ROOT, modules

NAMELESS = {"utils", "helpers", "common", "core", "services", "manager"}
OURS = tuple(BELOW)
TABLE_ROOMS = ("requests_app", "identity", "fulfilment")
MOST_LINES = 400


@pytest.mark.parametrize("room", OURS)
def test_every_module_has_a_name_that_says_something(room: str) -> None:
    assert not [str(file) for file, _ in modules(room) if {file.stem, *file.parent.parts} & NAMELESS]


@pytest.mark.parametrize("room", OURS)
def test_files_stay_small(room: str) -> None:
    assert not {str(file): lines for file, _ in modules(room)
                if (lines := len((ROOT / file).read_text().splitlines())) > MOST_LINES}


@pytest.mark.parametrize("room", [room for room in OURS if room != "dsar_portal"])
def test_no_signals_between_our_packages(room: str) -> None:
    signal = re.compile(r"^\s*(from django\.(db\.models\.signals|dispatch)|.*\breceiver\()", re.M)
    assert not [str(file) for file, _ in modules(room) if signal.search((ROOT / file).read_text())]


@pytest.mark.parametrize("room", ["requests_app", "identity", "fulfilment", "desk"])
def test_no_logic_in_save(room: str) -> None:
    methods = {"save", "delete", "save_model", "delete_model", "save_formset"}
    wrong = [f"{file}:{method.lineno} {kind.name}.{method.name}" for file, tree in modules(room)
             for kind in ast.walk(tree) if isinstance(kind, ast.ClassDef)
             and any(word in ast.unparse(base) for base in kind.bases for word in ("Model", "Admin", "Form", "Inline"))
             for method in kind.body if isinstance(method, ast.FunctionDef) and method.name in methods
             and not all(isinstance(line, ast.Raise | ast.Expr) for line in method.body)]  # to forbid is no logic
    assert not wrong


@pytest.mark.parametrize("room", ["requests_app", "identity", "fulfilment", "desk"])
def test_only_doors_put_work_on_the_queue(room: str) -> None:
    """Acts never enqueue: a lost message must cost a minute, so the state in the database is what counts."""
    queue = re.compile(r"\.(delay|apply_async|delay_on_commit|apply_async_on_commit)\(")
    doors = {"views", "tasks", "commands", "admin", "screens"} | ({"desk"} if room == "desk" else set())
    wrong = [str(file) for file, _ in modules(room)
             if queue.search((ROOT / file).read_text()) and not {file.stem, *file.parts} & doors]
    assert not wrong


def test_law_stands_alone() -> None:
    allowed = {"law", "holidays"}
    outside = {f"{file}: {name}" for file, tree in modules("law") for node in ast.walk(tree)
               for name in _roots(node) if name not in allowed and name not in _standard_library()}
    assert not outside


@pytest.mark.parametrize("room", ["law", "policies", "connectors"])
def test_plain_rooms_do_not_know_django(room: str) -> None:
    assert not [str(file) for file, tree in modules(room) for node in ast.walk(tree) if "django" in _roots(node)]


@pytest.mark.parametrize("room", ["law", "policies", "connectors", "letters"])
def test_now_is_passed_in(room: str) -> None:
    clock = re.compile(r"\b(date\.today|datetime\.now|datetime\.utcnow|timezone\.now|timezone\.localdate)\(")
    allowed = {"connectors"}  # a receipt says when a row was really gone
    assert room in allowed or not [str(file) for file, _ in modules(room) if clock.search((ROOT / file).read_text())]


def _roots(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Import):
        return {name.name.split(".")[0] for name in node.names}
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return {node.module.split(".")[0]}
    return set()


def _standard_library() -> frozenset[str]:
    import sys

    return sys.stdlib_module_names
