"""Names in every Nordic alphabet and in others, one word, two hundred letters, from right to left: whole everywhere."""

import html
import unicodedata
from datetime import date

import pypdfium2
import pytest
from django.test import Client
from django.utils import timezone

from letters.glyphs import drawable
from letters.pdf import to_pdf
from requests_app import access, correspondence, queries
from requests_app.models import Case, Letter, Membership
from requests_app.names import LONGEST, cleaned, complaint, findable
from requests_app.searching import token_of
from tests.requests_app import walk

pytestmark = pytest.mark.django_db
NAMES = {
    "danish": "Søren Ærø-Ågård",
    "swedish": "Åsa Öberg Älvsjö",
    "norwegian": "Bjørn Tårnes Æsøy",
    "icelandic": "Þórður Guðmundsdóttir Ýr",
    "faroese": "Jógvan á Høgadal Øssursson",
    "finnish": "Yrjö Hämäläinen-Šakki Žagar",
    "north sami": "Áilu Ŋuvvá Čáppa Đurđi Ŧálle",
    "south sami": "Ánte Ïjje Gïelen",
    "skolt sami": "Ǥäddǯid Ǩiõtt Ʒoǯʒ",
    "greenlandic": "Aĸâĸ Nukâraĸ",
    "one word": "Björk",
    "one letter": "Ö",
    "apostrophe": "Sinéad O’Brien d'Ørsted",
    "initials": "J. R. R. Ø. Berg III",
    "decomposed": unicodedata.normalize("NFD", "Åse Lindström Ødegård"),
    "vietnamese": "Nguyễn Thị Mỹ Hạnh",
    "hebrew": "שָׂרָה לוי",
    "arabic": "محمد عبد الرحمن",
    "persian": "علی‌رضا حسینی",
    "mixed": "Sara שרה Lévi",
    "greek": "Ελένη Παπαδοπούλου",
    "ukrainian": "Олена Їжак",
    "chinese": "陈美丽",
    "thai": "สมชาย ใจดี",
    "tamil": "கண்ணன்",
    "long": ("Ånde-Østergård " * 20)[:199] + "Ø",
    "long word": "Ø" * LONGEST,
    "digits": "Elin 3 Berg",
}
REFUSED = {
    "emoji": "Anna 🙂", "family": "👩‍👩‍👧 Berg", "flag": "🇩🇰 Per", "tone": "Anna 🏽", "keycap": "Anna 1\ufe0f\u20e3",
    "buried": "A\u0335\u0336\u0337\u0338\u0321\u0322nna", "signs": "---", "private": "\ue000nna", "digits": "12345",
    "too long": "Ø" * (LONGEST + 1),
}  # fmt: skip
UNSEEN = {
    "turned": ("Anna \u202enosreP", "Anna nosreP"), "null": ("An\x00na", "Anna"),
    "line": ("Anna\r\nBcc: x", "Anna Bcc: x"),
    "zero width": ("An\u200bna", "Anna"), "mark": ("\ufeffAnna", "Anna"), "tab": ("Anna\tBerg", "Anna Berg"),
    "isolate": ("\u2066Anna\u2069", "Anna"), "soft hyphen": ("An\u00adna", "Anna"), "joiner": ("\u200dAnna", "Anna"),
}  # fmt: skip


def ask(name, *, email="somebody@example.com"):
    browser = Client()
    answers = walk.GOOD | {"contact": {"name": name, "email": email, "address": "Vej 1", "postcode": "2620 Ry"}}
    return browser, walk.send(browser, "aj-dk", answers)


@pytest.mark.parametrize("name", NAMES.values(), ids=list(NAMES))
def test_a_name_arrives_whole(name):
    browser, sent = ask(name)
    case, whole = Case.objects.get(), unicodedata.normalize("NFC", name)
    assert sent.status_code == 302 and case.person["name"] == " ".join(whole.split())
    assert browser.get(sent.url).status_code == 200
    _stands_in_the_letter(case, name=case.person["name"])


def _stands_in_the_letter(case, *, name):
    """In the letter that is read on our page and printed; in no mail (Art. 5(1)(f))."""
    for mail in case.letters.filter(channel="mail"):
        assert len(name) < 3 or name not in mail.text + mail.subject
    values = {"passphrase": "a b c", "file_name": "data.zip"}
    letter = correspondence.write(case, "passphrase", now=timezone.now(), values=values)
    assert name in html.unescape(letter.html) and name in letter.text
    letters = {one for one in unicodedata.normalize("NFKC", name) if unicodedata.category(one).startswith("L")}
    drawn = {one for one in letters if drawable(one) == one}  # Thai and Tamil only where a font has them
    assert drawn <= set(_printed(to_pdf(letter.html, day=date(2026, 11, 22))))


@pytest.mark.parametrize("name", REFUSED.values(), ids=list(REFUSED))
def test_what_is_no_name_gets_a_clear_word_and_stays_in_the_field(name):
    browser = Client()
    with pytest.raises(AssertionError, match="contact"):
        walk.answer(browser, "aj-dk", walk.GOOD | {"contact": {"name": name, "email": "a@example.com"}})
    page = browser.post(walk.url("aj-dk", "contact"), {"name": name, "email": "a@example.com"})
    assert page.status_code == 422 and list(page.context["form"].errors) == ["name"]
    assert page.context["form"]["name"].value() == name


@pytest.mark.parametrize(("typed", "kept"), UNSEEN.values(), ids=list(UNSEEN))
def test_what_cannot_be_seen_does_not_come_in(typed, kept):
    assert cleaned(typed) == kept and not complaint(kept)
    ask(typed)
    assert Case.objects.get().person["name"] == kept
    assert not [letter for letter in Letter.objects.all() if "\n" in letter.subject or "\u202e" in letter.text]


def _printed(pdf):
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)]
    return unicodedata.normalize("NFKC", "".join(pages))


@pytest.mark.parametrize("kind", ["danish", "decomposed", "north sami", "apostrophe", "hebrew", "long", "greek"])
def test_staff_find_and_see_the_name(kind, client, django_user_model):
    ask(NAMES[kind])
    case, user = Case.objects.get(), django_user_model.objects.create_user("clerk", is_staff=True)
    Membership.objects.create(user=user, controller="aj-dk", role=Membership.Role.CASEWORKER)
    name = case.person["name"]
    for typed in (name, name.upper(), unicodedata.normalize("NFD", name), name.split()[0], name.replace("’", "'")):
        assert list(queries.search(queries.cases(user), typed)) == [case], typed
    assert not queries.search(queries.cases(user), "somebody else entirely")


def test_a_part_of_a_double_name_is_enough():
    assert findable("O’Brien") == findable("o'brien") == findable("O´BRIEN")
    ask("Anne-Marie Ærø-Ågård")
    found = Case.objects.get().tokens
    wanted = {token_of("name", word) for word in ("Marie", "ågård", "ANNE-MARIE")}
    assert {token.digest for token in found.filter(kind="name")} >= wanted


def test_the_page_after_the_link_shows_whose_request_it_is(client):
    browser, sent = ask(NAMES["mixed"])
    page = browser.get(sent.url)
    assert page.status_code == 200
    case = Case.objects.get()
    _link, secret = access.issue(case, access.Purpose.CONFIRM_EMAIL, now=timezone.now())
    shown = client.get(f"/confirm/{secret}/").content.decode()
    assert f"<bdi>{NAMES['mixed']}</bdi>" in shown
