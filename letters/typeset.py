"""A document set by Typst: PDF/A-3a and PDF/UA-1 in one, tagged, with nothing from outside. Data is never markup."""

import marshal
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from letters import press
from letters.glyphs import ASSETS, drawable, families, folders, ours_only

PRESS = Path(press.__file__)
LETTER = ASSETS / "letter.typ"


class NotTypeset(Exception):
    """The document could not be set. Says nothing of what was in it."""


class _Refused(Exception):
    """Typst will not set this as PDF/A."""


def typeset(*parts: Path, doc: Mapping[str, Any], data: Any, day: date, attached: str | None = None) -> bytes:
    """The PDF of `data` by the templates `parts`, one after the other in one scope.

    `doc`: title, author, language, accent '#rrggbb', running (foot of the page), page ("{page} / {pages}"). `day`: the
    date of the document, so that the same content gives the same bytes. `attached`: text of a file the template may
    attach. Raises NotTypeset.
    """
    source = "".join(_source(part) for part in parts)
    doc = {**doc, "fonts": families(), "date": [day.year, day.month, day.day]}
    try:
        return _pressed(source, _inputs(doc, data, attached, drawable))
    except _Refused:  # a cluster whose letters stand in different fonts: rarer than one in a million names
        pass
    try:
        return _pressed(source, _inputs(doc, data, attached, lambda text: ours_only(drawable(text))))
    except _Refused:
        raise NotTypeset("refused") from None


def _inputs(doc: Any, data: Any, attached: str | None, clean: Callable[[str], str]) -> dict[str, str]:
    inputs = {"doc": _json(doc, clean), "data": _json(data, clean)}
    return inputs if attached is None else inputs | {"attached": attached}


def _pressed(source: str, inputs: Mapping[str, str]) -> bytes:
    job = marshal.dumps({"source": source, "inputs": inputs, "fonts": list(folders()), "root": str(ASSETS)})
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and file; what is set goes by pipe only
            [sys.executable, "-I", str(PRESS)], input=job, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={"RAYON_NUM_THREADS": "1"}, timeout=2 * press.SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise NotTypeset("time") from None
    if done.returncode == press.REFUSED:
        raise _Refused
    if done.returncode or not done.stdout.startswith(b"%PDF"):
        raise NotTypeset(f"ended with {done.returncode}")
    return done.stdout


def _json(value: Any, clean: Callable[[str], str]) -> str:
    return orjson.dumps(_cleaned(value, clean)).decode()


def _cleaned(value: Any, clean: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {name: _cleaned(one, clean) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(one, clean) for one in value]
    return value


@cache
def _source(file: Path) -> str:
    return file.read_text("utf-8")
