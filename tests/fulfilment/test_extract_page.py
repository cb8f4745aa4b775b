"""index.html of an extract in a real browser, from a folder, without network: nothing in it runs but its own script."""

import base64
import hashlib
import re
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from fulfilment.extract import index_html, shape, words
from fulfilment.extract.shown import View
from tests.axe import violations
from tests.fulfilment.test_extract_files import extract

EVIL = ["</script><img src=x onerror=\"document.title='run'\">", '"><script>document.title="run"</script>',
        "' onfocus='document.title=1' autofocus='", "<!--", "]]>", "&lt;b&gt;", "javascript:alert(1)",
        "\x00\ud800\u202e"]  # fmt: skip
ORDERS = [{"id": n, "name": name, "note": day} for n, name, day in (
    (1, "Åse", "2026-11-02"), (2, "Bo", "2026-02-10"), (10, "Zoë", None), (9, "asta", "2025-12-24"))]  # fmt: skip


def page_of(one):
    return b"".join(index_html.write(View(one))).decode()


def both(language="da"):
    """Cards of evil values, then a grid."""
    wide = {"id": 1} | {f"c{n}": value for n, value in enumerate(EVIL)}
    cards = extract(wide, wide | {"c0": "Smørrebrød " * 30}, names=tuple(wide), language=language)
    ground = ("others_rights", "Art. 15(4) GDPR", "<b>Derfor</b>")
    gone = shape.Withheld("shop", "messages", "Dine beskeder", "", 2, *ground)
    grid = extract(*ORDERS, language=language, withheld=[gone])
    table = replace(grid.tables[0], label="<i>Orders</i>", collection="orders/#?")
    return replace(grid, tables=(*cards.tables, table))


@pytest.fixture
def opened(tmp_path, page):
    """Opens an extract's page from a folder; what the console says, what fails and what is fetched fails the test."""
    wrong = []
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda request: request.url.startswith("file://") or wrong.append(request.url))

    def go(one):
        (tmp_path / "index.html").write_text(page_of(one), "utf-8")
        page.goto((tmp_path / "index.html").as_uri())
        return page

    yield go
    assert not wrong


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(opened, language):
    page = opened(both(language))
    for width, scheme in ((390, "light"), (1280, "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        found = violations(page)
        assert not found, [(one["id"], one["nodes"][0]["html"][:200]) for one in found]
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert page.locator("html").get_attribute("lang") == language
    assert words.word("search", language) in page.locator("#find").inner_text()


def test_no_value_runs_and_each_is_read_as_it_is(opened):
    page = opened(both())
    assert page.title() == "AJ Produkter: Dine oplysninger" and page.locator("img").count() == 0
    assert page.locator("script").count() == 1 == page.locator("style").count()
    said = page.locator(".card").first.locator("dd").all_text_contents()
    assert said[1:8] == [*EVIL[:7]] and page.locator("h3").nth(1).text_content() == "<i>Orders</i>"
    assert page.locator("a[href^='tables/']").nth(1).get_attribute("href") == "tables/shop/orders___-3a8c080c.csv"
    assert "<b>Derfor</b>" in page.locator("main").inner_text()


def test_search_by_keyboard_in_words_without_accents(opened):
    page = opened(both())
    page.locator("#words").focus()
    page.keyboard.type("ase")
    expect(page.locator("[role=status]")).to_have_text("Poster, der passer: 1")
    assert page.locator("tbody tr:visible").count() == 2  # Åse, and what is withheld
    assert page.locator(".card:visible").count() == 0 and not page.locator("#t0").is_visible()
    page.locator("#words").fill("findes ikke")
    expect(page.locator("[role=status]")).to_contain_text("Ingen poster passer")
    page.get_by_role("button", name="Ryd").press("Enter")
    assert page.locator(".card:visible").count() == 2 and page.locator("[role=status]").inner_text() == ""


def test_columns_sort_by_what_is_meant_and_empty_comes_last(opened):
    page = opened(both())
    names = page.locator("table.records tbody td:nth-child(2)")
    for column, up in enumerate(("Åse Bo asta Zoë", "asta Bo Zoë Åse", "asta Bo Åse Zoë")):
        button = page.locator("table.records th button").nth(column)
        button.press("Enter")
        assert names.all_text_contents() == up.split()
        assert page.locator("th[aria-sort]").get_attribute("aria-sort") == "ascending"
    button.press("Enter")
    assert names.all_text_contents() == ["Åse", "Bo", "asta", "Zoë"]
    sorter = page.get_by_label("Sortér efter")
    sorter.select_option(label="c0")
    assert page.locator(".card h4").all_text_contents() == ["Post 1", "Post 2"]
    assert sorter.locator("option").count() == 1 + 1 + len(EVIL)


def test_without_script_everything_is_there(browser, tmp_path):
    (tmp_path / "index.html").write_text(page_of(both()), "utf-8")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((tmp_path / "index.html").as_uri())
    assert page.locator("#find").is_hidden() and page.locator(".sorter").is_hidden()
    assert page.locator("tbody tr:visible").count() == 5 and page.locator("th button").count() == 0
    context.close()


def test_the_policy_names_exactly_the_script_and_the_style_inside():
    told = page_of(both())
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', told)[1].replace("&#x27;", "'")
    for kind, text in (("script", re.search(r"<script>(.*?)</script>", told, re.S)[1]),
                       ("style", re.search(r"<style>(.*?)</style>", told, re.S)[1])):  # fmt: skip
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none';") and "unsafe" not in policy
    assert told.index("Content-Security-Policy") < told.index("<style>")


def test_a_large_table_shows_its_first_rows_and_where_the_rest_is():
    one = extract(*({"id": n, "name": f"n{n}", "note": "x"} for n in range(1500)))
    told = page_of(one)
    assert "n999<" in told and "n1000<" not in told and 'href="tables/shop/customers.csv"' in told
    assert "1000 af 1500 poster er vist her" in told and len(told) < 200_000
