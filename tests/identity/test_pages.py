"""The pages of proof in a real browser: accessible, on a telephone and a desk, in two languages, with a long name."""

import os
import re
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

import demo
from identity import flows
from identity.methods import control_question, email_link
from identity.tries import REST
from law.identification import Means
from law.rights import Right
from requests_app import access, intake, rates
from requests_app.answers import Answers
from requests_app.controllers import controller
from requests_app.models import Letter
from requests_app.states import Channel
from tests.requests_app.test_accessible import Reader

pytestmark = pytest.mark.django_db(transaction=True)
PICTURES = os.environ.get("DSAR_SCREENSHOTS", "")
ASTRID = demo.persona("aj-dk", "astrid")


class Visitor(Reader):
    """Looks with axe, and keeps a picture where DSAR_SCREENSHOTS names a folder."""

    label = ""

    def look(self, name: str) -> None:
        super().look(name)
        if PICTURES:
            self.page.screenshot(path=str(Path(PICTURES) / f"{self.label}-{name}.png"), full_page=True)


@pytest.mark.usefixtures("one_window")
@pytest.mark.parametrize(("language", "width"), [("da", 390), ("en", 1280), ("da", 320)])
def test_the_pages_of_link_and_question(live_server: Any, page: Any, settings: Any, language: str, width: int) -> None:
    settings.PUBLIC_BASE_URL = live_server.url
    now, name = timezone.now(), "Ø" * 200 if width == 320 else "Astrid שרה Ærø"
    case = intake.submit(
        Answers(rights=(Right.access,), name=name, email=ASTRID.email), controller=controller("aj-dk"),
        language=language, channel=Channel.FORM, received_at=now, now=now,
    )  # fmt: skip
    page.set_viewport_size({"width": width, "height": 800})
    reader = Visitor(page, live_server.url)
    reader.label = f"{language}-{width}"
    page.goto(access.status_url(case, now=now))
    way = {one: reverse(f"identity:{one}", args=[case.reference]) for one in ("start", "link", "question")}
    reader.go(way["start"])
    reader.look("ways")
    reader.go(way["link"])
    reader.look("link")
    page.locator("main form .button").click()
    reader.look("ways-link-sent")
    reader.go(way["link"])
    reader.look("link-again")
    email_link.prepare(case.verifications.get(), now=now)
    secret = re.search(r"/identity/proof/[\w-]+/", Letter.objects.get(kind="proof_link").text)
    assert secret
    reader.go(secret[0])
    reader.look("was-it-you")
    reader.next("ways-one-more-step")
    reader.go(way["question"])
    reader.look("question")
    page.locator("input[type=radio]").first.check()
    page.fill("[name=answer]", "0000")
    reader.next("question-wrong")
    for _ in range(4):
        page.locator("input[type=radio]").first.check()
        page.fill("[name=answer]", "0000")
        page.locator("main form .button").click()
        page.wait_for_load_state()
    reader.look("question-used-up")
    reader.go(way["start"])
    reader.look("ways-resting")
    reader.go(secret[0])
    reader.look("link-gone")
    for _ in range(rates.LIMITS["proof"][0]):
        rates.allowed("proof", "127.0.0.1", now=timezone.now())
    reader.go(secret[0])
    reader.look("wait")
    assert reader.found == []


def test_beginning_anew(live_server: Any, page: Any, settings: Any) -> None:
    """After the rest: begin, wait for the worker, answer."""
    settings.PUBLIC_BASE_URL = live_server.url
    now = timezone.now()
    before = now - REST[0]
    case = intake.submit(
        Answers(rights=(Right.access,), name="Astrid", email=ASTRID.email), controller=controller("aj-dk"),
        language="da", channel=Channel.FORM,
        received_at=before, now=before,
    )  # fmt: skip
    attempt = flows.start(case, Means.email_link, now=before)
    email_link.prepare(attempt, now=before)
    attempt.refresh_from_db()
    assert flows.open_link(attempt, access.issue(case, access.Purpose.PROOF, now=before)[0], now=before)
    question = case.verifications.get(method="control_question")
    for _ in range(5):
        flows.submit(question, {"question": "postcode", "answer": "0000"}, now=before)
    reader = Visitor(page, live_server.url)
    reader.label = "anew"
    page.goto(access.status_url(case, now=now))
    reader.go(reverse("identity:question", args=[case.reference]))
    reader.look("begin")
    reader.next("preparing")
    control_question.prepare(case.verifications.get(method="control_question", status="open"), now=timezone.now())
    page.locator("main a.button").click()
    reader.look("questions")
    page.locator("input[value=last_order]").check()
    page.fill("[name=answer]", ASTRID.order_no)
    reader.next("done")
    assert reader.found == [] and case.claims.get().stage == "triage"
