"""Telephone and key are lost: who may have the log-in of a colleague begin anew, and what then ends."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.core.management import CommandError, call_command
from django.urls import reverse

from requests_app.models import Membership

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def lost(staff):
    TOTP.activate(staff["caseworker"], SECRET)
    RecoveryCodes.activate(staff["caseworker"])
    return staff["caseworker"]


def anew(client, user, *, slug="aj-dk"):
    own = user.memberships.filter(controller=slug).first()
    return client.post(reverse("admin:people_anew", args=[own.pk]))


def test_the_colleague_begins_as_on_the_first_day(at_desk, staff, lost):
    worker, administrator = at_desk("caseworker"), at_desk("administrator")
    assert worker.get("/staff/").status_code == 200
    assert "Begin the log-in anew" in administrator.get(reverse("admin:people")).content.decode()
    assert anew(administrator, lost).status_code == 302
    lost.refresh_from_db()
    assert not lost.has_usable_password() and not Authenticator.objects.filter(user=lost).exists()
    assert worker.get("/staff/").status_code == 302
    entry = LogEntry.objects.get()
    assert entry.user == staff["administrator"] and entry.object_id == str(lost.pk)
    assert [sent.to for sent in mail.outbox] == [["caseworker@example.com"]]
    assert Membership.objects.filter(user=lost).exists()


def test_nobody_does_it_for_themselves_or_for_another_company(at_desk, staff, lost):
    own = staff["administrator"].memberships.get()
    client = at_desk("administrator")
    client.post(reverse("admin:people_anew", args=[own.pk]))
    for name in ("stranger", "caseworker", "approver", "nobody"):
        assert anew(at_desk(name), lost).status_code in (302, 403, 404)
    lost.refresh_from_db()
    staff["administrator"].refresh_from_db()
    assert lost.has_usable_password() and Authenticator.objects.filter(user=lost).count() == 2
    assert staff["administrator"].has_usable_password() and not LogEntry.objects.exists()


def test_whoever_works_for_two_companies_is_the_operators_business(at_desk, lost):
    """An administrator of one company would otherwise open a door to the other."""
    Membership.objects.create(user=lost, controller="ajour", role="approver")
    answer = at_desk("administrator").post(
        reverse("admin:people_anew", args=[lost.memberships.get(controller="aj-dk").pk]), follow=True
    )
    assert "whoever runs the portal" in answer.content.decode()
    assert Authenticator.objects.filter(user=lost).count() == 2
    call_command("log_in_anew", lost.email.upper(), because="showed her passport, 22 November")
    lost.refresh_from_db()
    assert not lost.has_usable_password() and not Authenticator.objects.filter(user=lost).exists()
    assert "passport" in LogEntry.objects.get().change_message


def test_the_command_wants_one_account(db):
    with pytest.raises(CommandError, match="one account"):
        call_command("log_in_anew", "nobody@example.com", because="x")
