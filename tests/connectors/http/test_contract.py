"""The contract, kept by a JSON API with three ways of paging, asked by query, by path and by body."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from connectors.http.connector import HttpConnector
from policies.http_way import HttpWay
from tests.connectors.contract import Served, TableContract, dataset
from tests.connectors.http.api import TOKEN, Api, serving

ENVIRON = {"DSAR_SOURCE_SMALL_TOKEN": TOKEN}


def way(**changed: Any) -> HttpWay:
    return HttpWay.model_validate(yaml.safe_load((Path(__file__).parent / "way.yaml").read_text("utf-8")) | changed)


@pytest.fixture(scope="module")
def served() -> Iterator[Any]:
    with serving(Api()) as api:
        connector, gone = (
            HttpConnector("small", url=url, dataset=dataset(), way=way(), environ=ENVIRON, pause=lambda _: None)
            for url in (api.url, "http://127.0.0.1:9")
        )
        yield Served(connector, gone=gone)
        connector.close()


class TestHttp(TableContract):
    pass
