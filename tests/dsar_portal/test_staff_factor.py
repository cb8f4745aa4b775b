"""Outside the demo: no page of the desk without a second factor, shown in the very session that asks."""

import re
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.usersessions.models import UserSession
from django.conf import settings as portal
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from pytest_django import Settings

from desk.site import site
from dsar_portal import checks, staff_sessions, tasks
from requests_app.models import Membership

ACCOUNT, GOOD = "/staff/account/", "correct horse battery"


@pytest.fixture(autouse=True)
def in_earnest(settings: Settings) -> None:
    cache.clear()
    settings.STAFF_MFA_REQUIRED = True


@pytest.fixture
def asta(transactional_db: None) -> User:  # the mail, and the end of other sessions, come on commit
    user = User.objects.create_user("asta", "asta@example.com", GOOD)
    Membership.objects.create(user=user, controller="aj-dk", role="caseworker")
    Membership.objects.create(user=user, controller="aj-dk", role="administrator")
    return user


def log_in(client: Client) -> Client:
    client.post(ACCOUNT + "login/", {"login": "asta", "password": GOOD})
    return client


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def set_up_app(client: Client) -> str:
    client.post(ACCOUNT + "reauthenticate/", {"password": GOOD})
    shown = client.get(ACCOUNT + "2fa/totp/activate/").content.decode()
    secret = re.search(r'class="key">(\w+)<', shown)[1]  # type: ignore[index]
    assert client.post(ACCOUNT + "2fa/totp/activate/", {"code": code_of(secret)}).status_code == 302
    cache.clear()  # the same half minute: the code would be refused as used
    return secret


def test_it_is_on_wherever_the_demo_is_not() -> None:
    source = (Path(portal.BASE_DIR) / "dsar_portal" / "settings.py").read_text()
    assert re.search(r"^STAFF_MFA_REQUIRED = not DSAR_DEMO\b", source, re.M)
    assert source.count("STAFF_MFA_REQUIRED") == 1


def test_a_portal_without_it_does_not_start(settings: Settings) -> None:
    assert "dsar.E012" not in {one.id for one in checks.reachable_only_as_meant()}
    settings.STAFF_MFA_REQUIRED = False
    assert "dsar.E012" in {one.id for one in checks.reachable_only_as_meant()}
    settings.STAFF_MFA_REQUIRED = True
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if not name.endswith("SecondFactor")]
    assert "dsar.E012" in {one.id for one in checks.reachable_only_as_meant()}


def paths(patterns: list[Any], prefix: str = "/staff/") -> list[str]:
    """Every address of the desk, with something in each gap."""
    found: list[str] = []
    for one in patterns:
        piece = re.sub(r"<[^>]+>", "1", str(one.pattern)).replace("^", "").replace("$", "")
        if isinstance(one, URLResolver):
            found += paths(one.url_patterns, prefix + piece)
        elif isinstance(one, URLPattern):
            found.append(prefix + re.sub(r"\(.*?\)", "1", piece))
    return found


def test_no_page_of_the_desk_opens_by_the_password_alone(asta: User) -> None:
    client = log_in(Client())
    every = paths(site.get_urls())
    assert len(every) > 50 and "/staff/people/" in every
    for path in every:
        assert client.get(path)["Location"] == ACCOUNT + "2fa/", path
        assert client.post(path).status_code == 403, path


def test_a_script_gets_no_page_and_what_is_posted_is_not_done(asta: User) -> None:
    client = log_in(Client())
    assert client.get("/staff/", headers={"Sec-Fetch-Mode": "cors"}).status_code == 403
    new = {"company": "aj-dk", "email": "ny@example.com", "name": "Nina Ny", "role": "caseworker"}
    assert client.post("/staff/people/", new).status_code == 403
    assert Membership.objects.count() == 2


def test_the_way_in_is_not_a_circle(asta: User) -> None:
    client = log_in(Client())
    answer = client.get("/staff/", follow=True)
    assert answer.status_code == 200 and answer.redirect_chain == [(ACCOUNT + "2fa/", 302)]
    assert b"One more step" in answer.content and b"Back to the desk" not in answer.content
    for path in ("2fa/totp/activate/", "2fa/webauthn/add/"):
        assert client.get(ACCOUNT + path)["Location"].startswith(ACCOUNT + "reauthenticate/")
    for path in ("sessions/", "password/change/", "logout/", "2fa/", "email/"):
        assert client.get(ACCOUNT + path).status_code == 200
    assert client.get("/").status_code == 200  # the public pages are not the desk's


