"""The master keys' rounds: which sealed values still need an older key, and sealing them anew under the newest.

Only keys and columns are sealed anew; a file keeps its own key and is not read. Each value is written by
compare-and-set, so the portal goes on working meanwhile; a run that is ended is begun again and skips what is done.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from cryptography.fernet import InvalidToken
from django.apps import apps
from django.db import connection, transaction
from django.db.models import Field, Model

from requests_app.models import SealedFile
from requests_app.sealed import SealedJSONField, needs_older_key, rotate

BATCH = 200
TOKEN = "gAAAAA"  # noqa: S105 - how every Fernet token of this century begins


@dataclass
class Count:
    """What lies in one place. `unreadable`: no master key opens it, not even an older one."""

    place: str
    newest: int = 0
    older: int = 0
    unreadable: int = 0


@dataclass(frozen=True)
class Column:
    """One sealed column: the key of a file, or a field of ours."""

    model: type[Model]
    field: Field  # type: ignore[type-arg]

    @property
    def place(self) -> str:
        return f"{self.model._meta.db_table}.{self.field.column}"

    def tokens(self) -> Iterator[tuple[Any, bytes]]:
        """(primary key, token) of every row, read in batches so that nothing is held open meanwhile."""
        last: Any = None
        while rows := self._batch(last):
            yield from ((pk, bytes(token)) for pk, token in rows)
            last = rows[-1][0]

    def replace(self, pk: Any, old: bytes, new: bytes) -> bool:
        """False: somebody wrote it meanwhile."""
        binary = connection.Database.Binary
        table, key, column = self._names()
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {table} SET {column} = %s WHERE {key} = %s AND {column} = %s",  # noqa: S608 - names of ours
                [binary(new), pk, binary(old)],
            )
            return bool(cursor.rowcount)

    def token(self, pk: Any) -> bytes | None:
        table, key, column = self._names()
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {column} FROM {table} WHERE {key} = %s", [pk])  # noqa: S608
            row = cursor.fetchone()
        return bytes(row[0]) if row and row[0] is not None else None

    def _batch(self, last: Any) -> list[tuple[Any, Any]]:
        table, key, column = self._names()
        after, values = (f"AND {key} > %s", [last]) if last is not None else ("", [])
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {key}, {column} FROM {table} WHERE {column} IS NOT NULL {after} "  # noqa: S608
                f"ORDER BY {key} LIMIT {BATCH}",
                values,
            )
            return list(cursor.fetchall())

    def _names(self) -> tuple[str, str, str]:
        meta, quoted = self.model._meta, connection.ops.quote_name
        return quoted(meta.db_table), quoted(meta.pk.column), quoted(self.field.column)


def columns() -> list[Column]:
    """Every sealed column of every room, found by its kind: a new one is not forgotten."""
    sealed = [Column(model, field) for model in apps.get_models() if model._meta.managed and not model._meta.proxy
              for field in model._meta.local_concrete_fields if isinstance(field, SealedJSONField)]  # fmt: skip
    return [Column(SealedFile, SealedFile._meta.get_field("wrapped_key")), *sealed]  # type: ignore[arg-type]


def status() -> list[Count]:
    """How many values of each place the newest key opens, how many need an older one."""
    counts = [_counted(column.place, (token for _, token in column.tokens())) for column in columns()]
    secrets = (token.encode() for row in _authenticators() for token in _tokens(row.data))
    return [*counts, _counted("mfa_authenticator.data", secrets)]


def renew(*, told: Callable[[Count], object] = lambda count: None) -> list[Count]:
    """Seal everything anew under the newest key. `older` counts what was done. Repeating is harmless."""
    counts = []
    for column in columns():
        count = Count(column.place)
        for pk, token in column.tokens():
            _renewed(column, pk, token, count=count)
        counts.append(count)
        told(count)
    counts.append(_renew_authenticators())
    told(counts[-1])
    return counts


def _counted(place: str, tokens: Iterator[bytes]) -> Count:
    count = Count(place)
    for token in tokens:
        _add(count, token)
    return count


def _add(count: Count, token: bytes) -> bool:
    """Count it; True when it needs an older key."""
    try:
        older = needs_older_key(token)
    except InvalidToken:
        count.unreadable += 1
        return False
    count.older += older
    count.newest += not older
    return older


def _renewed(column: Column, pk: Any, token: bytes, *, count: Count) -> None:
    now: bytes | None = token
    if not _add(count, token):
        return
    while now is not None and needs_older_key(now) and not column.replace(pk, now, rotate(now)):
        now = column.token(pk)  # written meanwhile: under which key is not known


# --- second factors of staff: tokens within the JSON of allauth's own table ---------------------------------------
def _authenticators(**wanted: Any) -> Any:
    """Rows of allauth's table, where it is installed."""
    if not apps.is_installed("allauth.mfa"):
        return ()
    return apps.get_model("mfa", "Authenticator").objects.filter(**wanted).order_by("pk")


def _tokens(data: Any) -> Iterator[str]:
    if isinstance(data, str) and data.startswith(TOKEN):
        yield data
    elif isinstance(data, dict | list):
        for one in data.values() if isinstance(data, dict) else data:
            yield from _tokens(one)


def _renew_authenticators() -> Count:
    count = Count("mfa_authenticator.data")
    for row in _authenticators():
        if not any([_add(count, token.encode()) for token in _tokens(row.data)]):
            continue
        with transaction.atomic():  # a recovery code used in this moment stays used
            for locked in _authenticators(pk=row.pk).select_for_update():
                locked.data = _resealed(locked.data)
                locked.save(update_fields=["data"])
    return count


def _resealed(data: Any) -> Any:
    if isinstance(data, dict):
        return {name: _resealed(one) for name, one in data.items()}
    if isinstance(data, list):
        return [_resealed(one) for one in data]
    if isinstance(data, str) and data.startswith(TOKEN):
        try:
            return rotate(data.encode()).decode()
        except InvalidToken:
            return data
    return data
