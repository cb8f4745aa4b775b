"""A request that came some other way: the true day counts, earlier with a reason, never later."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from requests_app.models import Case

GOOD = {
    "company": "aj-dk", "channel": "phone", "language": "da", "rights": ["access", "erasure"], "relation": "private",
    "name": "Sofie Nørby", "email": "sofie@example.com", "speaker_kind": "other",
}  # fmt: skip


def day(offset=0):
    return (timezone.localdate() + timedelta(days=offset)).isoformat()


def test_entered_today(at_desk, staff):
    answer = at_desk("caseworker").post(reverse("admin:intake"), GOOD | {"received_on": day()})
    case = Case.objects.get()
    assert answer.url == reverse("admin:case", args=[case.reference])
    assert (case.channel, case.entered_by, case.claims.count()) == ("phone", staff["caseworker"], 2)


@pytest.mark.parametrize(
    ("offset", "because", "field"), [(2, "", "received_on"), (2, "x", "received_on"), (-3, "", "because")]
)
def test_forward_dated_or_unexplained_is_refused(offset, because, field, at_desk):
    given = GOOD | {"received_on": day(offset), "because": because}
    answer = at_desk("caseworker").post(reverse("admin:intake"), given)
    assert answer.status_code == 422 and field in answer.context["form"].errors
    assert not Case.objects.exists()


def test_back_dated_with_a_reason_counts_from_that_day(at_desk):
    given = GOOD | {"received_on": day(-3), "because": "Brevet lå i receptionen."}
    at_desk("caseworker").post(reverse("admin:intake"), given)
    case = Case.objects.get()
    assert case.received_on == date.fromisoformat(day(-3)) and case.backdated_because


def test_only_for_ones_own_company(at_desk):
    given = GOOD | {"received_on": day()}
    assert at_desk("stranger").post(reverse("admin:intake"), given).status_code == 422
    assert at_desk("approver").get(reverse("admin:intake")).status_code == 403
    assert not Case.objects.exists()


def test_a_language_the_company_does_not_write_is_refused(at_desk):
    answer = at_desk("caseworker").post(reverse("admin:intake"), GOOD | {"received_on": day(), "language": "sv"})
    assert "language" in answer.context["form"].errors
