"""An AES-256 ZIP in the mail where the policy says so; its passphrase never is in a mail."""

import io
import shutil
import subprocess

import pytest
import pyzipper

from fulfilment.extract import verify
from fulfilment.handing_over import signing
from fulfilment.models import Delivery
from requests_app import vault
from requests_app.models import Letter
from tests.conftest import absent
from tests.fulfilment.walk import address, delivered, follow_link, mailed_code

pytestmark = pytest.mark.django_db


def policy(company, **changes):
    path = company / "controllers" / "aj-dk" / "policy.yaml"
    text = path.read_text()
    for old, new in changes.values():
        assert old in text
        text = text.replace(old, new)
    path.write_text(text)


def test_the_passphrase_opens_it_and_is_shown_only_after_the_code(make_claim, staff, client):
    claim = delivered(make_claim("astrid"), staff)
    made, mail = Delivery.objects.get(), Letter.objects.get(kind="bundle_sent")
    locked = pyzipper.AESZipFile(io.BytesIO(vault.read(mail.attachment)))
    assert set(locked.namelist()) == {"extract.pdf", "data.json", "manifest.json", "manifest.sig"}
    with pytest.raises(RuntimeError):
        locked.read("data.json")
    locked.setpassword(made.passphrase.encode())
    assert b"astrid.moller@example.com" in locked.read("data.json")
    assert all((info.wz_aes_strength, info.wz_aes_version) == (3, 2) for info in locked.infolist())  # AES-256, AE-2
    found = verify.check(io.BytesIO(vault.read(mail.attachment)), signing.keys().public, passphrase=made.passphrase)
    assert (found.verdict, found.files) == ("genuine", 2)

    assert not [one for one in Letter.objects.all() if made.passphrase in one.text + one.html + one.subject]
    follow_link(client)
    assert made.passphrase not in client.get(address(claim)).content.decode()
    client.post(address(claim, "code/"))
    client.post(address(claim, "code/"), {"code": mailed_code()})
    assert made.passphrase in client.get(address(claim)).content.decode()


def test_a_program_not_ours_opens_it(make_claim, staff, tmp_path):
    seven = shutil.which("7z") or absent("7-Zip", fix="scripts/system-packages test")
    delivered(make_claim("astrid"), staff)
    made, mail = Delivery.objects.get(), Letter.objects.get(kind="bundle_sent")
    (tmp_path / "mailed.zip").write_bytes(vault.read(mail.attachment))

    def opened(*words):
        return subprocess.run([seven, *words, tmp_path / "mailed.zip"], capture_output=True, text=True, timeout=60)

    told = opened("l", "-slt", "-p" + made.passphrase).stdout
    assert told.count("Method = AES-256 Deflate") == 4 and "ZipCrypto" not in told
    assert opened("t", "-pwrong").returncode == 2
    assert opened("x", "-p" + made.passphrase, f"-o{tmp_path}/out").returncode == 0
    assert b"astrid.moller@example.com" in (tmp_path / "out" / "data.json").read_bytes()


def test_no_attachment_where_the_policy_wants_none(make_claim, staff, company):
    policy(company, off=("attach_encrypted: true", "attach_encrypted: false"))
    delivered(make_claim("astrid"), staff)
    kinds = set(Letter.objects.values_list("kind", flat=True))
    assert "bundle_sent" not in kinds and "delivery_ready" in kinds
    assert Delivery.objects.get().passphrase == ""
