"""The source systems of a company, opened for one piece of work. Whoever opens one closes it."""

import os

from django.conf import settings

from connectors.base import Connector
from connectors.errors import ConnectorError
from connectors.registry import connect
from policies.load import Controller


def open_one(company: Controller, key: str) -> Connector:
    """Raises `ConnectorError` not_configured or bad_url; `unknown_source` for a key the map does not have."""
    source = company.sources.get(key)
    if source is None:
        raise ConnectorError("unknown_source", True, source=key)
    dataset = company.datasets[source.dataset]
    return connect(source, dataset, name=key, environ=os.environ, demo=settings.DSAR_DEMO_DIR)


def open_all(company: Controller) -> list[Connector]:
    """Every source of the company, in the order of its file."""
    return [open_one(company, key) for key in company.sources]
