"""A picture nobody needs any more goes at once: proved another way, or taken back."""

import io

import pytest
from PIL import Image

from identity import deciding, flows
from identity.waiting import asking
from law.identification import Means
from law.rights import Right
from requests_app import withdrawal
from requests_app.models import SealedFile
from requests_app.states import Actor
from tests.identity.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def document(open_case, clerk):
    """A picture that waits for staff."""
    case = open_case(Right.access, email="nobody@example.com")
    asking.ask(case, doubt="unusual", facts="Odd wording.", now=NOW, user=clerk)
    attempt, picture = flows.start(case, Means.document, now=NOW), io.BytesIO()
    Image.new("RGB", (400, 300)).save(picture, "JPEG")
    picture.seek(0)
    flows.submit(attempt, {"document": "passport", "files": {"front": picture}}, now=NOW)
    return attempt


def kept():
    return SealedFile.objects.filter(purpose="evidence").exclude(wrapped_key=None).count()


def test_what_is_still_needed_stays(document):
    flows.expire(now=NOW)
    document.refresh_from_db()
    assert (document.status, kept()) == ("submitted", 1)


def test_proved_another_way(document, clerk):
    deciding.seen(
        document.case, Means.in_person, subject="person", how="known_in_person", document="", on=NOW.date(), now=NOW,
        user=clerk,
    )  # fmt: skip
    flows.expire(now=NOW)
    document.refresh_from_db()
    assert (document.status, document.reason, kept()) == ("expired", "not_needed", 0)


def test_taken_back(document):
    withdrawal.withdraw(document.case, claims=list(document.case.claims.all()), now=NOW, actor=Actor.PERSON)
    flows.expire(now=NOW)
    document.refresh_from_db()
    assert (document.status, document.reason, kept()) == ("expired", "not_needed", 0)
