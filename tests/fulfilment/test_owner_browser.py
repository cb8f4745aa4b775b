"""The pages of a system's owner in a real browser: asked about a person, answered wrongly, answered."""

import os
import re
from pathlib import Path

import pytest
import time_machine

from requests_app.models import Letter
from tests.axe import violations
from tests.fulfilment.added import add
from tests.fulfilment.conftest import NOW
from tests.fulfilment.walk import run

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
SHOTS = os.environ.get("DSAR_SCREENSHOTS", "")
PERSON = {"phone": "20304050", "customer_no": "100001", "address": "Søgade 1"}
CSV = b"folder_no;name;email;note;shelf\n7;Astrid;a@example.com;Ringede 3/4;B2\n"


@pytest.mark.parametrize("language", ["da", "en"])
def test_an_owner_answers_at_the_second_try(company, make_claim, live_server, page, language):
    wrong = []
    page.on("console", lambda one: wrong.append(one.text) if "422" not in one.text else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))

    def look(name):
        for width, scheme in ((390, "light"), (1280, "dark")):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            for found in violations(page):
                wrong.append(f"{name} {width}: {found['id']} {[n['html'][:120] for n in found['nodes'][:3]]}")
            if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                wrong.append(f"{name} {width}: scrolls sideways")
            if SHOTS:
                page.screenshot(path=str(Path(SHOTS) / f"{name}-{language}-{width}.png"), full_page=True)

    with time_machine.travel(NOW):
        add(company / "controllers" / "aj-dk", "archive")
        claim = run(make_claim("astrid", **PERSON))
        link = re.search(r"/asked/[\w-]{43}/", Letter.objects.get(kind="owner_asked").text)[0]
        page.context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
        page.goto(live_server.url + link)
        look("owner-link")
        page.locator("main form button").click()
        assert page.locator("main dl.summary").first.inner_text().count(claim.case.person["email"]) == 1
        look("owner")
        page.locator("input[type=radio][value=data]").check()
        folders = page.locator("input[type=file]").first
        folders.set_input_files({"name": "mapper.csv", "mimeType": "text/csv", "buffer": b"first;last\nA;B\n"})
        page.locator("textarea").fill("Hylde B.")
        page.locator("main form button").last.click()
        assert "first, last" in page.locator("main").inner_text()
        assert page.locator("textarea").input_value() == "Hylde B."
        look("owner-wrong")
        folders.set_input_files({"name": "mapper.csv", "mimeType": "text/csv", "buffer": CSV})
        page.locator("main form button").last.click()
        page.locator("section[role=status]").wait_for()
        assert "mapper.csv" in page.locator("section[role=status]").inner_text()
        look("owner-answered")
    assert wrong == []
