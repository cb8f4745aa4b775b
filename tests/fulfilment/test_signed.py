"""Bundles checked offline: ours, changed ones, other people's, and ZIPs made to harm whoever opens them."""

import io
import json
import re
import shutil
import subprocess
import tracemalloc
import warnings
import zipfile
from html import unescape

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from fulfilment.extract import signature, verify
from fulfilment.extract.signature import Signer
from fulfilment.extract.verify import Verdict
from tests.fulfilment import bundles
from tests.fulfilment.bundles import FILES, HOSTILE, OURS, THEIRS, bundle, rewritten

KNOWN = [OURS.public]


def checked(data, known=KNOWN):
    return verify.check(io.BytesIO(data), known)


def codes(data):
    return {(one.code, one.name) for one in checked(data).problems}


def test_a_bundle_of_ours_is_genuine_and_always_the_same_bytes():
    found = checked(bundle())
    assert (found.verdict, found.problems, found.key, found.files) == ("genuine", (), OURS.public.id, 4)
    assert bundle() == bundle() and bundle() != bundle(signer=THEIRS)
    assert checked(bundle(signer=None), known=None).content == found.content  # what is approved is the content alone
    assert b"PK\x06\x06" in bundles.huge() and checked(bundles.huge()) == found


@pytest.mark.parametrize(("change", "verdict", "problem"), [
    (lambda m: m.update({"README.txt": b"Read ME."}), Verdict.CHANGED, ("altered", "README.txt")),
    (lambda m: m.update({"data.json": m["data.json"] + b" "}), Verdict.CHANGED, ("altered", "data.json")),
    (lambda m: m.pop("tables/shop/customers.csv"), Verdict.CHANGED, ("missing", "tables/shop/customers.csv")),
    (lambda m: m.update({"more.txt": b"more"}), Verdict.CHANGED, ("unlisted", "more.txt")),
    (lambda m: m.update({"manifest.sig": bytes(64)}), Verdict.CHANGED, ("wrong_signature", "manifest.json")),
    (lambda m: m.update({"manifest.json": m["manifest.json"] + b"\n"}), Verdict.CHANGED,
     ("wrong_signature", "manifest.json")),
    (lambda m: m.update({"manifest.json": b"{}"}), Verdict.CHANGED, ("bad_manifest", "manifest.json")),
    (lambda m: m.pop("manifest.sig"), Verdict.FOREIGN, ("no_signature", "manifest.sig")),
    (lambda m: m.pop("manifest.json"), Verdict.FOREIGN, ("no_manifest", "manifest.json")),
])  # fmt: skip
def test_whatever_was_changed_is_named(change, verdict, problem):
    data = rewritten(change)
    assert checked(data).verdict == verdict and codes(data) == {problem}


def test_somebody_elses_signature_is_not_ours():
    assert checked(bundle(signer=THEIRS)).verdict == Verdict.FOREIGN
    stolen = rewritten(lambda m: m.update({"manifest.sig": THEIRS.sign(m["manifest.json"])}))
    assert codes(stolen) == {("wrong_signature", "manifest.json")}


