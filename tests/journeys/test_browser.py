"""In a real browser, under the strict policy of our own pages: one access from the front page to the file.

Every page is looked at by axe, on a telephone and on a desk; whatever the console complains of, or any request to
another host, fails. With DSAR_SCREENSHOTS set to a folder the pictures of the README are taken.
"""

import io
import os
import re
import zipfile
from pathlib import Path
from urllib.parse import urlsplit

import pypdfium2
import pytest
from PIL import Image

from requests_app.models import Letter
from tests.axe import violations

pytestmark = pytest.mark.timeout(400)
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
PICTURES = os.environ.get("DSAR_SCREENSHOTS", "")
MOST = 150_000  # bytes a picture


class Watcher:
    """Looks over a reader's shoulder and keeps what is wrong."""

    def __init__(self, page, base):
        self.page, self.base, self.wrong = page, base, []
        self.looked_at = set()
        page.on("console", lambda message: self._heard(message))
        page.on("pageerror", lambda error: self.wrong.append(f"script: {error}"))
        page.on("request", lambda request: self._asked(request.url))

    def _heard(self, message):
        told = message.type in ("error", "warning") or "Content Security Policy" in message.text
        if told and not re.search("status of (422|410)", message.text):  # a form with mistakes is told so
            self.wrong.append(f"{self.page.url}: {message.text}")

    def _asked(self, url):
        if urlsplit(url).scheme in ("http", "https", "ws") and not url.startswith(self.base):
            self.wrong.append(f"asked another host: {url}")

    def look(self, name, *, picture=""):
        """axe at both widths; nothing scrolls sideways; one h1; a picture if they are wanted."""
        self.page.wait_for_load_state()  # a press returns when the page has begun, which may be before its body
        self.looked_at.add(name)
        for size in (PHONE, DESKTOP):
            self.page.set_viewport_size(size)
            for found in violations(self.page):
                nodes = [node["html"][:120] for node in found["nodes"][:3]]
                self.wrong.append(f"{name} {size['width']}: {found['id']} {nodes}")
            if self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                self.wrong.append(f"{name} {size['width']}: scrolls sideways")
        if (count := self.page.locator("h1:not(.paper h1)").count()) != 1:  # a letter on a page has its own
            self.wrong.append(f"{name}: {count} h1")
        if picture and PICTURES:
            whole = "/staff/" not in self.page.url  # the desk has a bar that sticks to the window
            save(self.page.screenshot(full_page=whole), picture)

    def go(self, path, name="", *, picture=""):
        self.page.goto(self.base + path)
        if name:
            self.look(name, picture=picture)


def save(png, name, *, tallest=1400):
    """A small PNG; a long page is cut off below."""
    image = Image.open(io.BytesIO(png)).convert("RGB")
    image = image.crop((0, 0, image.width, min(image.height, tallest)))
    folder = Path(PICTURES)
    folder.mkdir(parents=True, exist_ok=True)
    image.quantize(128, dither=Image.Dither.NONE).save(folder / f"{name}.png", optimize=True)
    assert (folder / f"{name}.png").stat().st_size <= MOST, name


@pytest.fixture
def watcher(page, live_server):
    watcher = Watcher(page, live_server.url)
    yield watcher
    assert not watcher.wrong, "\n".join(watcher.wrong)


def lend(page, client, base):
    """The browser goes on with the session of somebody who has been walking without it."""
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": base}])


def test_access_from_the_front_page_to_the_file(street, watcher, page):
    astrid, office = street.person("aj-dk", "astrid", language="en"), street.office("aj-dk")
    _asks(watcher, page, astrid)
    street.workers.run()
    _proves(watcher, page, astrid)
    staff = page.context.browser.new_page()
    watching = Watcher(staff, watcher.base)
    _answered(street, watching, staff, office, astrid)
    staff.close()
    watcher.wrong += watching.wrong
    zipped = _fetches(street, watcher, page, astrid)
    assert "data.json" in zipped.namelist()
    if PICTURES:
        shown = pypdfium2.PdfDocument(zipped.read("extract.pdf"))[0].render(scale=1.3).to_pil()
        buffer = io.BytesIO()
        shown.save(buffer, "PNG")
        save(buffer.getvalue(), "extract-pdf")


@pytest.mark.parametrize("slug", ["aj-dk", "aj-se", "ajour", "ajos"])
def test_proof_and_download_in_every_language(street, watcher, page, slug):
    key = {"aj-dk": "camilla", "aj-se": "cecilia", "ajour": "berit", "ajos": "dina"}[slug]  # little is held about them
    person, office = street.person(slug, key), street.office(slug)
    person.ask("access")
    person.confirm_address()
    person.open_case()
    lend(page, person.browser.client, watcher.base)
    for place in ("", "email_link/", "in_person/", *(["document/"] if slug == "aj-se" else [])):
        watcher.go(f"/identity/{person.reference}/{place}", f"identity {place}")
        assert page.locator("html").get_attribute("lang") == person.language
    _seen_in_person(office, person)
    office.answer_access(person.reference)
    page.goto(person.link("/download/"))
    watcher.look("download")
    page.locator("main form button").click()
    street.workers.run()
    page.locator("#code").fill("000000")
    page.locator("main form button").first.click()
    watcher.look("wrong code")
    page.locator("#code").fill(person.mail_with_code().code)
    page.locator("main form button").first.click()
    watcher.look("file")
    watcher.go("/identity/proof/nobody/")  # a link that does not work
    watcher.look("link gone")


