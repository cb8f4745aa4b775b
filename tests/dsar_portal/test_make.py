"""The first minute of a newcomer: each thing that can be wrong gets one clear line."""

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


def test_a_missing_library_is_named_with_what_to_do(tmp_path: Path) -> None:
    script = (ROOT / "scripts/libraries.py").read_text().replace("libpango-1.0.so.0", "libpango-not-here.so.0")
    (tmp_path / "libraries.py").write_text(script)
    done = subprocess.run(["python3", tmp_path / "libraries.py", "--explain"], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == ("System libraries are missing: libpango-1.0-0. "
                           "Run: sudo scripts/system-packages run\n")


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


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt", "scripts/uv.txt", "scripts/rclone.txt"])
def test_locks_are_pinned_with_hashes_and_name_no_index(file: str) -> None:
    text = (ROOT / file).read_text()
    lines = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    assert lines and all("==" in line for line in lines)
    assert text.count("--hash=sha256:") >= len(lines)
    assert "://" not in text and "index" not in text and "find-links" not in text
