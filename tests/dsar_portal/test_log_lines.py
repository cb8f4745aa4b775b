"""Nothing personal in a log line, whoever writes it."""

import json
import logging
import sys

import pytest
from django.db import IntegrityError
from django.test import Client

from dsar_portal.log_lines import JSONLines

PERSONAL = "ingeborg@example.com"


def line(name: str, level: int, message: object, *args: object, exc_info: bool = False, **extra: object) -> dict:
    record = logging.LogRecord(name, level, "file.py", 1, message, args, sys.exc_info() if exc_info else None)
    record.__dict__.update(extra)
    return json.loads(JSONLines().format(record))


def test_ours_say_reference_and_code() -> None:
    said = line("fulfilment.tasks", logging.INFO, "step done", case="AJ-2026-0001", code="collected", body=PERSONAL)
    assert (said["case"], said["code"], said["event"]) == ("AJ-2026-0001", "collected", "step done")
    assert PERSONAL not in json.dumps(said)


def test_an_error_keeps_its_type_and_place_not_its_text() -> None:
    try:
        raise IntegrityError(f"Key (email)=({PERSONAL}) already exists.")
    except IntegrityError:
        said = line("django.request", logging.ERROR, "Internal Server Error: %s", f"/x/{PERSONAL}", exc_info=True)
    assert said["error"] == "IntegrityError" and "test_log_lines.py" in said["at"][-1]
    assert PERSONAL not in json.dumps(said)


@pytest.mark.parametrize("name", ["celery.app.trace", "gunicorn.error", "smtplib", "urllib3", "django.request"])
def test_arguments_of_other_libraries_are_left_out(name: str) -> None:
    assert PERSONAL not in json.dumps(line(name, logging.ERROR, "Failed with %s", PERSONAL))


@pytest.mark.django_db
def test_a_secret_link_that_is_not_found_is_not_written(client: Client, capfd: pytest.CaptureFixture[str]) -> None:
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JSONLines())
    logging.getLogger("django").addHandler(handler)
    try:
        client.get("/no/such/page/very-secret-token/")
    finally:
        logging.getLogger("django").removeHandler(handler)
    said = capfd.readouterr().out
    assert "Not Found" in said and "very-secret-token" not in said
