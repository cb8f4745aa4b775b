"""A worker that carries out a plan and is killed at a chosen moment, by SIGKILL: nothing of its own runs any more."""

import os
import signal
from typing import Any

import sqlalchemy as sa

from connectors.base import SourcePlan
from connectors.sql.connector import SqlConnector
from tests.connectors.shop import dataset


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_half_way(_connection: Any, _cursor: Any, sql: str, *_: object) -> None:
    if sql.startswith("DELETE"):
        die()


def work(url: str, moment: str, plan: dict[str, Any]) -> None:
    connector = SqlConnector("shop", url=url, dataset=dataset("shop"))
    if moment == "before commit":
        sa.event.listen(connector._writer, "commit", die)
    elif moment == "half way":
        sa.event.listen(connector._writer, "after_cursor_execute", die_half_way)
    list(connector.execute(SourcePlan.from_json(plan)))
    die()  # committed, and nobody has written it into the ledger
