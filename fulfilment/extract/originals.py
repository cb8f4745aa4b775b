"""Files that a source holds as files (an owner's PDF, a picture): once more as themselves, for anybody to open."""

from collections.abc import Iterator

from connectors.person.connector import AS_IT_IS
from connectors.values import from_base64
from fulfilment.extract import data_csv
from fulfilment.extract.shape import Extract, Table

FOLDER = "files/"


def tables(extract: Extract) -> list[Table]:
    return [table for table in extract.tables if table.collection == AS_IT_IS]


def write(extract: Extract) -> Iterator[tuple[str, list[bytes]]]:
    """(name, bytes) of each; what a reviewer withheld, or may not be carried elsewhere, is not there."""
    for table in tables(extract):
        named = {column.name for column in table.columns} >= {"file_name", "content"}
        for place, row in enumerate(table.rows() if named else (), 1):
            content = row.fields.get("content")
            if "content" not in row.withheld and isinstance(content, str) and content.startswith("base64:"):
                title = "" if "file_name" in row.withheld else str(row.fields.get("file_name") or "")
                folder = f"{FOLDER}{data_csv.safe(table.source)}"
                yield f"{folder}/{place}-{data_csv.safe(title[-80:])}", [from_base64(content)]
