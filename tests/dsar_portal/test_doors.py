"""Headers, cookies, sessions and the staff's door, through real requests."""

from collections.abc import Callable

import pytest
from django.conf import settings as portal
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.test import Client
from pytest_django import Settings

pytestmark = pytest.mark.django_db
LOGIN = "/staff/account/login/"
GOOD = "correct horse battery"


@pytest.fixture
def asta() -> User:
    return User.objects.create_user("asta", "asta@example.com", GOOD, is_staff=True)


def test_every_page_carries_the_strict_policy_and_is_never_kept(client: Client) -> None:
    headers = client.get(LOGIN).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "base-uri 'none'" in policy
    assert "unsafe" not in policy and "http" not in policy and "*" not in policy
    assert headers["Cache-Control"] == "no-store, private" or "no-store" in headers["Cache-Control"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_plain_http_is_sent_to_https_outside_the_demo(client: Client, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    answer = client.get(LOGIN)
    assert answer.status_code == 301 and answer.headers["Location"].startswith("https://")
    assert "max-age=31536000" in client.get(LOGIN, secure=True).headers["Strict-Transport-Security"]


def test_a_session_at_rest_cannot_be_read(client: Client) -> None:
    session = SessionStore()
    session["draft"] = {"name": "Ingeborg Lövgren"}
    session.save()
    stored = Session.objects.get(pk=session.session_key).session_data
    assert "Ingeborg" not in stored and "draft" not in stored
    assert SessionStore(session.session_key)["draft"] == {"name": "Ingeborg Lövgren"}


def test_a_session_under_a_lost_key_is_an_empty_one(settings: Settings) -> None:
    session = SessionStore()
    session["draft"] = "x"
    session.save()
    settings.MASTER_KEYS = ["b3RoZXIta2V5LW90aGVyLWtleS1vdGhlci1rZXktISE="]
    assert "draft" not in SessionStore(session.session_key).load()


def test_staff_log_in_by_name_or_address(client: Client, asta: User) -> None:
    for login in ("asta", "asta@example.com"):
        assert client.post(LOGIN, {"login": login, "password": GOOD}).headers["Location"] == portal.LOGIN_REDIRECT_URL
        client.logout()


def test_nobody_signs_up(client: Client) -> None:
    answer = client.post("/staff/account/signup/", {
        "username": "mallory", "email": "m@example.com", "password1": GOOD, "password2": GOOD})
    assert answer.status_code in (200, 404) and not User.objects.filter(username="mallory").exists()


def test_second_factors_are_sealed() -> None:
    from allauth.mfa.adapter import get_adapter

    sealed = get_adapter().encrypt("JBSWY3DPEHPK3PXP")
    assert "JBSWY3DPEHPK3PXP" not in sealed and get_adapter().decrypt(sealed) == "JBSWY3DPEHPK3PXP"


def test_models_and_migrations_agree(django_assert_max_num_queries: Callable[..., object]) -> None:
    from django.core.management import call_command

    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
