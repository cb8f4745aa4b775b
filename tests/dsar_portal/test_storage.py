"""Files go where STORAGE_URL says: the same code against a folder and against a real S3 server."""

import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.core.files.storage.handler import StorageHandler

from dsar_portal.storage import private_storage
from tests.conftest import ROOT
from tests.dsar_portal.test_gate import bare


def storage(url: str) -> Storage:
    return StorageHandler({"default": private_storage(url)})["default"]


def walk(store: Storage) -> None:
    name = store.save("case/bundle.zip", ContentFile(b"\x00" * 300_000 + b"end"))
    again = store.save("case/bundle.zip", ContentFile(b"other"))
    assert again != name  # never overwritten
    with store.open(name) as file:
        assert file.read()[-3:] == b"end"
    assert store.size(name) == 300_003 and name.split("/")[-1] in store.listdir("case")[1]
    for one in (name, again):
        store.delete(one)
    assert not store.exists(name)


def test_a_folder(tmp_path: Path) -> None:
    store = storage(f"file://{tmp_path / 'files'}")
    walk(store)
    store.save("case/one", ContentFile(b"1"))
    assert (tmp_path / "files/case/one").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "files/case").stat().st_mode & 0o777 == 0o700


def test_a_real_s3_server(s3_url: str) -> None:
    walk(storage(s3_url))


def test_a_wrong_secret_is_refused(s3_url: str) -> None:
    with pytest.raises(Exception, match="403|SignatureDoesNotMatch|Forbidden"):
        storage(s3_url.replace("testsecret", "guessed")).save("x", ContentFile(b"x"))


def test_the_environment_alone_chooses(s3_url: str, tmp_path: Path) -> None:
    code = ("import django; django.setup(); from django.core.files.storage import storages;"
            "from django.core.files.base import ContentFile; s = storages['default'];"
            "print(s.save('by-env', ContentFile(b'1')), type(s).__name__)")
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=bare(tmp_path) | {"STORAGE_URL": s3_url},
                          check=True, capture_output=True, text=True).stdout.split()
    assert said[-1] == "S3Storage" and storage(s3_url).exists(said[0])
    assert urlsplit(s3_url).hostname == "127.0.0.1"


@pytest.mark.parametrize("url", ["", "file://", "ftp://host/x", "s3://key:secret@host/", "files"])
def test_what_is_neither_is_refused(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="STORAGE_URL"):
        private_storage(url)
