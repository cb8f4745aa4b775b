"""One small set of sample databases for all of these tests: personas, traps and boundary cases are always there."""

from pathlib import Path

import pytest

import demo

CONTROLLERS = Path(__file__).resolve().parents[2] / "controllers"


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    demo.build_all(folder, count=120)
    return folder
