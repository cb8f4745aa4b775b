"""Outside the demo nothing starts that is not safe. Each wrong setting alone is enough."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from dsar_portal.checks import TAG, refuse_unsafe_start
from tests.conftest import ROOT


@pytest.fixture(autouse=True)
def in_earnest(settings: Settings) -> None:
    settings.STAFF_MFA_REQUIRED = True


def test_a_complete_installation_starts() -> None:
    refuse_unsafe_start()


@pytest.mark.parametrize(("name", "value", "code"), [
    ("SECRET_KEY", "short", "E001"), ("MASTER_KEYS", [], "E002"), ("MASTER_KEYS", ["not a key"], "E003"),
    ("DEBUG", True, "E004"), ("ALLOWED_HOSTS", ["*"], "E005"), ("ALLOWED_HOSTS", [], "E005"),
    ("PUBLIC_BASE_URL", "http://privacy.example.com", "E006"), ("LOOKUP_KEY", "", "E007"),
    ("STAFF_MFA_REQUIRED", False, "E012"), ("SIGNING_KEYS", [], "E015"), ("SIGNING_KEYS", ["short"], "E016"),
    ("SIGNING_KEYS", ["public:dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk"], "E015")])
def test_one_unsafe_setting_is_enough_to_refuse(settings: Settings, name: str, value: object, code: str) -> None:
    setattr(settings, name, value)
    with pytest.raises(ImproperlyConfigured, match=code):
        refuse_unsafe_start()


@pytest.mark.parametrize(("address", "hosts", "starts"), [
    ("http://127.0.0.1:8000", ["127.0.0.1", "localhost"], True), ("", [], True),
    ("https://privacy.example.com", ["127.0.0.1"], False), ("http://127.0.0.1:8000", ["privacy.example.com"], False),
    ("http://127.0.0.1:8000", ["*"], False), ("http://localhost.example.com", ["localhost"], False)])
def test_the_demo_starts_only_where_nobody_else_reaches_it(
    settings: Settings, address: str, hosts: list[str], starts: bool
) -> None:
    settings.DSAR_DEMO, settings.PUBLIC_BASE_URL, settings.ALLOWED_HOSTS = True, address, hosts
    if starts:
        return refuse_unsafe_start()
    with pytest.raises(ImproperlyConfigured, match="E014"):
        refuse_unsafe_start()


def test_a_company_letter_that_cannot_be_written_is_enough_to_refuse(settings: Settings, tmp_path: Path) -> None:
    text = tmp_path / "acme" / "letters" / "news" / "da.html"
    text.parent.mkdir(parents=True)
    text.write_text("{% block subject %}Nyt{% endblock %}{% block body %}{{ customer_no }}{% endblock %}")
    settings.DSAR_CONTROLLERS_PATH = [tmp_path]
    with pytest.raises(ImproperlyConfigured, match=r"acme: \S+/letters/news/da.html:1: no value called customer_no"):
        refuse_unsafe_start()


def test_a_bare_clone_serves_nothing_but_answers_commands(tmp_path: Path) -> None:
    env = bare(tmp_path)
    served = subprocess.run([sys.executable, "-c", "import dsar_portal.wsgi"], cwd=ROOT, env=env, capture_output=True)
    assert served.returncode and b"Not starting" in served.stderr
    subprocess.run([sys.executable, "manage.py", "check"], cwd=ROOT, env=env, check=True, capture_output=True)


def test_a_secret_can_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from-a-file-" * 5 + "\n")
    env = bare(tmp_path) | {"SECRET_KEY_FILE": str(tmp_path / "secret")}
    said = subprocess.run([sys.executable, "-c", "from django.conf import settings; print(settings.SECRET_KEY)"],
                          cwd=ROOT, env=env, check=True, capture_output=True, text=True).stdout
    assert said.strip() == "from-a-file-" * 5


def bare(tmp_path: Path) -> dict[str, str]:
    ours = ("SECRET_KEY", "MASTER_KEYS", "SIGNING_KEYS", "LOOKUP_KEY", "ALLOWED_HOSTS", "PUBLIC_BASE_URL", "DSAR_",
            "DJANGO_")  # fmt: skip
    env = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return env | {"DJANGO_SETTINGS_MODULE": "dsar_portal.settings", "DSAR_DATA_DIR": str(tmp_path / "var")}


def test_a_portal_without_companies_does_not_start(settings: Settings, tmp_path: Path) -> None:
    settings.DSAR_CONTROLLERS_PATH = [tmp_path]
    with pytest.raises(ImproperlyConfigured, match="E010"):
        refuse_unsafe_start()


def test_a_policy_that_cannot_be_read_stops_the_start(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "sixth").mkdir()
    (tmp_path / "sixth" / "policy.yaml").write_text("slug: sixth\nlegal_name: [not, a, name]\n")
    settings.DSAR_CONTROLLERS_PATH = [tmp_path]
    with pytest.raises(ImproperlyConfigured, match="E009"):
        refuse_unsafe_start()


@pytest.fixture
def contradiction(settings: Settings, tmp_path: Path) -> Path:
    """A company whose map gives a field a kind that nothing explains: each file alone reads well."""
    home = tmp_path / "companies" / "aj-dk"
    shutil.copytree(ROOT / "controllers" / "aj-dk", home)
    sources = home / "sources.yaml"
    sources.write_text(sources.read_text("utf-8").replace("          cpr_no:", "          cpr_nr:"), "utf-8")
    settings.DSAR_CONTROLLERS_PATH = [home.parent]
    return sources


@pytest.mark.parametrize("demo", [False, True])
def test_files_that_contradict_each_other_stop_the_start(settings: Settings, contradiction: Path, demo: bool) -> None:
    settings.DSAR_DEMO = demo
    with pytest.raises(ImproperlyConfigured) as stopped:
        refuse_unsafe_start()
    before, _, _ = contradiction.read_text("utf-8").partition("cpr_nr")
    place = f"{contradiction}:{before.count(chr(10)) + 1}: sources.shop.collections.logins.fields.cpr_nr"
    assert f"[dsar.E011] aj-dk: {place}" in str(stopped.value)


def test_what_only_the_company_can_answer_is_a_warning() -> None:
    found = checks.run_checks(tags=[TAG], include_deployment_checks=True)
    warned = {one.msg.split(":")[0] for one in found if one.id == "dsar.W001"}
    assert warned == {"aarstiderne", "aj-dk", "aj-se", "ajos", "ajour"}
    assert all("manage.py policy show" in (one.hint or "") for one in found if one.id == "dsar.W001")
