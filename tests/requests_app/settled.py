"""A company that has answered for everything it has not told: what most stories need to get anywhere."""

from datetime import UTC, datetime

from django.contrib.auth import get_user_model

from requests_app import waivers
from requests_app.models import Membership


def settle(slug: str) -> None:
    """Every point that blocks something is waived by an approver of the company, with a reason. Twice is harmless."""
    user, _ = get_user_model().objects.get_or_create(username=f"settler.{slug}", email=f"settler.{slug}@example.com")
    Membership.objects.get_or_create(user=user, controller=slug, role=Membership.Role.APPROVER)
    for point in waivers.points(slug):
        if point.blocks and point.waiver is None:
            waivers.waive(slug, question=point.question.id, reason="Told by letter until the answer comes.", user=user,
                          now=datetime(2026, 11, 1, 9, 0, tzinfo=UTC))  # fmt: skip
