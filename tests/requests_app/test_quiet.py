"""Nothing personal in logs, addresses or titles; no screen without its words in every language."""

import json
import logging
import re
from collections.abc import Callable, Iterator
from gettext import GNUTranslations
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from dsar_portal.log_lines import JSONLines
from requests_app import access, forms, outbox, plain_words
from requests_app.models import Case
from tests.requests_app import walk
from tests.requests_app.smtp import Manners

PRIVATE = ("Østergård", "Nørby", "sofie", "K-104482", "20 12 34 56", "Ordrer fra webshoppen", "gammel@")


class Everything(logging.Handler):
    """What would be written to standard output, at the most talkative level."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(JSONLines())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def log() -> Iterator[Everything]:
    handler, root = Everything(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.mark.django_db
def test_a_whole_walk_leaves_nothing_personal_in_the_log(visitor: Client, smtp: Manners, log: Everything) -> None:
    response = walk.send(visitor, "aj-dk")
    case = Case.objects.get()
    place = reverse("public:status", args=[case.reference])
    _, secret = access.issue(case, access.Purpose.STATUS, now=timezone.now())
    for address in (response.url, place, f"/s/{secret}/", "/s/a-wrong-secret/", "/nowhere/sofie@example.com/"):
        visitor.get(address)
    visitor.post(f"{place}messages/", {"body": "Ordrer fra webshoppen"})
    visitor.post("/new-link/", {"email": "sofie.noerby@example.com"})
    smtp.rcpt = "550 sofie.noerby@example.com is unknown here"
    outbox.send_due(now=timezone.now())
    written = "\n".join(log.lines)
    assert case.reference in written  # it does log
    assert all(json.loads(line) for line in log.lines)
    for private in (*PRIVATE, secret, "a-wrong-secret"):
        assert private.lower() not in written.lower()


@pytest.mark.django_db
def test_addresses_and_titles_say_nothing_personal(visitor: Client) -> None:
    seen: list[str] = []
    original = visitor.request

    def watch(**request: Any) -> Any:
        response = original(**request)
        seen.append(request["PATH_INFO"] + "?" + request.get("QUERY_STRING", "") + response.headers.get("Location", ""))
        seen.extend(re.findall(r"<title>(.*?)</title>", response.content.decode(errors="ignore")))
        return response

    visitor.request = watch  # type: ignore[method-assign]
    response = walk.send(visitor, "aj-dk")
    visitor.get(response.url)
    visitor.get(response.url.replace("receipt/", ""))
    assert len(seen) > 20
    for private in PRIVATE:
        assert not [one for one in seen if private.lower() in one.lower()]


# Every screen in every language

TRANSLATED = re.compile(
    r"""{%\s*translate\s+"([^"]+)"|{%\s*blocktranslate[^%]*%}(.*?){%\s*(?:plural|endblocktranslate)""", re.S
)
SCREENS = [
    path
    for room in ("public", "identity", "fulfilment")
    for path in Path(settings.BASE_DIR, "templates", room).glob("*.html")
]


def catalogue(language: str) -> GNUTranslations:
    with Path(settings.BASE_DIR, "locale", language, "LC_MESSAGES", "django.mo").open("rb") as file:
        return GNUTranslations(file)


@pytest.mark.parametrize("language", ["da", "sv", "nb"])
def test_every_text_of_the_screens_is_translated(language: str) -> None:
    known = catalogue(language)._catalog  # type: ignore[attr-defined]
    keys = {key[0] if isinstance(key, tuple) else key for key in known}
    texts = {
        re.sub(r"{{\s*(\w+)\s*}}", r"%(\1)s", one or many)
        for path in SCREENS
        for one, many in TRANSLATED.findall(path.read_text("utf-8"))
    }
    assert len(texts) > 150
    assert sorted(texts - keys) == []


@pytest.mark.parametrize("language", ["da", "sv", "nb"])
def test_every_word_of_the_code_is_translated(language: str) -> None:
    words: set[str] = set()
    for table in (
        plain_words.STANDING,
        plain_words.OUTCOMES,
        plain_words.HAPPENED,
        plain_words.MEANS,
        plain_words.LETTERS,
    ):
        words |= {_english(word) for word in table.values()}
    for plain in plain_words.RIGHTS.values():
        words |= {_english(word) for word in (plain.ask, plain.title, plain.hint, plain.text)}
    for form in (forms.Rights, forms.Relation, forms.About, forms.Who, forms.Representative, forms.Contact, forms.Find):
        for field in form.base_fields.values():
            words |= {_english(word) for word in (field.label, field.help_text) if word}
    known = catalogue(language)._catalog  # type: ignore[attr-defined]
    same_in_both = {"Organisation", "Data portability"}
    missing = [word for word in words if word not in known]
    assert missing == []
    assert [word for word in words if known[word] == word and word not in same_in_both] == []


def _english(word: Any) -> str:
    with translation.override("en"):
        return str(word)


def test_the_four_languages_name_every_means_a_policy_can_offer() -> None:
    from law.identification import Means

    assert set(plain_words.MEANS) == set(Means)


def test_the_stylesheet_stays_small() -> None:
    assert Path(settings.BASE_DIR, "static", "public", "portal.css").stat().st_size < 15_000


@pytest.mark.django_db
def test_a_page_that_breaks_says_so_without_a_word_about_anybody(
    open_case: Callable[..., Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("sofie.noerby@example.com")

    monkeypatch.setattr("requests_app.views.landing.ways_to_prove", broken)
    response = Client(raise_request_exception=False).get("/aj-dk/")
    assert response.status_code == 500
    assert "sofie" not in response.content.decode()
    assert "<h1>" in response.content.decode()
