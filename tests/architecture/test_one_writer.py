"""One writer per fact. Whoever else writes it has gone round the rule that belongs to it."""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.rooms import BELOW, modules

COLUMNS = {"stage": "requests_app/lifecycle.py", "due_on": "requests_app/clock.py"}
ROWS = {
    "Letter": "requests_app/correspondence.py", "Bundle": "fulfilment/handing_over/bundle.py",
    "RecipientNotice": "fulfilment/telling/notices.py", "HandTask": "fulfilment/planning/by_hand.py",
    "Incident": "fulfilment/telling/incidents.py", "Verification": "identity/attempts.py",
    "ClockSegment": "requests_app/clock.py", "OwnerTask": "fulfilment/asking/tasks.py",
    "OwnerLink": "fulfilment/asking/mails.py", "OwnerFile": "fulfilment/asking/answers.py",
}
ROOMS = [room for room in BELOW if room not in ("law", "policies")]
MAKING = {"create", "update_or_create", "get_or_create", "bulk_create", "acreate"}
WRITING = MAKING | {"update", "aupdate"}


def writes(tree: ast.Module, column: str) -> list[int]:
    """Lines that set `thing.column`, or name it in a call that writes rows (as keyword, or in a dict given by **)."""
    lines = [target.lineno for node in ast.walk(tree) for target in _targets(node)
             if isinstance(target, ast.Attribute) and target.attr == column and ast.unparse(target.value) != "self"]
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.Module)):
        calls = [node for node in _within(function) if isinstance(node, ast.Call)
                 and isinstance(node.func, ast.Attribute) and node.func.attr in WRITING]
        lines += [call.lineno for call in calls for word in call.keywords if word.arg == column]
        if any(word.arg is None for call in calls for word in call.keywords):
            lines += [node.lineno for node in _within(function) if isinstance(node, ast.Dict)
                      for key in node.keys if isinstance(key, ast.Constant) and key.value == column]
    return sorted(lines)


def makes(tree: ast.Module, model: str) -> list[int]:
    called = [(node.lineno, ast.unparse(node.func)) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [line for line, name in called if name == model
            or name.startswith(f"{model}.objects.") and name.rsplit(".", 1)[-1] in MAKING]


@pytest.mark.parametrize("column", COLUMNS)
def test_column_has_one_writer(column: str) -> None:
    found = {str(file): lines for room in ROOMS for file, tree in modules(room) if (lines := writes(tree, column))}
    assert set(found) == {COLUMNS[column]}, found


@pytest.mark.parametrize("model", ROWS)
def test_rows_have_one_maker(model: str) -> None:
    found = {str(file): lines for room in ROOMS for file, tree in modules(room) if (lines := makes(tree, model))}
    assert set(found) == {ROWS[model]}, found


def test_these_rules_can_fail() -> None:
    bypass = ast.parse("claim.stage = 'done'\n"
                       "Claim.objects.filter(pk=1).update(stage='x')\n"
                       "a.stage, b = 1, 2\n"
                       "Claim.objects.filter(stage='only asks')\n"
                       "def hidden():\n    fields = {'stage': 1}\n    Claim.objects.update(**fields)\n")
    assert writes(bypass, "stage") == [1, 2, 3, 6]
    assert makes(ast.parse("Letter.objects.filter()\nLetter.objects.create()\nLetter()"), "Letter") == [2, 3]


def _targets(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, ast.Assign):
        for target in node.targets:
            yield from target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
    elif isinstance(node, ast.AugAssign | ast.AnnAssign):
        yield node.target


def _within(function: ast.FunctionDef | ast.Module) -> Iterator[ast.AST]:
    """What is in it, but not in functions inside it: those are looked at on their own."""
    waiting = list(ast.iter_child_nodes(function))
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            waiting += ast.iter_child_nodes(node)
