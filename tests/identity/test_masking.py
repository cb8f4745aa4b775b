"""A document's picture on its way to staff: cleaned, seen by nobody but the person, covered, sent or destroyed."""

import io
import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from PIL import Image

from identity import flows
from identity.methods import document
from identity.models import Evidence
from identity.pictures import covering, hints, staging, vault
from identity.pictures.covering import Box
from identity.views import whose
from law.deadlines import local_day
from requests_app import rates
from requests_app import vault as files
from requests_app.answers import Representative
from requests_app.controllers import controller
from requests_app.models import SealedFile
from tests.journeys.browser import Browser, File

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("needs_clamd")]


def picture(color=(200, 60, 60), size=(800, 500), form="JPEG"):
    out = io.BytesIO()
    Image.new("RGB", size, color).save(out, form)
    return out.getvalue()


def photo(**options):
    return File("me.jpg", picture(**options), "image/jpeg")


def upload():
    file = io.BytesIO(picture())
    file.name = "front.jpg"
    return file


def pixels(evidence):
    return Image.open(io.BytesIO(files.read(evidence.file))).convert("RGB")


@pytest.fixture
def case(open_case):
    return open_case(slug="aj-se", email="someone@example.com")


@pytest.fixture
def person(visitor, case):
    browser = Browser(visitor(case))
    browser.open(reverse("identity:document", args=[case.reference]))
    return browser


def press_squares(browser, button, *, rows=(), **fields):
    """Tick every square of some rows, as the page numbers them."""
    values = [box.get("value") for row in rows for box in browser.page.tree.xpath(f"(//*[@class='row'])[{row}]//input")]
    return browser.press(button, cover=values, **fields)


# --- black is black -----------------------------------------------------------------------------------------------
def test_what_is_covered_is_black_and_the_rest_is_as_it_was():
    page = picture()
    covered = Image.open(io.BytesIO(covering.cover(page, [Box(0.25, 0.2, 0.5, 0.4)])))
    for x in range(200, 600):
        for y in range(100, 300):
            assert max(covered.getpixel((x, y))) < 12
    assert covered.getpixel((100, 50))[0] > 180 and covered.getpixel((700, 450))[0] > 180
    assert not covered.getexif() and covered.format == "JPEG"


parts = st.floats(0, 0.99)


