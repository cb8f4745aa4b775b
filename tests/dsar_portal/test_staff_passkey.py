"""Passkeys in a real browser, with a virtual authenticator that signs as a real one does."""

import json
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from requests_app.models import Membership
from tests.dsar_portal.test_login_pages import ACCOUNT, GOOD, Looker

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def in_earnest(settings: Settings) -> None:
    cache.clear()
    settings.STAFF_MFA_REQUIRED = True


@pytest.fixture
def asta(transactional_db: None) -> User:
    user = User.objects.create_user("asta", "asta@example.com", GOOD)
    Membership.objects.create(user=user, controller="aj-dk", role="caseworker")
    return user


def authenticator(page: Any, **more: Any) -> tuple[Any, str]:
    """A fingerprint reader that always agrees."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
               "isUserVerified": True, "automaticPresenceSimulation": True} | more
    return session, session.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]


def log_in(page: Any, base: str) -> None:
    page.goto(base + ACCOUNT + "login/")
    page.fill("[name=login]", "asta")
    page.fill("[name=password]", GOOD)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def log_out(page: Any, base: str) -> None:
    page.goto(base + ACCOUNT + "logout/")
    page.locator("#content form .button").click()
    page.wait_for_url("**/login/**")


def add(page: Any, base: str, *, alone: bool, looker: Looker | None = None) -> None:
    page.goto(base + ACCOUNT + "2fa/webauthn/add/")
    page.fill("[name=password]", GOOD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/webauthn/add/")
    if looker:
        looker.look("add a passkey")
    page.fill("[name=name]", "Laptop")
    if alone:
        page.check("[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url("**/recovery-codes/")


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_from_the_first_log_in_to_the_desk_and_back_with_a_fingerprint(
    live_server: Any, page: Any, asta: User, width: int, scheme: str
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    base, looker = live_server.url, Looker(page, live_server.url)
    authenticator(page)
    log_in(page, base)
    page.wait_for_url("**/2fa/")  # the desk stays closed
    looker.look("one more step")
    add(page, base, alone=True, looker=looker)
    looker.look("recovery codes")
    assert page.locator(".codes li").count() == 10
    page.get_by_role("link", name="I have kept them").click()
    page.wait_for_url(base + "/staff/")
    assert Authenticator.objects.get(type="webauthn").wrap().is_passwordless

    log_out(page, base)
    looker.look("log in")
    page.click("#passkey_login")
    page.wait_for_url(base + "/staff/")
    for path in ("2fa/", "sessions/", f"2fa/webauthn/keys/{Authenticator.objects.get(type='webauthn').pk}/edit/",
                 "2fa/webauthn/reauthenticate/"):
        looker.go(ACCOUNT + path, path)
    assert looker.found == []


def test_a_security_key_is_the_second_step(live_server: Any, page: Any, asta: User) -> None:
    """One that knows no PIN: it never opens the log-in alone."""
    base, looker = live_server.url, Looker(page, live_server.url)
    authenticator(page, protocol="u2f", transport="usb", hasResidentKey=False, hasUserVerification=False,
                  isUserVerified=False)
    log_in(page, base)
    add(page, base, alone=False)
    log_out(page, base)
    log_in(page, base)
    page.wait_for_url("**/2fa/authenticate/")
    looker.look("second step")
    page.click("#mfa_webauthn_authenticate")
    page.wait_for_url(base + "/staff/")
    page.goto(base + ACCOUNT + "2fa/recovery-codes/generate/")
    page.wait_for_url("**/reauthenticate/**")
    page.get_by_role("link", name="security key").click()
    page.click("#mfa_webauthn_reauthenticate")
    page.wait_for_url("**/generate/")
    assert looker.found == []


def test_cancelling_says_so_and_changes_nothing(live_server: Any, page: Any, asta: User) -> None:
    base = live_server.url
    session, one = authenticator(page)
    log_in(page, base)
    session.send("WebAuthn.setUserVerified", {"authenticatorId": one, "isUserVerified": False})
    page.goto(base + ACCOUNT + "2fa/webauthn/add/")
    page.fill("[name=password]", GOOD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/webauthn/add/")
    page.check("[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_selector("#passkey-failed:visible")
    assert not Authenticator.objects.exists()


def test_a_passkey_of_a_removed_account_opens_nothing(live_server: Any, page: Any, asta: User) -> None:
    base = live_server.url
    authenticator(page)
    log_in(page, base)
    add(page, base, alone=True)
    log_out(page, base)
    asta.is_active = False
    asta.save()
    page.click("#passkey_login")
    page.wait_for_url("**/inactive/")
    asta.delete()
    page.goto(base + ACCOUNT + "login/")
    page.click("#passkey_login")
    page.wait_for_load_state()
    page.wait_for_selector(".messagelist .error")
    assert page.request.get(base + "/staff/", max_redirects=0).status == 302


def test_without_javascript_the_buttons_are_not_in_the_way(live_server: Any, browser: Any, asta: User) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(live_server.url + ACCOUNT + "login/")
    assert "needs JavaScript" in page.inner_text("body")
    assert page.locator("#passkey_login").is_hidden()
    log_in(page, live_server.url)
    assert page.url.endswith("/2fa/")
    context.close()


JUNK = ["", "x", "[]", "{}", "null", "1", '"x"', '{"id": 1}', '{"response": []}', '{"response": {"userHandle": 7}}',
        '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {"userHandle": "AA"}}',
        json.dumps({"id": "AA", "rawId": "AA", "type": "public-key", "response": {
            "clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AA", "userHandle": "AA"}}),
        json.dumps({"id": "AA", "rawId": "AA", "type": "public-key", "response": {
            "clientDataJSON": "gA", "authenticatorData": "A" * 60, "signature": "AA", "userHandle": "MQ"}})]


@pytest.mark.parametrize("credential", JUNK)
def test_junk_in_place_of_a_passkey_is_refused(asta: User, credential: str) -> None:
    client = Client()
    client.get(ACCOUNT + "2fa/webauthn/login/", headers={"Accept": "application/json"})
    answer = client.post(ACCOUNT + "2fa/webauthn/login/", {"credential": credential})
    assert answer.status_code in (200, 302) and "_auth_user_id" not in client.session
    client.post(ACCOUNT + "login/", {"login": "asta", "password": GOOD})
    client.post(ACCOUNT + "reauthenticate/", {"password": GOOD})
    client.get(ACCOUNT + "2fa/webauthn/add/")
    assert client.post(ACCOUNT + "2fa/webauthn/add/", {"name": "x", "credential": credential}).status_code == 200
    assert not Authenticator.objects.exists()
