"""A town: people with mailboxes, companies with databases, workers, staff, and somebody who listens at every door."""

import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from celery import current_app
from django.core.cache import cache
from django.utils import translation
from kombu import pools

import demo
from tests.journeys import quiet
from tests.journeys.office import Office, hire
from tests.journeys.people import Person, Workers
from tests.journeys.post import PostOffice
from tests.requests_app.smtp import Manners, serving

TODAY = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
"""The day around which the dates of the sample sources lie."""


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sample databases of all companies, never written in."""
    folder = tmp_path_factory.mktemp("built")
    demo.build_all(folder, count=60)
    return folder


@pytest.fixture(autouse=True)
def staff_second_factor(settings: Any) -> None:
    """Staff of the journeys log in as in earnest: password and second step."""
    settings.STAFF_MFA_REQUIRED = True


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(TODAY, tick=True) as traveller:
        yield traveller


@pytest.fixture
def smtp(settings: Any) -> Iterator[Manners]:
    with serving(settings) as manners:
        yield manners


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A broker in this process: real messages, fetched by `Workers` when a journey says so."""
    for name in ("broker_url", "broker_read_url", "broker_write_url"):
        monkeypatch.setattr(current_app.conf, name, "memory://localhost")
    current_app.loader.import_default_modules()  # what a worker does when it starts
    _forget_connections()
    yield
    Workers().lose_all()
    _forget_connections()


def _forget_connections() -> None:
    pools.reset()
    current_app._pool = current_app.amqp._producer_pool = None


class Town:
    """Everything a journey needs, and what it must not leave behind."""

    def __init__(self, built: Path, folder: Path, smtp: Manners) -> None:
        self.built, self.folder, self.smtp = built, folder, smtp
        self.post, self.workers = PostOffice(smtp), Workers()
        self.people: list[Person] = []
        self.offices: dict[str, Office] = {}

    def person(self, slug: str, key: str, *, language: str = "") -> Person:
        """A persona of the sample sources, at a computer."""
        self.open(slug)
        spoken = language or {"aj-se": "sv", "ajour": "nb", "ajos": "en"}.get(slug, "da")
        found = Person(demo.persona(slug, key), slug=slug, language=spoken, post=self.post, workers=self.workers)
        self.people.append(found)
        return found

    def office(self, slug: str) -> Office:
        self.open(slug)
        if slug not in self.offices:
            hire(slug)
            self.offices[slug] = Office(slug, workers=self.workers)
        return self.offices[slug]

    def open(self, slug: str) -> None:
        """The company's databases, as copies this journey may write in."""
        if not (self.folder / slug).exists():
            shutil.copytree(self.built / slug, self.folder / slug)

    def personal(self) -> set[str]:
        return {value for person in self.people for value in person.personal()}


@pytest.fixture
def town(
    transactional_db: None, built: Path, tmp_path: Path, smtp: Manners, broker: None, clock: Any, settings: Any
) -> Iterator[Town]:
    """On the day of the sample sources."""
    with _town(built, tmp_path, smtp, settings) as town:
        yield town


@pytest.fixture
def street(
    live_server: Any, built: Path, tmp_path: Path, smtp: Manners, broker: None, settings: Any
) -> Iterator[Town]:
    """The same with a web server that a real browser can visit; today."""
    settings.PUBLIC_BASE_URL = live_server.url
    with _town(built, tmp_path, smtp, settings) as town:
        yield town


@contextmanager
def _town(built: Path, folder: Path, smtp: Manners, settings: Any) -> Iterator[Town]:
    """Nothing personal is said in a log, or rests in clear in the portal's database or files, whoever walks here."""
    settings.DSAR_DEMO_DIR = folder / "sources"
    cache.clear()
    town = Town(built, folder / "sources", smtp)
    listener, root = quiet.Listener(), logging.getLogger()
    root.addHandler(listener)
    try:
        yield town
    finally:
        root.removeHandler(listener)
        translation.deactivate_all()
    heard = quiet.said_aloud(town.personal() | town.post.secrets(), listener.lines)
    assert not heard, f"personal values in the log: {heard[:5]}"
    assert not (left := quiet.said_aloud(town.personal(), quiet.at_rest())), f"in clear in the database: {left[:5]}"
    assert not (left := quiet.said_aloud(town.personal(), quiet.in_files(folder / "files"))), left[:5]
