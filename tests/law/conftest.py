"""The law knows no files and no settings: what makes room for them is left out here, 2 ms a test."""

import hypothesis  # noqa: F401  # pytest loads it at the end of any run; here it is part of the start, not of a test
import pytest


@pytest.fixture(autouse=True)
def own_files() -> None:
    """In place of the one for the rooms that keep files."""
