"""In a real browser: what a person covers never leaves the page. Read from every byte the server was sent.

By mouse, finger and keyboard, at 320 px and on a desk; axe and the content security policy watch.
"""

import io
import os
from pathlib import Path

import pytest
from django.urls import reverse
from PIL import Image, ImageDraw
from playwright.sync_api import expect

from identity.models import Evidence
from requests_app import access
from requests_app import vault as files
from tests.axe import violations
from tests.identity.wire import tapped

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
SMALLEST, PHONE, DESKTOP = {"width": 320, "height": 640}, {"width": 390, "height": 844}, {"width": 1280, "height": 900}
SHOTS = os.environ.get("DSAR_SCREENSHOTS", "")
WIDTH, HEIGHT = 1250, 880
NUMBER = (840, 70, 1190, 150)  # where the specimen says its number
MARK = b"TAKEN-AT-55.6761N-12.5683E"
CAMERA = "A Telephone of Somebody"


def specimen(form: str = "JPEG", *, sideways: bool = False) -> bytes:
    """A made-up passport page; its number is written in red, the only red on it. Metadata tells where it was taken.

    `sideways`: as a telephone writes it, with a note which way is up.
    """
    image = Image.new("RGB", (WIDTH, HEIGHT), (228, 234, 238))
    pen = ImageDraw.Draw(image)
    pen.text((60, 40), "SPECIMEN", fill=(30, 30, 30), font_size=60)
    pen.text((470, 200), "OESTERGAARD", fill=(0, 0, 0), font_size=44)
    pen.text((470, 300), "UTOPIA POLICE", fill=(0, 0, 0), font_size=44)
    pen.text((470, 500), "06 MAY 2031", fill=(0, 0, 0), font_size=44)
    pen.rectangle((60, 200, 400, 620), fill=(120, 140, 150))
    pen.rectangle(NUMBER, fill=(255, 0, 0))
    pen.text((850, 75), "X1234567", fill=(255, 255, 255), font_size=60)
    exif = image.getexif()
    exif[0x010F] = CAMERA
    if sideways:
        image, exif[0x0112] = image.transpose(Image.Transpose.ROTATE_90), 6
    out = io.BytesIO()
    image.save(out, form, quality=92, exif=exif, comment=MARK) if form == "JPEG" else image.save(out, form)
    return out.getvalue()


