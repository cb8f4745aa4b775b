"""The master key changes while the portal works; when the older one is thrown away, everything can still be read."""

import io
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from cryptography.fernet import Fernet, InvalidToken
from django.contrib.auth import get_user_model
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from requests_app import keys, messages, one_click, vault
from requests_app.models import Case, Letter, Message, SealedFile
from requests_app.sealed import SealedJSONField, needs_older_key

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def full(open_case: Callable[..., Case], settings: Settings) -> Case:
    """A case with letters, a message, a file, and a colleague with two second factors, all from the old key's time."""
    case = open_case(email="anna@example.com")
    messages.from_person(case, body="Where is my chair?", now=NOW)
    vault.store([b"a file " * 5000], purpose="message", case=case)
    colleague = get_user_model().objects.create_user("colleague")
    TOTP.activate(colleague, generate_totp_secret())
    RecoveryCodes.activate(colleague)
    return case


@pytest.fixture
def new_key(full: Case, settings: Settings) -> str:
    key = Fernet.generate_key().decode()
    settings.MASTER_KEYS = [key, *settings.MASTER_KEYS]
    return key


def run(act: str) -> tuple[str, int]:
    out = io.StringIO()
    try:
        call_command("keys", act, stdout=out)
    except CommandError as error:
        return out.getvalue() + str(error), error.returncode
    return out.getvalue(), 0


def test_before_anything_changes_the_newest_key_opens_everything(full: Case) -> None:
    said, code = run("status")
    assert code == 0 and said.endswith("The newest key opens everything.\n")


def test_status_counts_what_an_older_key_is_needed_for(new_key: str) -> None:
    said, code = run("status")
    assert code == 3 and "requests_app_sealedfile.wrapped_key: newest 0, older 1, unreadable 0" in said
    assert "requests_app_case.person: newest 0, older 1, unreadable 0" in said
    assert "mfa_authenticator.data: newest 0, older 2, unreadable 0" in said


def test_after_the_rotation_the_older_key_can_be_thrown_away(full: Case, new_key: str, settings: Settings) -> None:
    link = one_click.url("aj-dk", "anna@example.com").rstrip("/").rsplit("/", 1)[-1]  # in a mail sent long ago
    codes = RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).get_unused_codes()
    with default_storage.open(SealedFile.objects.get().name) as stored:
        before = stored.read()
    said, code = run("rotate")
    assert code == 0 and "The older ones can go when the newest has sealed for 2 hours" in said, said
    settings.MASTER_KEYS = [new_key]
    assert one_click.address("aj-dk", link) == "anna@example.com"
    assert Case.objects.get(pk=full.pk).person["email"] == "anna@example.com"
    assert Message.objects.get().body == "Where is my chair?"
    assert all(letter.html and letter.to for letter in Letter.objects.filter(case=full))
    assert RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).get_unused_codes() == codes
    file = SealedFile.objects.get()
    assert vault.read(file) == b"a file " * 5000
    with default_storage.open(file.name) as stored:
        assert stored.read() == before, "the file itself is not encrypted anew"
    assert run("status")[1] == 0


def test_what_is_left_in_an_old_backup_cannot_be_opened_any_more(full: Case, new_key: str, settings: Settings) -> None:
    """That is how a destroyed key is destroyed in backups, too: without the old master key nothing there opens."""
    stolen = bytes(SealedFile.objects.get().wrapped_key)
    run("rotate")
    settings.MASTER_KEYS = [new_key]
    with pytest.raises(InvalidToken):
        needs_older_key(stolen)


def test_a_run_that_was_ended_is_taken_up_again(full: Case, new_key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real, calls = keys.rotate, []

    def killed(token: bytes) -> bytes:
        calls.append(token)
        if len(calls) > 4:
            raise KeyboardInterrupt
        return real(token)

    monkeypatch.setattr(keys, "rotate", killed)
    with pytest.raises(KeyboardInterrupt):
        run("rotate")
    monkeypatch.setattr(keys, "rotate", real)
    done = sum(count.newest for count in keys.status())
    assert done == 4
    assert run("rotate")[1] == 0


def test_what_is_written_meanwhile_stays(full: Case, new_key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody saves the case between our reading of the column and our writing of it."""
    real, written = keys.rotate, []

    def slow(token: bytes) -> bytes:
        if not written:
            written.append(1)
            for case in Case.objects.all():
                Case.objects.filter(pk=case.pk).update(person=case.person | {"email": "new@example.com"})
            Message.objects.update(body="Changed")
        return real(token)

    monkeypatch.setattr(keys, "rotate", slow)
    assert run("rotate")[1] == 0
    assert Case.objects.get(pk=full.pk).person["email"] == "new@example.com" and Message.objects.get().body == "Changed"


def test_many_rows_are_read_in_batches(full: Case, new_key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "BATCH", 2)
    for number in range(7):
        messages.from_person(full, body=f"Question {number}", now=NOW)
    said, code = run("rotate")
    assert code == 0, said
    assert {message.body for message in Message.objects.all()} >= {f"Question {number}" for number in range(7)}


def test_a_key_that_is_missing_is_said_and_nothing_is_lost(full: Case, settings: Settings) -> None:
    old = settings.MASTER_KEYS
    settings.MASTER_KEYS = [Fernet.generate_key().decode()]
    said, code = run("rotate")
    assert code == 5 and "opened by none of the 1 keys" in said
    settings.MASTER_KEYS = old
    assert Case.objects.get(pk=full.pk).person["email"] == "anna@example.com"


def test_every_sealed_column_is_known(full: Case) -> None:
    """Whatever begins like a token, in any column of any table, is in a column the rotation knows."""
    known = {column.place for column in keys.columns()} | {"mfa_authenticator.data"}
    assert len([place for place in known if "wrapped_key" not in place]) > 20
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table == "django_session":  # two hours old at most
                continue
            cursor.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                found = {f"{table}.{name}" for name, value in zip(names, row, strict=True) if _sealed(value)}
                assert found <= known


def _sealed(value: Any) -> bool:
    text = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
    return keys.TOKEN.encode() in text


def test_a_sealed_field_is_found_by_its_kind() -> None:
    assert all(isinstance(column.field, SealedJSONField) for column in keys.columns()[1:])
