"""The page of a proof in a real browser: keys, pointer, without script, axe, and gone when one goes back."""

import io

import pytest
from django.utils import timezone
from PIL import Image, ImageDraw

from identity import flows
from identity.models import Verification
from law.identification import Means
from requests_app.answers import Representative
from requests_app.models import Case, Event
from tests.desk import addresses
from tests.desk.test_browser import Reader

pytestmark = pytest.mark.django_db(transaction=True)
CHOSEN = "[...document.querySelectorAll('.viewer input:checked')].map(one => one.value)"
SHEET = "(() => { const s = document.querySelector('.sheet'); return s.offsetWidth / s.parentElement.clientWidth })()"
LEFT = "document.querySelector('.stage').scrollLeft"


def specimen(*, pages=1):
    """A made-up card, as a picture or a PDF of several pages."""
    image = Image.new("RGB", (2400, 1500), "#dfe7ea")
    ImageDraw.Draw(image).text((400, 400), "SPECIMEN", fill="#333", font_size=120)
    out = io.BytesIO()
    if pages == 1:
        image.save(out, "JPEG")
    else:
        image.save(out, "PDF", save_all=True, append_images=[image] * (pages - 1))
    out.seek(0)
    return out


@pytest.fixture
def document(open_case):
    case = open_case()
    attempt = flows.start(case, Means.document, now=timezone.now())
    files = {"front": specimen(), "back": specimen(pages=4)}
    flows.submit(attempt, {"document": "driving_licence", "files": files}, now=timezone.now())
    flows.note_results(attempt, codes=["mrz_valid", "name_differs"], now=timezone.now())
    return attempt


@pytest.fixture
def entered(live_server, page, staff, settings):
    """A caseworker who has logged in."""
    settings.ALLOWED_HOSTS = ["*"]
    page.goto(live_server.url + "/staff/")
    page.fill("input[name=login]", "both@example.com")
    page.fill("input[name=password]", "not-used-here-1")
    page.click("main button[type=submit]")
    page.wait_for_url("**/staff/")
    return page


def url_of(attempt):
    return addresses.of_claim(attempt.case.claims.get(), verification=attempt.pk)["identity_check"]


def test_keys_and_pointer_zoom_turn_move_and_go_on(entered, live_server, document):
    entered.goto(live_server.url + url_of(document))
    entered.focus(".stage")
    entered.keyboard.press("+")
    entered.keyboard.press("+")
    entered.keyboard.press("r")
    assert entered.evaluate(CHOSEN) == ["1", "3", "90"] and entered.evaluate(SHEET) == pytest.approx(3)
    assert entered.inner_text(".viewer [role=status]") == "Front, 3 ×, 90°"
    left = entered.evaluate(LEFT)
    assert left > 0, "the middle stays in the middle"
    box = entered.locator(".stage").first.bounding_box()
    entered.mouse.move(box["x"] + 200, box["y"] + 200)
    entered.mouse.down()
    entered.mouse.move(box["x"] + 120, box["y"] + 200)
    entered.mouse.up()
    assert entered.evaluate(LEFT) == pytest.approx(left + 80, abs=2)
    entered.keyboard.press("n")
    assert entered.evaluate(CHOSEN) == ["2", "1", "0"], "the next page, as it was sent"
    entered.keyboard.press("n")
    assert entered.locator("figure:visible").count() == 1 and entered.locator("figure").count() == 5


def test_a_page_counts_as_looked_at_only_when_it_is_shown(entered, live_server, document):
    entered.goto(live_server.url + url_of(document))
    entered.wait_for_load_state("networkidle")
    assert Event.objects.filter(kind="viewed_evidence").count() == 1
    with entered.expect_response(lambda answer: "/identity/" in answer.url):
        entered.check("[name=view-page][value='5']")
    looks = list(Event.objects.filter(kind="viewed_evidence").order_by("seq"))
    assert [one.data["side"] for one in looks] == ["front", "back"]


def test_gone_when_one_goes_back(entered, live_server, document):
    entered.goto(live_server.url + url_of(document))
    entered.wait_for_load_state("networkidle")
    entered.check("[name=decision][value=again]")
    entered.check("[name=again][value=side_missing]")
    entered.click(".verdict button")
    entered.wait_for_url("**#identity")
    entered.go_back()
    entered.wait_for_load_state("networkidle")
    assert entered.locator("img[src*=identity]").count() == 0
    assert "the picture is gone" in entered.inner_text("h1")


def test_without_script_it_can_be_zoomed_turned_and_decided(entered, live_server, document, browser):
    plain = browser.new_context(java_script_enabled=False, storage_state=entered.context.storage_state()).new_page()
    plain.goto(live_server.url + url_of(document))
    plain.check("[name=view-zoom][value='4']", force=True)
    plain.check("[name=view-turn][value='270']", force=True)
    sheet, stage = (plain.locator(name).first.bounding_box() for name in (".sheet", ".stage"))
    assert sheet["width"] / stage["width"] == pytest.approx(4, rel=0.05)
    assert not plain.locator(".keys").is_visible() and not plain.locator("[name=again]").first.is_visible()
    plain.check("[name=decision][value=accept]")
    plain.click(".verdict button")
    document.refresh_from_db()
    assert (document.status, document.document) == ("passed", "driving_licence")
    plain.context.close()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(width, scheme, entered, live_server, document, open_case):
    entered.set_viewport_size({"width": width, "height": 900})
    entered.emulate_media(color_scheme=scheme)
    reader = Reader(entered, live_server.url)
    Case.objects.filter(pk=document.case_id).update(person={**document.case.person, "name": "Ø" * 180 + " محمد"})
    reader.look(url_of(document))
    speaks = open_case(persona="dorthe")
    speaks.representative = Representative(name="Bo Advokat", email="bo@example.net", kind="lawyer").__dict__
    speaks.save()
    reader.look(addresses.of_claim(speaks.claims.get())["identity_seen"])
    attempt = flows.start(speaks, Means.representative, now=timezone.now())
    flows.submit(attempt, {"document": "estate", "files": {"front": specimen(pages=2)}}, now=timezone.now())
    reader.look(url_of(attempt))
    reader.look(addresses.of_claim(speaks.claims.get())["case"])
    meeting = flows.start(speaks, Means.in_person, now=timezone.now(), subject=Verification.Subject.REPRESENTATIVE)
    flows.submit(meeting, {"typed": {"how": "by_video", "when": "after four"}}, now=timezone.now())
    reader.look(url_of(meeting))
    assert not reader.found, "\n".join(reader.found)