class Person:
    """Somebody with a browser, and with axe, the console and the wire watched."""

    def __init__(self, page, tap, case, *, language: str = "sv") -> None:
        self.page, self.tap, self.case = page, tap, case
        self.wrong: list[str] = []
        page.set_default_timeout(20_000)
        page.on("console", lambda message: self._heard(message))
        page.on("pageerror", lambda error: self.wrong.append(f"script: {error}"))
        page.on("request", lambda request: self._asked(request.url))
        page.goto(tap.url + access.status_url(case, now=case.received_at).split("example.com")[1])
        self.start()
        if language != "sv":
            page.locator(f"button[name=language][value={language}]").click()

    def start(self) -> None:
        self.page.goto(self.tap.url + reverse("identity:document", args=[self.case.reference]))

    def _heard(self, message) -> None:
        if message.type in ("error", "warning") and "status of 422" not in message.text:
            self.wrong.append(message.text)

    def _asked(self, url: str) -> None:
        if not url.startswith((self.tap.url, "blob:")):
            self.wrong.append(f"asked {url}")

    def look(self, name: str, *sizes: dict) -> None:
        """axe and no sideways scrolling, on a small telephone and on a desk."""
        self.page.wait_for_load_state("load")
        kept = self.page.viewport_size
        for size in sizes or (SMALLEST, PHONE, DESKTOP):
            self.page.set_viewport_size(size)
            for found in violations(self.page):
                self.wrong.append(
                    f"{name} {size['width']}: {found['id']} {[n['html'][:120] for n in found['nodes'][:3]]}"
                )
            if self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                self.wrong.append(f"{name} {size['width']}: scrolls sideways")
            if SHOTS:
                Path(SHOTS).mkdir(exist_ok=True)
                self.page.screenshot(path=f"{SHOTS}/{name}-{size['width']}.png", full_page=True)
        self.page.set_viewport_size(kept)

    def choose(self, kind: str = "passport", *, side: str = "front", content: bytes = b"", name: str = "") -> None:
        self.page.locator(f"input[value={kind}]").check()
        field = self.page.locator(f".side[data-side={side}] .field input[type=file]").first
        field.set_input_files(
            {"name": name or "IMG_0042.jpg", "mimeType": "image/jpeg", "buffer": content or specimen()}
        )
        self.page.locator(f".side[data-side={side}] .mask h3").wait_for()

    def tool(self, act: str) -> None:
        self.page.locator(f"[data-act={act}]").click()

    def draw(self, box, *, touch: bool = False) -> None:
        """Draw over a part of the picture, given in the specimen's pixels."""
        stage = self.page.locator(".mask-stage canvas")
        stage.scroll_into_view_if_needed()
        place = stage.bounding_box()
        x0, y0, x1, y1 = (
            place["x" if at % 2 == 0 else "y"] + value * place["width"] / WIDTH for at, value in enumerate(box)
        )
        if touch:
            return self._finger([(x0, y0), ((x0 + x1) / 2, (y0 + y1) / 2), (x1, y1)])
        self.page.mouse.move(x0, y0)
        self.page.mouse.down()
        self.page.mouse.move((x0 + x1) / 2, (y0 + y1) / 2, steps=3)
        self.page.mouse.move(x1, y1, steps=3)
        self.page.mouse.up()

    def _finger(self, points) -> None:
        protocol = self.page.context.new_cdp_session(self.page)
        for at, (x, y) in enumerate(points):
            kind = "touchStart" if at == 0 else "touchMove"
            protocol.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
        protocol.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    def send(self) -> None:
        self.page.locator(
            "form[data-mask=choose] button.button:visible", has_not=self.page.locator("[data-act]")
        ).last.click()
        self.page.wait_for_url(f"**{reverse('identity:start', args=[self.case.reference])}")


@pytest.fixture
def meet(needs_clamd, live_server, browser, open_case):
    """A person on the page, in a browser of their own."""
    contexts = []

    def begin(*, language="sv", **options):
        case = open_case(slug="aj-se", email="someone@example.com")
        context = browser.new_context(**{"viewport": PHONE, **options})
        contexts.append(context)
        return Person(context.new_page(), tap, case, language=language)

    with tapped(live_server.url) as tap:
        yield begin
        for context in contexts:
            context.close()


def red(image: Image.Image) -> int:
    """Pixels in which the number could still be read."""
    return sum(count for count, (r, g, b) in image.convert("RGB").getcolors(2**24) if r > 90 and g < 90 and b < 90)


def in_the_specimen(image: Image.Image, box) -> Image.Image:
    scale = image.width / WIDTH
    return image.convert("RGB").crop(tuple(round(part * scale) for part in box))


def test_what_is_covered_never_leaves_the_page(meet):
    person = meet()
    original = specimen()
    assert red(Image.open(io.BytesIO(original))) > 10_000 and MARK in original and CAMERA.encode() in original
    person.look("document")
    person.choose(content=original)
    person.draw((NUMBER[0] - 20, NUMBER[1] - 20, NUMBER[2] + 20, NUMBER[3] + 20))
    person.look("document-cover-on-device")
    person.tool("done")
    person.look("document-ready")
    person.send()
    sent = person.tap.files()
    assert list(sent) == ["front"]
    arrived = Image.open(io.BytesIO(sent["front"]))
    assert arrived.size == (WIDTH, HEIGHT) and not arrived.getexif() and "comment" not in arrived.info
    assert red(arrived) == 0
    covered = in_the_specimen(arrived, NUMBER)
    assert max(high for _low, high in covered.getextrema()) < 12  # black, every pixel
    name = in_the_specimen(arrived, (470, 200, 800, 250))
    assert name.getextrema()[0][0] < 60 and name.getextrema()[0][1] > 180  # the rest is still to be read
    everything = person.tap.everything
    assert MARK not in everything and CAMERA.encode() not in everything and b"IMG_0042" not in everything
    assert not [at for at in range(0, len(original) - 64, 32) if original[at : at + 64] in everything]
    evidence = Evidence.objects.get()
    assert evidence.masked_by == "browser" and evidence.verification.status == "submitted"
    assert red(Image.open(io.BytesIO(files.read(evidence.file)))) == 0
    assert person.wrong == []


