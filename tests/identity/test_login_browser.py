"""A person in a real browser logs in at a real provider on another site, without JavaScript, and comes back."""

from typing import Any

import pytest

import demo
from law.rights import Right
from requests_app import access
from tests.identity import log_in
from tests.identity.conftest import NOW
from tests.oidc.provider import serving
from tests.requests_app.test_accessible import Reader

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
ASTRID = demo.persona("aj-dk", "astrid")
ANNA = demo.persona("aj-se", "anna")


@pytest.mark.parametrize(
    ("slug", "person", "width", "words"),
    [("aj-dk", ASTRID, 390, ("Mine sider", "MitID")), ("aj-se", ANNA, 1280, ("Mina sidor", "MitID"))],
)
def test_a_person_logs_in_and_comes_back(
    live_server: Any, page: Any, open_case: Any, tmp_path: Any, settings: Any, monkeypatch: Any, slug: str, person: Any,
    width: int, words: tuple[str, str],
) -> None:  # fmt: skip
    page.set_viewport_size({"width": width, "height": 800})
    settings.PUBLIC_BASE_URL = live_server.url
    reader = Reader(page, live_server.url)
    with serving(tmp_path, returns=log_in.returns(live_server.url), acr_values=[log_in.SURE]) as provider:
        settings.DSAR_CONTROLLERS_PATH = [log_in.companies(tmp_path / "companies", account=provider.url)]
        provider.knows("me", acr="weak", email=person.email, email_verified=True, name=person.name)
        with log_in.environment(monkeypatch, provider.secret):
            case = open_case(Right.access, slug=slug, email=person.email)
            page.goto(access.status_url(case, now=NOW))
            reader.go(f"/identity/{case.reference}/")
            reader.look("ways")
            page.locator(f"a[href$='/{case.reference}/eid/']").click()
            reader.look("eid")
            page.route(
                f"{provider.url}/**", lambda route: route.fulfill(status=204)
            )  # a browser stays where it is then
            page.get_by_role("button", name=words[1]).click()
            page.locator("main a.button").wait_for()
            reader.look("in between")
            page.unroute(f"{provider.url}/**")
            reader.go(f"/identity/{case.reference}/eid/")
            _through(page, words[1], cancel=True)
            reader.look("cancelled")
            assert page.url.endswith("said=cancelled")
            _through(page, words[1])
            reader.look("too weak")
            assert page.url.endswith("said=too_weak")
            reader.go(f"/identity/{case.reference}/login/")
            reader.look("log-in")
            _through(page, words[0])
            reader.look("comparing")
            log_in.worker(case)
            page.locator("main .button").click()
            reader.look("done")
            reader.go("/identity/log-in/aj-dk.mine-sider/?state=x&code=y")
            reader.look("lost")
    assert {claim.stage for claim in case.claims.all()} == {"triage"}
    assert not reader.found


def _through(page: Any, name: str, *, cancel: bool = False) -> None:
    """Press the button; we are on the provider's own page; log in and allow, or cancel there."""
    page.get_by_role("button", name=name).click()
    page.wait_for_url("http://127.0.0.1:*/interaction/*")
    if cancel:
        page.get_by_role("button", name="Cancel").click()
    else:
        page.fill("[name=login]", "me")
        page.get_by_role("button", name="Log in").click()
        page.get_by_role("button", name="Allow").click()
    page.wait_for_url("**/identity/**")
