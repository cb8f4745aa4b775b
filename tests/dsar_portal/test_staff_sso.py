"""Staff log in with their company's own log-in, walked through a real OpenID Connect provider over http."""

import re
import shutil
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from dsar_portal import checks
from dsar_portal.staff_sso import ONLY
from policies.staff_log_in import StaffLogIn
from requests_app import access
from requests_app.models import Case, Membership
from tests.conftest import ROOT
from tests.dsar_portal.test_staff_lockout import SECRET as APP
from tests.dsar_portal.test_staff_lockout import code
from tests.dsar_portal.test_staff_passkey import authenticator, log_out
from tests.oidc.provider import SECRET, Provider, serving

pytestmark = pytest.mark.django_db
ACCOUNT, GOOD, HOME = "/staff/account/", "correct horse battery", "https://privacy.example.com"
SURE = "urn:example:two-factors"


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    returns = [f"{HOME}{ACCOUNT}company/{slug}/back/" for slug in ("aj-dk", "aj-se")]
    with serving(tmp_path_factory.mktemp("oidc"), returns=returns, acr_values=[SURE]) as one:
        yield one


def companies(folder: Path, issuer: str, *, more: str = "") -> list[Path]:
    """aj-dk and aj-se have a log-in of their own for staff (the same server, as it were two)."""
    for slug in ("aj-dk", "aj-se", "ajour"):
        shutil.copytree(ROOT / "controllers" / slug, folder / slug)
        if slug != "ajour":
            with (folder / slug / "policy.yaml").open("a") as file:
                file.write(f"""
staff_log_in:
  name: {{da: AJ-login, sv: AJ-inloggning, en: AJ account}}
  server_url: "{issuer}"
  client_id_env: DSAR_LOG_IN_STAFF_ID
  client_secret_env: DSAR_LOG_IN_STAFF_SECRET
  second_factor_acr: ["{SURE}"]
  second_factor_amr: [mfa, otp, hwk]
{more if slug == "aj-dk" else ""}
""")
    return [folder]