def test_by_finger_on_a_small_telephone(meet):
    person = meet(viewport=SMALLEST, has_touch=True, is_mobile=True)
    person.choose(content=specimen(sideways=True))
    person.tool("larger")
    person.tool("smaller")
    person.draw((NUMBER[0] - 40, NUMBER[1] - 40, NUMBER[2] + 40, NUMBER[3] + 40), touch=True)
    assert person.page.locator(".cover").count() == 1
    person.tool("done")
    person.send()
    arrived = Image.open(io.BytesIO(person.tap.files()["front"]))
    assert arrived.size == (WIDTH, HEIGHT) and red(arrived) == 0  # upright, as it was seen
    assert person.wrong == []


def test_by_keyboard_alone(meet):
    person = meet(viewport=DESKTOP)
    person.choose()  # the system's own file dialog is not ours to press keys in
    page, keys = person.page, person.page.keyboard
    assert page.evaluate("document.activeElement.className") == "mask-title"
    keys.press("Tab")
    keys.press("Tab")
    assert page.evaluate("document.activeElement.dataset.act") == "add"
    keys.press("Enter")
    cover = page.locator(".cover")
    assert cover.count() == 1 and page.evaluate("document.activeElement.className").startswith("cover")
    for _ in range(36):
        keys.press("ArrowRight")
    for _ in range(40):
        keys.press("ArrowUp")
    for _ in range(8):
        keys.press("Shift+ArrowDown")
    place = cover.evaluate("e => [e.style.left, e.style.top, e.style.width, e.style.height].map(parseFloat)")
    assert [round(part) for part in place] == [70, 0, 30, 20]
    expect(page.locator(".mask-said")).to_contain_text("70")
    keys.press("Delete")
    assert cover.count() == 0 and page.evaluate("document.activeElement.dataset.act") == "add"
    page.locator("[data-act=undo]").focus()
    keys.press("Enter")
    assert cover.count() == 1
    page.locator("[data-act=done]").focus()
    keys.press("Enter")
    page.locator("[data-act=change]").wait_for()
    person.send()
    left = in_the_specimen(Image.open(io.BytesIO(person.tap.files()["front"])), (900, 20, 1240, 160))
    assert max(high for _low, high in left.getextrema()) < 12
    assert person.wrong == []


