"""A document that was handed in is looked at by the machine: codes stay, nothing else, and people decide."""

import io
import json
import logging
from datetime import timedelta

import pytest
from celery import current_app
from django.conf import settings
from django.core.management import CommandError, call_command

from identity import deciding, flows, tasks
from identity.models import Evidence, Verification
from identity.pictures import vault
from identity.reading import documents, reader
from identity.reading.values import Reading, Seen
from law.identification import Means
from requests_app.models import Case, Event
from tests.identity.conftest import NOW
from tests.identity.reading import zones
from tests.identity.reading.specimens import Shot, draw, photograph
from tests.identity.reading.zones import Holder

TYPED = {"birth_date": "1974-08-12", "valid_until": "2031-04-15"}
ANNA = Holder(surname="ANDERSSON", given="ASTRID")
ALL_AGREES = ["mrz_valid", "name_matches", "birth_date_matches", "not_expired", "expiry_matches"]


@pytest.fixture(scope="module")
def picture() -> bytes:
    return photograph(draw("passport", zones.td3(ANNA), font="DejaVu Sans Mono"), Shot(blur=0.5))


@pytest.fixture
def case(open_case) -> Case:
    case = open_case(slug="aj-se", email="someone@example.com")
    Case.objects.filter(pk=case.pk).update(person={**case.person, "name": "Astrid Andersson"})
    case.refresh_from_db()
    return case


@pytest.fixture
def hand_in(case):
    def make(*pages: bytes, masked_by: str = "browser") -> Verification:
        verification = flows.start(case, Means.document, now=NOW)
        for page, side in zip(pages, ("front", "back"), strict=False):
            vault.keep(verification, pages=[page], side=side, masked_by=masked_by, now=NOW)
        flows.submit(verification, {"document": "passport", "staged": True, "typed": TYPED}, now=NOW)
        return verification

    return make


def test_codes_are_left_for_whoever_decides_and_nothing_else(hand_in, picture, case, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    verification = hand_in(picture)
    assert list(documents.unread()) == [verification]
    assert list(documents.look_at(verification, now=NOW)) == ALL_AGREES
    verification.refresh_from_db()
    assert verification.results == ALL_AGREES and verification.status == "submitted"
    assert verification.evidence.get().read_at == NOW and not documents.unread().exists()
    event = Event.objects.get(case=case, kind="identity_read")
    assert event.data == {"codes": ALL_AGREES}
    everything = caplog.text + json.dumps([list(Event.objects.values_list("data", flat=True)), verification.results])
    for secret in ("ANDERSSON", "ASTRID", "740812", "1974", "L898902C3"):
        assert secret not in everything


def test_the_task_twice_writes_once(hand_in, picture, case) -> None:
    verification = hand_in(picture)
    tasks.read_document(verification.pk)
    tasks.read_document(verification.pk)
    assert Event.objects.filter(case=case, kind="identity_read").count() == 1
    tasks.read_document(verification.pk + 1000)


def test_a_decision_taken_meanwhile_wins(hand_in, picture, case, clerk, monkeypatch) -> None:
    """The verifier was quicker than the machine: the picture is gone, and no code is written after the decision."""
    verification = hand_in(picture)
    real = reader.read

    def slow(page: bytes) -> Reading:
        deciding.accept(verification, now=NOW, user=clerk)
        return real(page)

    monkeypatch.setattr(documents.reader, "read", slow)
    assert documents.look_at(verification, now=NOW + timedelta(minutes=1)) == ()
    verification.refresh_from_db()
    assert verification.status == "passed" and verification.results == []
    assert not Event.objects.filter(case=case, kind="identity_read").exists()


def test_what_nobody_covered_or_sent_is_not_looked_at(case, picture) -> None:
    verification = flows.start(case, Means.document, now=NOW)
    vault.keep(verification, pages=[picture], side="front", masked_by="", now=NOW)
    assert not documents.unread().exists() and documents.look_at(verification, now=NOW) == ()
    Evidence.objects.update(masked_by="server")
    assert not documents.unread().exists() and documents.look_at(verification, now=NOW) == ()  # not sent yet


def test_of_two_sides_the_one_with_the_zone_counts(hand_in, picture) -> None:
    blank = photograph(draw("passport", ("", ""), font="DejaVu Sans Mono"), Shot(dots=6))
    assert documents.look_at(hand_in(blank, picture), now=NOW)[0] == "mrz_valid"


def test_without_a_reader_the_person_decides_alone(hand_in, picture, monkeypatch) -> None:
    verification = hand_in(picture)
    monkeypatch.setattr(documents.reader, "read", lambda page: Reading(Seen.FAILED))
    assert documents.look_at(verification, now=NOW) == ("not_read",)
    assert Verification.objects.get(pk=verification.pk).status == "submitted"


def test_it_has_a_queue_of_its_own_and_the_demo_serves_it() -> None:
    assert settings.CELERY_TASK_ROUTES["identity.tasks.read_document"] == {"queue": "reading"}
    assert "identity.tasks.read_document" in current_app.tasks
    root = settings.BASE_DIR
    assert '"-Q"' not in (root / "dsar_portal/demo/__main__.py").read_text(), "a worker without it serves every queue"
    assert "reading" in {queue.name for queue in settings.CELERY_TASK_QUEUES}
    assert "-Q reading" in (root / "docker/compose.yaml").read_text()


# --- manage.py read_document ----------------------------------------------------------------------------------------
def run(file, *args: str) -> str:
    out = io.StringIO()
    call_command("read_document", str(file), *args, stdout=out)
    return out.getvalue()


def test_the_command_prints_codes_and_the_lines_only_when_asked(tmp_path, picture, needs_clamd, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    file = tmp_path / "specimen.jpg"
    file.write_bytes(picture)
    said = run(file, "--name", "Astrid Andersson", "--birth-date", "1974-08-13", "--valid-until", "2031-04-15")
    assert [line.split(":")[0] for line in said.splitlines()] == [
        "mrz_valid", "name_matches", "birth_date_differs", "not_expired", "expiry_matches",
    ]  # fmt: skip
    assert "ANDERSSON" not in said
    assert "P<UTOANDERSSON<<ASTRID" in run(file, "--show")
    assert "ANDERSSON" not in caplog.text


def test_the_command_says_what_the_door_says(tmp_path, needs_clamd) -> None:
    file = tmp_path / "page.html"
    file.write_text("<html>")
    with pytest.raises(CommandError, match="wrong_type"):
        run(file)
