"""Guessing a colleague's password: how far it gets, and that it shuts nobody else out."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.contrib.auth.models import User
from django.core import mail, signing
from django.core.cache import cache
from django.db import connection
from django.test import Client
from pytest_django import Settings

from dsar_portal import known_device
from requests_app.models import RateCounter
from requests_app.rates import LIMITS

ACCOUNT = "/staff/account/"
GOOD, SECRET = "correct horse battery", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
OFFICE, HOME, ELSEWHERE = "192.0.2.10", "198.51.100.7", "203.0.113.5"
MORNING = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    cache.clear()  # used codes are remembered there
    with time_machine.travel(MORNING, tick=False):
        yield


@pytest.fixture
def asta(db: None) -> User:
    return User.objects.create_user("asta", "asta@example.com", GOOD)


def browser(address: str) -> Client:
    return Client(REMOTE_ADDR=address)


def attempt(client: Client, name: str, password: str) -> int:
    return client.post(ACCOUNT + "login/", {"login": name, "password": password}).status_code


def guess(times: int, *, name: str = "asta", address: str = ELSEWHERE, client: Client | None = None) -> int:
    """How many of these guesses were really compared with the password (the others got the page that says so)."""
    client = client or browser(address)
    return sum(attempt(client, name, f"wrong {number}") == 200 for number in range(times))


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_a_thousand_guesses_are_eight_and_nobody_is_shut_out(asta: User) -> None:
    known = browser(OFFICE)
    assert attempt(known, "asta", GOOD) == 302
    known.post(ACCOUNT + "logout/")
    assert guess(1000) == LIMITS["staff_pair"][0] == 8
    assert attempt(known, "asta", GOOD) == 302 and is_in(known)
    new = browser(HOME)
    assert attempt(new, "asta", GOOD) == 302 and is_in(new)


def test_guessing_from_her_own_office_does_not_shut_her_out(asta: User) -> None:
    known = browser(OFFICE)
    attempt(known, "asta", GOOD)
    known.post(ACCOUNT + "logout/")
    assert guess(100, address=OFFICE) == 8
    assert attempt(known, "asta", GOOD) == 302 and is_in(known)
    new = browser(OFFICE)  # a new telephone in the same office: not by password …
    assert attempt(new, "asta", GOOD) == 429 and not is_in(new)
    new.post(ACCOUNT + "password/reset/", {"email": "asta@example.com"})  # … but by her own mailbox
    link = re.search(r"https?://[^/\s]+(/staff/account/password/reset/key/\S+)", mail.outbox[0].body)[1]  # type: ignore[index]
    form = new.get(link, follow=True).request["PATH_INFO"]
    again = {"password1": "another long phrase", "password2": "another long phrase"}
    assert new.post(form, again)["Location"] == "/staff/" and is_in(new)


def test_all_the_world_together_gets_a_hundred_guesses_a_day(asta: User) -> None:
    compared = sum(guess(9, address=f"203.0.113.{number}") for number in range(1, 20))
    assert compared == LIMITS["staff_name_day"][0] == 100
    with time_machine.travel(MORNING + timedelta(hours=12), tick=False):
        assert guess(9) == 0
    with time_machine.travel(MORNING + timedelta(days=1), tick=False):
        assert guess(9) == 8


def test_user_name_and_address_are_one_target(asta: User) -> None:
    assert guess(8) == 8
    assert [guess(8, name=name) for name in ("asta@example.com", "ASTA", "Asta@Example.com ")] == [0, 0, 0]


def test_behind_the_proxy_the_header_counts_and_a_forged_part_of_it_does_not(asta: User, settings: Settings) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    for number in range(20):
        client = Client(REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR=f"10.0.0.{number}, {ELSEWHERE}")
        attempt(client, "asta", "wrong")
    assert attempt(Client(HTTP_X_FORWARDED_FOR=f"10.9.9.9, {ELSEWHERE}"), "asta", GOOD) == 429
    assert attempt(Client(HTTP_X_FORWARDED_FOR=HOME), "asta", GOOD) == 302


def test_without_a_proxy_the_header_is_ignored(asta: User) -> None:
    assert sum(attempt(Client(REMOTE_ADDR=ELSEWHERE, HTTP_X_FORWARDED_FOR=f"10.0.0.{number}"), "asta", "wrong") == 200
               for number in range(20)) == 8


def test_her_own_slips_count_and_pass(asta: User) -> None:
    known = browser(OFFICE)
    attempt(known, "asta", GOOD)
    known.post(ACCOUNT + "logout/")
    assert guess(30, client=known) == LIMITS["staff_device"][0]
    assert attempt(known, "asta", GOOD) == 429
    with time_machine.travel(MORNING + timedelta(minutes=15), tick=False):
        assert attempt(known, "asta", GOOD) == 302


def test_right_passwords_are_no_guesses(asta: User) -> None:
    """Private windows, a computer that is wiped each night: she logs in as often as she likes."""
    assert [attempt(browser(HOME), "asta", GOOD) for _ in range(30)] == [302] * 30


def test_a_device_of_one_is_no_device_of_another(asta: User) -> None:
    User.objects.create_user("bo", "bo@example.com", GOOD)
    attacker = browser(ELSEWHERE)
    attempt(attacker, "bo", GOOD)
    attacker.post(ACCOUNT + "logout/")
    assert guess(100, client=attacker) == 8
    assert attempt(attacker, "bo", GOOD) == 302


FORGED = ["", "x", signing.dumps({"1": "x"}, salt="another"), signing.dumps(["1"], salt=known_device.SALT)]


@pytest.mark.parametrize("forged", FORGED, ids=range(len(FORGED)))
def test_a_forged_device_is_none(asta: User, forged: str, settings: Settings) -> None:
    client = browser(ELSEWHERE)
    client.cookies[settings.STAFF_DEVICE_COOKIE] = forged
    assert guess(20, client=client) == 8


def test_a_shared_computer_knows_the_last_eight(asta: User) -> None:
    client = browser(OFFICE)
    for number in range(10):
        User.objects.create_user(f"user{number}", f"user{number}@example.com", GOOD)
        attempt(client, f"user{number}", GOOD)
        client.post(ACCOUNT + "logout/")
    held = signing.loads(client.cookies["staff_device"].value, salt=known_device.SALT)
    assert len(held) == known_device.MOST
    assert guess(20, name="user9", client=client) == 10 and guess(20, name="user0", client=client) == 8


def test_names_and_addresses_are_not_kept(asta: User) -> None:
    guess(12)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM axes_accessattempt")
        assert cursor.fetchone()[0] == 0
    kept = [f"{row.key}" for row in RateCounter.objects.all()]
    assert kept and not [row for row in kept if "asta" in row or ELSEWHERE in row]


# --- the second step ------------------------------------------------------------------------------------------------
def code(offset: int = 0) -> str:
    return format_hotp_value(hotp_value(SECRET, next(yield_hotp_counters_from_time()) + offset))


@pytest.fixture
def with_app(asta: User) -> User:
    TOTP.activate(asta, SECRET)
    return asta


def codes(client: Client, times: int) -> int:
    """How many wrong codes were really compared."""
    answers = [client.post(ACCOUNT + "2fa/authenticate/", {"code": f"{number:06}"}) for number in range(times)]
    return sum(b"Incorrect code" in answer.content for answer in answers)


def test_a_stolen_password_gets_five_codes_and_shuts_her_out_nowhere(with_app: User) -> None:
    known = browser(OFFICE)
    attempt(known, "asta", GOOD)
    assert known.post(ACCOUNT + "2fa/authenticate/", {"code": code()}).status_code == 302 and is_in(known)
    known.post(ACCOUNT + "logout/")
    thief = browser(ELSEWHERE)
    assert attempt(thief, "asta", GOOD) == 302 and not is_in(thief)
    assert codes(thief, 200) == LIMITS["staff_code"][0] == 5
    cache.clear()  # the same half minute: the code would be refused as used
    attempt(known, "asta", GOOD)
    assert known.post(ACCOUNT + "2fa/authenticate/", {"code": code()}).status_code == 302 and is_in(known)


def test_a_new_password_opens_the_second_step_again(with_app: User) -> None:
    thief = browser(ELSEWHERE)
    attempt(thief, "asta", GOOD)
    codes(thief, 200)
    new = browser(HOME)
    attempt(new, "asta", GOOD)
    assert new.post(ACCOUNT + "2fa/authenticate/", {"code": code()}).status_code == 200 and not is_in(new)
    with_app.set_password("another long phrase")
    with_app.save()
    attempt(new, "asta", "another long phrase")
    assert new.post(ACCOUNT + "2fa/authenticate/", {"code": code()}).status_code == 302 and is_in(new)
    assert Authenticator.objects.get().last_used_at is not None


def test_a_mailbox_is_not_filled_by_somebody_else(asta: User) -> None:
    asked = {"email": "Asta@example.com"}
    answers = {browser(f"203.0.113.{number}").post(ACCOUNT + "password/reset/", asked)["Location"]
               for number in range(20)}
    assert len(mail.outbox) == LIMITS["staff_mail"][0] and answers == {ACCOUNT + "password/reset/done/"}