def test_covers_are_suggested_moved_resized_and_turned_with_the_picture(meet):
    all_in_sight = {"width": 1280, "height": 3000}  # the mouse does not scroll
    person = meet(language="en", viewport=all_in_sight)
    person.choose()
    person.tool("suggest")
    page = person.page
    assert page.locator(".cover").count() == 4  # the lines for the machine may stay
    person.look("document-suggested")
    first = page.locator(".cover").first
    place = first.bounding_box()
    page.mouse.move(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    page.mouse.down()
    page.mouse.move(place["x"] + place["width"] / 2 + 60, place["y"] + place["height"] / 2 + 10, steps=4)
    page.mouse.up()
    moved = first.bounding_box()
    assert round(moved["x"] - place["x"]) == 60 and round(moved["width"]) == round(place["width"])
    page.mouse.move(moved["x"] + moved["width"] - 3, moved["y"] + moved["height"] - 3)
    page.mouse.down()
    page.mouse.move(moved["x"] + moved["width"] + 40, moved["y"] + moved["height"] + 20, steps=4)
    page.mouse.up()
    larger = first.bounding_box()
    assert larger["width"] > moved["width"] + 30 and round(larger["x"]) == round(moved["x"])
    person.tool("undo")
    assert round(first.bounding_box()["width"]) == round(moved["width"])
    for act in ("left", "up", "wider", "narrower", "taller", "lower", "right", "down"):
        person.tool(act)
    person.tool("turn")
    size = page.locator(".mask-stage canvas").evaluate("e => [e.width, e.height]")
    assert size == [HEIGHT, WIDTH] and page.locator(".cover").count() == 4
    person.tool("clear")
    person.tool("done")
    assert page.locator("[data-act=change]").count() == 0  # asked once before an uncovered picture is used
    person.tool("done")
    page.locator("[data-act=change]").click()
    person.tool("suggest")
    person.tool("done")
    person.send()
    assert Image.open(io.BytesIO(person.tap.files()["front"])).size == (HEIGHT, WIDTH)
    assert person.wrong == []


def test_sending_waits_until_every_picture_is_done(meet):
    person = meet()
    person.choose("identity_card")
    person.choose("identity_card", side="back")
    person.page.locator("button[data-way=device]").click()
    assert person.tap.files() == {} and person.page.evaluate("document.activeElement.className") == "mask-title"
    person.page.locator(".side[data-side=front] [data-act=other]").click()
    person.page.locator(".side[data-side=back] [data-act=suggest]").click()
    person.page.locator(".side[data-side=back] [data-act=done]").click()
    person.page.locator("input[value=passport]").check()  # it has no back: what was chosen is dropped
    person.choose("passport")
    person.page.locator(".side[data-side=front] [data-act=suggest]").click()
    person.page.locator(".side[data-side=front] [data-act=done]").click()
    person.send()
    assert list(person.tap.files()) == ["front"]
    assert person.wrong == []


def test_a_pdf_is_covered_with_the_same_tool_on_the_next_page(meet):
    person = meet(language="en")
    out = io.BytesIO()
    Image.open(io.BytesIO(specimen("PNG"))).convert("RGB").save(out, "PDF")
    person.choose(content=out.getvalue(), name="pass.pdf")
    person.look("document-unopened", PHONE)
    person.tool("anyway")
    person.page.locator("button[data-way=device]").click()
    person.page.locator(".mask-stage canvas").wait_for()
    person.look("document-cover-same-tool")
    assert person.page.locator(".square").count() == 0
    person.draw((NUMBER[0] - 20, NUMBER[1] - 20, NUMBER[2] + 20, NUMBER[3] + 20))
    person.tool("done")
    person.page.wait_for_url("**/document/send/")
    person.look("document-send")
    person.page.locator("main form .button").first.click()
    person.page.wait_for_url(f"**{reverse('identity:start', args=[person.case.reference])}")
    evidence = Evidence.objects.get()
    assert evidence.masked_by == "server" and red(Image.open(io.BytesIO(files.read(evidence.file)))) == 0
    assert person.wrong == []


def test_without_a_script_squares_do_it(meet):
    person = meet(java_script_enabled=False)
    page = person.page
    page.locator("input[value=passport]").check()
    page.set_input_files("[name=front]", {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": specimen()})
    page.locator("form[data-mask=choose] .button[data-way=server]").click()
    squares = page.locator(".square input")
    assert squares.count() >= 50
    for row in (1, 2):
        for column in range(7, 11):
            page.locator(f".row:nth-child({row}) .square:nth-child({column}) input").check()
    page.locator("button[name=again]").first.click()
    shown = Evidence.objects.get()
    assert red(Image.open(io.BytesIO(files.read(shown.file)))) == 0
    page.locator("form[data-mask=cover] > .actions button").click()
    page.locator("main form .button").first.click()
    assert Evidence.objects.get().verification.status == "submitted"
    assert person.wrong == []


def test_a_browser_that_cannot_read_its_canvas_leaves_it_to_our_page(meet):
    person = meet(language="en")
    person.page.add_init_script(
        "const read = CanvasRenderingContext2D.prototype.getImageData;"
        "CanvasRenderingContext2D.prototype.getImageData = function (...a) {"
        " const got = read.apply(this, a); got.data.fill(7); return got; };"
    )
    person.start()
    page = person.page
    assert not page.locator("button[data-way=device]").is_visible()
    page.locator("input[value=passport]").check()
    page.set_input_files("[name=front]", {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": specimen()})
    page.locator("button[data-way=server]").click()
    page.wait_for_url("**/document/cover/**")
    person.look("document-squares")
    page.locator("form[data-mask=cover] > .actions button").click()
    page.locator("#errors").wait_for()
    person.look("document-squares-nothing-covered", PHONE)
    page.locator("button[name=again][value=small]").click()
    page.locator(".squares.small").wait_for()
    person.look("document-small-squares")
    assert person.wrong == []
