"""A browser without JavaScript: it opens addresses, follows links and fills in only what stands in the page."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urldefrag, urljoin

import httpx
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from lxml import html


class File(NamedTuple):
    """Something to upload."""

    name: str
    content: bytes
    content_type: str


class Page:
    """What came back: as a person sees it (`text`) and as it is (`content`)."""

    def __init__(self, url: str, status: int, headers: Mapping[str, str], content: bytes) -> None:
        self.url, self.status, self.headers, self.content = url, status, headers, content
        self.is_html = headers.get("Content-Type", "").startswith("text/html")
        self.tree = html.fromstring(content.decode()) if self.is_html and content else None

    @property
    def text(self) -> str:
        """The words in `main`, with single spaces."""
        main = self.tree.xpath("//main") or self.tree.xpath("//body")
        return " ".join(" ".join(main[0].itertext()).split())

    @property
    def heading(self) -> str:
        return " ".join(" ".join(self.tree.xpath("//h1")[0].itertext()).split())

    @property
    def language(self) -> str:
        return str(self.tree.get("lang"))

    def link(self, part: str) -> str:
        """The address of the first link whose address or words hold `part`."""
        for link in self.tree.xpath("//a[@href]"):
            if part in link.get("href") or part in " ".join(link.text_content().split()):
                return str(link.get("href"))
        raise AssertionError(f"no link {part!r} on {self.url}: {self.tree.xpath('//a/@href')}")

    def has(self, part: str) -> bool:
        return bool(self.tree.xpath("//a[contains(@href, $part)] | //form[contains(@action, $part)]", part=part))


class Browser:
    """One visitor. In this process (`Client`), or over a real connection (`httpx.Client`)."""

    def __init__(self, client: Client | httpx.Client | None = None) -> None:
        self.client = client or Client(enforce_csrf_checks=True)
        self.page = Page("about:blank", 0, {}, b"")

    def open(self, url: str) -> Page:
        return self._go("get", url)

    def follow(self, part: str) -> Page:
        return self.open(urljoin(self.page.url, self.page.link(part)))

    def press(self, button: str = "", /, **fields: Any) -> Page:
        """Fill in the form that has these fields (or this button) and send it."""
        form = self._form(button, fields)
        files = {name: value for name, value in fields.items() if isinstance(value, File)}
        for name, value in fields.items():
            if name not in files:
                self._fill(form, name, value)
        data: dict[str, list[str]] = {}
        for name, value in form.form_values():
            data.setdefault(name, []).append(value)
        pressed = self._button(form, button)
        if pressed is not None and pressed.get("name"):
            data.setdefault(pressed.get("name"), []).append(pressed.get("value") or "")
        url = urljoin(self.page.url, form.get("action") or self.page.url)
        if form.method == "GET":
            return self._go("get", str(httpx.URL(url, params=data)))
        return self._go("post", url, data=data, files=files, multipart=form.get("enctype") == "multipart/form-data")

    def _fill(self, form: Any, name: str, value: Any) -> None:
        element = form.inputs[name]
        if isinstance(element, html.CheckboxGroup):
            element.value = [str(one) for one in value] if isinstance(value, list | tuple | set) else [str(value)]
        elif getattr(element, "type", "") == "checkbox":
            element.checked = bool(value)
        elif isinstance(element, html.RadioGroup) or element.tag == "select":
            element.value = str(value)  # raises when there is no such choice
        else:
            element.value = str(value)

    def _form(self, button: str, fields: Mapping[str, Any]) -> Any:
        fitting = [form for form in self.page.tree.forms if set(fields) <= set(form.inputs.keys())]
        fitting = [form for form in fitting if not button or self._button(form, button) is not None]
        inside = [form for form in fitting if form.xpath("ancestor::main | ancestor::*[@id='content']")]
        assert fitting, f"no form with {sorted(fields)} {button!r} on {self.page.url}: {self.page.text[:400]}"
        return (inside or fitting)[0]

    def _button(self, form: Any, button: str) -> Any:
        """By its words, its name, or where it leads."""
        for one in form.xpath(".//button | .//input[@type='submit']"):
            words = " ".join(one.text_content().split()) or one.get("value", "")
            if button in (words, one.get("name")) or (button.startswith("/") and button in (form.get("action") or "")):
                return one
        return None

    def _go(self, method: str, url: str, *, data: Any = None, files: Any = None, multipart: bool = False) -> Page:
        if isinstance(self.client, httpx.Client):
            return self._over_http(method, url, data, files)
        path = urldefrag(url)[0].removeprefix(settings.PUBLIC_BASE_URL)
        assert path.startswith("/"), f"leads away: {url}"
        if method == "get":
            answer = self.client.get(path, follow=True)
        else:
            sent = {**data, **{name: SimpleUploadedFile(*file) for name, file in (files or {}).items()}}
            extra = {} if multipart or files else {"content_type": "application/x-www-form-urlencoded"}
            body = sent if not extra else httpx.QueryParams(data).__str__()
            answer = self.client.post(path, body, follow=True, **extra)
        if answer.redirect_chain:
            path = urljoin(path, answer.redirect_chain[-1][0])
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        self.page = Page(urldefrag(path)[0], answer.status_code, answer.headers, content)
        return self.page

    def _over_http(self, method: str, url: str, data: Any, files: Any) -> Page:
        place = url.removeprefix(settings.PUBLIC_BASE_URL)
        answer = self.client.request(method, place, data=data, files=files, follow_redirects=True)
        self.page = Page(str(answer.url), answer.status_code, answer.headers, answer.content)
        return self.page
