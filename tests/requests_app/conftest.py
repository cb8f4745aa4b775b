"""A company, a person's answers and a visitor without JavaScript."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from celery import current_app
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import translation

from law.rights import Right
from requests_app import intake
from requests_app.answers import Answers
from requests_app.controllers import controller
from requests_app.models import Case, Membership
from requests_app.states import Channel
from tests.requests_app.smtp import Manners, serving

# A Monday, nine in the morning in Copenhagen; the month ends on a Tuesday.
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=ZoneInfo("Europe/Copenhagen"))
PERSON = {
    "name": "Sofie Østergård Nørby",
    "email": "sofie.noerby@example.com",
    "phone": "+45 20 12 34 56",
    "address": "Birkevej 12",
    "postcode": "2620 Albertslund",
    "customer_no": "K-104482",
    "order_no": "2024-99871",
    "other_emails": ("sofie.gammel@example.com",),
}


@pytest.fixture(autouse=True)
def _language_of_nobody() -> Iterator[None]:
    """Views activate a language for their thread; the next test must not inherit it."""
    yield
    translation.deactivate_all()


@pytest.fixture
def worker() -> Iterator[None]:
    """Tasks are done where they are called for, as by a worker that is there at once."""
    current_app.conf.task_always_eager = True
    yield
    current_app.conf.task_always_eager = False


@pytest.fixture
def open_case(db: None) -> Callable[..., Case]:
    def make(*rights: Right, slug: str = "aj-dk", now: datetime = NOW, language: str = "da", **more: Any) -> Case:
        answers = {name: more.pop(name) for name in list(more) if name in Answers.__dataclass_fields__}
        return intake.submit(
            Answers(rights=rights or (Right.access,), **{**PERSON, **answers}),
            controller=controller(slug),
            language=language,
            channel=more.pop("channel", Channel.FORM),
            received_at=more.pop("received_at", now),
            now=now,
            **more,
        )

    return make


@pytest.fixture
def staff(db: None) -> Callable[..., Any]:
    def make(name: str, controller: str, role: str = Membership.Role.CASEWORKER) -> Any:
        user = get_user_model().objects.create_user(name, password="not-used-here-1")
        Membership.objects.create(user=user, controller=controller, role=role)
        return user

    return make


@pytest.fixture
def visitor() -> Client:
    return Client(enforce_csrf_checks=False)


@pytest.fixture
def smtp(settings: Any) -> Iterator[Manners]:
    with serving(settings) as manners:
        yield manners
