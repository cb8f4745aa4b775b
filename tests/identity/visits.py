"""One visit of somebody who says they are a customer, from the form to the last page before the proof, as it is seen.

For `test_constant.py` (bytes and queries) and `benchmarks/bench_constant.py` (time): is a customer told apart?
"""

import re
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from identity.methods import email_link
from requests_app.models import Case
from tests.requests_app import walk

CHANGING = (
    (r'name="csrfmiddlewaretoken" value="\w+"', 'name="csrfmiddlewaretoken" value="…"'),
    (r"(csrftoken|sessionid)=\w+", r"\1=…"),
    (r"nonce-[\w+/=-]+|nonce=\"[\w+/=-]+\"", "nonce"),
    (r"\b[A-Z]{4}-\w{4}-\w{4}\b", "REFERENCE"),
    (r"/s/[\w-]{43}/", "/s/SECRET/"),
    (r"expires=[^;]+;", "expires=…;"),
    (r'datetime="[^"]+"', 'datetime="…"'),
)
"""What differs from visit to visit, whoever comes: tokens, nonces, the reference, the moment."""


@dataclass(frozen=True)
class Answer:
    """One answer of the portal: what came, and the seconds it took: by the clock, and of this process's own work."""

    step: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: str
    took: float
    work: float


def customers(shop: Path) -> Iterator[tuple[str, str]]:
    """(address of a customer, address of nobody): equally long, so that equally long pages are equal bytes."""
    with sqlite3.connect(shop) as database:
        known = [str(row[0]) for row in database.execute("SELECT email FROM customers ORDER BY email") if row[0]]
    folded = Counter(one.casefold() for one in known)
    for email in (one for one in known if folded[one] == 1):  # neither shared nor written in two ways
        nobody = f"q{'z' * (len(email.split('@')[0]) - 1)}@{email.split('@')[1]}"
        if nobody.casefold() not in folded:
            yield email, nobody


def visit(
    email: str,
    *,
    number: int,
    slug: str = "aj-dk",
    watched: Callable[[str], AbstractContextManager[Any]] = lambda step: nullcontext(),
) -> list[Answer]:
    """The whole visit; `number` gives each visitor an address of their own. `watched` surrounds each step."""
    client, answers = Client(REMOTE_ADDR=f"10.{number // 65536}.{number // 256 % 256}.{number % 256}"), []

    def go(step: str, call: Callable[..., Any], *args: Any, **more: Any) -> Any:
        with watched(step):
            clock, work = time.perf_counter(), time.process_time()
            response = call(*args, **more)
            took = time.perf_counter() - clock, time.process_time() - work
        answers.append(Answer(step, response.status_code, _headers(response, email), _body(response, email), *took))
        return response

    contact = {"name": "Ane Lund", "email": email}
    check = walk.answer(client, slug, {**walk.GOOD, "contact": contact, "find": {}})
    token = client.get(check).context["form"]["token"].value()
    receipt = go("send the form", client.post, check, {"token": token, "website": ""}).url
    go("receipt", client.get, receipt)
    case = Case.objects.order_by("-pk").first()
    assert case is not None and case.reference in receipt
    pages = {name: reverse(f"identity:{name}", args=[case.reference]) for name in ("start", "link", "question")}
    go("ways", client.get, pages["start"])
    go("question before", client.post, pages["question"], {"question": "postcode", "answer": "2620"})
    go("link page", client.get, pages["link"])
    go("ask for link", client.post, pages["link"])
    email_link.prepare(case.verifications.get(), now=timezone.now())  # what the worker does meanwhile
    go("ways after", client.get, pages["start"])
    go("link page after", client.get, pages["link"])
    go("ask again", client.post, pages["link"])
    go("question after", client.post, pages["question"], {"question": "postcode", "answer": "2620"})
    go("status", client.get, reverse("public:status", args=[case.reference]))
    go("new link", client.post, reverse("public:new_link"), {"email": email, "reference": ""})
    return answers


def without_moment(text: str, email: str) -> str:
    for pattern, instead in CHANGING:
        text = re.sub(pattern, instead, text)
    return text.replace(email, "ADDRESS")


def _body(response: Any, email: str) -> str:
    return without_moment(response.content.decode(), email)


def _headers(response: Any, email: str) -> tuple[tuple[str, str], ...]:
    cookies = [("Set-Cookie", one.OutputString()) for one in response.cookies.values()]
    return tuple(sorted((name, without_moment(value, email)) for name, value in [*response.items(), *cookies]))
