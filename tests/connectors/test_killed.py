"""A worker killed in the middle: either nothing happened, or repeating finds it done. Really killed, by SIGKILL."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from connectors.base import Action
from tests.connectors.shop import CARL, EMAIL, Shop, order, who

ROOT = Path(__file__).resolve().parents[2]
WORKER = """
import json, os, signal, sys
import sqlalchemy as sa
from connectors.base import SourcePlan
from connectors.sql.connector import SqlConnector
from tests.connectors.shop import dataset

url, moment, plan = sys.argv[1], sys.argv[2], json.load(sys.stdin)
connector = SqlConnector("shop", url=url, dataset=dataset("shop"))
die = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
if moment == "before commit":
    sa.event.listen(connector._writer, "commit", die)
elif moment == "half way":
    def half(_connection, _cursor, sql, *_rest):
        if sql.startswith("DELETE"):
            die()
    sa.event.listen(connector._writer, "after_cursor_execute", half)
list(connector.execute(SourcePlan.from_json(plan)))
die()  # committed, and nobody has written it into the ledger
"""


@pytest.mark.parametrize("moment", ["half way", "before commit", "after commit"])
def test_a_killed_worker_loses_nothing_and_does_nothing_twice(shop: Shop, moment: str) -> None:
    found = {record.collection: record for record in shop.connector.find(who(CARL)) if record.collection != "orders"}
    plan = shop.connector.plan([
        order(found["logins"], Action.ERASE),
        order(found["customers"], Action.ANONYMISE, "email", "login", "name"),
    ])  # fmt: skip
    assert len(plan.instructions) == 2
    before = shop.everything()
    worker = subprocess.run([sys.executable, "-c", WORKER, shop.url, moment], input=json.dumps(plan.to_json()),
                            text=True, cwd=ROOT, timeout=120, check=False)  # fmt: skip
    assert worker.returncode == -signal.SIGKILL
    committed = moment == "after commit"
    assert (shop.everything() == before) is not committed

    receipts = list(shop.connector.execute(plan))  # somebody else takes over
    assert {receipt.rows for receipt in receipts} == ({0} if committed else {1})
    assert shop.connector.verify(plan) == []
    assert not [row for row in shop.rows("customers") if row["email"] == EMAIL[CARL]]
    assert not [row for row in shop.rows("logins") if row["email"] == EMAIL[CARL]]
    unchanged = [row for row in before["customers"] if row["id"] != CARL]
    assert [row for row in shop.rows("customers") if row["id"] != CARL] == unchanged
