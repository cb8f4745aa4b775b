"""django-allauth behind the log-ins: providers stand in the policies alone, persons are never users."""

import pytest
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from django.core import checks
from django.core.exceptions import PermissionDenied

from dsar_portal import checks as gate
from identity.log_in import log_ins
from tests.identity import log_in
from tests.identity.log_in import ACCOUNT, EID


@pytest.fixture
def connected(tmp_path, settings, monkeypatch):
    settings.DSAR_CONTROLLERS_PATH = [log_in.companies(tmp_path / "companies", account="http://127.0.0.1:1")]
    with log_in.environment(monkeypatch, "hunter-2"):
        yield


def test_providers_stand_in_the_policies_and_never_in_the_database(db, connected, rf):
    SocialApp.objects.create(provider="openid_connect", provider_id="planted", name="x", client_id="x")
    adapter = get_adapter(rf.get("/"))
    known = [app.provider_id for app in adapter.list_apps(None)]
    assert {ACCOUNT, EID, "aj-se.mine-sider"} <= set(known) and "planted" not in known
    assert [app.provider_id for app in adapter.list_apps(None, provider=EID)] == [EID]
    app = adapter.get_app(rf.get("/"), EID)
    assert app.pk is None and app.settings["oauth_pkce_enabled"] and not app.settings["email_authentication"]
    assert "hunter-2" not in repr(log_ins.find(EID))


def test_the_start_says_which_log_in_is_not_connected(connected, monkeypatch):
    def said() -> list[str]:
        return [one.msg for one in gate.promises_can_be_kept() if one.id == "dsar.W030"]

    assert said() == []
    monkeypatch.delenv("DSAR_LOG_IN_EID_ID")
    assert said() == [f"{slug}: the log-in mitid is not connected and not offered." for slug in ("aj-dk", "aj-se")]
    monkeypatch.setenv("DSAR_LOG_IN_ACCOUNT_ID_FILE", "/nowhere/at/all")
    assert len(said()) == 4 and all(one.level < checks.ERROR for one in gate.promises_can_be_kept())


@pytest.mark.parametrize("door", ["oidc/{}/login/", "oidc/{}/login/callback/"])
def test_a_persons_provider_opens_no_door_of_the_staff(db, client, connected, door):
    path = "/staff/account/" + door.format(ACCOUNT)
    assert client.get(path).status_code == client.post(path).status_code == 404


def test_nobody_becomes_a_user_by_a_provider_nobody_knows(db, connected, rf):
    """allauth would look for an account to open, and go on by itself."""
    stranger = SocialLogin(account=SocialAccount(provider="planted", uid="1"))
    with pytest.raises(PermissionDenied):
        get_adapter().pre_social_login(rf.get("/"), stranger)
    assert not get_adapter().is_open_for_signup(rf.get("/"), stranger)
