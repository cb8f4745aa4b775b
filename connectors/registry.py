"""From a source of a controller's map to its connector: one line a kind, each in a package of its own."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

from fideslang.models import Dataset

from connectors.base import Connector
from connectors.django.connector import DjangoConnector
from connectors.errors import ConnectorError
from connectors.files.connector import FilesConnector
from connectors.http.connector import HttpConnector
from connectors.mailbox.connector import MailboxConnector
from connectors.person.connector import PersonConnector
from connectors.sql.connector import SqlConnector
from policies.sources import Source

Environ: TypeAlias = Mapping[str, str]
Open: TypeAlias = Callable[[str, Source, Dataset, str, Environ], Connector]
"""(name of the source, its map, its dataset, URL, where secrets are) -> connector; nothing is opened yet."""


def _sql(name: str, source: Source, dataset: Dataset, url: str, environ: Environ) -> Connector:
    return SqlConnector(name, url=url, dataset=dataset, normalise=source.identity_normalise)


def _person(name: str, source: Source, dataset: Dataset, url: str, environ: Environ) -> Connector:
    return PersonConnector(name, dataset=dataset)


def _http(name: str, source: Source, dataset: Dataset, url: str, environ: Environ) -> Connector:
    assert source.http is not None  # the source was checked when it was read
    return HttpConnector(name, url=url, dataset=dataset, way=source.http, environ=environ,
                         normalise=source.identity_normalise)  # fmt: skip


def _files(name: str, source: Source, dataset: Dataset, url: str, environ: Environ) -> Connector:
    assert source.files is not None  # the source was checked when it was read
    return FilesConnector(name, url=url, dataset=dataset, way=source.files, normalise=source.identity_normalise)


def _mailbox(name: str, source: Source, dataset: Dataset, url: str, environ: Environ) -> Connector:
    assert source.mailbox is not None  # the source was checked when it was read
    return MailboxConnector(name, url=url, dataset=dataset, way=source.mailbox, normalise=source.identity_normalise)


def _django(name: str, source: Source, dataset: Dataset, url: str, environ: Environ) -> Connector:
    assert source.django is not None  # the source was checked when it was read
    return DjangoConnector(name, url=url, dataset=dataset, way=source.django, environ=environ,
                           normalise=source.identity_normalise)  # fmt: skip


KINDS: Mapping[str, Open] = {
    "sql": _sql, "http": _http, "django": _django, "files": _files, "mailbox": _mailbox, "person": _person,
}  # fmt: skip


def connect(source: Source, dataset: Dataset, *, name: str, environ: Mapping[str, str], demo: Path | None) -> Connector:
    """The connector of one source; nothing is opened yet.

    The URL comes from the variable `source.url_env`, or the file `<url_env>_FILE` names; with `demo` (the folder of
    sample databases) and neither of them, from `source.demo`; a person has none. ConnectorError not_configured,
    bad_url, unknown_connector.
    """
    opening = KINDS.get(source.connector)
    if opening is None:
        raise ConnectorError("unknown_connector", True, source.connector, source=name)
    return opening(name, source, dataset, _url(source, name=name, environ=environ, demo=demo), environ)


def _url(source: Source, *, name: str, environ: Mapping[str, str], demo: Path | None) -> str:
    if source.url_env is None:
        return ""
    if file := environ.get(f"{source.url_env}_FILE"):
        try:
            return Path(file).read_text("utf-8").strip()
        except OSError:
            raise ConnectorError("not_configured", True, f"{source.url_env}_FILE cannot be read", source=name) from None
    if url := environ.get(source.url_env):
        return url
    if demo is not None and source.demo:
        return source.demo.replace("{demo}", str(demo))
    raise ConnectorError("not_configured", True, f"{source.url_env} is not set", source=name)
