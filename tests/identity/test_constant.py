"""A customer and a stranger get the same answers: status, headers, bytes, and the same questions to the database.

How long the answers take is measured by `benchmarks/bench_constant.py`; no test here waits for a clock.
"""

import difflib
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from celery import current_app
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from requests_app import intake
from requests_app.answers import Answers
from requests_app.controllers import controller
from requests_app.models import Case, Letter
from requests_app.searching import token_of
from requests_app.states import Channel
from tests.identity import visits

VISITS = 4


class Queries:
    """The shape of every query of a step: which table, which columns, never which values."""

    def __init__(self, hooks) -> None:
        self.hooks, self.seen = hooks, {}

    @contextmanager
    def __call__(self, step: str) -> Iterator[None]:
        with self.hooks(execute=True), CaptureQueriesContext(connection) as captured:
            yield
        self.seen[step] = [shape(query["sql"]) for query in captured.captured_queries]


def shape(sql: str) -> str:
    sql = re.sub(r"'(?:[^']|'')*'|X'[0-9A-F]*'", "?", sql)
    return re.sub(r"\b\d+\b|'[0-9a-f]+'|s\d+_x\d+", "?", sql)


@pytest.mark.django_db
def test_a_customer_and_a_stranger_get_the_same_answers(sources, django_capture_on_commit_callbacks):
    pairs, answers, queries = visits.customers(sources / "aj-dk" / "shop.sqlite"), [], []
    visits.visit("first@example.com", number=999)  # whoever comes first writes down the policy's version
    for number, (customer, stranger) in zip(range(VISITS), pairs, strict=False):
        for turn, email in enumerate((customer, stranger) if number % 2 else (stranger, customer)):
            watched = Queries(django_capture_on_commit_callbacks)
            found = visits.visit(email, number=2 * number + turn, watched=watched)
            known = Letter.objects.filter(kind="proof_link", case=Case.objects.latest("pk")).exists()
            assert known == (email == customer), "one of the two is a customer, or nothing was compared"
            answers.append([(one.step, one.status, one.headers, one.body) for one in found])
            queries.append(watched.seen)
    assert len(answers) == 2 * VISITS
    for first, second in zip(answers[::2], answers[1::2], strict=True):
        assert first == second, _difference(first, second)
    for one in queries:
        assert not [(step, set(asked) ^ set(one[step])) for step, asked in queries[0].items() if asked != one[step]]


def _difference(first, second):
    """What differs, for whoever has to find out why."""
    here, there = next((a, b) for a, b in zip(first, second, strict=True) if a != b)
    lines = difflib.unified_diff(here[3].splitlines(), there[3].splitlines(), lineterm="", n=0)
    return "\n".join([here[0], *map(str, set(here[2]) ^ set(there[2])), *lines])


@pytest.mark.django_db
def test_this_comparison_can_fail():
    assert visits.without_moment("Hello a@b.dk AJDK-7K3M-9QXW", "a@b.dk") == "Hello ADDRESS REFERENCE"
    assert visits.without_moment("You are a customer", "a@b.dk") != visits.without_moment("You are none", "a@b.dk")
    assert shape("SELECT a FROM t WHERE b = 'x' LIMIT 3") == shape("SELECT a FROM t WHERE b = 'y' LIMIT 21")
    assert shape("SELECT a FROM t") != shape("SELECT b FROM t")


@pytest.mark.django_db
def test_a_new_link_tells_nobody_who_has_asked(client, django_capture_on_commit_callbacks):
    """Not who is a customer, and not who has sent a request either."""
    intake.submit(
        Answers(rights=("access",), name="A", email="asked.before@example.com"), controller=controller("aj-dk"),
        language="da", channel=Channel.FORM, received_at=timezone.now(), now=timezone.now(),
    )  # fmt: skip
    seen = []
    for number, email in enumerate(("asked.before@example.com", "never.asked1@example.com")):
        watched = Queries(django_capture_on_commit_callbacks)
        caller = {"REMOTE_ADDR": f"192.0.2.{number}"}
        with watched("new link"):
            page = client.post(reverse("public:new_link"), {"email": email, "reference": ""}, **caller)
        seen.append((page.status_code, visits.without_moment(page.content.decode(), email), watched.seen))
    assert len({body for _, body, _ in seen}) == 1 and {status for status, _, _ in seen} == {200}
    assert seen[0][2] == seen[1][2]


def test_no_address_rests_in_the_queue(client, db):
    email = "asked.before@example.com"
    current_app.control.purge()
    client.post(reverse("public:new_link"), {"email": email, "reference": ""})
    with current_app.connection_for_read() as broker:
        message = broker.default_channel.basic_get("celery", no_ack=True)
    assert message is not None and email not in str(message.body) + str(message.properties)
    assert token_of("email", email) in str(message.payload)
