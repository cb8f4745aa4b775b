"""Folders of companies a test may break."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from policies.load import BUILT_IN, load_controller
from policies.problems import PolicyError, Problem

Change = Callable[..., Path]


@pytest.fixture
def company(tmp_path: Path) -> Change:
    """A copy of a real company with one text replaced: ``company("ajour", {"country: \\"NO\\"": "country: NO"})``."""

    def copy(slug: str, changes: dict[str, str] | None = None, *, file: str = "policy.yaml") -> Path:
        home = tmp_path / slug
        if not home.exists():
            shutil.copytree(BUILT_IN / slug, home)
        text = (home / file).read_text()
        for old, new in (changes or {}).items():
            assert old in text, f"{old!r} is not in {file}"
            text = text.replace(old, new, 1)
        (home / file).write_text(text)
        return home

    return copy


def refused(home: Path) -> list[Problem]:
    """The problems a folder is refused with."""
    with pytest.raises(PolicyError) as caught:
        load_controller(home)
    return caught.value.problems


def line_of(home: Path, text: str, *, file: str = "policy.yaml") -> int:
    return next(number for number, line in enumerate((home / file).read_text().splitlines(), 1) if text in line)
