"""The desk and systems no program reaches: the case says one is waited for; staff ask again, elsewhere, or answer."""

import shutil
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from desk.needs import NEEDS
from fulfilment import answer as answering
from fulfilment.asking import minding, tasks
from fulfilment.models import OwnerTask
from requests_app.models import Case, Letter
from requests_app.states import Stage
from tests.desk.conftest import SLUG, run
from tests.fulfilment.added import add
from tests.fulfilment.conftest import ROOT

pytestmark = pytest.mark.django_db
CSV = b"folder_no;name;email;note\n7;Astrid;a@example.com;Ringede\n"


@pytest.fixture
def waiting(settings, tmp_path, collected):
    """A case that waits for the paper archive alone, and its page about it."""
    shutil.copytree(ROOT / "controllers", tmp_path / "controllers")
    add(tmp_path / "controllers" / SLUG, "archive")
    settings.DSAR_CONTROLLERS_PATH = [tmp_path / "controllers"]
    claim = collected()
    return claim, claim.owner_tasks.get(), reverse("admin:owner_tasks", args=[claim.case.reference])


def chased(case, user):
    return NEEDS["owners"].narrow(Case.objects.filter(pk=case.pk), user, timezone.localdate()).exists()


def test_the_case_says_what_it_waits_for_and_only_its_staff_see_it(waiting, at_desk, staff):
    claim, task, url = waiting
    assert claim.stage == Stage.COLLECTING
    page = at_desk("caseworker").get(reverse("admin:case", args=[claim.case.reference])).content.decode()
    assert "The paper archive" in page and url in page
    listed = at_desk("approver").get(url).content.decode()
    assert task.to in listed and 'type="file"' not in listed  # an approver reads, and answers for nobody
    assert at_desk("approver").post(url, {"task": task.pk, "again": "1"}).status_code == 302
    for name in ("stranger", "administrator", "nobody"):
        for answer in (at_desk(name).get(url), at_desk(name).post(url, {"task": task.pk, "again": "1"})):
            assert answer.status_code in (302, 403, 404) and task.to not in answer.content.decode(), name
    assert Letter.objects.filter(kind="owner_asked").count() == 1
    asked = Letter.objects.get(kind="owner_asked")
    shown = at_desk("caseworker").get(reverse("admin:letter", args=[claim.case.reference, asked.pk]))
    assert "/asked/" not in shown.content.decode()  # who reads the link could answer as the owner


def test_staff_ask_somebody_else_and_then_answer_for_them(waiting, at_desk, staff):
    claim, task, url = waiting
    desk, name = at_desk("caseworker"), f"t{task.pk}-"
    assert not chased(claim.case, staff["caseworker"])
    OwnerTask.objects.filter(pk=task.pk).update(answer_by=timezone.localdate() - timedelta(days=5))
    minding.mind(now=timezone.now())
    assert chased(claim.case, staff["caseworker"])
    assert desk.post(url, {"task": task.pk, "again": "1", name + "to": "no address"}).status_code == 422
    assert desk.post(url, {"task": task.pk, "again": "1", name + "to": "bo@example.com"}).status_code == 302
    task.refresh_from_db()
    assert (task.to, task.escalated_at, task.status) == ("bo@example.com", None, "waiting")
    assert Letter.objects.filter(kind="owner_asked").latest("pk").to == "bo@example.com"
    assert not chased(claim.case, staff["caseworker"])

    def answer(**given):
        return desk.post(url, {"task": task.pk} | {name + key: value for key, value in given.items()})

    for lacking in ({}, {"answer": "data"}, {"answer": "nothing"}, {"answer": "without", "said": " "}):
        assert answer(**lacking).status_code == 422
    done = answer(answer="data", said="Bo ringede", table_folders=SimpleUploadedFile("m.csv", CSV))
    assert done.status_code == 302 and run(claim).stage == Stage.REVIEW
    task.refresh_from_db()
    assert (task.by, task.outcome, task.said) == (staff["caseworker"], "data", "Bo ringede")
    assert claim.case.events.get(kind="owner_answered").user == staff["caseworker"]
    assert answer(answer="nothing", said="x").status_code == 422  # the collecting is over
    assert "Bo ringede" in desk.get(url).content.decode()


def test_staff_go_on_without_a_silent_owner_and_say_why(waiting, at_desk, staff):
    claim, task, url = waiting
    answered = at_desk("caseworker").post(
        url, {"task": task.pk, f"t{task.pk}-answer": "without", f"t{task.pk}-said": "Arkivet er lukket til januar"}
    )
    assert answered.status_code == 302 and run(claim).stage == Stage.REVIEW
    task.refresh_from_db()
    assert task.outcome == tasks.Outcome.WITHOUT and task.said == "Arkivet er lukket til januar"
    assert "januar" not in str(list(claim.case.events.values_list("data", flat=True)))
    page = at_desk("caseworker").get(reverse("admin:case", args=[claim.case.reference])).content.decode()
    assert "Nobody looked into The paper archive" in page
    searched = answering._searched(claim)["searched"]
    assert len(searched) == 3 and "Papirarkivet" not in searched  # no letter says that it was
