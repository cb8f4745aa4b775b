"""The desk in a real browser: the Content-Security-Policy holds, axe finds nothing, nothing scrolls sideways."""

import pytest
from django.urls import reverse

from law.rights import Right
from tests.axe import violations
from tests.desk import addresses

pytestmark = pytest.mark.django_db(transaction=True)


class Reader:
    def __init__(self, page, base):
        self.page, self.base, self.found = page, base, []
        page.on("console", lambda said: self.found.append(said.text) if said.type in ("error", "warning") else None)

    def look(self, path):
        self.page.goto(self.base + path)
        for one in violations(self.page):
            self.found.append(f"{path}: {one['id']} {[node['html'][:90] for node in one['nodes'][:2]]}")
        if self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            self.found.append(f"{path}: scrolls sideways")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_pages_of_the_desk(width, scheme, live_server, page, collected, open_case, staff, settings):
    settings.ALLOWED_HOSTS = ["*"]
    claim, other = collected(), collected(Right.erasure, persona="henrik")
    waiting = open_case(persona="dorthe").claims.get()
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    reader = Reader(page, live_server.url)
    reader.look("/staff/")
    page.fill("input[name=login]", "both@example.com")
    page.fill("input[name=password]", "not-used-here-1")
    page.click("main button[type=submit]")
    page.wait_for_url("**/staff/")
    urls, plan = addresses.of_claim(claim), addresses.of_claim(other)
    asked = addresses.of_claim(waiting, letter=waiting.case.letters.first().pk)
    for path in (
        "/staff/", reverse("admin:requests_app_case_changelist"), "/staff/cases/?needs=review&q=astrid", "/staff/new/",
        urls["case"], urls["review"], urls["review_table"], urls["answer"], urls["extend"], urls["clarify"],
        plan["case"], plan["plan"], plan["plan_table"], asked["case"], asked["identity_ask"], asked["identity_seen"],
        asked["letter"], "/staff/account/2fa/", "/staff/account/password/change/",
    ):  # fmt: skip
        reader.look(path)
    assert not reader.found, "\n".join(reader.found)
