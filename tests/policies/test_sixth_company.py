"""A company of the operator's own, in a folder elsewhere: no fork, no code."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from policies import check
from policies.load import BUILT_IN, load_all, load_controller
from policies.problems import PolicyError
from policies.report import check_all

ROOT = BUILT_IN.parent
POLICY = """\
slug: havblik
legal_name: Havblik ApS
display_name: Havblik
country: DK
tz: Europe/Copenhagen
languages: [da, en]
facts:
  legal_name: {confirm: true}
  display_name: {confirm: true}
  country: {confirm: true}
  tz: {confirm: true}
  languages: {confirm: true}
  reg_no: {status: required_config}
  address: {status: required_config}
  fiscal_year_end: {confirm: true}
policy: {title: Privatlivspolitik, seed: havblik.txt, src: "S9:1"}
authority: {name: Datatilsynet, address: "Carl Jacobsens Vej 35, 2500 Valby", phone: "+45 33 19 32 00",
            email: dt@datatilsynet.dk, url: "https://www.datatilsynet.dk", confirm: true}
channels:
  - {id: mail, kind: email, value: hej@havblik.example, rights: [all], src: "S9:2"}
subjects: [consumer]
rights:
  access: {src: "S9:3"}
  rectification: {src: "S9:3"}
  erasure: {src: "S9:3"}
  restriction: {status: statute}
  portability: {status: statute}
  objection: {status: statute}
  marketing_objection: {status: statute}
  withdraw_consent: {status: statute}
  automated_decision: {status: statute}
identity:
  levels: {access: L1, rectification: L1, erasure: L1, restriction: L1, portability: L1, objection: L1,
           marketing_objection: L0, withdraw_consent: L0, automated_decision: L1}
  methods: {L1: [email_link]}
  eid: {scheme: MitID}
  confirm: true
purposes:
  - id: bookings
    name: {da: Bookinger, en: Bookings}
    description: {da: Vi holder styr på din booking., en: We keep track of your booking.}
    categories: {da: navn og båd, en: name and boat}
    basis: [b]
    portability: "yes"
    retention: [berth]
    src: "S9:4"
retention:
  - id: berth
    text: {da: 1 år efter sæsonen, en: 1 year after the season}
    data: [mooring]
    period: P1Y
    from: [season_end]
    action: erase
    on_request: erase_now
    basis: b
    src: "S9:5"
own_kinds:
  mooring: {da: bådpladser, en: moorings}
"""


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    home = tmp_path / "companies" / "havblik"
    home.mkdir(parents=True)
    (home / "policy.yaml").write_text(POLICY)
    return home.parent


def test_it_loads_beside_the_five(elsewhere: Path) -> None:
    companies = load_all([BUILT_IN, elsewhere])
    assert list(companies) == ["aarstiderne", "aj-dk", "aj-se", "ajos", "ajour", "havblik"]
    havblik = companies["havblik"]
    assert (dict(havblik.datasets), dict(havblik.sources), havblik.brand) == ({}, {}, None)
    assert check.problems(havblik) == []
    assert havblik.policy.kind_text("mooring", language="da") == "bådpladser"


def test_by_the_environment_alone(elsewhere: Path) -> None:
    """The command as an operator runs it; two folders, one of them empty."""
    empty = elsewhere.parent / "empty"
    empty.mkdir()
    done = _manage("policy", "show", "havblik", "--json", path=os.pathsep.join([str(elsewhere), str(empty)]))
    assert done.returncode == 0, done.stderr
    shown = json.loads(done.stdout)
    assert shown["policy"]["legal_name"] == "Havblik ApS"
    assert shown["digest"] == load_controller(elsewhere / "havblik").digest


def test_a_folder_that_is_not_there_fails_the_check(tmp_path: Path) -> None:
    found = check_all([BUILT_IN, tmp_path / "gone"])
    assert not found.ok and len(found.companies) == 5
    assert "found no such folder; expected a folder that holds company folders" in str(found)


def test_a_slug_given_twice(elsewhere: Path) -> None:
    again = elsewhere.parent / "again"
    (again / "havblik").mkdir(parents=True)
    (again / "havblik" / "policy.yaml").write_text(POLICY)
    with pytest.raises(PolicyError, match="havblik a second time"):
        load_all([BUILT_IN, elsewhere, again])


def test_the_same_folder_twice_is_harmless(elsewhere: Path) -> None:
    assert "havblik" in load_all([elsewhere, elsewhere])


def test_one_broken_company_names_all_its_problems(elsewhere: Path) -> None:
    (elsewhere / "havblik" / "policy.yaml").write_text(POLICY.replace("country: DK", "country: NO"))
    with pytest.raises(PolicyError, match='text in quotes: "NO"'):
        load_all([BUILT_IN, elsewhere])


def test_two_versions_have_two_digests_and_the_old_stays_as_it_was(elsewhere: Path) -> None:
    before = load_all([elsewhere])["havblik"]
    (elsewhere / "havblik" / "policy.yaml").write_text(POLICY.replace("P1Y", "P2Y"))
    after = load_all([elsewhere])["havblik"]
    assert before.digest != after.digest
    assert (before.policy.rule("berth").period, after.policy.rule("berth").period) == ("P1Y", "P2Y")
    assert "P1Y" in before.texts["policy.yaml"]


def _manage(*words: str, path: str) -> "subprocess.CompletedProcess[str]":
    environ = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "DSAR_CONTROLLERS_PATH": path}
    return subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=environ, capture_output=True, text=True)
