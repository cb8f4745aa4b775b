import ast

import pytest

from tests.architecture.rooms import BELOW, FOLDERS, ROOT, imported, modules

# An import inside a function hides an edge of the plan. These may, each for its reason.
INSIDE_FUNCTIONS = {
    "dsar_portal/celery.py": "the app is made before Django is set up",
    "dsar_portal/apps.py": "checks register when the apps are ready",
    "dsar_portal/demo/__main__.py": "settings may be read only after the demo has made its environment",
}


@pytest.mark.parametrize("room", BELOW)
def test_imports_point_down(room: str) -> None:
    allowed = BELOW[room] | {room}
    wrong = [f"{file}: {name}" for file, tree in modules(room) for node in ast.walk(tree) for name in imported(node)
             if name.split(".")[0] in BELOW and name.split(".")[0] not in allowed]
    assert not wrong, f"{room} may look only into {sorted(BELOW[room])}:\n" + "\n".join(wrong)


@pytest.mark.parametrize(("room", "folder"), [(room, folder) for room, inside in FOLDERS.items() for folder in inside])
def test_imports_point_down_inside_a_room(room: str, folder: str) -> None:
    inside = FOLDERS[room]
    allowed = inside[folder] | {folder}
    wrong = [f"{file}: {name}" for file, tree in modules(f"{room}/{folder}") for node in ast.walk(tree)
             for name in imported(node) if name.startswith(f"{room}.")
             and name.split(".")[1] in inside and name.split(".")[1] not in allowed]
    assert not wrong, f"{room}/{folder} may look only into {sorted(inside[folder])}:\n" + "\n".join(wrong)


@pytest.mark.parametrize("room", BELOW)
def test_no_import_hides_in_a_function(room: str) -> None:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    hidden = {f"{file}:{inner.lineno} {name}" for file, tree in modules(room) if str(file) not in INSIDE_FUNCTIONS
              for node in ast.walk(tree) if isinstance(node, functions)
              for inner in ast.walk(node) for name in imported(inner)}
    assert not hidden, "\n".join(sorted(hidden))


def test_listed_exceptions_are_still_needed() -> None:
    for file in INSIDE_FUNCTIONS:
        nodes = [node for node in ast.walk(ast.parse((ROOT / file).read_text())) if isinstance(node, ast.FunctionDef)]
        assert any(list(imported(inner)) for node in nodes for inner in ast.walk(node)), f"{file} needs no exception"


def test_the_building_is_complete() -> None:
    assert all((ROOT / room / "__init__.py").is_file() for room in BELOW)
