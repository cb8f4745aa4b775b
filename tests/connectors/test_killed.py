"""A worker killed in the middle: either nothing happened, or repeating finds it done. Really killed, by SIGKILL."""

import multiprocessing
import signal

import pytest

from connectors.base import Action, Instruction
from tests.connectors import dying
from tests.connectors.shop import CARL, EMAIL, Shop, order, who

WORKERS = multiprocessing.get_context("forkserver")  # imports once, then a clean process for each test
WORKERS.set_forkserver_preload(["tests.connectors.dying"])


@pytest.mark.parametrize("moment", ["half way", "before commit", "after commit"])
def test_a_killed_worker_loses_nothing_and_does_nothing_twice(shop: Shop, moment: str) -> None:
    found = {record.collection: record for record in shop.connector.find(who(CARL)) if record.collection != "orders"}
    one = found["customers"]
    corrected = Instruction("shop", "customers", one.key, one.fingerprint, Action.SET, values={"shoe_size": "45"})
    plan = shop.connector.plan([
        corrected,
        order(found["logins"], Action.ERASE),
        order(found["customers"], Action.ANONYMISE, "email", "login", "name"),
    ])  # fmt: skip
    assert len(plan.instructions) == 3
    before = shop.everything()
    worker = WORKERS.Process(target=dying.work, args=(shop.url, moment, plan.to_json()))
    worker.start()
    worker.join(timeout=120)
    assert worker.exitcode == -signal.SIGKILL
    committed = moment == "after commit"
    assert (shop.everything() == before) is not committed

    receipts = list(shop.connector.execute(plan))  # somebody else takes over
    assert {receipt.rows for receipt in receipts} == ({0} if committed else {1})
    assert shop.connector.verify(plan) == []
    assert not [row for row in shop.rows("customers") if row["email"] == EMAIL[CARL]]
    assert not [row for row in shop.rows("logins") if row["email"] == EMAIL[CARL]]
    unchanged = [row for row in before["customers"] if row["id"] != CARL]
    assert [row for row in shop.rows("customers") if row["id"] != CARL] == unchanged