def test_one_bit_of_a_file_is_noticed():
    with zipfile.ZipFile(io.BytesIO(bundle([("letter.pdf", b"[1, 2, 3]")]))) as archive:
        members = [(name, archive.read(name)) for name in archive.namelist()]
    good = bundles.zipped(members, zipfile.ZIP_STORED)  # each byte of the file is one of the archive
    place = good.index(b"[1, 2, 3]")
    for bit in range(8 * 9):
        changed = bytearray(good)
        changed[place + bit // 8] ^= 1 << bit % 8
        assert codes(bytes(changed)) == {("altered", "letter.pdf")}


@pytest.mark.parametrize(("code", "data"), [(code, data) for code, many in HOSTILE.items() for data in many])
def test_a_hostile_archive_is_refused_unopened(code, data):
    found = checked(data)
    assert (found.verdict, [one.code for one in found.problems]) == (Verdict.UNREADABLE, [code])


def test_the_same_name_twice_is_refused():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile warns of what it writes
        twice = bundles.zipped([*((name, b"x") for name in FILES), ("data.json", b"other")])
    assert codes(twice) == {("duplicate_name", "data.json")}


@pytest.mark.parametrize("data", [bundles.bomb(), bundles.lying_bomb()])
def test_a_bomb_does_not_go_off(data):
    """It is signed, even: nothing is unpacked beyond the size that was signed."""
    tracemalloc.start()
    try:
        assert codes(data) == {("altered", "data.json")}
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()


def test_junk_never_breaks_it():
    """Cut anywhere, and with any of its bytes overturned, gets an answer and no exception."""
    good = bundle([("a.txt", b"text")])
    for place in range(len(good)):
        for junk in (good[:place], good[:place] + bytes([good[place] ^ 0xFF]) + good[place + 1 :]):
            assert checked(junk).verdict in Verdict


# --- keys ---------------------------------------------------------------------------------------------------------
def test_an_old_key_goes_on_checking():
    old, new = OURS, THEIRS
    texts = [signature.encoded(new.private), f"public:{signature.encoded(old.public.raw)}"]
    keys = signature.keys(texts)
    assert keys.signer == new and keys.public == (new.public, old.public)
    assert checked(bundle(signer=old), keys.public).verdict == checked(bundle(signer=new), keys.public).verdict
    assert checked(bundle(signer=old), keys.public[:1]).verdict == Verdict.FOREIGN
    assert signature.encoded(new.private) not in repr(keys) and "them" not in repr(keys)


@pytest.mark.parametrize("text", ["", "short", "é" * 43, "A" * 44 + "=", "public:", "A" * 42])
def test_what_is_no_key_is_refused_without_being_said(text):
    with pytest.raises(ValueError, match="key 2 of SIGNING_KEYS") as caught:
        signature.keys([signature.encoded(OURS.private), text])
    assert len(text) < 8 or text not in str(caught.value)


def test_ids_are_those_of_the_standard():
    """RFC 8037, appendix A.3."""
    key = signature.read("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")[0]
    assert key.id == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


# --- the command --------------------------------------------------------------------------------------------------
@pytest.fixture
def ours(settings):
    settings.SIGNING_KEYS = [signature.encoded(OURS.private)]


def command(file, *options, capsys):
    try:
        call_command("verify-bundle", str(file), *options)
        code = 0
    except SystemExit as end:
        code = end.code
    return code, capsys.readouterr().out


@pytest.mark.parametrize(("data", "code", "said"), [
    (bundle(), 0, "Genuine"), (rewritten(lambda m: m.pop("README.txt")), 3, "README.txt: is missing"),
    (bundle(signer=THEIRS), 4, "a key that is not known"), (bundle()[:-4], 5, "fetch it again"),
    (bundles.zipped([("\x1b[2J", b"")]), 5, r"\u001b[2J: a name that leads out"),
])  # fmt: skip
def test_the_command_says_it_plainly(ours, tmp_path, capsys, data, code, said):
    (tmp_path / "one.zip").write_bytes(data)
    ended, told = command(tmp_path / "one.zip", capsys=capsys)
    assert ended == code and said in told and "\x1b" not in told
    assert json.loads(command(tmp_path / "one.zip", "--json", capsys=capsys)[1])["verdict"] == checked(data).verdict
    assert [one.name for one in tmp_path.iterdir()] == ["one.zip"]


def test_the_command_trusts_the_keys_it_is_given(settings, tmp_path, capsys):
    settings.SIGNING_KEYS = [signature.encoded(THEIRS.private)]
    file = tmp_path / "one.zip"
    file.write_bytes(bundle())
    assert command(file, capsys=capsys)[0] == 4
    (tmp_path / "key.pem").write_text(OURS.public.pem)
    (tmp_path / "keys.json").write_text(json.dumps(signature.published([THEIRS.public, OURS.public])))
    for key in (signature.encoded(OURS.public.raw), tmp_path / "key.pem", tmp_path / "keys.json"):
        assert command(file, "--key", str(key), capsys=capsys)[0] == 0
    for wrong in (["--key", "nonsense"], ["--key", str(file)]):
        with pytest.raises(CommandError, match="--key"):
            call_command("verify-bundle", str(file), *wrong)
    settings.SIGNING_KEYS = []
    with pytest.raises(CommandError, match="No key"):
        call_command("verify-bundle", str(file))


# --- the page -----------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_the_lines_on_the_page_check_a_bundle(client, settings, tmp_path):
    settings.SIGNING_KEYS = [signature.encoded(one.private) for one in (OURS, Signer(b"past" * 8))]
    page = client.get("/verify/", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    pem = re.search(r"-----BEGIN PUBLIC KEY-----.*?-----END PUBLIC KEY-----", page, re.S)
    (tmp_path / "key.pem").write_text(pem[0] + "\n")
    first, second = unescape(re.search(r"<pre.*?><code>(.*?)</code>", page, re.S)[1]).splitlines()
    with zipfile.ZipFile(io.BytesIO(bundle())) as archive:
        archive.extractall(tmp_path)
    assert shutil.which("openssl")

    def typed(line):
        return subprocess.run(["bash", "-o", "pipefail", "-c", line], cwd=tmp_path, capture_output=True).returncode

    assert (typed(first), typed(second)) == (0, 0)
    (tmp_path / "data.json").write_text("{}")
    assert (typed(first), typed(second)) == (0, 1)
    (tmp_path / "manifest.json").write_text((tmp_path / "manifest.json").read_text() + " ")
    assert typed(first) == 1
    published = client.get(reverse("fulfilment:signing_keys"))
    assert [key["kid"] for key in published.json()["keys"]] == re.findall(r'data-key="([^"]+)"', page)
    assert "d" not in published.json()["keys"][0] and published["Cache-Control"].startswith("public")
