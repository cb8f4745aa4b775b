from collections.abc import Iterator
from typing import Any

import pytest

from tests.connectors.django.project import serving


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with serving(tmp_path_factory.mktemp("project")) as project:
        yield project
