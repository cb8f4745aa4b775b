"""The public page in a real browser: a bundle is judged there, by the same verdicts as here, and never leaves it."""

import hashlib
import os
import random
from pathlib import Path

import pytest

from fulfilment.extract import signature
from tests.axe import violations
from tests.fulfilment import bundles
from tests.fulfilment.bundles import HOSTILE, OURS, THEIRS, bundle, rewritten
from tests.identity.wire import tapped

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
WIDTHS = (320, 390, 1280)
SHOTS = os.environ.get("DSAR_SCREENSHOTS", "")
VERDICTS = {"genuine": "is genuine", "changed": "has been changed", "foreign": "not signed by us",
            "unreadable": "cannot be checked"}  # fmt: skip


class Reader:
    """Somebody on the page; axe, the console and the wire are watched."""

    def __init__(self, page, tap) -> None:
        self.page, self.tap, self.wrong = page, tap, []
        page.on("console", lambda one: self.wrong.append(one.text) if one.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.wrong.append(f"script: {error}"))
        page.on("request", lambda one: None if one.url.startswith(tap.url) else self.wrong.append(one.url))
        page.goto(tap.url + "/verify/")

    def choose(self, data: bytes, name: str = "AJDK-1-access.zip") -> str:
        """What the page says of this file."""
        self.page.evaluate("document.getElementById('verify-said').replaceChildren()")
        file = {"name": name, "mimeType": "application/zip", "buffer": data}
        self.page.locator("#verify-file").set_input_files(file)
        panel = self.page.locator("#verify-said section")
        panel.wait_for()
        return panel.inner_text()

    def look(self, name: str) -> None:
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            for found in violations(self.page):
                self.wrong.append(f"{name} {width}: {found['id']} {[n['html'][:120] for n in found['nodes'][:3]]}")
            if self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                self.wrong.append(f"{name} {width}: scrolls sideways")
            if SHOTS:
                self.page.screenshot(path=str(Path(SHOTS) / f"{name}-{width}.png"), full_page=True)


@pytest.fixture
def meet(live_server, browser, settings):
    settings.SIGNING_KEYS = [signature.encoded(OURS.private), f"public:{signature.encoded(b'past' * 8)}"]
    contexts = []

    def begin(**options):
        context = browser.new_context(locale="en-GB", **options)
        contexts.append(context)
        return Reader(context.new_page(), tap)

    with tapped(live_server.url) as tap:
        yield begin
        for context in contexts:
            context.close()


def test_a_file_is_judged_in_the_browser_and_stays_there(meet):
    reader = meet()
    reader.look("verify")
    before = len(reader.tap.everything)
    mark = random.Random(7).randbytes(3_000_000)  # larger than one piece, and found again anywhere
    whole = bundle([*bundles.FILES.items(), ("letter.pdf", mark), ("tables/erp/orders.csv", mark[:999_999])])
    told = reader.choose(whole)
    assert VERDICTS["genuine"] in told and OURS.public.id in told and "AJDK-1-access.zip" in told
    reader.look("verify-genuine")
    told = reader.choose(rewritten(lambda m: m.update({"data.json": b"{}", "more.txt": b""}), whole))
    assert VERDICTS["changed"] in told and "data.json was changed" in told and "more.txt was added" in told
    reader.look("verify-changed")
    assert "manifest.json is signed by somebody" in reader.choose(bundle(signer=THEIRS))
    assert "The end of the file is missing" in reader.choose(whole[:-1000])
    sent = reader.tap.everything[before:]
    assert sent == b"" and mark[:64] not in reader.tap.everything and b"AJDK-1" not in reader.tap.everything
    assert reader.wrong == []


def test_the_script_judges_as_the_command_does(meet):
    reader = meet()
    for code, many in HOSTILE.items():
        for data in many:
            assert VERDICTS["unreadable"] in reader.choose(data), code
    assert VERDICTS["genuine"] in reader.choose(bundles.huge())
    for data in (bundles.bomb(), bundles.lying_bomb()):
        assert "data.json was changed" in reader.choose(data)
    for change, said in (
        (lambda m: m.pop("README.txt"), "README.txt is missing"),
        (lambda m: m.pop("manifest.sig"), "the file is not signed"),
        (lambda m: m.pop("manifest.json"), "manifest.json is not there"),
        (lambda m: m.update({"manifest.json": m["manifest.json"] + b" "}), "was changed after it was signed"),
        (lambda m: m.update({"manifest.sig": THEIRS.sign(m["manifest.json"])}), "was changed after it was signed"),
        (lambda m: m.update({"manifest.json": b"null"}), "manifest.json is damaged"),
    ):
        assert said in reader.choose(rewritten(change))
    data = random.Random(3).randbytes(300)
    sums = reader.page.evaluate("""data => data.map((_one, size) => {
        const sum = new Sha256();
        sum.update(Uint8Array.from(data.slice(0, size >> 1)));
        sum.update(Uint8Array.from(data.slice(size >> 1, size)));
        return sum.hex();
    })""", list(data))  # fmt: skip
    assert sums == [hashlib.sha256(data[:size]).hexdigest() for size in range(300)]
    assert reader.wrong == []


def test_without_scripts_the_page_tells_how(meet):
    reader = meet(java_script_enabled=False)
    assert not reader.page.locator("#verify-tool").is_visible()
    assert reader.page.locator("#verify-without").is_visible() and "openssl" in reader.page.content()
    assert reader.wrong == []
