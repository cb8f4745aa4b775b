"""The contract, kept by a real Django project with our small app in it, over HTTP, erasures too."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.connectors.contract import Served, TableContract
from tests.connectors.django.project import Project


@pytest.fixture(scope="module")
def served(project: Project) -> Iterator[Any]:
    connector = project.connector()
    yield Served(connector, gone=project.connector(url="http://127.0.0.1:9"))
    connector.close()


class TestDjango(TableContract):
    pass