@given(x=parts, y=parts, width=st.floats(0.001, 1), height=st.floats(0.001, 1))
def test_every_box_is_black_up_to_its_edges(x, y, width, height):
    box = Box.parse(str(Box(x, y, width, height)))
    covered = Image.open(io.BytesIO(covering.cover(picture(size=(160, 100)), [box]))).convert("L")
    edges = (box.x * 160, box.y * 100, min((box.x + box.width) * 160, 160), min((box.y + box.height) * 100, 100))
    inside = covered.crop((int(edges[0]), int(edges[1]), -(-edges[2] // 1), -(-edges[3] // 1)))
    assert inside.getextrema()[1] < 12


@pytest.mark.parametrize("text", ["", "1,2", "0,0,0,0", "-0.1,0,1,1", "nan,0,1,1", "0,0,2,1", "a,b,c,d", "0,0,1,1,1"])
def test_a_box_that_is_none_is_not_read(text):
    with pytest.raises(ValueError):
        Box.parse(text)


@given(
    width=st.integers(1, 3000), height=st.integers(1, 3000), columns=st.sampled_from(sorted(covering.COLUMNS.values()))
)
def test_the_squares_are_the_whole_picture(width, height, columns):
    rows = covering.squares(width, height, columns=columns)
    assert abs(sum(box.width * box.height for row in rows for box in row) - 1) < 1e-6
    assert all(Box.parse(str(box)) for row in rows for box in row)


def test_hints_lie_on_the_document_and_leave_what_we_need():
    assert {hint.kind for hint in hints.COVERED} == set(hints.SIDES) == set(document.DOCUMENTS)
    for hint in hints.COVERED:
        assert hint.side in hints.SIDES[hint.kind] and Box.parse(str(hint.box))
        assert hint.box.x + hint.box.width <= 1 and hint.box.y + hint.box.height <= 1


# --- without a script ---------------------------------------------------------------------------------------------
def test_covered_on_our_page_looked_at_and_sent(person, case):
    page = person.press(document="passport", front=photo(), valid_until="2031-05-06")
    assert page.heading == "Täck det vi inte behöver" or "/document/cover/" in page.url
    evidence = Evidence.objects.get()
    assert evidence.masked_by == "" and evidence.verification.status == "open"
    before = evidence.file
    page = press_squares(person, "again", rows=[1, 2])
    evidence.refresh_from_db()
    assert evidence.masked_by == "" and evidence.file != before  # the page shows it; nobody else may look yet
    assert not default_storage.exists(before.name)
    assert max(pixels(evidence).getpixel((400, 20))) < 12 and pixels(evidence).getpixel((400, 480))[0] > 180
    small = person.press("again", cover=[])  # nothing more: the same squares again
    assert small.status == 200
    person.press()  # done with this picture
    assert person.page.url.endswith("/document/send/") and len(person.page.tree.xpath("//main//img")) == 1
    person.press()
    verification = evidence.verification
    verification.refresh_from_db()
    evidence.refresh_from_db()
    assert (verification.status, verification.document) == ("submitted", "passport")
    assert verification.memory["typed"] == {"valid_until": "2031-05-06"}
    assert evidence.masked_by == "server" and max(pixels(evidence).getpixel((400, 20))) < 12
    assert verification.attempts_left == 4


def test_smaller_squares_keep_what_is_black(person, case):
    person.press(document="passport", front=photo())
    large = len(person.page.tree.xpath("//*[@class='row']"))
    values = [box.get("value") for box in person.page.tree.xpath("(//*[@class='row'])[1]//input")]
    person._go("post", person.page.url, data={"csrfmiddlewaretoken": token(person), "cover": values, "again": "small"})
    assert len(person.page.tree.xpath("//*[@class='row']")) > large
    assert max(pixels(Evidence.objects.get()).getpixel((400, 10))) < 12


def test_nothing_covered_is_asked_about_once(person, case):
    person.press(document="passport", front=photo())
    page = person.press()
    assert page.status == 422 and Evidence.objects.get().masked_by == ""
    person.press(as_it_is=True)
    assert person.page.url.endswith("/document/send/")


def test_start_over_destroys_at_once(person, case):
    person.press(document="passport", front=photo())
    name = SealedFile.objects.get(purpose="evidence").name
    person.press("/document/again/")
    assert not Evidence.objects.exists() and not default_storage.exists(name)
    assert person.page.url.endswith("/document/")


def test_what_nobody_sends_within_the_hour_is_destroyed(person, case):
    person.press(document="passport", front=photo())
    cover = person.page.url
    now = timezone.now()
    assert vault.discard_unmasked(now=now + timedelta(minutes=59)) == 0
    name = SealedFile.objects.get(purpose="evidence").name
    flows.expire(now=now + timedelta(minutes=61))
    assert not Evidence.objects.exists() and not default_storage.exists(name)
    page = person.open(cover)
    assert page.url.endswith("/document/") and page.tree.xpath("//main//*[@role='status']")


def test_a_pdf_of_two_pages_is_covered_page_by_page(person, case):
    out = io.BytesIO()
    sides = [Image.new("RGB", (600, 400), color) for color in ("red", "green")]
    sides[0].save(out, "PDF", save_all=True, append_images=sides[1:])
    person.press(document="driving_licence", front=File("id.pdf", out.getvalue(), "application/pdf"))
    first = person.page.url
    press_squares(person, "", rows=[1])
    assert "/document/cover/" in person.page.url and person.page.url != first
    press_squares(person, "", rows=[1])
    assert len(person.page.tree.xpath("//main//img")) == 2


def test_whoever_acts_for_another_shows_their_own(visitor, open_case):
    case = open_case(slug="aj-se", representative=Representative(name="Lis Bo", kind="lawyer"))
    client = visitor(case)
    session = client.session
    session[whose.KEY] = case.reference
    session.save()
    upload = io.BytesIO(picture())
    upload.name = "front.jpg"
    url = reverse("identity:document", args=[case.reference])
    client.post(url, {"document": "passport", "front": upload, "masked": ["front"], "whose": "representative"})
    assert case.verifications.get().subject == "representative" and case.verifications.get().status == "submitted"


# --- covered on the device ----------------------------------------------------------------------------------------
def test_covered_on_the_device_goes_straight_to_staff(visitor, case):
    client = visitor(case)
    upload = io.BytesIO(picture())
    upload.name = "front.jpg"
    answer = client.post(
        reverse("identity:document", args=[case.reference]),
        {"document": "passport", "front": upload, "masked": ["front"]},
    )
    assert answer.status_code == 302 and answer.url == reverse("identity:start", args=[case.reference])
    evidence = Evidence.objects.get()
    assert evidence.masked_by == "browser" and evidence.verification.status == "submitted"


def test_a_side_not_covered_on_the_device_is_covered_here_first(visitor, case):
    client = visitor(case)
    front, back = io.BytesIO(picture()), io.BytesIO(picture())
    front.name, back.name = "front.jpg", "back.jpg"
    answer = client.post(
        reverse("identity:document", args=[case.reference]),
        {"document": "identity_card", "front": front, "back": back, "masked": ["front"]},
    )
    waiting = Evidence.objects.get(side="back")
    assert answer.url == reverse("identity:document_cover", args=[case.reference, waiting.pk])
    assert waiting.verification.status == "open"


def test_a_passport_has_no_back(visitor, case):
    client = visitor(case)
    front, back = io.BytesIO(picture()), io.BytesIO(picture())
    front.name, back.name = "front.jpg", "back.jpg"
    client.post(
        reverse("identity:document", args=[case.reference]),
        {"document": "passport", "front": front, "back": back, "masked": ["front", "back"]},
    )
    assert [one.side for one in Evidence.objects.all()] == ["front"]


# --- who sees it --------------------------------------------------------------------------------------------------
def test_only_the_session_that_handed_it_in_sees_it(person, visitor, case, open_case, clerk):
    person.press(document="passport", front=photo())
    evidence = Evidence.objects.get()
    url = reverse("identity:document_picture", args=[case.reference, evidence.pk])
    shown = person.open(url)
    assert shown.status == 200 and shown.headers["Cache-Control"] == "no-store, private"
    assert shown.headers["Content-Type"] == "image/jpeg"
    same_case = visitor(case)
    assert same_case.get(url).status_code == 404
    other = open_case(slug="aj-se", email="other@example.com")
    assert visitor(other).get(url).status_code == 302
    assert (
        visitor(other).get(reverse("identity:document_picture", args=[other.reference, evidence.pk])).status_code == 404
    )
    assert Client().get(url).status_code == 302
    staff = Client()
    staff.force_login(clerk)
    assert staff.get(url).status_code == 302
    cover = reverse("identity:document_cover", args=[case.reference, evidence.pk])
    assert same_case.post(cover, {"cover": "0,0,1,1"}).status_code == 302
    assert pixels(Evidence.objects.get()).getpixel((400, 250))[0] > 180  # another's covers change nothing


def test_once_sent_the_person_sees_it_no_more(person, case):
    person.press(document="passport", front=photo())
    url = reverse("identity:document_picture", args=[case.reference, Evidence.objects.get().pk])
    press_squares(person, "", rows=[1])
    person.press()
    assert Evidence.objects.get().verification.status == "submitted"
    assert person.open(url).status == 404


# --- mistakes lose nothing ----------------------------------------------------------------------------------------
def test_a_refused_file_is_no_try_and_the_good_side_is_kept(person, case):
    page = person.press(
        document="identity_card", front=photo(), back=File("a.html", b"<html>", "text/html"), valid_until="2031-05-06"
    )
    assert page.status == 422 and "HEIC" in page.text
    assert page.tree.xpath("//input[@name='valid_until']")[0].get("value") == "2031-05-06"
    assert page.tree.xpath("//input[@value='identity_card']")[0].get("checked") is not None
    assert case.verifications.get().attempts_left == 5
    kept = Evidence.objects.get()
    assert kept.side == "front" and page.tree.xpath("//*[@data-side='front']//img")
    person.press(document="identity_card")
    assert f"/document/cover/{kept.pk}/" in person.page.url


def test_a_file_that_is_too_large_is_told_so_and_the_words_stay(person, case):
    large = File("me.jpg", b"\xff\xd8" + bytes(13 * 1024 * 1024), "image/jpeg")
    page = person.press(document="passport", front=large, valid_until="2031-05-06")
    assert page.status == 422 and "12 MB" in page.text
    assert page.tree.xpath("//input[@name='valid_until']")[0].get("value") == "2031-05-06"


def test_a_picture_without_a_kind_is_kept(person, case):
    page = person.press(front=photo())
    assert page.status == 422 and Evidence.objects.count() == 1
    person.press(document="passport")
    assert "/document/cover/" in person.page.url


def test_another_picture_of_a_side_replaces_the_first(person, case):
    person.press(document="passport", front=photo())
    first = SealedFile.objects.get(purpose="evidence").name
    person.open(reverse("identity:document", args=[case.reference]))
    person.press(document="passport", front=photo(color=(20, 20, 220)))
    assert not default_storage.exists(first)
    assert pixels(Evidence.objects.get()).getpixel((400, 250))[2] > 180


@pytest.mark.usefixtures("one_window")
def test_too_many_uploads_are_told_so(person, case):
    for _ in range(12):
        person.press(document="passport", front=File("a.html", b"<html>", "text/html"))
    page = person.press(document="passport", front=photo())
    assert page.status == 429 and not Evidence.objects.exists()


@pytest.mark.usefixtures("one_window")
def test_too_many_covers_are_told_so(person, case, monkeypatch):
    person.press(document="passport", front=photo())
    monkeypatch.setitem(rates.LIMITS, "identity_cover", (1, timedelta(hours=1)))
    assert press_squares(person, "again", rows=[1]).status == 200
    assert press_squares(person, "again", rows=[2]).status == 429
    assert pixels(Evidence.objects.get()).getpixel((400, 130))[0] > 180


# --- two windows --------------------------------------------------------------------------------------------------
def test_what_comes_through_the_door_after_sending_is_not_taken(visitor, case, monkeypatch):
    """The scan takes seconds. Meanwhile another window sends: what staff look at stays as it was sent."""
    client, url = visitor(case), reverse("identity:document", args=[case.reference])
    client.post(url, {"document": "passport", "front": upload()})
    first, door = Evidence.objects.get(), staging.clean

    def sent_meanwhile(file):
        pages = door(file)
        staging.send(first.verification, shown=[first.pk], document="passport", typed={}, now=timezone.now())
        return pages

    monkeypatch.setattr(staging, "clean", sent_meanwhile)
    assert client.post(url, {"document": "passport", "front": upload()}).status_code == 409
    evidence = Evidence.objects.get()
    assert (evidence.pk, evidence.masked_by, evidence.file) == (first.pk, "server", first.file)
    assert SealedFile.objects.filter(purpose="evidence").count() == 1 and files.read(evidence.file)


def test_what_was_sent_is_neither_covered_nor_taken_back_nor_destroyed_by_the_hour(visitor, case):
    client, now = visitor(case), timezone.now()
    client.post(reverse("identity:document", args=[case.reference]), {"document": "passport", "front": upload()})
    seen = Evidence.objects.select_related("verification", "file").get()
    staging.send(seen.verification, shown=[seen.pk], document="passport", typed={}, now=now)
    with pytest.raises(flows.Closed):
        staging.cover(seen, boxes=[Box(0, 0, 1, 1)], now=now)
    assert vault.discard(seen.verification, now=now) == 0
    assert vault.discard_unmasked(now=now + timedelta(hours=2)) == 0
    evidence = Evidence.objects.get()
    assert evidence.masked_by == "server" and pixels(evidence).getpixel((400, 250))[0] > 180


def test_pages_of_another_session_are_not_sent_along(visitor, case):
    mine, other = visitor(case), visitor(case)
    url = reverse("identity:document", args=[case.reference])
    other.post(url, {"document": "identity_card", "back": upload(), "front": upload()})
    mine.post(url, {"document": "identity_card", "front": upload(), "masked": ["front"]})
    evidence = Evidence.objects.get()
    assert (evidence.side, evidence.masked_by, evidence.verification.status) == ("front", "browser", "submitted")
    assert SealedFile.objects.filter(purpose="evidence").count() == 1


def test_only_what_the_last_page_showed_is_sent(person, case):
    """Another window of the same session has handed in the back meanwhile: it is shown first."""
    person.press(document="identity_card", front=photo())
    front = Evidence.objects.get()
    press_squares(person, "", rows=[1])
    shown = person.page
    person.open(reverse("identity:document", args=[case.reference]))
    person.press(document="identity_card", back=photo())
    back = Evidence.objects.get(side="back")
    send = reverse("identity:document_send", args=[case.reference])
    fields = {"csrfmiddlewaretoken": shown.tree.xpath("//input[@name='csrfmiddlewaretoken']/@value")[0]}
    person._go("post", send, data={**fields, "page": [str(front.pk)]})
    assert len(person.page.tree.xpath("//main//ul//img")) == 2
    assert {one.masked_by for one in Evidence.objects.all()} == {""}
    person.press()
    assert {(one.pk, one.masked_by) for one in Evidence.objects.all()} == {(front.pk, "server"), (back.pk, "server")}


@pytest.mark.parametrize("said", ["person", "representative"])
def test_a_form_of_a_window_that_was_about_the_other_changes_nothing(visitor, open_case, said):
    """Whose document it is was chosen anew in another window: nobody's is handed in as the other's."""
    case = open_case(slug="aj-se", representative=Representative(name="Lis Bo", kind="lawyer"))
    client = visitor(case)
    session = client.session
    session[whose.KEY] = case.reference if said == "person" else ""
    session.save()
    url = reverse("identity:document", args=[case.reference])
    answer = client.post(url, {"document": "passport", "front": upload(), "masked": ["front"], "whose": said})
    assert answer.url == reverse("identity:start", args=[case.reference]) and not Evidence.objects.exists()
    for name in ("document_send", "document_again"):
        there = reverse(f"identity:{name}", args=[case.reference])
        assert client.post(there, {"whose": said}).url == answer.url


def test_the_forms_say_whom_they_are_about(visitor, open_case):
    case = open_case(slug="aj-se", representative=Representative(name="Lis Bo", kind="lawyer"))
    person = Browser(visitor(case))
    field = "//input[@name='whose']/@value"
    assert person.open(reverse("identity:document", args=[case.reference])).tree.xpath(field) == []
    session = person.client.session
    session[whose.KEY] = case.reference
    session.save()
    assert person.open(reverse("identity:document", args=[case.reference])).tree.xpath(field) == ["representative"]
    meeting = person.open(reverse("identity:method", args=[case.reference, "in_person"]))
    assert meeting.tree.xpath(field) == ["representative"]
    person.open(reverse("identity:document", args=[case.reference]))
    person.press(document="passport", front=photo())
    assert len(person.page.tree.xpath(field)) == 2  # to cover it, and to start over
    press_squares(person, "", rows=[1])
    assert len(person.page.tree.xpath(field)) == 2
    person.press()
    assert case.verifications.get().subject == "representative" and case.verifications.get().status == "submitted"


# --- what the page says -------------------------------------------------------------------------------------------
def test_the_page_says_when_it_is_gone_by_the_companys_own_limit(person, case):
    policy = controller("aj-se").policy
    assert policy.identity.document.destroy_after == "P14D"
    destroy_by = local_day(vault.limit(case, now=timezone.now()), tz=policy.tz)
    assert re.search(rf"\b{destroy_by.day} \w+ {destroy_by.year}", person.page.text)


def test_the_demo_says_plainly_that_nothing_is_scanned(person, case, settings):
    settings.DSAR_DEMO, settings.CLAMD_URL = True, ""
    url = reverse("identity:document", args=[case.reference])
    person.press("English")
    assert "not checked for viruses" in person.open(url).text
    settings.CLAMD_URL = "tcp://127.0.0.1:3310"
    assert "not checked for viruses" not in person.open(url).text


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_the_words_of_the_tool_come_whole_in_every_language(language):
    with translation.override(language):
        tool = html.fromstring(render_to_string("identity/document_tool.html"))
    words = {name: said for name, said in tool.xpath("(//section)[1]")[0].items() if name.startswith("data-")}
    assert all(said and name.startswith("data-say-") for name, said in words.items()) and len(words) == 15
    for name, places in {
        "cover": 1,
        "cover-of": 2,
        "added": 2,
        "suggested": 1,
        "removed": 2,
        "zoom": 1,
        "where": 5,
    }.items():
        assert len(re.findall(r"%[a-z]+", words[f"data-say-{name}"])) == places, name


def test_where_no_file_can_come_in_none_is_asked_for(person, case, settings):
    settings.CLAMD_URL = "none"
    page = person.open(reverse("identity:document", args=[case.reference]))
    assert page.url == reverse("identity:start", args=[case.reference]) and not page.has("/document/")


@pytest.mark.parametrize(("slug", "asked"), [("aj-se", True), ("aj-dk", False)])
def test_a_birth_date_is_asked_only_where_a_source_holds_one(slug, asked):
    assert document.birth_date_helps(controller(slug)) is asked


def token(browser):
    return browser.page.tree.xpath("//input[@name='csrfmiddlewaretoken']/@value")[0]