def test_a_new_colleague_comes_from_the_mailbox_to_the_desk(asta: User) -> None:
    """No password yet: the link in the mail, a password, the second step, the desk."""
    asta.set_unusable_password()
    asta.save()
    client = Client()
    client.post(ACCOUNT + "password/reset/", {"email": "asta@example.com"})
    link = re.search(r"https?://[^/\s]+(/staff/account/password/reset/key/\S+)", mail.outbox[0].body)[1]  # type: ignore[index]
    form = client.get(link, follow=True).request["PATH_INFO"]
    answer = client.post(form, {"password1": GOOD, "password2": GOOD}, follow=True)
    assert answer.redirect_chain == [("/staff/", 302), (ACCOUNT + "2fa/", 302)]
    set_up_app(client)
    assert client.get("/staff/").status_code == 200


def test_a_new_password_from_the_mailbox_does_not_pass_the_second_step(asta: User) -> None:
    secret, client = set_up_app(log_in(Client())), Client()
    client.post(ACCOUNT + "password/reset/", {"email": "asta@example.com"})
    link = re.search(r"https?://[^/\s]+(/staff/account/password/reset/key/\S+)", mail.outbox[-1].body)[1]  # type: ignore[index]
    form = client.get(link, follow=True).request["PATH_INFO"]
    new = {"password1": "another long phrase", "password2": "another long phrase"}
    assert client.post(form, new)["Location"] == ACCOUNT + "2fa/authenticate/"
    assert "_auth_user_id" not in client.session
    assert client.post(ACCOUNT + "2fa/authenticate/", {"code": code_of(secret)})["Location"] == "/staff/"


def test_with_the_app_the_desk_opens_and_every_log_in_asks_for_it(asta: User) -> None:
    client = log_in(Client())
    secret = set_up_app(client)
    assert client.get("/staff/").status_code == 200
    assert b"One more step" not in client.get(ACCOUNT + "2fa/").content
    other = log_in(Client())
    assert other.get("/staff/")["Location"] == "/staff/login/?next=/staff/"
    assert other.post(ACCOUNT + "2fa/authenticate/", {"code": code_of(secret)})["Location"] == "/staff/"
    assert other.get("/staff/").status_code == 200


def test_who_knew_the_password_before_is_out_once_it_is_set_up(asta: User) -> None:
    thief, mine = log_in(Client()), log_in(Client())
    assert thief.get(ACCOUNT + "2fa/").status_code == 200
    set_up_app(mine)
    assert mine.get("/staff/").status_code == 200
    assert thief.get("/staff/")["Location"] == "/staff/login/?next=/staff/" and "_auth_user_id" not in thief.session


