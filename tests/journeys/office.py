"""Staff at their desk: they log in, press buttons and fill in forms, and see nothing but pages."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.utils import encrypt
from django.contrib.auth import get_user_model

from requests_app.models import Membership
from tests.journeys.browser import Browser, Page
from tests.journeys.people import Workers
from tests.requests_app.settled import settle

PASSWORD = "correct-horse-battery-7"
SEED = "0123456789abcdef" * 5
NAMES = {
    Membership.Role.CASEWORKER: {"first_name": "Karin", "last_name": "Holm"},
    Membership.Role.APPROVER: {"first_name": "Ove", "last_name": "Falk"},
}


def hire(slug: str) -> None:
    """A caseworker and an approver of the company, who can log in."""
    for role in (Membership.Role.CASEWORKER, Membership.Role.APPROVER):
        name = f"{role}.{slug}"
        user = get_user_model().objects.create_user(name, f"{name}@staff.example", PASSWORD, **NAMES[role])
        Membership.objects.create(user=user, controller=slug, role=role)
        TOTP.activate(user, "JBSWY3DPEHPK3PXP")
        _codes(user=user).instance.save()
    settle(slug)


def _codes(**whose: Any) -> RecoveryCodes:
    """The slip of paper in everybody's wallet: codes that open the second step once each, whatever the clock says."""
    data = {"seed": encrypt(SEED), "used_mask": 0}
    return RecoveryCodes(Authenticator(type=Authenticator.Type.RECOVERY_CODES, data=data, **whose))


class Desk:
    """One member of staff, logged in."""

    def __init__(self, name: str, *, computer: Callable[[], Browser] = Browser) -> None:
        self.name, self.browser, self.codes = name, computer(), iter(_codes().generate_codes())

    def log_in(self) -> Page:
        self.browser.open("/staff/")
        page = self.browser.press(login=self.name, password=PASSWORD)
        while "/2fa/authenticate/" in page.url:  # again where another desk of theirs has used that code
            page = self.browser.press(code=next(self.codes))
        assert "/staff/" in page.url and "login" not in page.url, (page.url, page.text)
        return page

    def open(self, place: str) -> Page:
        page = self.browser.open(f"/staff/{place}")
        if "/login/" in page.url:
            self.log_in()
            page = self.browser.open(f"/staff/{place}")
        return page

    def press(self, button: str, **fields: Any) -> Page:
        page = self.browser.press(button, **fields)
        assert page.status == 200, (page.url, page.status, page.text)
        return page


class Office:
    """One company's staff: whoever prepares, and whoever approves."""

    def __init__(self, slug: str, *, workers: Workers, computer: Callable[[], Browser] = Browser) -> None:
        self.slug, self.workers = slug, workers
        self.caseworker = Desk(f"caseworker.{slug}", computer=computer)
        self.approver = Desk(f"approver.{slug}", computer=computer)

    def answer_access(self, reference: str, right: str = "access") -> None:
        """Collect, look through it, submit; the second person approves; the workers deliver."""
        self.start(reference, right)
        self.workers.run()
        self.review(reference, right)
        self.approve(reference, right)
        self.workers.run()

    def case(self, reference: str) -> Page:
        return self.caseworker.open(f"cases/{reference}/")

    def start(self, reference: str, right: str) -> Page:
        self.case(reference)
        return self.caseworker.press(f"/{right}/do/start/")

    def check_document(self, reference: str, **verdict: str) -> list[bytes]:
        """Look at the pictures and decide; the pictures as they were shown."""
        self.case(reference)
        page = self.caseworker.browser.follow("/identity/")
        shown = [Browser(self.caseworker.browser.client).open(src) for src in page.tree.xpath("//main//img/@src")]
        assert shown and all(one.headers["Content-Type"] == "image/jpeg" for one in shown)
        self.caseworker.press("", **verdict)
        for one in shown:  # destroyed with the decision
            assert Browser(self.caseworker.browser.client).open(one.url).status == 410
        return [one.content for one in shown]

    def review(self, reference: str, right: str, **withhold: str) -> Page:
        """Look at every table; hand out what is also somebody else's, or withhold it with a ground; submit."""
        page = self.caseworker.open(f"cases/{reference}/{right}/review/")
        for link in page.tree.xpath("//main//table//tr[@class='open']//a/@href"):
            shown = self.caseworker.browser.open(link)
            numbers = shown.tree.xpath("//article[contains(@class, 'held')]//input[@name='numbers']/@value")
            self.caseworker.press("withhold" if withhold else "release", numbers=numbers, **withhold)
        self.caseworker.open(f"cases/{reference}/{right}/review/")
        return self.submitted(self.caseworker.press("Submit for approval"))

    def decide_fate(self, reference: str, table: str, **fields: Any) -> Page:
        """What the rules leave open in one table ("source/collection"), decided by hand."""
        self.caseworker.open(f"cases/{reference}/erasure/plan/{table}/")
        return self.caseworker.press("Decide and make the plan anew", **fields)

    def submit_plan(self, reference: str) -> Page:
        """Submit the erasure plan as it stands."""
        self.caseworker.open(f"cases/{reference}/erasure/plan/")
        return self.submitted(self.caseworker.press("Submit for approval"))

    def submitted(self, page: Page) -> Page:
        assert "Submitted. A second person can approve it now." in page.text, page.text
        return page

    def decide(self, reference: str, right: str, **fields: Any) -> Page:
        """Go to the decision, write the answer, submit it."""
        self.case(reference)
        self.caseworker.press(f"/{right}/do/decide/")
        return self.submitted(self.caseworker.press("submit", **fields))

    def approve(self, reference: str, right: str) -> Page:
        self.approver.open(f"cases/{reference}/")
        self.approver.browser.follow(f"/{right}/approve/")
        page = self.approver.press("Approve exactly this")
        assert "Approved." in page.text, page.text
        return page