@pytest.fixture(autouse=True)
def connected(provider: Provider, tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    provider.forgets_all()
    provider.knows("asta", email="Asta@Example.com", email_verified=True, amr=("pwd", "mfa"))
    settings.STAFF_MFA_REQUIRED = True
    settings.DSAR_CONTROLLERS_PATH = companies(tmp_path / "companies", provider.url)
    monkeypatch.setenv("DSAR_LOG_IN_STAFF_ID", provider.client_id)
    monkeypatch.setenv("DSAR_LOG_IN_STAFF_SECRET", SECRET)


@pytest.fixture
def required(provider: Provider, tmp_path: Path, settings: Settings) -> None:
    settings.DSAR_CONTROLLERS_PATH = companies(tmp_path / "strict", provider.url, more="  required: true")


@pytest.fixture
def asta(db: None) -> User:
    user = User.objects.create_user("asta", "asta@example.com", GOOD)
    for slug in ("aj-dk", "ajour"):
        Membership.objects.create(user=user, controller=slug, role="caseworker")
    return user


def there(browser: Client, slug: str = "aj-dk") -> str:
    answer = browser.post(f"{ACCOUNT}company/{slug}/")
    found = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', answer.content.decode())
    assert answer.status_code == 200 and found, answer.content.decode()
    return unescape(found[1])


def back(browser: Client, address: str) -> Any:
    parts = urlsplit(address)
    return browser.get(f"{parts.path}?{parts.query}", follow=True)


def log_in(provider: Provider, login: str = "asta", slug: str = "aj-dk", **more: Any) -> tuple[Client, Any]:
    browser = Client()
    return browser, back(browser, provider.log_in(there(browser, slug), login, **more))


def is_in(browser: Client) -> bool:
    return "_auth_user_id" in browser.session


def seen(browser: Client) -> list[str]:
    """The companies this session may look into."""
    answer = browser.get("/staff/")
    assert answer.status_code == 200
    return list(access.memberships(answer.wsgi_request.user))


def test_whoever_the_company_knows_comes_in_and_nothing_of_it_is_kept(asta: User, provider: Provider) -> None:
    browser, page = log_in(provider)
    assert page.redirect_chain == [("/staff/", 302)] and page.status_code == 200
    assert browser.session["_auth_user_id"] == str(asta.pk)
    assert not SocialAccount.objects.exists() and not SocialToken.objects.exists() and User.objects.count() == 1


def test_code_is_bound_to_this_browser_by_pkce_state_and_nonce(asta: User, provider: Provider) -> None:
    asked = {name: value[0] for name, value in parse_qs(urlsplit(there(Client())).query).items()}
    assert asked["code_challenge_method"] == "S256" and len(asked["nonce"]) > 20 and asked["acr_values"] == SURE
    mallory, victim = Client(), Client()
    address = provider.log_in(there(mallory), "asta")
    assert b"did not work" in back(victim, address).content and not is_in(victim)  # log-in CSRF
    back(mallory, address)
    again = Client()
    again.cookies = victim.cookies
    assert not is_in(again) and b"did not work" in back(again, address).content  # played twice


@pytest.mark.parametrize("claims", [
    {"email": "stranger@example.com", "email_verified": True},
    {"email": "asta@example.com", "email_verified": False},
    {"email": "asta@example.com"},
    {"email": "", "email_verified": True},
    {"email_verified": True},
    {"email": ["asta@example.com"], "email_verified": True},
])
def test_nobody_signs_up_and_an_unchecked_address_is_none(
    asta: User, provider: Provider, claims: dict[str, Any]
) -> None:
    provider.knows("mallory", **claims)
    browser, page = log_in(provider, "mallory")
    assert not is_in(browser) and User.objects.count() == 1
    assert b"Nobody with your address works" in page.content


def test_a_provider_speaks_for_its_own_company_alone(asta: User, provider: Provider) -> None:
    """She does not work for aj-se, so the log-in of aj-se opens nothing of hers."""
    browser, page = log_in(provider, slug="aj-se")
    assert not is_in(browser) and b"Nobody with your address works" in page.content
    browser, _ = log_in(provider)
    assert seen(browser) == ["aj-dk"]  # and that of aj-dk opens aj-dk, though she works for ajour too
    now = timezone.now()
    Case.objects.create(reference="AJOU-2345-6789", controller="ajour", received_at=now, received_on=now.date())
    assert browser.get("/staff/cases/AJOU-2345-6789/").status_code == 404
    assert not access.visible_cases(browser.get("/staff/").wsgi_request.user).exists()
    TOTP.activate(asta, APP)
    other = Client()
    other.post(ACCOUNT + "login/", {"login": "asta", "password": GOOD})
    other.post(ACCOUNT + "2fa/authenticate/", {"code": code()})
    assert seen(other) == ["aj-dk", "ajour"]
    assert access.visible_cases(other.get("/staff/").wsgi_request.user).exists()


@pytest.mark.parametrize("own_factor", [False, True])
def test_whoever_sat_there_before_lends_nothing(asta: User, provider: Provider, own_factor: bool) -> None:
    """Django empties the session of somebody else at the log-in: what it may see must not be lost with it."""
    if own_factor:
        TOTP.activate(asta, APP)
    browser = Client()
    browser.force_login(User.objects.create_user("bo"), backend="allauth.account.auth_backends.AuthenticationBackend")
    back(browser, provider.log_in(there(browser), "asta"))
    if own_factor:
        browser.post(ACCOUNT + "2fa/authenticate/", {"code": code()})
    assert browser.session["_auth_user_id"] == str(asta.pk) and seen(browser) == ["aj-dk"]


@pytest.mark.parametrize("made", ["password/set/", "2fa/totp/activate/", "2fa/webauthn/add/",
                                  "2fa/recovery-codes/generate/"])  # fmt: skip
def test_nothing_that_outgrows_the_company_is_made_in_such_a_session(
    asta: User, provider: Provider, made: str
) -> None:
    """A password would open her other companies to whoever it says is her; a factor would be asked for there."""
    asta.set_unusable_password()
    asta.save()
    browser, _ = log_in(provider)
    for answer in (browser.get(ACCOUNT + made), browser.post(ACCOUNT + made, {"password1": GOOD, "password2": GOOD})):
        assert answer.status_code == 302 and answer["Location"] == ACCOUNT + "password/reset/"
    assert b"after a mail to you" in browser.get(ACCOUNT + "password/reset/").content
    Membership.objects.filter(controller="ajour").delete()
    away = browser.get(ACCOUNT + made).get("Location") == ACCOUNT + "password/reset/"
    assert away is (made == "password/set/")  # she may come to work for another company later


@pytest.mark.django_db(transaction=True)
def test_a_passkey_made_in_such_a_session_opens_that_company_alone(
    live_server: Any, page: Any, asta: User, provider: Provider, tmp_path: Path, settings: Settings
) -> None:
    """And so does a second one made in the session the first has opened."""
    asta.set_unusable_password()
    asta.save()
    asta.memberships.filter(controller="ajour").delete()  # type: ignore[attr-defined]
    base = live_server.url
    browser, _ = log_in(provider)
    page.context.add_cookies([{"name": "sessionid", "value": browser.cookies["sessionid"].value, "url": base}])
    add = ACCOUNT + "2fa/webauthn/add/"
    authenticator(page)
    page.goto(base + add)
    new_key(page, "one")
    log_out(page, base)
    page.click("#passkey_login")
    page.wait_for_url(base + "/staff/")
    later = Membership.objects.create(user=asta, controller="ajour", role="caseworker")
    assert seen(sitting(page)) == ["aj-dk"]
    later.delete()
    page.goto(f"{base}{ACCOUNT}2fa/webauthn/reauthenticate/?next={add}")
    page.click("#mfa_webauthn_reauthenticate")
    page.wait_for_url("**/webauthn/add/")
    authenticator(page, transport="usb")
    new_key(page, "two")
    keys = asta.authenticator_set.filter(type="webauthn")  # type: ignore[attr-defined]
    assert [key.data[ONLY] for key in keys] == ["aj-dk", "aj-dk"]
    settings.DSAR_CONTROLLERS_PATH = companies(tmp_path / "strict", provider.url, more="  required: true")
    asked = sitting(page).get("/staff/").wsgi_request
    assert asked.user == asta and not access.memberships(asked.user)  # a passkey is not the company's own log-in


def new_key(page: Any, name: str) -> None:
    page.fill("[name=name]", name)
    page.check("[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url(lambda address: not urlsplit(address).path.endswith("/add/"))


def sitting(page: Any) -> Client:
    """In the session of this browser."""
    client = Client()
    client.cookies["sessionid"] = next(one["value"] for one in page.context.cookies() if one["name"] == "sessionid")
    return client


def test_a_company_that_requires_its_own_is_seen_in_no_other_way(
    asta: User, provider: Provider, required: None
) -> None:
    TOTP.activate(asta, APP)
    browser = Client()
    browser.post(ACCOUNT + "login/", {"login": "asta", "password": GOOD})
    browser.post(ACCOUNT + "2fa/authenticate/", {"code": code()})
    assert is_in(browser) and seen(browser) == ["ajour"]
    asta.authenticator_set.all().delete()  # type: ignore[attr-defined]
    browser, _ = log_in(provider)
    assert seen(browser) == ["aj-dk"]


@pytest.mark.parametrize(("said", "opens"), [
    ({"amr": ("pwd", "mfa")}, True), ({"amr": ("hwk",)}, True), ({"amr": (), "acr": SURE}, True),
    ({"amr": ("pwd",)}, False), ({"amr": ()}, False), ({"amr": ("pwd",), "acr": "urn:example:other"}, False),
])  # fmt: skip
def test_its_second_factor_counts_only_where_it_says_so(
    asta: User, provider: Provider, said: dict[str, Any], opens: bool
) -> None:
    provider.knows("asta", email="asta@example.com", email_verified=True, **said)
    browser, page = log_in(provider)
    assert is_in(browser)
    assert (page.redirect_chain[-1][0] == "/staff/") is opens
    assert opens or b"One more step" in page.content


def test_ours_is_asked_where_one_is_set_up(asta: User, provider: Provider) -> None:
    TOTP.activate(asta, APP)
    browser, page = log_in(provider)
    assert page.redirect_chain[-1][0] == ACCOUNT + "2fa/authenticate/" and not is_in(browser)
    assert browser.post(ACCOUNT + "2fa/authenticate/", {"code": code()})["Location"] == "/staff/"
    assert seen(browser) == ["aj-dk"]


@pytest.mark.usefixtures("one_window")
def test_guessing_at_the_password_does_not_close_it(asta: User, provider: Provider) -> None:
    for number in range(12):
        Client().post(ACCOUNT + "login/", {"login": "asta", "password": f"wrong {number}"})
    assert Client().post(ACCOUNT + "login/", {"login": "asta", "password": GOOD}).status_code == 429
    assert is_in(log_in(provider)[0])


def test_cancelled_down_and_unknown_are_said_plainly(
    asta: User, provider: Provider, tmp_path: Path, settings: Settings
) -> None:
    browser, page = log_in(provider, consent=False)
    assert b"You cancelled" in page.content and not is_in(browser)
    asta.is_active = False
    asta.save()
    assert b"Nobody with your address works" in log_in(provider)[1].content
    assert Client().post(ACCOUNT + "company/ajour/").status_code == 404
    assert Client().get(ACCOUNT + "company/aj-dk/").status_code == 405
    settings.DSAR_CONTROLLERS_PATH = companies(tmp_path / "down", "http://127.0.0.1:9")
    assert b"does not answer just now" in Client().post(ACCOUNT + "company/aj-dk/", follow=True).content


def test_allauths_own_doors_are_shut(asta: User, provider: Provider) -> None:
    client = Client()
    client.force_login(asta, backend="allauth.account.auth_backends.AuthenticationBackend")
    for path in ("3rdparty/", "3rdparty/signup/", "3rdparty/login/error/", "oidc/staff:aj-dk/login/",
                 "oidc/staff:aj-dk/login/callback/", "social/signup/"):
        for one in (client, Client()):
            assert one.get(ACCOUNT + path).status_code == 404 and one.post(ACCOUNT + path).status_code == 404


def test_the_log_in_page_names_them(asta: User) -> None:
    page = Client().get(ACCOUNT + "login/").content.decode()
    assert page.count("Log in with AJ account") == 2 and "company/ajour" not in page


def test_required_but_not_connected_does_not_start(required: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "dsar.E013" not in {one.id for one in checks.promises_can_be_kept()}
    monkeypatch.delenv("DSAR_LOG_IN_STAFF_ID")
    assert "dsar.E013" in {one.id for one in checks.promises_can_be_kept()}


def test_a_password_is_no_second_factor() -> None:
    with pytest.raises(ValueError, match="expected no pwd"):
        StaffLogIn.model_validate({"name": {"en": "x"}, "server_url": "https://id.example.com",
                                   "client_id_env": "DSAR_LOG_IN_X", "second_factor_amr": ["pwd"]})
