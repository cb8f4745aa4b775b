"""The first administrator of a company comes from the terminal; everybody else from the desk."""

import pytest
from django.core.management import CommandError, call_command

from requests_app.models import Membership

pytestmark = pytest.mark.django_db


def test_the_first_and_only_the_first():
    call_command("administrator", "aj-se", "anna@example.com", name="Anna Ek")
    made = Membership.objects.get()
    assert (made.controller, made.role, made.user.email) == ("aj-se", "administrator", "anna@example.com")
    assert not made.user.has_usable_password()
    with pytest.raises(CommandError, match="People"):
        call_command("administrator", "aj-se", "bo@example.com", name="Bo")


SLIPS = [("nobody", "a@example.com", "aj-dk"), ("aj-se", "anna", "'anna'")]


@pytest.mark.parametrize(("slug", "email", "words"), SLIPS)
def test_a_slip_is_named(slug, email, words):
    with pytest.raises(CommandError, match=words):
        call_command("administrator", slug, email, name="Anna")
