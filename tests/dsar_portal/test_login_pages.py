"""The staff's log-in pages: each in a real browser with axe beside it, at phone and desk width; the second factor."""

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.contrib.auth.models import User
from django.core import mail
from django.core.cache import cache
from django.test import Client

from requests_app.rates import LIMITS
from tests.axe import violations

ACCOUNT = "/staff/account/"
GOOD = "correct horse battery"


@pytest.fixture(autouse=True)
def no_memory() -> None:
    cache.clear()  # used codes and attempts are counted in the cache


@pytest.fixture
def asta(db: None) -> User:
    return User.objects.create_user("asta", "asta@example.com", GOOD)


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


class Looker:
    """Keeps what axe, the content policy and the width of the page complain of."""

    def __init__(self, page: Any, base: str) -> None:
        self.page, self.base, self.found = page, base, list[str]()
        page.on("console", lambda said: self.found.append(said.text) if "Content Security" in said.text else None)

    def look(self, name: str) -> None:
        self.page.wait_for_load_state()  # a press returns when the page has begun, which may be before its body
        for wrong in violations(self.page):
            self.found.append(f"{name}: {wrong['id']} {[node['html'][:90] for node in wrong['nodes'][:2]]}")
        if self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            self.found.append(f"{name}: scrolls sideways")
        if self.page.locator("h1").count() != 1:
            self.found.append(f"{name}: {self.page.locator('h1').count()} h1")

    def go(self, path: str, name: str) -> None:
        self.page.goto(self.base + path)
        self.look(name)

    def press(self, name: str) -> None:
        self.page.locator("#content form .button").first.click()
        self.look(name)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_every_page_is_accessible(live_server: Any, page: Any, asta: User, width: int, scheme: str) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    looker = Looker(page, live_server.url)
    for path in ("password/reset/", "password/reset/done/", "password/reset/key/1-abc/", "signup/", "inactive/"):
        looker.go(ACCOUNT + path, path)
    looker.go(ACCOUNT + "login/", "log in")
    page.fill("[name=login]", "asta")
    page.fill("[name=password]", "wrong")
    looker.press("log in, wrong")
    page.fill("[name=password]", GOOD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/staff/")
    for path in ("password/change/", "email/", "2fa/", "logout/"):
        looker.go(ACCOUNT + path, path)
    looker.go(ACCOUNT + "2fa/totp/activate/", "is it still you")
    assert "/reauthenticate/" in page.url  # a desk left open must not be enough to change how one logs in
    page.fill("[name=password]", GOOD)
    looker.press("turn on")
    page.set_default_timeout(5000)
    box = page.locator(".qr svg").bounding_box()
    assert box["width"] > 150 and box["height"] > 150
    page.fill("[name=code]", "000000")
    looker.press("turn on, wrong")
    page.fill("[name=code]", code_of(page.locator("code.key").inner_text()))
    looker.press("recovery codes")
    assert page.locator(".codes li").count() == 10
    later = ("2fa/", "2fa/recovery-codes/generate/", "2fa/totp/deactivate/", "reauthenticate/", "2fa/reauthenticate/")
    for path in later:
        looker.go(ACCOUNT + path, path)
    page.goto(live_server.url + ACCOUNT + "logout/")
    page.locator("#content form .button").click()
    page.goto(live_server.url + ACCOUNT + "login/")
    page.fill("[name=login]", "asta@example.com")
    page.fill("[name=password]", GOOD)
    looker.press("second step")
    assert page.url.endswith("/2fa/authenticate/")
    assert looker.found == []


@pytest.mark.django_db(transaction=True)
def test_log_in_by_keyboard_alone(live_server: Any, page: Any, asta: User) -> None:
    page.goto(live_server.url + ACCOUNT + "login/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-to-content-link"
    page.locator("[name=login]").focus()
    page.keyboard.type("asta")
    page.keyboard.press("Tab")
    page.keyboard.type(GOOD)
    page.keyboard.press("Tab")
    assert "reset" in page.evaluate("document.activeElement.href")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/staff/")


def second_factor(client: Client) -> str:
    """Turns it on as a person would; the key, as the app has it."""
    assert client.post(ACCOUNT + "login/", {"login": "asta", "password": GOOD}).status_code == 302
    assert "/reauthenticate/" in client.get(ACCOUNT + "2fa/totp/activate/")["Location"]
    client.post(ACCOUNT + "reauthenticate/", {"password": GOOD})
    shown = client.get(ACCOUNT + "2fa/totp/activate/").content.decode()
    secret = re.search(r'class="key">(\w+)<', shown)[1]  # type: ignore[index]
    assert "<svg" in shown and "<?xml" not in shown and "data:" not in shown
    assert client.post(ACCOUNT + "2fa/totp/activate/", {"code": code_of(secret)}).status_code == 302
    return secret


def test_a_stolen_password_alone_does_not_open_the_desk(client: Client, asta: User) -> None:
    secret = second_factor(client)
    assert asta.authenticator_set.filter(type=Authenticator.Type.TOTP).exists()
    thief = Client()
    answer = thief.post(ACCOUNT + "login/", {"login": "asta", "password": GOOD})
    assert answer["Location"].endswith("/2fa/authenticate/") and "_auth_user_id" not in thief.session
    assert thief.post(ACCOUNT + "2fa/authenticate/", {"code": "123"}).status_code == 200
    assert "_auth_user_id" not in thief.session
    cache.clear()  # the code just used to turn it on would be refused as used
    assert thief.post(ACCOUNT + "2fa/authenticate/", {"code": code_of(secret)}).status_code == 302
    assert thief.session["_auth_user_id"] == str(asta.pk)


def test_a_recovery_code_opens_once(client: Client, asta: User) -> None:
    second_factor(client)
    shown = client.get(ACCOUNT + "2fa/recovery-codes/").content.decode()
    code = re.findall(r"<li><code>(\w+)</code>", shown)[0]
    for expected in (302, 200):
        other = Client()
        other.post(ACCOUNT + "login/", {"login": "asta", "password": GOOD})
        assert other.post(ACCOUNT + "2fa/authenticate/", {"code": code}).status_code == expected


@pytest.mark.usefixtures("one_window")
@pytest.mark.django_db
def test_the_lockout_page_does_not_tell_who_exists(client: Client, asta: User) -> None:
    pages = []
    for name in ("asta", "stranger"):
        for number in range(LIMITS["staff_pair"][0]):
            client.post(ACCOUNT + "login/", {"login": name, "password": f"wrong {number}"})
        answer = client.post(ACCOUNT + "login/", {"login": name, "password": GOOD})
        assert answer.status_code == 429 and name not in answer.content.decode()
        pages.append(answer.content)
    assert pages[0] == pages[1] and b"free again after 15 minutes" in pages[0]
    assert LIMITS["staff_pair"][1] == timedelta(minutes=15)


def test_a_forgotten_password_says_the_same_for_everybody(client: Client, asta: User) -> None:
    answers = [client.post(ACCOUNT + "password/reset/", {"email": email}, follow=True)
               for email in ("asta@example.com", "nobody@example.com")]
    assert answers[0].content == answers[1].content and answers[0].redirect_chain == answers[1].redirect_chain
    link = re.search(r"https?://[^/\s]+(/staff/account/password/reset/key/\S+)", mail.outbox[0].body)[1]  # type: ignore[index]
    form = client.get(link, follow=True)
    assert form.request["PATH_INFO"].endswith("-set-password/")  # the key does not stay in the address
    new = {"password1": "another long phrase", "password2": "another long phrase"}
    assert client.post(form.request["PATH_INFO"], new).status_code == 302
    asta.refresh_from_db()
    assert asta.check_password("another long phrase")
    assert b"works no more" in Client().get(link, follow=True).content


def test_only_an_administrator_changes_an_address(client: Client, asta: User) -> None:
    client.force_login(asta)
    assert b"asta@example.com" in client.get(ACCOUNT + "email/").content
    assert client.post(ACCOUNT + "email/", {"email": "m@example.com", "action_add": ""}).status_code == 405


@pytest.mark.django_db
def test_nothing_is_remembered_beyond_the_browser(client: Client) -> None:
    assert b"remember" not in client.get(ACCOUNT + "login/").content
