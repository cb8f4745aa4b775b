"""One YAML file into one pydantic model, with every complaint put on its line."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from policies.marks import Marked, bare_bool, read
from policies.problems import PolicyError, Problem, nearest

Model = TypeVar("Model", bound=BaseModel)
_NAMES = {"string": "text", "dict": "a mapping (key: value)", "model": "a mapping (key: value)", "list": "a list",
          "tuple": "a list", "int": "a whole number", "bool": "true or false", "date": "a date like 2024-07-09"}


def read_model(path: Path, model: type[Model], *, text: str | None = None) -> tuple[Model, Marked]:
    """Read and check one file. PolicyError holds every problem of the file."""
    marked = read(path, text=text)
    if not isinstance(marked.data, dict):
        found = "an empty file" if marked.data is None else f"{type(marked.data).__name__} {_short(marked.data)}"
        raise PolicyError([Problem(str(path), 1, "", found, "a mapping (key: value) at the top")])
    return validate(marked, model, data=marked.data), marked


def validate(marked: Marked, model: type[Model], *, data: Any, prefix: Sequence[str | int] = ()) -> Model:
    """Check ``data``, which lies at ``prefix`` in the file."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        details = error.errors(include_url=False)
        raise PolicyError([_problem(marked, model, detail, prefix) for detail in details]) from error


def _problem(marked: Marked, model: type[BaseModel], detail: ErrorDetails, prefix: Sequence[str | int]) -> Problem:
    path = (*prefix, *detail["loc"])
    line, node = marked.walk(path)
    field = ".".join(str(step) for step in path if step != "[key]")
    written = bare_bool(node)
    if written and detail["type"] not in {"extra_forbidden", "missing"}:
        found = f"{written}, which YAML reads as {str(detail['input']).lower()}"
        return Problem(marked.file, line, field, found, f'text in quotes: "{written}"')
    return Problem(marked.file, line, field, _found(detail), _expected(model, detail))


def _found(detail: ErrorDetails) -> str:
    if detail["type"] == "missing":
        return "nothing"
    if detail["type"] == "extra_forbidden":
        return f"the unknown key {detail['loc'][-1]}"
    return _short(detail["input"])


def _expected(model: type[BaseModel], detail: ErrorDetails) -> str:
    kind, context = detail["type"], detail.get("ctx") or {}
    if kind == "missing":
        return f"the key {detail['loc'][-1]}"
    if kind == "extra_forbidden" and detail["input"] is None:  # {da: navn, adresse} reads as two keys
        return "a value for it, or quotes around a text with a comma inside { … }"
    if kind == "extra_forbidden":
        known = sorted(_keys(model, detail["loc"][:-1]))
        return f"one of {', '.join(known)}{nearest(str(detail['loc'][-1]), known)}"
    if kind in {"literal_error", "enum"}:
        choices = str(context.get("expected", ""))
        known = [choice.strip(" '") for choice in choices.replace(" or ", ",").split(",")]
        return f"one of {', '.join(known)}{nearest(str(detail['input']), known)}"
    if kind == "value_error":
        return str(context.get("error", detail["msg"])).removeprefix("expected ")
    if kind == "string_pattern_mismatch":
        return f"text of the form {context.get('pattern')}"
    if kind.endswith("_type") and kind.removesuffix("_type") in _NAMES:
        hint = f': write "{detail["input"]}" in quotes' if kind == "string_type" and _scalar(detail["input"]) else ""
        return _NAMES[kind.removesuffix("_type")] + hint
    return detail["msg"][:1].lower() + detail["msg"][1:]


def _scalar(value: object) -> bool:
    return value is not None and not isinstance(value, (Mapping, Sequence))


def _short(value: object) -> str:
    if isinstance(value, Mapping):
        return "a mapping with " + (", ".join(str(key) for key in list(value)[:4]) or "nothing in it")
    if value is None:
        return "nothing"
    said = repr(value)
    return said if len(said) <= 80 else said[:77] + "…"


def _keys(model: type[BaseModel], path: Sequence[str | int]) -> set[str]:
    """The keys allowed at ``path``: walk the models by their annotations."""
    here: list[type[BaseModel]] = [model]
    for step in path:
        deeper = [inner for one in here for inner in _step(one, step)]
        here = deeper or here
    return {field.alias or name for one in here for name, field in one.model_fields.items()}


def _step(model: type[BaseModel], step: str | int) -> Iterator[type[BaseModel]]:
    for name, field in model.model_fields.items():
        if str(step) in {name, field.alias}:
            yield from _models(field.annotation)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)