def _seen_in_person(office, person):
    office.case(person.reference)
    office.caseworker.browser.follow("/identity/seen/")
    office.caseworker.press("", how="by_video", document="passport")
    office.workers.run()


def test_the_plan_of_an_erasure_on_the_desk(street, watcher, page):
    anna, office = street.person("aj-se", "anna"), street.office("aj-se")
    anna.ask("erasure", "rectification", rectification="Gatan heter Björkvägen.")
    anna.confirm_address()
    _seen_in_person(office, anna)
    office.start(anna.reference, "erasure")
    street.workers.run()
    office.case(anna.reference)
    office.caseworker.press("/rectification/do/decide/")
    lend(page, office.caseworker.browser.client, watcher.base)
    of_case = f"/staff/cases/{anna.reference}/"
    watcher.go(f"{of_case}erasure/plan/", "plan", picture="desk-erasure-plan")
    watcher.go(f"{of_case}erasure/plan/shop/orders/", "plan of a table")
    watcher.go(f"{of_case}rectification/answer/", "answer")
    watcher.go(f"{of_case}erasure/extend/", "extend")
    receipt = Letter.objects.get(case__reference=anna.reference, kind="acknowledgement")
    watcher.go(f"{of_case}letters/{receipt.pk}/", "letter")


def _asks(watcher, page, person):
    watcher.go("/", "home", picture="home")
    page.locator("main a[href='/aj-dk/']").click()
    page.get_by_role("button", name="English").click()
    watcher.look("company", picture="company")
    page.get_by_role("link", name="Make a request").click()
    page.get_by_label("See my data").check()
    watcher.look("rights", picture="question")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("As a private person").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("My own").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Continue").click()
    watcher.look("contact with errors")
    page.get_by_label("Name", exact=True).fill(person.who.name)
    page.get_by_label("E-mail address", exact=False).first.fill(person.who.email)
    page.get_by_role("button", name="Continue").click()
    watcher.look("find")
    page.get_by_role("button", name="Continue").click()
    watcher.look("check", picture="check")
    page.get_by_role("button", name="Send the request").click()
    watcher.look("receipt", picture="receipt")
    person.reference = page.locator(".reference").inner_text()


def _proves(watcher, page, person):
    page.goto(person.link("/s/"))
    watcher.look("status", picture="status")
    page.get_by_role("link", name="Show that it is you").click()
    watcher.look("identity", picture="identity")
    page.locator("a[href*='email_link']").click()
    watcher.look("identity by link")
    page.locator("main form button").click()
    person.workers.run()
    page.goto(person.link("/identity/proof/"))
    watcher.look("proof")
    page.locator("main form button").click()
    page.locator("a[href*='control_question']").click()
    watcher.look("control question")
    page.locator("main input[value=postcode]").check()
    page.get_by_label("Your answer").fill(person.who.postcode)
    page.locator("main form button").click()
    watcher.look("identity proved")


def _answered(street, watcher, staff, office, person):
    office.start(person.reference, "access")
    street.workers.run()
    lend(staff, office.caseworker.browser.client, watcher.base)
    watcher.go("/staff/", "desk")
    watcher.go("/staff/cases/", "queue", picture="desk-queue")
    watcher.go(f"/staff/cases/{person.reference}/", "case", picture="desk-case")
    watcher.go(f"/staff/cases/{person.reference}/access/review/", "review", picture="desk-review")
    watcher.go(f"/staff/cases/{person.reference}/access/review/shop/orders/", "review of a table")
    watcher.go("/staff/new/", "intake")
    office.review(person.reference, "access")
    lend(staff, office.approver.browser.client if office.approver.log_in() else None, watcher.base)
    watcher.go(f"/staff/cases/{person.reference}/access/approve/", "approve", picture="desk-approve")
    staff.get_by_role("button", name="Approve exactly this").click()
    street.workers.run()


def _fetches(street, watcher, page, person):
    page.goto(person.link("/download/"))
    watcher.look("download")
    page.get_by_role("button", name="Send me the code").click()
    street.workers.run()
    watcher.look("code", picture="download")
    page.get_by_label("The code").fill(person.mail_with_code().code)
    page.get_by_role("button", name="Go on").click()
    watcher.look("file")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the ZIP file").click()
    return zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes()))
