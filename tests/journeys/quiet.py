"""Listens to every log record of a journey, as it is written and as it was meant, and to what rests in the database."""

import logging
import re
from collections.abc import Iterable
from pathlib import Path

from django.db import connection

from dsar_portal.log_lines import OURS, JSONLines


class Listener(logging.Handler):
    """Keeps the lines as the portal writes them; of our own modules also the raw message and its extras."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(JSONLines())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))
        if record.name.split(".")[0] in OURS:
            self.lines.append(f"{record.getMessage()} {record.__dict__}")


def said_aloud(values: Iterable[str], lines: Iterable[str]) -> list[tuple[str, str]]:
    """(value, line) of every personal value or secret in the lines, as a whole word, in any case."""
    values = sorted({value for value in values if value}, key=len, reverse=True)
    if not values:
        return []
    word = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, values))})(?!\w)", re.IGNORECASE)
    return [(found[0], line) for line in lines if (found := word.search(line))]


def at_rest() -> list[str]:
    """Every row of the portal's own database, as whoever steals the file would read it."""
    rows, known = [], ("auth_", "account_", "django_", "requests_app_policyversion")  # staff by their own names
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table.startswith(known):
                continue
            cursor.execute(f'SELECT * FROM "{table}"')
            rows += [f"{table}: {[_plain(value) for value in row]}" for row in cursor.fetchall()]
    return rows


def in_files(folder: Path) -> list[str]:
    return [f"{file}: {file.read_bytes().decode('latin-1')}" for file in folder.rglob("*") if file.is_file()]


def _plain(value: object) -> str:
    return bytes(value).decode("utf-8", "replace") if isinstance(value, bytes | memoryview) else str(value)
