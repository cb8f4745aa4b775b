"""manage.py extract: the bundle for an identity without a case, and what its exit codes say."""

import json
import zipfile

import pytest
from django.core.management import CommandError, call_command

from fulfilment.models import Step

pytestmark = pytest.mark.django_db
ASTRID = "email=astrid.moller@example.com"


def run(capsys, *words):
    code = 0
    try:
        call_command("extract", *words)
    except SystemExit as end:
        code = end.code
    return code, capsys.readouterr().out


def test_it_writes_the_bundle_and_leaves_nothing_behind(company, tmp_path, capsys):
    code, out = run(capsys, "aj-dk", "--identity", ASTRID, "--out", str(tmp_path / "out"), "--json")
    told = json.loads(out)
    assert code == 0 and told["tables"]["shop.customers"] == 1
    path, = (tmp_path / "out").iterdir()
    assert path.stat().st_mode & 0o077 == 0
    assert zipfile.ZipFile(path).testzip() is None
    assert "recipient_names: transport" in told["open"]
    assert not Step.objects.exists()


def test_nobody_found_is_code_1_and_no_file(company, tmp_path, capsys):
    code, out = run(capsys, "aj-dk", "--identity", "email=nobody@example.com", "--out", str(tmp_path / "out"), "--json")
    assert code == 1 and json.loads(out)["file"] is None and not (tmp_path / "out").exists()


@pytest.mark.parametrize("words", [
    ("aj-xx", "--identity", ASTRID), ("aj-dk", "--identity", "astrid"), ("aj-dk", "--identity", "email="),
    ("aj-dk", "--identity", ASTRID, "--language", "sv"),
])  # fmt: skip
def test_wrong_words_are_code_2(company, tmp_path, words):
    with pytest.raises(CommandError) as wrong:
        call_command("extract", *words, "--out", str(tmp_path))
    assert wrong.value.returncode == 2


def test_a_source_that_is_down_is_code_3_and_no_file(company, tmp_path):
    (company / "sources" / "aj-dk" / "erp.sqlite").unlink()
    with pytest.raises(CommandError) as down:
        call_command("extract", "aj-dk", "--identity", ASTRID, "--out", str(tmp_path / "out"))
    assert down.value.returncode == 3 and "erp" in str(down.value)
    assert not (tmp_path / "out").exists()


def test_shared_rows_are_left_out_unless_asked_for(company, tmp_path, capsys):
    bent = ("aj-dk", "--identity", "email=bent.ostergaard@example.com", "--out", str(tmp_path), "--json")
    less, more = (json.loads(run(capsys, *bent, *flag)[1]) for flag in ((), ("--include-shared",)))
    assert less["shared_left_out"] > 0 and "shop.addresses" not in less["tables"]
    assert more["shared_left_out"] == 0 and more["tables"]["shop.addresses"] == 1
