"""Who walks through a journey: a person at their computer, and the workers behind the scenes."""

import io
import json
import zipfile
from collections.abc import Callable
from queue import Empty
from typing import Any
from urllib.parse import urlsplit

from celery import current_app

import demo
from dsar_portal.schedule import SCHEDULE
from fulfilment.queues import KINDS
from tests.journeys.browser import Browser, Page
from tests.journeys.post import Mail, PostOffice

EACH_MINUTE = [entry["task"] for entry in SCHEDULE.values() if entry["schedule"] == 60.0]


class Workers:
    """Fetch real messages from the broker and do them, as often as they are handed out."""

    deliveries = 1

    def run(self) -> list[str]:
        """Until the queue is empty; the names of the tasks done."""
        done: list[str] = []
        with current_app.connection_for_read() as connection:
            queues = [connection.SimpleQueue(name) for name in KINDS]
            while message := next(filter(None, map(_next, queues)), None):
                args, kwargs, _embedded = message.payload
                for _ in range(self.deliveries):
                    current_app.tasks[message.headers["task"]](*args, **kwargs)
                message.ack()
                done.append(message.headers["task"])
        return done

    def minute(self) -> list[str]:
        """What beat sends each minute, and what follows from it."""
        for task in EACH_MINUTE:
            current_app.send_task(task)
        return self.run()

    def lose_all(self) -> int:
        """A broker that forgot: every message in it is gone."""
        with current_app.connection_for_read() as connection:
            return sum(connection.SimpleQueue(name).clear() for name in KINDS)


def _next(queue: Any) -> Any:
    try:
        return queue.get_nowait()
    except Empty:
        return None


class Person:
    """Somebody at a computer, who has a mailbox and sees nothing but pages and mail."""

    def __init__(
        self, who: demo.Persona, *, slug: str, language: str, post: PostOffice, workers: Workers,
        computer: Callable[[], Browser] = Browser,
    ) -> None:  # fmt: skip
        self.who, self.slug, self.language, self.post, self.workers = who, slug, language, post, workers
        self.computer, self.browser = computer, computer()
        self.reference = ""
        self.said: set[str] = set()

    def ask(self, *rights: str, **answers: Any) -> Page:
        """From the front page through every question to the receipt."""
        self.browser.open("/")
        page = self.browser.follow(f"/{self.slug}/")
        if page.language != self.language:
            page = self._speak()
        page = self.browser.follow(f"/{self.slug}/request/")
        given = self._answers(rights) | answers
        self.said |= {str(value) for name, value in given.items() if name not in CHOICES and value}
        while "check" not in urlsplit(page.url).path:
            assert page.status == 200 and page.language == self.language, (page.url, page.status, page.text)
            asked = page.tree.xpath("//form[@id='question']")[0].inputs.keys()
            page = self.browser.press(**{name: value for name, value in given.items() if name in asked})
            assert page.status == 200, (page.url, page.text)
        page = self.browser.press()
        assert "/receipt/" in page.url, page.text
        self.reference = urlsplit(page.url).path.split("/")[2]
        self.workers.run()
        return page

    def mail(self, holding: str = "") -> Mail:
        return self.post.newest(self.who.email, holding)

    def link(self, part: str) -> str:
        """The newest link to such a place in a mail."""
        return next(link for link in self.mail(part).links if part in link)

    def confirm_address(self) -> Page:
        """The button behind the link that came with the receipt."""
        self.browser.open(self.link("/confirm/"))
        page = self.browser.press()
        assert page.status == 200, page.text
        return page

    def open_case(self) -> Page:
        """On another day, at another computer: by the link in the newest mail that has one."""
        self.browser = self.computer()
        page = self.browser.open(self.link("/s/"))
        assert urlsplit(page.url).path == f"/case/{self.reference}/", (page.url, page.status)
        return page

    def prove_by_mail(self) -> Page:
        """Ask for a link to the address on file, and follow it."""
        page = self.browser.open(f"/identity/{self.reference}/")
        self.browser.follow("email_link")
        self.browser.press()
        self.workers.run()
        self.browser.open(self.link("/identity/proof/"))
        page = self.browser.press()
        self.workers.run()
        return page

    def answer_question(self, question: str = "postcode", answer: str = "") -> Page:
        self.browser.open(f"/identity/{self.reference}/control_question/")
        page = self.browser.press(question=question, answer=answer or self.who.postcode)
        self.workers.run()
        return page

    def prove(self) -> Page:
        """Link and question: what access, portability and erasure take (L2)."""
        self.prove_by_mail()
        return self.answer_question()

    def read_letters(self) -> dict[str, str]:
        """Title to words of every letter on the status page."""
        page = self.open_case()
        found = {}
        for link in page.tree.xpath("//ul[@class='letters']//a[not(contains(@href, 'pdf'))]"):
            found[link.text_content().strip()] = Browser(self.browser.client).open(link.get("href")).text
        return found

    def ask_for_code(self) -> Page:
        self.browser.open(self.link("/download/"))
        page = self.browser.press()
        self.workers.run()
        return page

    def download(self) -> zipfile.ZipFile:
        """Link, code, file."""
        self.browser = self.computer()
        self.ask_for_code()
        page = self.browser.press(code=self.mail_with_code().code)
        assert page.has("/file/"), page.text
        answer = self.browser.follow("/file/")
        assert answer.headers["Content-Type"] == "application/zip", answer.status
        return zipfile.ZipFile(io.BytesIO(answer.content))

    def mail_with_code(self) -> Mail:
        return [mail for mail in self.post.to(self.who.email) if mail.holds_code][-1]

    def personal(self) -> set[str]:
        """Every value of this person that must stand in no log."""
        who = self.who
        words = {word for word in who.name.split() if len(word) > 3}
        return {who.name, who.email, *words, *filter(None, (who.phone, who.customer_no, who.order_no))} | self.said

    def _speak(self) -> Page:
        form = next(form for form in self.browser.page.tree.forms if "languages" in (form.get("class") or ""))
        button = next(one for one in form.xpath(".//button") if one.get("value") == self.language)
        page = self.browser.press(" ".join(button.text_content().split()))
        assert page.language == self.language
        return page

    def _answers(self, rights: tuple[str, ...]) -> dict[str, Any]:
        who = self.who
        return {
            "rights": rights, "relation": "private", "about": "", "who": "self", "name": who.name, "email": who.email,
            "phone": who.phone or "", "customer_no": who.customer_no or "", "order_no": "",
        }  # fmt: skip


CHOICES = (
    "relation", "who", "rights", "date_from", "date_to", "customer_no", "order_no", "tell_later", "restriction_ground",
    "objection_purposes", "withdraw_consent_consents",
)  # fmt: skip


def data_of(zipped: zipfile.ZipFile) -> dict[str, list[dict[str, Any]]]:
    """"system.table" to its records, from data.json."""
    data = json.loads(zipped.read("data.json"))
    return {f"{table['system']}.{table['table']}": table["records"] for table in data["tables"]}