def test_a_session_that_never_showed_the_factor_is_ended_at_the_desk(asta: User) -> None:
    """Even one that is on no list of sessions."""
    set_up_app(log_in(Client()))
    client = Client()
    client.force_login(asta, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get("/staff/people/")["Location"] == ACCOUNT + "login/?next=/staff/people/"
    assert "_auth_user_id" not in client.session


def test_recovery_codes_alone_are_no_factor(asta: User) -> None:
    client = log_in(Client())
    set_up_app(client)
    Authenticator.objects.filter(type=Authenticator.Type.TOTP).delete()
    assert Authenticator.objects.get().type == Authenticator.Type.RECOVERY_CODES
    assert client.get("/staff/")["Location"] == ACCOUNT + "2fa/"


def test_turning_the_last_one_off_closes_the_desk(asta: User) -> None:
    client = log_in(Client())
    set_up_app(client)
    client.post(ACCOUNT + "reauthenticate/", {"password": GOOD})
    assert client.post(ACCOUNT + "2fa/totp/deactivate/").status_code == 302
    assert client.get("/staff/")["Location"] == ACCOUNT + "2fa/"
    assert not Authenticator.objects.exists()


def test_recovery_codes_are_shown_once_and_made_anew(asta: User) -> None:
    client = log_in(Client())
    set_up_app(client)
    found = [re.findall(r"<li><code>(\d+)</code>", client.get(ACCOUNT + "2fa/recovery-codes/").content.decode())
             for _ in range(2)]
    assert len(found[0]) == 10 and found[1] == []
    assert client.get(ACCOUNT + "2fa/recovery-codes/download/").status_code == 403
    client.post(ACCOUNT + "2fa/recovery-codes/generate/")
    newer = re.findall(r"<li><code>(\d+)</code>", client.get(ACCOUNT + "2fa/recovery-codes/").content.decode())
    assert len(newer) == 10 and not set(newer) & set(found[0])
    for code, where in ((found[0][0], 200), (newer[0], 302)):
        assert log_in(Client()).post(ACCOUNT + "2fa/authenticate/", {"code": code}).status_code == where


def test_secrets_of_factors_are_sealed(asta: User) -> None:
    secret = set_up_app(log_in(Client()))
    held = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in held and held.count("gAAAA") == 2


def test_changes_are_told_by_mail(asta: User) -> None:
    client = log_in(Client())
    set_up_app(client)
    client.post(ACCOUNT + "2fa/recovery-codes/generate/")
    client.post(ACCOUNT + "password/change/", {
        "oldpassword": GOOD, "password1": "another long phrase", "password2": "another long phrase"})
    assert [sent.to for sent in mail.outbox] == [["asta@example.com"]] * 3


def test_a_mail_server_that_is_down_stops_nobody(asta: User, settings: Settings) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = (
        "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1", 9)
    answers = [Client().post(ACCOUNT + "password/reset/", {"email": email})["Location"]
               for email in ("asta@example.com", "nobody@example.com")]
    assert answers == [ACCOUNT + "password/reset/done/"] * 2
    client = log_in(Client())
    set_up_app(client)
    assert client.get("/staff/").status_code == 200


# --- sessions -------------------------------------------------------------------------------------------------------
@pytest.fixture
def without_factor(settings: Settings) -> None:
    settings.STAFF_MFA_REQUIRED = False


def two(asta: User) -> tuple[Client, Client]:
    here = log_in(Client(HTTP_USER_AGENT="Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/145.0"))
    phone = log_in(Client(REMOTE_ADDR="198.51.100.7", HTTP_USER_AGENT="Mozilla/5.0 (iPhone) Version/18.0 Safari/604.1"))
    return here, phone


def test_sessions_are_listed_and_each_can_be_ended(asta: User, without_factor: None) -> None:
    here, phone = two(asta)
    listed = here.get(ACCOUNT + "sessions/").content.decode()
    assert "Firefox, Linux" in listed and "Safari, iPhone" in listed and "198.51.100.7" in listed
    there = UserSession.objects.get(ip="198.51.100.7")
    assert here.post(ACCOUNT + "sessions/", {"session": there.pk}).status_code == 302
    assert phone.get("/staff/").status_code == 302 and here.get("/staff/").status_code == 200
    assert not Session.objects.filter(session_key=there.session_key).exists()


def test_all_others_end_at_once(asta: User, without_factor: None) -> None:
    here, phone = two(asta)
    here.post(ACCOUNT + "sessions/", {"session": "others"})
    assert phone.get("/staff/").status_code == 302 and here.get("/staff/").status_code == 200


def test_nobody_ends_somebody_elses(asta: User, without_factor: None) -> None:
    here, _ = two(asta)
    User.objects.create_user("bo", "bo@example.com", GOOD)
    bo = Client()
    bo.post(ACCOUNT + "login/", {"login": "bo", "password": GOOD})
    for which in UserSession.objects.filter(user=asta).values_list("pk", flat=True):
        bo.post(ACCOUNT + "sessions/", {"session": which})
    for junk in ("others", "x", "", "²", "9" * 40, "-1"):
        assert bo.post(ACCOUNT + "sessions/", {"session": junk}).status_code == 302
    assert here.get("/staff/").status_code == 200 and b"198.51.100.7" not in bo.get(ACCOUNT + "sessions/").content
    assert Client().get(ACCOUNT + "sessions/").status_code == 302


def test_a_new_password_ends_all_others(asta: User, without_factor: None) -> None:
    here, phone = two(asta)
    here.post(ACCOUNT + "password/change/", {
        "oldpassword": GOOD, "password1": "another long phrase", "password2": "another long phrase"})
    assert here.get("/staff/").status_code == 200 and phone.get("/staff/").status_code == 302


def test_address_and_browser_go_with_the_session(asta: User, without_factor: None) -> None:
    here, _ = two(asta)
    here.post(ACCOUNT + "logout/")
    tasks.clear_sessions()
    assert [one.ip for one in UserSession.objects.all()] == ["198.51.100.7"]


@pytest.mark.parametrize(("agent", "words"), [
    ("Mozilla/5.0 (Windows NT 10.0) Chrome/142.0 Safari/537.36 Edg/142.0", "Edge, Windows"),
    ("Mozilla/5.0 (Linux; Android 15) Chrome/142.0 Mobile Safari/537.36", "Chrome, Android"),
    ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15_0) Version/18.0 Safari/605.1", "Safari, macOS"),
    ("curl/8.5", ""),
])
def test_a_browser_is_told_by_two_words(agent: str, words: str) -> None:
    assert staff_sessions.browser(agent) == words


def test_no_rule_of_the_account_pages_leads_to_the_desk() -> None:
    """The gate leaves them open: so nothing of the desk may ever stand below them."""
    below = [one.lookup_str if isinstance(one, URLPattern) else str(one.urlconf_name)
             for one in get_resolver().url_patterns if "staff/account/" in str(one.pattern)]
    assert below and not [name for name in below if "desk" in name]
