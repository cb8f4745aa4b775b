"""Where the files of a source lie and how they are read: the block ``files:`` of a source.

The place itself is the source's URL: ``file:///folder`` or ``s3://KEY:SECRET@host/bucket/folder?region=…``.
"""

import codecs
import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from policies.parts import Part

Format = Literal["csv", "json", "jsonl", "parquet"]
ENDINGS: dict[str, Format] = {
    ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl",
    ".parquet": "parquet",
}  # fmt: skip
PLACE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
_PART = re.compile(r"(?:[^{}\[\]\\\x00-\x1f]|\{[A-Za-z_][A-Za-z0-9_]*\})+")


def _pattern(text: str) -> str:
    parts = text.split("/")
    if not all(_PART.fullmatch(part) for part in parts) or {".", ".."} & set(parts):
        raise ValueError("expected a path below the folder, such as exports/*.csv: without .., [ or an empty part")
    if any("**" in part and part != "**" for part in parts) or parts[-1] == "**" or parts.count("**") > 1:
        raise ValueError("expected ** once, alone between slashes, and a file name after it")
    names = PLACE.findall(text)
    if len(names) != len(set(names)):
        raise ValueError("expected each {column} once")
    return text


def _encoding(name: str) -> str:
    try:
        found = codecs.lookup(name)
    except LookupError:
        raise ValueError(f"expected an encoding Python knows, such as utf-8 or cp1252, not {name}") from None
    if not found._is_text_encoding:  # rot13 and base64 are codecs, too
        raise ValueError(f"expected an encoding of text, not {name}")
    return name


Pattern = Annotated[str, AfterValidator(_pattern)]
Encoding = Annotated[str, AfterValidator(_encoding)]
Inside = Annotated[str, StringConstraints(pattern=r"^[^.\s]+(\.[^.\s]+)*$")]


class FilesCollection(Part):
    """The files that are one table.

    ``path``: ``*`` and ``?`` stand for characters of one name, ``**`` for folders of any depth, ``{column}`` for a part
    of a name that is a column of every row in that file. ``format``: absent, by the ending of the name (.gz apart).
    Files are unpacked where they are gzip. ``columns`` names the columns where ``header`` is false. ``nulls``: cells of
    a CSV that mean nothing. ``rows``: where in a JSON file the list of rows stands (``data.items``); absent, the file
    is a list or one row. ``optional``: no such file is no error.
    """

    path: Pattern
    format: Format | None = None
    encoding: Encoding = "utf-8"
    delimiter: Annotated[str, StringConstraints(min_length=1, max_length=1)] = ","
    header: bool = True
    columns: tuple[str, ...] = ()
    nulls: tuple[str, ...] = ()
    rows: Inside | None = None
    optional: bool = False

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.kind is None:
            raise ValueError("expected 'format': csv, json, jsonl or parquet; the name does not say which")
        if bool(self.columns) is self.header:
            raise ValueError("expected 'columns' where header is false, and only there")
        if len(set(self.columns)) < len(self.columns):
            raise ValueError("expected each of 'columns' once")
        if self.rows and self.kind != "json":
            raise ValueError("expected 'rows' only for json")
        return self

    @property
    def kind(self) -> Format | None:
        """None where neither the format nor the name tells."""
        name = self.path.removesuffix(".gz")
        return self.format or ENDINGS.get(name[name.rfind(".") :].lower() if "." in name else "")


class FilesWay(Part):
    """Files in a folder or an S3-compatible bucket: which are which table."""

    collections: dict[str, FilesCollection] = Field(min_length=1)
