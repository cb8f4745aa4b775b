"""What a company has not told stops the answer; who may go on without it, and for exactly which question."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.db import connection

from requests_app import waivers
from requests_app.models import Case, Claim, Membership, Waiver
from requests_app.waivers import NotAllowed

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]
REASON = "The list of recipients is being written; the reply says that names are missing."


def somebody(role: str, slug: str = "aj-dk"):
    user = get_user_model().objects.create_user(f"{role}.{slug}", f"{role}.{slug}@example.com")
    Membership.objects.create(user=user, controller=slug, role=role)
    return user


def a_claim(right: str, slug: str = "aj-dk") -> Claim:
    case = Case.objects.create(reference=f"X-{right}-{slug}"[:24], controller=slug, policy_digest="0" * 64,
                               language="da", channel="form", received_at=NOW, received_on=NOW.date())  # fmt: skip
    return Claim.objects.create(case=case, right=right, stage="review", stage_at=NOW)


def ids(points) -> set[str]:
    return {point.question.id for point in points}


@pytest.mark.parametrize(("role", "slug", "code"), [
    ("approver", "aj-dk", ""), ("administrator", "aj-dk", ""), ("caseworker", "aj-dk", "approver_or_administrator"),
    ("approver", "aj-se", "approver_or_administrator"),
])  # fmt: skip
def test_who_may_waive(db, role, slug, code):
    claim, user = a_claim("access"), somebody(role, slug)
    assert "S0-Q2" in ids(waivers.blocking(claim))
    if code:
        with pytest.raises(NotAllowed, match=code):
            waivers.waive("aj-dk", question="S0-Q2", reason=REASON, user=user, now=NOW)
    else:
        waivers.waive("aj-dk", question="S0-Q2", reason=REASON, user=user, now=NOW)
    assert ("S0-Q2" in ids(waivers.blocking(claim))) is bool(code)
    assert waivers.waived(claim) == ([] if code else ["S0-Q2"])


def test_a_waiver_needs_a_reason_a_question_and_something_to_waive(db):
    user = somebody("approver")
    for question, reason, code in (("S0-Q2", "  ", "no_reason"), ("S9-Q9", REASON, "unknown"),
                                   ("S0-I1", REASON, "blocks_nothing"), ("fee", REASON, "blocks_nothing")):
        with pytest.raises(NotAllowed, match=code):
            waivers.waive("aj-dk", question=question, reason=reason, user=user, now=NOW)
    waivers.waive("aj-dk", question="S0-Q2", reason=REASON, user=user, now=NOW)
    with pytest.raises(NotAllowed, match="taken"):
        waivers.waive("aj-dk", question="S0-Q2", reason=REASON, user=user, now=NOW)
    assert Waiver.objects.count() == 1


def test_another_question_is_another_waiver(db, settings, tmp_path):
    """A waiver accepts the words it was given for; the company's next version asks anew."""
    shutil.copytree(ROOT / "controllers" / "aj-dk", tmp_path / "aj-dk")
    settings.DSAR_CONTROLLERS_PATH = [tmp_path]
    claim = a_claim("access")
    waivers.waive("aj-dk", question="S0-Q2", reason=REASON, user=somebody("approver"), now=NOW)
    assert "S0-Q2" not in ids(waivers.blocking(claim))
    policy = tmp_path / "aj-dk" / "policy.yaml"
    old = "What are the names of the companies that receive personal data?"
    assert old in policy.read_text()
    policy.write_text(policy.read_text().replace(old, "Who are the companies that receive personal data, and where?"))
    assert "S0-Q2" in ids(waivers.blocking(claim))
    assert [one.question for one in waivers.history("aj-dk")] == ["S0-Q2"]


def test_a_waiver_ends_and_is_remembered(db):
    claim, user, stranger = a_claim("erasure"), somebody("administrator"), somebody("administrator", "aj-se")
    made = waivers.waive("aj-dk", question="S0-Q1", reason=REASON, user=user, now=NOW)
    with pytest.raises(NotAllowed):
        waivers.take_back("aj-dk", pk=made.pk, user=stranger, now=NOW)
    assert not waivers.take_back("aj-se", pk=made.pk, user=stranger, now=NOW), "no such waiver there"
    assert waivers.take_back("aj-dk", pk=made.pk, user=user, now=NOW)
    assert not waivers.take_back("aj-dk", pk=made.pk, user=user, now=NOW)
    assert "S0-Q1" in ids(waivers.blocking(claim))
    waivers.waive("aj-dk", question="S0-Q1", reason=REASON, user=user, now=NOW)
    assert waivers.history("aj-dk").count() == 2


def test_what_each_right_and_outcome_needs(db):
    assert ids(waivers.blocking(a_claim("portability"))) == ids(waivers.blocking(a_claim("access")))
    assert ids(waivers.blocking(a_claim("erasure"))) == {"S0-Q1", "S0-Q5"}
    assert not waivers.blocking(a_claim("rectification")), "the letterhead of aj-dk is known"
    access = a_claim("access", "ajos")
    assert ids(waivers.blocking(access, outcome="refused")) == {"S2-I3"}
    assert not waivers.blocking(access, outcome="no_data")
    assert {"S2-I1", "S2-I3", "S2-I6"} <= ids(waivers.blocking(access, outcome="partly_granted"))
    assert not ids(waivers.blocking(a_claim("objection"))) & ids(waivers.blocking(access)), "another company"


def test_the_reason_rests_sealed(db):
    made = waivers.waive("aj-dk", question="S0-Q2", reason=REASON, user=somebody("approver"), now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT reason FROM requests_app_waiver WHERE id = %s", [made.pk])
        assert b"recipients" not in bytes(cursor.fetchone()[0])
