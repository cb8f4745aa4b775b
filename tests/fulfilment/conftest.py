"""A real company with real databases, a case of a named person, and two members of staff."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model

import demo
from law.rights import Right
from requests_app import lifecycle
from requests_app.controllers import controller
from requests_app.models import Case, Claim
from requests_app.states import Act, Actor, Channel
from tests.requests_app.settled import settle

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def company(settings, own_sources, tmp_path) -> Iterator[Path]:
    """AJ Produkter A/S served from a folder and databases of this test alone: they may be broken."""
    shutil.copytree(ROOT / "controllers" / "aj-dk", tmp_path / "controllers" / "aj-dk")
    settings.DSAR_CONTROLLERS_PATH = [tmp_path / "controllers"]
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    yield tmp_path


@pytest.fixture
def staff(db):
    users = get_user_model().objects
    return {name: users.create_user(name, f"{name}@example.com") for name in ("preparer", "approver")}


@pytest.fixture
def make_claim(company, staff) -> Callable[..., Claim]:
    """A claim of a named person that staff have just started."""

    def make(
        persona: str = "astrid", right: str = Right.access, *, language: str = "da", act: Act = Act.START,
        reference: str = "", **person: str,
    ) -> Claim:
        who = demo.persona("aj-dk", persona)
        ours = controller("aj-dk")
        settle("aj-dk")
        case = Case.objects.create(
            reference=(reference or f"AJDK-{persona.upper()}-{right.upper()}")[:24], controller="aj-dk",
            policy_digest=ours.digest, language=language, channel=Channel.FORM, received_at=NOW - timedelta(days=3),
            received_on=(NOW - timedelta(days=3)).date(), person={"name": who.name, "email": who.email, **person},
            email_confirmed_at=NOW,
        )  # fmt: skip
        claim = Claim.objects.create(case=case, right=right, stage="triage", stage_at=NOW, due_on=NOW.date())
        return lifecycle.apply(claim, act, now=NOW, actor=Actor.STAFF, user=staff["preparer"])

    return make
