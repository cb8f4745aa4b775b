"""`manage.py policy`: exit codes 0, 1 and 2, text for people and JSON for machines."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from django.core.management import CommandError, call_command

from policies.load import BUILT_IN
from tests.policies.conftest import Change


def run(*words: str) -> tuple[int, str, str]:
    out, err = StringIO(), StringIO()
    try:
        call_command("policy", *words, stdout=out, stderr=err)
    except SystemExit as leave:
        return int(leave.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_check_passes_and_tells_what_is_unanswered() -> None:
    code, out, _ = run("check")
    assert code == 0
    assert "5 companies read" in out and "0 problems" in out
    assert "aj-se: warning: identity.stated" in out


def test_strict_fails_until_the_companies_have_answered() -> None:
    assert run("check", "--strict")[0] == 1


def test_check_in_json() -> None:
    code, out, _ = run("check", "--json")
    found = json.loads(out)
    assert (code, found["ok"], found["problems"]) == (0, True, [])
    assert {"company": "ajos", "code": "required_config", "field": "retention.r0"}.items() <= next(
        one for one in found["warnings"] if one["field"] == "retention.r0" and one["company"] == "ajos").items()


def test_check_refuses_a_wrong_file(company: Change, settings: Any) -> None:
    home = company("ajour", {'country: "NO"': "country: NO"})
    settings.DSAR_CONTROLLERS_PATH = [home.parent]
    code, out, _ = run("check")
    assert code == 1
    told = 'country: found NO, which YAML reads as false; expected text in quotes: "NO"'
    assert f'{home / "policy.yaml"}:6: {told}' in out
    code, out, _ = run("check", "--json")
    assert (code, json.loads(out)["problems"][0]["line"]) == (1, 6)


def test_check_refuses_files_that_do_not_fit(company: Change, settings: Any) -> None:
    home = company("aj-dk", {"kind: national_id": "kind: nationalid"}, file="sources.yaml")
    settings.DSAR_CONTROLLERS_PATH = [home.parent]
    code, out, _ = run("check")
    assert code == 1 and "did you mean national_id?" in out


def test_show_prints_sources_and_what_is_to_be_confirmed() -> None:
    code, out, _ = run("show", "aj-se")
    assert code == 0
    assert "access               L2  document, control_question  [S1:50]" in out
    assert "S1-I4 (stops: go_live)" in out
    assert "To be confirmed by the company:" in out and "facts.fiscal_year_end (policy.yaml:" in out


@pytest.mark.parametrize(("slug", "language", "word"), [
    ("aj-dk", "da", "Nyhedsbrev"), ("aj-se", "sv", "Hantera din beställning"), ("ajos", "en", "Newsletter"),
    ("aarstiderne", "da", "Kreditvurdering"), ("ajour", "nb", "Bokføring"),
])
def test_show_in_the_language_of_the_company(slug: str, language: str, word: str) -> None:
    code, out, _ = run("show", slug, "--language", language)
    assert code == 0 and word in out


def test_show_in_json_is_the_whole_policy() -> None:
    code, out, _ = run("show", "ajour", "--json")
    shown = json.loads(out)
    assert (code, shown["policy"]["country"], shown["policy"]["policy"]["date"]) == (0, "NO", "2022-04-05")
    assert shown["to_confirm"] and shown["conflicts"]


def test_show_of_nobody_is_a_wrong_call() -> None:
    code, _, err = run("show", "aj-sx")
    assert code == 2 and "did you mean aj-se?" in err


def test_show_in_a_language_nobody_wrote_is_a_wrong_call() -> None:
    code, _, err = run("show", "aj-se", "--language", "da")
    assert code == 2 and "it speaks sv, en" in err


def test_a_wrong_word_is_a_wrong_call() -> None:
    with pytest.raises((CommandError, SystemExit)):
        call_command("policy", "chekc")


@pytest.mark.parametrize(("words", "file"), [((), "policy.yaml"), (("--sources",), "sources.yaml")])
def test_the_schema_accepts_the_files_and_refuses_others(words: tuple[str, ...], file: str) -> None:
    code, out, _ = run("schema", *words)
    schema = json.loads(out)
    assert code == 0
    jsonschema.Draft202012Validator.check_schema(schema)
    checker = jsonschema.Draft202012Validator(schema)
    for home in sorted(BUILT_IN.iterdir()):
        plain = _plain(home / file)
        assert [error.message for error in checker.iter_errors(plain)] == []
        assert not checker.is_valid({**plain, "surprise": 1})


def _plain(path: Path) -> dict[str, Any]:
    """The file as JSON has it: dates as text."""
    data: dict[str, Any] = json.loads(json.dumps(yaml.load(path.read_text(), yaml.CSafeLoader), default=str))
    return data
