"""A worker killed at twenty points of an erasure, by SIGKILL: in the end all is as after an undisturbed run."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def told(tmp_path, own_sources):
    """What the process that kills its workers saw, line by line."""
    now = tmp_path / "now"
    shutil.copytree(own_sources, now / "sources")
    environ = os.environ | {
        "DATABASE_URL": f"sqlite:///{now}/portal.sqlite3", "DSAR_DATA_DIR": str(now), "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "tests.settings", "DSAR_DEMO": "", "LOG_LEVEL": "ERROR",
    } | {
        f"DSAR_SOURCE_AJ_DK_{name}": f"sqlite:///{now}/sources/aj-dk/{name.lower()}.sqlite"
        for name in ("SHOP", "ERP", "MARKETING")
    }  # fmt: skip
    command = [sys.executable, "-m", "tests.fulfilment.dying_walk", str(tmp_path)]
    done = subprocess.run(command, env=environ, cwd=ROOT, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr[-4000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.timeout(930)
def test_killed_at_twenty_points_nothing_is_lost_and_nothing_is_done_twice(told):
    first, *runs = told
    undisturbed = first["undisturbed"]
    assert len({row[0] for row in undisturbed["receipts"]}) >= 2, "more than one source has something to lose"
    assert [kind for kind, _ in undisturbed["letters"]].count("erasure_certificate") == 1
    assert len(runs) == 20 and {run["signal"] for run in runs} == {signal.SIGKILL}
    for run in runs:
        differs = {name: (was, run["state"][name]) for name, was in undisturbed.items() if run["state"][name] != was}
        assert not differs, (run["at"], first["moments"], differs)
