"""The first minute of a newcomer: each thing that can be wrong gets one clear line."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT


def make(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["make", "--no-print-directory", *words], cwd=ROOT, env=os.environ | env,
                          capture_output=True, text=True, timeout=120)


@pytest.fixture
def old_python(tmp_path: Path) -> str:
    fake = tmp_path / "python3.9"
    fake.write_text('#!/bin/sh\n[ "$1" = -V ] && echo "Python 3.9.2" && exit 0\nexit 1\n')
    fake.chmod(0o755)
    return str(fake)


def test_a_wrong_python(old_python: str) -> None:
    done = make("setup", PYTHON=old_python)
    said = [line for line in done.stderr.splitlines() if line.startswith("setup:")]
    assert done.returncode and said == [
        f"setup: {old_python} is Python 3.9.2; this needs Python 3.11, 3.12 or 3.13: make setup PYTHON=python3.11"]


def test_a_python_that_is_not_there() -> None:
    done = make("setup", PYTHON="python-of-nobody")
    assert done.returncode and "PYTHON=python-of-nobody is not there" in done.stderr


def test_help_lists_every_target() -> None:
    said = make("help").stdout
    targets = {line.split(":")[0] for line in (ROOT / "Makefile").read_text().splitlines()
               if line[:1].isalpha() and ":" in line and "=" not in line and not line.startswith("export")}
    assert targets and all(f"make {target} " in said for target in targets)


def test_one_list_of_system_packages() -> None:
    """CI, containers and set-up call the script; nobody keeps a list of their own."""
    for file in (".ci/run", "docker/Dockerfile", "scripts/setup"):
        text = (ROOT / file).read_text()
        assert "scripts/system-packages" in text and "apt-get install" not in text, file


def test_the_log_in_provider_of_the_tests_is_pinned_with_hashes_and_names_no_registry() -> None:
    lock = json.loads((ROOT / "tests/oidc/package-lock.json").read_text())
    packages = {name: one for name, one in lock["packages"].items() if name}
    assert packages and all(one["integrity"].startswith("sha512-") for one in packages.values())
    assert not any("resolved" in one for one in packages.values())


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt", "scripts/uv.txt", "scripts/rclone.txt",
                                  "scripts/nodejs.txt"])
def test_locks_are_pinned_with_hashes_and_name_no_index(file: str) -> None:
    text = (ROOT / file).read_text()
    lines = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    assert lines and all("==" in line for line in lines)
    assert text.count("--hash=sha256:") >= len(lines)
    assert "://" not in text and "index" not in text and "find-links" not in text
