"""Files in a folder and in a real bucket: the contract, then what only files can get wrong."""

import csv
import gzip
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from botocore.config import Config

from connectors.files.connector import FilesConnector
from policies.files_way import FilesWay
from tests.connectors.contract import ROWS, Served, TableContract, dataset


def as_csv(rows: list[dict[str, Any]], **options: Any) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]), **options)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def as_lines(rows: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def as_parquet(rows: list[dict[str, Any]]) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), out, row_group_size=100)
    return out.getvalue()


WRITE: dict[str, tuple[str, Callable[[list[dict[str, Any]]], bytes]]] = {
    "csv": (".csv", as_csv),
    "csv.gz": (".csv.gz", lambda rows: gzip.compress(as_csv(rows))),
    "json": (".json", lambda rows: json.dumps(rows, indent=1).encode()),
    "jsonl": (".jsonl", as_lines),
    "parquet": (".parquet", as_parquet),
}


def files_of(kind: str) -> dict[str, bytes]:
    """The contract's data by path; orders are in two files."""
    ending, write = WRITE[kind]
    halves = {"orders-2023": ROWS["orders"][:3], "orders-2024": ROWS["orders"][3:]}
    parts = {"customers": ROWS["customers"], "lines/order_lines": ROWS["order_lines"], **halves}
    return {f"{name}{ending}": write(rows) for name, rows in parts.items()}


def way_of(kind: str) -> FilesWay:
    ending = WRITE[kind][0]
    paths = {"customers": "customers", "orders": "orders-*", "order_lines": "**/order_lines"}
    return FilesWay.model_validate({"collections": {name: {"path": path + ending} for name, path in paths.items()}})


def written(folder: Path, files: dict[str, bytes]) -> str:
    """URL of a folder with these files."""
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return f"file://{folder}"


def client(url: str) -> Any:
    host = url.split("@")[1].split("/")[0]
    return boto3.client("s3", endpoint_url=f"http://{host}", region_name="us-east-1", aws_access_key_id="testkey",
                        aws_secret_access_key="testsecret", config=Config(s3={"addressing_style": "path"}))  # fmt: skip


def put(url: str, folder: str, files: dict[str, bytes]) -> str:
    """URL of a folder in the bucket with these files."""
    for path, content in files.items():
        client(url).put_object(Bucket="bucket", Key=f"{folder}/{path}", Body=content)
    return url.replace("/bucket", f"/bucket/{folder}")


@pytest.fixture(scope="module", params=[*WRITE, "s3 csv", "s3 parquet"])
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    place, _, kind = request.param.rpartition(" ")
    if place:
        url = put(request.getfixturevalue("s3_url"), f"contract-{kind}", files_of(kind))
        nowhere = "s3://testkey:testsecret@127.0.0.1:9/bucket?insecure=1"
    else:
        url, nowhere = written(tmp_path_factory.mktemp(kind), files_of(kind)), "file:///nowhere/at/all"
    connector, gone = (
        FilesConnector("exports", url=one, dataset=dataset(), way=way_of(kind)) for one in (url, nowhere)
    )
    yield Served(connector, gone=gone, untyped=kind.startswith("csv"))


class TestFiles(TableContract):
    pass
