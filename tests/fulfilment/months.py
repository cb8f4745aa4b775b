"""A company's months as they pass: its run begun, read, approved and carried out, and what is in its sources."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model

from fulfilment.models import RetentionRun
from fulfilment.routine import runs, work
from fulfilment.routine.pages import Hand
from requests_app.models import Membership, SealedFile
from tests.requests_app.settled import settle

Tables = dict[str, dict[Any, tuple[Any, ...]]]


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 11, 0, tzinfo=UTC)


def approver(slug: str, role: str = "approver") -> Any:
    """A colleague of the company who may approve; its open points are settled."""
    settle(slug)
    user, _ = get_user_model().objects.get_or_create(username=f"{role}.{slug}", email=f"{role}.{slug}@example.com")
    Membership.objects.get_or_create(user=user, controller=slug, role=role)
    return user


def go_on(run: RetentionRun, *, day: date) -> RetentionRun:
    """The workers, until nothing more can be done now."""
    with Hand() as hand:
        while work.advance(run, hand=hand, now=lambda: noon(day)):
            pass
    run.refresh_from_db()
    return run


def planned(slug: str, *, day: date) -> RetentionRun:
    return go_on(runs.start(slug, on=day.replace(day=1), now=noon(day)), day=day)


def approved(run: RetentionRun, *, day: date) -> RetentionRun:
    return runs.approve(run, digest=run.digest, user=approver(run.controller), now=noon(day))


def passed(slug: str, *, day: date) -> RetentionRun:
    """The whole run of a month, read and approved where it asks for that."""
    run = planned(slug, day=day)
    if run.status == RetentionRun.Status.TO_APPROVE:
        run = go_on(approved(run, day=day), day=day)
    assert run.status == RetentionRun.Status.DONE, (run.status, run.proof)
    assert not SealedFile.objects.filter(purpose="routine", shredded_at=None).exists()
    return run


def rows(folder: Path, slug: str) -> Mapping[str, Tables]:
    """Every row of every source, by rowid."""
    return {path.stem: _tables(path) for path in sorted((folder / slug).glob("*.sqlite"))}


def _tables(path: Path) -> Tables:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        names = [name for name, in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: {row[0]: row[1:] for row in database.execute(f'SELECT rowid, * FROM "{name}"')} for name in names}


def touched(before: Mapping[str, Tables], after: Mapping[str, Tables]) -> dict[str, int]:
    """How many rows of each table are gone or changed; nothing may be new."""
    found = {}
    for source, tables in before.items():
        for name, old in tables.items():
            new = after[source][name]
            assert not set(new) - set(old), f"{source}/{name} has new rows"
            if number := sum(new.get(key) != row for key, row in old.items()):
                found[f"{source}/{name}"] = number
    return found


def change(folder: Path, slug: str, source: str, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(folder / slug / f"{source}.sqlite")) as database, database:
        return list(database.execute(statement, values))


def counted(run: RetentionRun, **which: Any) -> int:
    return sum(row["count"] for row in run.summary if all(row[name] == value for name, value in which.items()))
