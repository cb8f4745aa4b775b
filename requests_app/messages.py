"""Secure messages between a person and staff. E-mail only ever says that there is news."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from requests_app import clarification, correspondence, events, uploads, vault
from requests_app.door import antivirus
from requests_app.models import Attachment, Case, Message
from requests_app.states import Actor

LONGEST = 10_000


def from_person(case: Case, *, body: str, files: Sequence[UploadedFile] = (), now: datetime) -> Message:
    """A message from the person. Raises `uploads.UploadError`, `door.refusals.Refused`; then nothing is kept."""
    _scan(files)
    with transaction.atomic():
        message = _write(case, body=body, files=files, now=now, author=None)
        clarification.answered(case, now=now, actor=Actor.PERSON)
    return message


def from_staff(
    case: Case,
    *,
    body: str,
    author: AbstractBaseUser,
    internal: bool = False,
    files: Sequence[UploadedFile] = (),
    now: datetime,
) -> Message:
    """A message to the person, or (`internal`) a note the person never sees. Raises as `from_person`."""
    _scan(files)
    return _write(case, body=body, files=files, now=now, author=author, internal=internal)


def mark_read(case: Case, *, by_person: bool, now: datetime) -> None:
    """The other side's messages have been shown."""
    unread = Message.objects.filter(case=case, read_at=None, internal=False, author__isnull=not by_person)
    unread.update(read_at=now)


def _scan(files: Sequence[UploadedFile]) -> None:
    """Before any transaction: the scanner may need its seconds."""
    uploads.check(files)
    for file in files:
        antivirus.scan(file.chunks())
        file.seek(0)


def _write(
    case: Case,
    *,
    body: str,
    files: Sequence[UploadedFile],
    now: datetime,
    author: AbstractBaseUser | None,
    internal: bool = False,
) -> Message:
    kinds = uploads.check(files)
    with transaction.atomic():
        message = Message.objects.create(case=case, author=author, body=body.strip()[:LONGEST], internal=internal)
        for file, kind in zip(files, kinds, strict=True):
            sealed = vault.store(file.chunks(), purpose="message", case=case, content_type=kind)
            Attachment.objects.create(
                message=message, file=sealed, filename=uploads.tidy_name(file.name or "", content_type=kind)
            )
        kind = "note_written" if internal else "message_sent" if author else "message_received"
        actor = Actor.STAFF if author else Actor.PERSON
        events.record(case, kind, now=now, actor=actor, user=author, data={"message": message.pk, "files": len(kinds)})
        if author and not internal:
            correspondence.tell_news(case, now=now)
    return message
