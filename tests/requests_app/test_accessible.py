"""Every public page in a real browser with JavaScript off for the person and axe run beside it: WCAG 2.2 A and AA."""

import re
from typing import Any

import pytest
from django.urls import reverse

from requests_app.models import Case
from tests.axe import violations

pytestmark = pytest.mark.django_db(transaction=True)


class Reader:
    """Goes through the portal and keeps what axe and the browser complain of."""

    def __init__(self, page: Any, base: str) -> None:
        self.page, self.base = page, base
        self.found: list[str] = []
        page.on("console", lambda message: self._console(message.text))

    def _console(self, text: str) -> None:
        if "Content Security Policy" in text:
            self.found.append(text)

    def look(self, name: str) -> None:
        """axe, no sideways scrolling, one h1, and everything to press at least 24 px (WCAG 2.5.8), buttons 44."""
        self.page.wait_for_load_state()  # a press returns when the page has begun, which may be before its body
        for violation in violations(self.page):
            self.found.append(f"{name}: {violation['id']} {[node['html'][:90] for node in violation['nodes'][:2]]}")
        if self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            self.found.append(f"{name}: scrolls sideways")
        if self.page.locator("h1").count() != 1:
            self.found.append(f"{name}: {self.page.locator('h1').count()} h1")
        small = "[...document.querySelectorAll('main .button, .choice, .languages button, input[type=text]')]"
        small += ".filter(e => e.offsetParent && e.getBoundingClientRect().height < 43.5 && !e.closest('.unseen'))"
        if self.page.evaluate(f"{small}.length"):
            self.found.append(f"{name}: too small to press")

    def go(self, path: str) -> None:
        self.page.goto(self.base + path)

    def next(self, name: str) -> None:
        self.page.locator("main form .button").first.click()
        self.look(name)


@pytest.mark.parametrize(("slug", "language", "width"), [("aj-dk", "da", 390), ("ajour", "nb", 1280)])
def test_every_page_is_accessible(live_server: Any, page: Any, slug: str, language: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    reader = Reader(page, live_server.url)
    reader.go("/")
    reader.look("home")
    reader.go(f"/{slug}/")
    assert page.locator("html").get_attribute("lang") == language
    reader.look("company")
    reader.go(f"/{slug}/request/rights/")
    reader.look("rights")
    reader.next("rights, wrong")
    for right in ("access", "erasure", "objection", "restriction"):
        page.locator(f"input[value={right}]").check()
    reader.next("relation")
    page.locator("input[value=business]").check()
    reader.next("about")
    reader.next("details")
    reader.next("later")
    reader.next("who")
    page.locator("input[value=other]").check()
    reader.next("representative")
    reader.next("representative, wrong")
    page.fill("[name=speaker_name]", "Lis Bo")
    page.fill("[name=speaker_email]", "lis@example.com")
    page.locator("input[value=lawyer]").check()
    reader.next("contact")
    page.fill("[name=name]", "Sofie Nørby")
    reader.next("find")
    reader.next("check")
    reader.next("receipt")
    page.locator("details summary").first.click()
    reader.look("receipt, opened")
    case = Case.objects.get()
    for name in ("status", "withdraw"):
        reader.go(reverse(f"public:{name}", args=[case.reference]))
        reader.look(name)
    page.go_back()
    page.fill("[name=body]", "Hej")
    reader.next("message sent")
    reader.go(reverse("public:letter", args=[case.reference, 1]))
    reader.look("letter")
    reader.go("/new-link/")
    reader.look("new link")
    reader.go(f"/{slug}/stop/")
    reader.look("stop")
    reader.next("stop, wrong")
    page.fill("[name=email]", "sofie@example.com")
    reader.next("stopped")
    reader.go("/nowhere/")
    reader.look("not found")
    assert re.match(r"^[A-Z]{4}-", case.reference)
    assert reader.found == []


def test_by_keyboard_alone(live_server: Any, page: Any) -> None:
    page.goto(f"{live_server.url}/aj-dk/request/rights/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert page.locator("input:checked").get_attribute("value") == "access"
    while page.evaluate("document.activeElement.tagName") != "BUTTON":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/relation/"))


def test_without_javascript(live_server: Any, browser: Any) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/aj-dk/request/rights/")
    page.locator("input[value=marketing_objection]").check()
    page.locator("button[value=en]").click()  # the language switch keeps what was chosen
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("input:checked").get_attribute("value") == "marketing_objection"
    for fill in ({}, {"relation": "private"}, {"who": "self"}):
        for name, value in fill.items():
            page.locator(f"input[name={name}][value={value}]").check()
        page.locator("main form .button").click()
    page.fill("[name=name]", "Sofie")
    page.fill("[name=email]", "sofie@example.com")
    page.locator("main form .button").click()
    page.locator("main form .button").click()
    assert "/receipt/" in page.url
    context.close()
