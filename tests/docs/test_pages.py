"""The pages are true: what they name is there, and what they show as an example works."""

import json
import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from dsar_portal import checks
from policies.check import problems
from policies.load import load_all

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
TOP = "|".join(sorted({path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")}))
NAMED = re.compile(rf"`((?:{TOP})/[A-Za-z0-9_./-]*)")
LINK = re.compile(r"\]\(([^)\s#]+)?(?:#([a-z0-9-]+))?\)")


@pytest.mark.parametrize("written", PAGES, ids=lambda written: written.name)
def test_every_file_named_is_there(written: Path) -> None:
    named = {found.rstrip("/.") for found in NAMED.findall(written.read_text())}
    assert not [name for name in named if not (ROOT / name).exists() and not name.startswith(("out", "var"))]


@pytest.mark.parametrize("written", PAGES, ids=lambda written: written.name)
def test_every_link_leads_somewhere(written: Path) -> None:
    for target, anchor in LINK.findall(written.read_text()):
        if target.startswith("http"):
            continue
        file = written.parent / target if target else written
        assert file.exists(), target
        if anchor:
            assert anchor in _anchors(file), f"{target}#{anchor}"


def test_every_module_of_a_function_named_holds_it() -> None:
    for page in PAGES:
        for file, name in re.findall(r"`([a-z_/]+\.py): ([a-z_]+)`", page.read_text()):
            assert re.search(rf"^\s*(def|class) {name}\b", (ROOT / file).read_text(), re.M), f"{file}: {name}"


def test_every_setting_of_the_environment_is_explained() -> None:
    read = set(re.findall(r'env\.\w+\("([A-Z0-9_]+)"', (ROOT / "dsar_portal" / "settings.py").read_text()))
    text = (ROOT / "docs" / "operators.md").read_text()
    assert read and not [name for name in read if f"`{name}`" not in text]


def test_every_check_that_stops_the_start_is_explained() -> None:
    codes = re.findall(r"_error\((\d+),", Path(checks.__file__).read_text())
    text = (ROOT / "docs" / "operators.md").read_text()
    assert codes and not [code for code in codes if f"E{int(code):03}" not in text]


def test_the_example_company_is_sound() -> None:
    company = load_all([ROOT / "docs" / "example"])["fjordsykler"]
    assert problems(company) == []


def test_the_example_works_as_shown(tmp_path: Path) -> None:
    """docs/add-a-company.md, section 6, with two variables and nothing else."""
    shop = sqlite3.connect(tmp_path / "shop.sqlite")
    shop.executescript((ROOT / "docs" / "example" / "shop.sql").read_text())
    plan = str(tmp_path / "plan.json")
    told = _manage(tmp_path, "erase", "fjordsykler", "--identity", "email=KARI@example.com", "--plan-out", plan)
    assert {(row["collection"], row["outcome"], row["keep_through"]) for row in told["summary"]} == {
        ("customers", "erase", None), ("orders", "erase", None), ("invoices", "retain", "2030-12-31")}
    assert _manage(tmp_path, "erase", "fjordsykler", "--execute", plan) == {"rows": {"shop": 2}, "left": 0}
    assert shop.execute("SELECT id, email, name, postcode FROM customers ORDER BY id").fetchall() == [
        (1, None, None, None), (2, "ola@example.com", "Ola Berg", "7010"), (3, "liv@example.com", "Liv Dahl", "0150")]


def _manage(home: Path, *words: str) -> dict:
    env = {"PATH": os.environ["PATH"], "DSAR_DATA_DIR": str(home / "var"),
           "DSAR_CONTROLLERS_PATH": str(ROOT / "docs" / "example"),
           "DSAR_SOURCE_FJORDSYKLER_SHOP": f"sqlite:///{home / 'shop.sqlite'}"}
    command = [sys.executable, "manage.py", *words, "--json"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _anchors(file: Path) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", file.read_text(), re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}
