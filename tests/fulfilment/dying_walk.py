"""An erasure from plan to certificate in a process that is killed on the way, again and again; run by test_killed_walk.

The mother imports once and forks a worker a run. What it counts as a moment is every statement to any database, the
portal's and the sources', and every commit in a source: a worker can die before each.
"""

import hashlib
import json
import os
import random
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import django
import sqlalchemy as sa

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
PERSON, TIMES, SEED = "astrid", 20, 17


class Mother:
    """`folder`/now is what workers work on, put back to `folder`/start before each run."""

    def __init__(self, folder: Path) -> None:
        self.now, self.start = folder / "now", folder / "start"

    def prepare(self) -> None:
        from django.contrib.auth import get_user_model
        from django.core.management import call_command
        from django.urls import get_resolver

        import demo
        from fulfilment import pipeline
        from requests_app import lifecycle
        from requests_app.controllers import controller
        from requests_app.models import Case, Claim
        from requests_app.states import Act, Actor
        from tests.requests_app.settled import settle

        call_command("migrate", verbosity=0, skip_checks=True)
        assert get_resolver().url_patterns  # every screen is imported here, not in each of forty workers
        who, users = demo.persona("aj-dk", PERSON), get_user_model().objects
        staff = users.create_user("preparer")
        users.create_user("approver")
        settle("aj-dk")
        case = Case.objects.create(
            reference="AJDK-DYING", controller="aj-dk", policy_digest=controller("aj-dk").digest, language="da",
            channel="form", received_at=NOW, received_on=NOW.date(), person={"name": who.name, "email": who.email},
            email_confirmed_at=NOW,
        )  # fmt: skip
        claim = Claim.objects.create(case=case, right="erasure", stage="triage", stage_at=NOW, due_on=NOW.date())
        lifecycle.apply(claim, Act.START, now=NOW, actor=Actor.STAFF, user=staff)
        while any(step.name in ("collect", "settle") for _, step in pipeline.runnable(claim, now=NOW)):
            pipeline.advance(claim, now=NOW)
            claim.refresh_from_db()
        self._close()
        shutil.copytree(self.now, self.start)

    def _close(self) -> None:
        from django.db import connections

        connections.close_all()

    def again(self) -> None:
        shutil.rmtree(self.now)
        shutil.copytree(self.start, self.now)

    def worker(self, work: Callable[[], Any]) -> tuple[int, Any]:
        """(signal that ended it or 0, what it said)."""
        out, into = os.pipe()
        child = os.fork()
        if not child:
            os.close(out)
            with os.fdopen(into, "w") as told:
                json.dump(work(), told)
            os._exit(0)
        os.close(into)
        with os.fdopen(out) as said:
            text = said.read()
        _, status = os.waitpid(child, 0)
        return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0, json.loads(text) if text else None


class Moments:
    """Counts, and kills at the one it was told."""

    def __init__(self, fatal: int = 0) -> None:
        self.count, self.fatal = 0, fatal

    def one(self, *_: Any) -> None:
        self.count += 1
        if self.count == self.fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    def of_portal(self, execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        self.one()
        return execute(sql, params, many, context)


def walk(*, now: datetime, fatal: int = 0) -> int:
    """Workers and staff, until the claim is closed. The number of moments it took."""
    from django.contrib.auth import get_user_model
    from django.db import connection

    from fulfilment import approval, pipeline
    from requests_app.models import Claim
    from requests_app.states import Stage

    moments = Moments(fatal)
    for name in ("before_cursor_execute", "commit"):
        sa.event.listen(sa.Engine, name, moments.one)
    staff = {one.username: one for one in get_user_model().objects.all()}
    with connection.execute_wrapper(moments.of_portal):
        claim = Claim.objects.get()
        while claim.stage != Stage.CLOSED:
            if claim.stage == Stage.REVIEW:
                approval.submit(claim, outcome="granted", user=staff["preparer"], now=now)
            elif claim.stage == Stage.APPROVAL:
                approval.approve(claim, digest=approval.digest(claim), user=staff["approver"], now=now)
            elif pipeline.advance(claim, now=now) is pipeline.Progress.RESTS:
                steps = [(step.name, step.source, step.error) for _, step in pipeline.steps(claim)]
                raise RuntimeError((claim.stage, steps))
            claim.refresh_from_db()
    return moments.count


def state(folder: Path, *, now: datetime) -> dict[str, Any]:
    """All that must be the same whoever died: sources, receipts, events, letters, files; not who did it when."""
    from django.db.models import Count

    from fulfilment.models import DeferredErasure, ErasureReceipt, Plan
    from fulfilment.planning import plans
    from fulfilment.removing import deferred
    from requests_app.models import Event, Letter, SealedFile

    for tidy in (plans.shred_unlisted, deferred.shred_unlisted):
        tidy(before=now + timedelta(days=1), now=now)
    alive = SealedFile.objects.filter(shredded_at=None).values_list("purpose").annotate(Count("pk"))
    return {
        "sources": {file.name: _digest(_rows(file)) for file in sorted(folder.glob("sources/aj-dk/*.sqlite"))},
        "receipts": list(ErasureReceipt.objects.order_by("source", "collection", "action").values_list(
            "source", "collection", "action", "instructions", "digest")),
        "plans": list(Plan.objects.order_by("pk").values_list("version", "status", "digest")),
        "events": [(one.kind, one.actor, one.data.get("source"), one.data.get("digest"))
                   for one in Event.objects.order_by("seq")],
        "letters": sorted(
            (kind, digest if kind == "erasure_certificate" else "")  # the others hold links of their own
            for kind, digest in Letter.objects.values_list("kind", "sha256")
        ),
        "later": [(str(one.day), one.why, one.records) for one in DeferredErasure.objects.order_by("day", "why")],
        "files": sorted(alive),
    }  # fmt: skip


def _rows(file: Path) -> Iterator[str]:
    with sqlite3.connect(file) as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall():
            yield from sorted(repr((name, row)) for row in database.execute(f'SELECT * FROM "{name}"'))


def _digest(lines: Iterator[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def main(folder: Path) -> None:
    django.setup()
    mother = Mother(folder)
    mother.prepare()
    _, (moments, undisturbed) = mother.worker(lambda: (walk(now=NOW), state(mother.now, now=NOW)))
    print(json.dumps({"moments": moments, "undisturbed": undisturbed}), flush=True)
    points = sorted(random.Random(SEED).sample(range(1, moments + 1), TIMES))
    for fatal in points:
        mother.again()
        ended, _ = mother.worker(lambda fatal=fatal: walk(now=NOW, fatal=fatal))
        later = NOW + timedelta(minutes=10)
        _, after = mother.worker(lambda later=later: (walk(now=later), state(mother.now, now=later)))
        print(json.dumps({"at": fatal, "signal": ended, "state": after and after[1]}), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
