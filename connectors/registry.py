"""From a source of a controller's map to its connector."""

from collections.abc import Mapping
from pathlib import Path

from fideslang.models import Dataset

from connectors.base import Connector
from connectors.errors import ConnectorError
from connectors.sql.connector import SqlConnector
from policies.sources import Source


def connect(source: Source, dataset: Dataset, *, name: str, environ: Mapping[str, str], demo: Path | None) -> Connector:
    """The connector of one source; nothing is opened yet.

    The URL comes from the variable `source.url_env`, or the file `<url_env>_FILE` names; with `demo` (the folder of
    sample databases) and neither of them, from `source.demo`. ConnectorError not_configured or bad_url.
    """
    return SqlConnector(
        name,
        url=_url(source, name=name, environ=environ, demo=demo),
        dataset=dataset,
        normalise=source.identity_normalise,
    )


def _url(source: Source, *, name: str, environ: Mapping[str, str], demo: Path | None) -> str:
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
