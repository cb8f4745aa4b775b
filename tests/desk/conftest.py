"""A company with real databases, its staff in every role, staff of another, and cases walked by real functions."""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone, translation

import demo
from fulfilment import pipeline
from identity import deciding
from law.identification import Means
from law.rights import IMMEDIATE, Right
from requests_app import intake, lifecycle
from requests_app.answers import Answers
from requests_app.controllers import controller
from requests_app.models import Case, Claim, Membership
from requests_app.states import Act, Actor, Channel
from tests.requests_app.settled import settle

SLUG, OTHER = "aj-dk", "ajour"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def _one_day_everywhere() -> Iterator[None]:
    """From 22 o'clock UTC on it is tomorrow already at the company, and "today" would be two days in one test."""
    now = timezone.now()
    with time_machine.travel(now - timedelta(hours=4), tick=True) if now.hour >= 22 else nullcontext():
        yield


@pytest.fixture(autouse=True)
def _language_of_nobody() -> Iterator[None]:
    yield
    translation.deactivate_all()


@pytest.fixture
def member(db: None) -> Callable[..., Any]:
    """A member of staff in these roles at a company."""

    def make(name: str, *roles: str, slug: str = SLUG) -> Any:
        user = get_user_model().objects.create_user(name, f"{name}@example.com", "not-used-here-1")
        for role in roles:
            Membership.objects.create(user=user, controller=slug, role=role)
        return user

    return make


@pytest.fixture
def staff(member: Callable[..., Any]) -> dict[str, Any]:
    people = {role: member(role, role) for role in ("caseworker", "approver", "administrator")}
    return people | {
        "both": member("both", "caseworker", "approver"),
        "stranger": member("stranger", "caseworker", "approver", "administrator", slug=OTHER),
        "nobody": member("nobody"),
    }


@pytest.fixture
def at_desk(staff: dict[str, Any]) -> Callable[[str], Client]:
    """A browser in which this person is logged in."""

    def make(name: str) -> Client:
        client = Client()
        client.force_login(staff[name], backend=BACKEND)
        return client

    return make


@pytest.fixture
def open_case(db: None) -> Callable[..., Case]:
    def make(*rights: Right, persona: str = "astrid", slug: str = SLUG, **more: Any) -> Case:
        settle(slug)
        who = demo.persona(slug, persona)
        now = more.pop("now", timezone.now())
        answers = Answers(rights=rights or (Right.access,), name=who.name, email=who.email, phone=who.phone or "")
        return intake.submit(
            answers,
            controller=controller(slug),
            language="da",
            channel=Channel.FORM,
            received_at=now,
            now=now,
            email_confirmed=True,
        )

    return make


@pytest.fixture
def known(open_case: Callable[..., Case], staff: dict[str, Any]) -> Callable[..., Claim]:
    """The claim of a person who has proved who they are; it waits for triage."""

    def make(right: Right = Right.access, **more: Any) -> Claim:
        case = open_case(right, **more)
        if right not in IMMEDIATE:
            now = timezone.now()
            deciding.seen(
                case, Means.in_person, subject="person", how="known_in_person", document="", on=now.date(), now=now,
                user=staff["caseworker"],
            )  # fmt: skip
        return case.claims.get()

    return make


@pytest.fixture
def collected(own_sources: Any, known: Callable[..., Claim], staff: dict[str, Any]) -> Callable[..., Claim]:
    """The claim with its data read from the real sample databases: in review."""

    def make(right: Right = Right.access, **more: Any) -> Claim:
        claim = known(right, **more)
        lifecycle.apply(claim, Act.START, now=timezone.now(), actor=Actor.STAFF, user=staff["caseworker"])
        return run(claim)

    return make


def run(claim: Claim) -> Claim:
    """What the worker does, here and now."""
    claim.refresh_from_db()
    while pipeline.advance(claim, now=timezone.now()) is not pipeline.Progress.RESTS:
        claim.refresh_from_db()
    claim.refresh_from_db()
    return claim
