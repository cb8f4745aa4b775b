"""The step of the machine at a source: read it; or, where a person looks, ask, wait, and take in the answer."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from connectors.batch import Batch, gathered
from connectors.person import answer
from connectors.person.connector import PersonConnector
from fulfilment import ledger
from fulfilment.asking import answers, tasks
from fulfilment.collecting import chunks
from fulfilment.collecting import collect as reading
from fulfilment.models import Collected, OwnerTask, Step
from requests_app import vault
from requests_app.controllers import controller
from requests_app.models import Claim

LOOK_AGAIN = timedelta(hours=6)
"""The answer itself frees the step: this is for a wake-up nobody heard."""


def collect(claim: Claim, *, step: Step, now: datetime) -> dict[str, Any] | None:
    """One source into sealed chunks. Raises `ledger.NotYet` while its owner has not answered."""
    source = controller(claim.case.controller).sources.get(step.source)
    if source is None or source.person is None:
        return reading.collect(claim, step=step, now=now)
    owner = source.person
    task = tasks.ask(claim, source=step.source, owner=owner, what=tasks.What.COLLECT, round=step.round, now=now)
    if task.status != tasks.Status.ANSWERED:
        raise ledger.NotYet(now + LOOK_AGAIN)
    step.claim = claim
    return {"tables": _keep(task, step, now=now), "without": [], "answer": task.outcome}


def _keep(task: OwnerTask, step: Step, *, now: datetime) -> dict[str, dict[str, Any]]:
    """The answer as chunks, under the lease; what an earlier answer or attempt left is replaced."""
    ledger.renew(step, now=now)
    chunks.drop(Collected.objects.filter(claim=step.claim, round__lte=step.round, source=step.source), now=now)
    return reading.keep(step, _batches(task), looks={}, at=task.answered_at or now, now=lambda: now)


def _batches(task: OwnerTask) -> Iterator[Batch]:
    """Read again from what was sealed; it was read once, when it came in."""
    ours = controller(task.claim.case.controller)
    connector = PersonConnector(task.source, dataset=ours.datasets[ours.sources[task.source].dataset])
    for one in task.files.select_related("file"):
        data = vault.read(one.file)
        if one.collection:
            rows = answer.read(data, columns=answers.columns(ours, task.source, one.collection))
            yield from gathered(connector.answered(one.collection, rows))
        else:
            yield from gathered([connector.as_it_is(one.name, data)])
