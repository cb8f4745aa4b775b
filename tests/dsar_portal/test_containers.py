"""What docker/ starts fits the portal: every queue has workers, every variable means something, one scheduler."""

import re
from pathlib import Path

import pytest
import yaml

from fulfilment.queues import KINDS

ROOT = Path(__file__).resolve().parents[2]
MANIFESTS = sorted((ROOT / "docker" / "kubernetes").glob("*.yaml"))
READ_ELSEWHERE = {"DSAR_DATA_DIR", "WEB_WORKERS"}


def documents() -> list[dict]:
    return [one for file in MANIFESTS for one in yaml.safe_load_all(file.read_text()) if one]


def compose() -> dict:
    return yaml.safe_load((ROOT / "docker" / "compose.yaml").read_text())


def commands(where: str) -> list[str]:
    if where == "compose":
        return [one.get("command", "") for one in compose()["services"].values() if isinstance(one.get("command"), str)]
    pods = [one["spec"]["template"]["spec"] for one in documents() if one["kind"] in ("Deployment", "Job")]
    return [" ".join(box["command"]) for pod in pods for box in pod["containers"]]


@pytest.mark.parametrize("where", ["compose", "kubernetes"])
def test_every_queue_has_workers_and_there_is_one_scheduler(where):
    served = [queue for one in commands(where) for queue in re.findall(r"-Q (\S+)", one)]
    assert sorted(queue for one in served for queue in one.split(",")) == sorted(KINDS)
    assert sum(" beat " in one for one in commands(where)) == 1


def test_every_variable_is_one_the_portal_reads():
    settings = (ROOT / "dsar_portal" / "settings.py").read_text()
    given = {*compose()["x-portal"]["environment"]}
    given |= next(one for one in documents() if one["kind"] == "ConfigMap")["data"].keys()
    unknown = {name for name in given if f'"{name.removesuffix("_FILE")}"' not in settings} - READ_ELSEWHERE
    assert not unknown


def test_pods_run_as_nobody_and_can_write_nothing_of_their_own():
    pods = [one["spec"]["template"]["spec"] for one in documents() if one["kind"] in ("Deployment", "Job")]
    assert len(pods) == 9
    for pod in pods:
        (box,) = pod["containers"]
        assert pod["securityContext"]["runAsNonRoot"] and not pod["automountServiceAccountToken"]
        assert box["securityContext"]["readOnlyRootFilesystem"] and box["resources"]["limits"]["memory"]
