"""What an owner answers: files, "nothing", "somebody else's", "done", "cannot". The only writer of `OwnerFile`.

Every file is scanned and read before anything is kept; one that is wrong says why, and what was sent before stays.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from connectors.person import answer
from connectors.person.answer import AnswerError
from fulfilment import ledger
from fulfilment.asking import tasks
from fulfilment.asking.tasks import NotAllowed, Outcome, Status
from fulfilment.models import OwnerFile, OwnerTask, Step
from fulfilment.planning import by_hand
from policies.load import Controller
from requests_app import vault
from requests_app.door import antivirus
from requests_app.door.refusals import MOST_BYTES, Refused
from requests_app.models import SealedFile
from requests_app.uploads import Upload

PURPOSE = "owner_answer"
MOST_FILES = 20
WAITS = "by_hand"
"""Name of the steps that wait for what is done by hand, whatever the right."""


@dataclass(frozen=True)
class Sent:
    """A file that can be taken. `collection`: the table its rows are of; empty: kept as it is."""

    name: str
    collection: str
    data: bytes
    rows: int = 0


class WrongFile(ValueError):
    """A file that cannot be taken: `name` as the owner calls it, `why` an `AnswerError` or a `Refused`."""

    def __init__(self, name: str, why: AnswerError | Refused) -> None:
        super().__init__(why.code)
        self.name, self.why = name, why


def check(upload: Upload, *, collection: str, ours: Controller, source: str) -> Sent:
    """Scanned, and read where it is a table's. Nothing is kept yet. Raises `WrongFile`."""
    name = (upload.name or "file").replace("\\", "/").rsplit("/", 1)[-1][:120]
    try:
        if (upload.size or 0) > MOST_BYTES:
            raise Refused("too_large")
        data = upload.read(MOST_BYTES + 1)
        if not data:
            raise Refused("empty")
        antivirus.scan(data)
        rows = answer.read(data, columns=columns(ours, source, collection)) if collection else []
    except (AnswerError, Refused) as why:
        raise WrongFile(name, why) from None
    return Sent(name, collection, data, len(rows))


def columns(ours: Controller, source: str, collection: str) -> list[str]:
    """The columns the map has for a table."""
    dataset = ours.datasets[ours.sources[source].dataset]
    return [field.name for one in dataset.collections if one.name == collection for field in one.fields]


def give(task: OwnerTask, sent: Iterable[Sent], *, note: str = "", user: Any = None, now: datetime) -> None:
    """Keep these files as the answer, in place of what was sent before, and let the collection go on. `NotAllowed`."""
    sent = list(sent)
    if not sent:
        raise NotAllowed("nothing_sent")
    case = task.claim.case
    kept = [(one, vault.store([one.data], purpose=PURPOSE, case=case)) for one in sent]
    try:
        with transaction.atomic():
            tasks.answered(task, status=Status.ANSWERED, outcome=Outcome.DATA, said=note, user=user, now=now)
            before = _drop(task)
            for one, file in kept:
                OwnerFile.objects.create(task=task, file=file, name=one.name, collection=one.collection, rows=one.rows)
            _collect_on(task)
    except BaseException:
        _shred((file for _one, file in kept), now=now)
        raise
    _shred(before, now=now)


def nothing(task: OwnerTask, *, note: str = "", user: Any = None, now: datetime) -> None:
    """Nothing is held about the person there. Raises `NotAllowed`."""
    _without_files(task, Outcome.NOTHING, note, user=user, now=now)


def without(task: OwnerTask, *, why: str, user: Any, now: datetime) -> None:
    """Staff go on although nobody answered, and say why: the person is waiting (Art. 12(3)). Raises `NotAllowed`."""
    if not why.strip():
        raise NotAllowed("said")
    _without_files(task, Outcome.WITHOUT, why, user=user, now=now)


def elsewhere(task: OwnerTask, *, who: str, now: datetime) -> None:
    """It is somebody else's system: the desk finds out whose, and asks there. Raises `NotAllowed`."""
    if not who.strip():
        raise NotAllowed("said")
    with transaction.atomic():
        tasks.answered(task, status=Status.ELSEWHERE, said=who, now=now)


def done(task: OwnerTask, *, how: str, user: Any = None, now: datetime) -> None:
    """What had to be done by hand is done, and how; what waited for it is tried again. Raises `NotAllowed`."""
    if not how.strip():
        raise NotAllowed("said")
    with transaction.atomic():
        hands = list(tasks.hands(task))
        tasks.answered(task, status=Status.ANSWERED, outcome=Outcome.DONE, said=how, user=user, now=now)
        for one in hands:
            by_hand.done(one, how=how, user=user, now=now)
        if not by_hand.left(task.claim, code=task.code):
            waiting = Step.objects.filter(claim=task.claim_id, name=WAITS, status=Step.Status.FAILED)
            ledger.reopen(waiting)


def cannot(task: OwnerTask, *, why: str, now: datetime) -> None:
    """It cannot be done there: a person of the company decides what now. Raises `NotAllowed`."""
    if not why.strip():
        raise NotAllowed("said")
    with transaction.atomic():
        tasks.answered(task, status=Status.CANNOT, said=why, now=now)


def _without_files(task: OwnerTask, outcome: str, said: str, *, user: Any, now: datetime) -> None:
    with transaction.atomic():
        tasks.answered(task, status=Status.ANSWERED, outcome=outcome, said=said, user=user, now=now)
        before = _drop(task)
        _collect_on(task)
    _shred(before, now=now)


def _collect_on(task: OwnerTask) -> None:
    """The step of this source is free; whatever a worker makes of an earlier answer at this moment is fenced off."""
    mine = Step.objects.filter(claim=task.claim_id, round=task.round, name__in=("collect", "settle"))
    ledger.reopen(mine.filter(source__in=(task.source, "")))


def _drop(task: OwnerTask) -> list[SealedFile]:
    """Strike the files of an answer; their bytes are shredded once that holds."""
    found = [one.file for one in task.files.select_related("file")]
    task.files.all().delete()
    return found


def _shred(files: Iterable[SealedFile], *, now: datetime) -> None:
    for file in files:
        vault.shred(file, now=now)


def drop_of(task: OwnerTask, *, now: datetime) -> None:
    """The claim is closed: the copy is not needed any more (Art. 5(1)(e))."""
    _shred(_drop(task), now=now)


def shred_unlisted(*, before: datetime, now: datetime) -> None:
    """Files a killed worker had stored and not yet listed."""
    listed = OwnerFile.objects.values("file")
    lost = SealedFile.objects.filter(purpose=PURPOSE, shredded_at=None, created_at__lt=before).exclude(pk__in=listed)
    _shred(lost.iterator(), now=now)
