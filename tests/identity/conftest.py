"""A company with real databases, and a case of somebody who says they are a customer."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

import demo
from law.rights import Right
from requests_app import access, intake
from requests_app.answers import Answers, Representative
from requests_app.controllers import controller
from requests_app.models import Case
from requests_app.states import Channel
from tests.requests_app.conftest import NOW

__all__ = ["NOW"]


@pytest.fixture(scope="session")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("identity")
    for slug in ("aj-dk", "aj-se"):
        (folder / slug).mkdir()
        demo.build(slug, lambda source, slug=slug: f"sqlite:///{folder}/{slug}/{source}.sqlite", count=200)
    return folder


@pytest.fixture(autouse=True)
def _files(settings, sources, tmp_path):
    settings.DSAR_DEMO_DIR = sources
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def open_case(db) -> Callable[..., Case]:
    def make(*rights: Right, slug: str = "aj-dk", representative: Representative | None = None, **person: str) -> Case:
        answers = Answers(rights=rights or (Right.access,), representative=representative, **{"name": "A"} | person)
        return intake.submit(
            answers, controller=controller(slug), language="da" if slug == "aj-dk" else "sv", channel=Channel.FORM,
            received_at=NOW, now=NOW,
        )  # fmt: skip

    return make


@pytest.fixture
def visitor() -> Callable[[Case], Client]:
    """A browser that opened the secret link of the case."""

    def make(case: Case) -> Client:
        client = Client()
        client.get(access.status_url(case, now=NOW).replace("https://privacy.example.com", ""))
        return client

    return make


@pytest.fixture
def clerk(db):
    return get_user_model().objects.create_user("clerk")
