"""After the decision, or when nobody decides: the bytes of a picture, its key and its fingerprint are nowhere.

Looked for in the storage, the temporary folder, the scanner's folder and the database's own files (SQLite with its log)
or its dump (PostgreSQL).
"""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

BLOCK = 32
"""Any 64 bytes of a picture hold a whole block that begins at a multiple of 32."""
Haystack = Callable[[], Iterator[tuple[str, bytes]]]


def blocks(secret: bytes) -> Iterator[bytes]:
    for at in range(0, max(len(secret) - BLOCK, 1), BLOCK):
        block = secret[at : at + BLOCK]
        if len(set(block)) > 8:  # not the runs every file has
            yield block


def found(secrets: dict[str, list[str]], haystack: Haystack) -> set[tuple[str, str]]:
    needles = {block: ending for ending, encoded in secrets.items() for secret in encoded
               for block in blocks(base64.b64decode(secret))}
    return {(needles[part], where) for where, content in haystack() for at in range(len(content) - BLOCK + 1)
            if (part := content[at : at + BLOCK]) in needles}


def under(folder: Path) -> Iterator[tuple[str, bytes]]:
    for file in folder.rglob("*"):
        if file.is_file():
            yield file.name, file.read_bytes()


def portal(folder: Path, url: str) -> dict[str, str]:
    (folder / "temporary").mkdir()
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": url, "DSAR_DEMO": "",
                        "DSAR_DATA_DIR": str(folder), "PYTHONPATH": str(ROOT), "TMPDIR": str(folder / "temporary")}
    subprocess.run([sys.executable, "manage.py", "migrate", "-v", "0", "--skip-checks"], cwd=ROOT, env=env, check=True)
    return env


def walked(env: dict[str, str], *words: str) -> dict[str, list[str]]:
    done = subprocess.run([sys.executable, "-m", "tests.identity.gone", *words], cwd=ROOT, env=env, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    return dict(json.loads(done.stdout))


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path: Path, needs_clamd: str) -> tuple[dict[str, str], Haystack]:
    """A portal's environment, and everything in which something of it could lie."""
    database, own = request.param, f"sqlite:///{tmp_path / 'portal.sqlite3'}"
    url = own if database == "sqlite" else request.getfixturevalue("postgres_url")
    env = portal(tmp_path, url)
    scanner = Path(needs_clamd.removeprefix("unix://")).with_name("tmp")

    def haystack() -> Iterator[tuple[str, bytes]]:
        yield from under(tmp_path)
        yield from under(scanner)
        if database == "postgresql":
            yield "dump", subprocess.run(["pg_dump", "--inserts", url], check=True, capture_output=True).stdout

    def everywhere() -> Iterator[tuple[str, bytes]]:
        for where, content in haystack():
            yield where, content
            yield f"{where}, hex", _unhexed(content)

    return env, everywhere


def _unhexed(content: bytes) -> bytes:
    """PostgreSQL writes bytes as hexadecimal digits."""
    return b"".join(bytes.fromhex(part.split(b"'")[0].decode()) for part in content.split(b"'\\x")[1:]
                    if all(c in b"0123456789abcdef" for c in part.split(b"'")[0]))


@pytest.mark.timeout(600)  # two portals are built, walked through and searched byte by byte
def test_nothing_of_a_picture_is_left_whatever_became_of_it(house: tuple[dict[str, str], Haystack]) -> None:
    env, haystack = house
    alive = walked(env, "--alive")
    wrapped = {ending: kept[2::4] for ending, kept in alive.items()}
    clear = {ending: kept[0::4] + kept[1::4] for ending, kept in alive.items()}
    assert {ending for ending, _ in found(wrapped, haystack)} == set(alive)  # as long as somebody must look
    assert found(clear, haystack) == set()  # in clear it never is

    decided = walked(env)
    assert len(decided) == 8 and all(len(kept) >= 4 for kept in decided.values())
    assert found(decided, haystack) == set()


def test_the_search_knows_a_part_of_a_picture(tmp_path: Path) -> None:
    secret = os.urandom(5000)
    (tmp_path / "left").write_bytes(b"x" * 17 + secret[1001:1065] + b"y")
    one: dict[str, list[str]] = {"one": [base64.b64encode(secret).decode()]}
    assert found(one, lambda: under(tmp_path)) == {("one", "left")}
