"""The sentences of a strict check, whole, one file a language: ``policies/wording/<language>.json``."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

_WORDING = Path(__file__).resolve().parent / "wording"


@cache
def wording(language: str) -> Mapping[str, str]:
    """Every sentence of one language. FileNotFoundError where there is none."""
    loaded: Mapping[str, str] = json.loads((_WORDING / f"{language}.json").read_text("utf-8"))
    return loaded


def say(key: str, language: str, **values: str) -> str:
    """One sentence with its values. KeyError where the sentence is missing: there is no silent English."""
    return wording(language)[key].format(**values)
