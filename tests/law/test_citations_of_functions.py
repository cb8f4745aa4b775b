"""Every public function of the law says where it comes from: an article, a statute, a guideline or a decision."""

import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import law

SOURCE = re.compile(
    r"Art\. ?\d+|1182/71|\bEDPB\b|recital \d+|WP\d+|§|\d+ kap\.|SFS \d+|IMY[- ]|Datatilsynet|CJEU|House rule"
)  # fmt: skip
# Accessors of values and the reading of a notation, which know no law.
PLAIN = {
    "law.reasons.Reason.to_json", "law.reasons.Reason.from_json", "law.reasons.wording", "law.durations.Period.parse",
    "law.identification.Means.level", "law.pauses.Closed.days",
}  # fmt: skip


def own(holder: Any, module: str) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Public functions, methods and properties written in this module."""
    for name, value in vars(holder).items():
        function = value.fget if isinstance(value, property) else getattr(value, "__func__", value)
        function = inspect.unwrap(function) if callable(function) else function
        if not name.startswith("_") and inspect.isfunction(function) and function.__module__ == module:
            yield name, function
        if inspect.isclass(value) and value.__module__ == module and not name.startswith("_") and holder is not value:
            yield from ((f"{name}.{inner}", method) for inner, method in own(value, module))


def test_every_public_function_cites_its_source() -> None:
    found, silent = set(), []
    for module in pkgutil.walk_packages(law.__path__, "law."):
        for name, function in own(import_module(module.name), module.name):
            found.add(f"{module.name}.{name}")
            if f"{module.name}.{name}" not in PLAIN and not SOURCE.search(function.__doc__ or ""):
                silent.append(f"{module.name}.{name}")
    assert silent == []
    assert PLAIN <= found and len(found) > 40, "nothing is passed over, and nothing excused that is not there"
