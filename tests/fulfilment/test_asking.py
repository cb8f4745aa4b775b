"""A person as a source: asked by mail, answers by a link, is reminded, and nobody else gets in by it."""

import json
import re
from datetime import date, timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from fulfilment import pipeline
from fulfilment.asking import answers, minding, tasks
from fulfilment.models import Correction, HandTask, OwnerFile, OwnerTask, Step
from fulfilment.planning import by_hand
from fulfilment.planning import plans as planning
from fulfilment.removing import erasure
from law.rights import Right
from requests_app import lifecycle, outbox
from requests_app.models import Claim, Letter, SealedFile
from requests_app.states import Act, Actor, Stage
from tests.fulfilment.added import add
from tests.fulfilment.conftest import NOW
from tests.fulfilment.walk import approved, download, release_all, run, shown

pytestmark = pytest.mark.django_db
Status, What = OwnerTask.Status, OwnerTask.What
PERSON = {"phone": "20304050", "customer_no": "100001", "address": "Søgade 1"}
ROWS = [{"folder_no": "7", "name": "Astrid", "email": "a@example.com", "note": "Ringede 3/4", "shelf": "B2"}]
CSV = b"folder_no;name;email;note;shelf\n7;Astrid;a@example.com;Ringede 3/4;B2\n"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def archive(company):
    """The company with the example of the documentation added: a paper archive."""
    add(company / "controllers" / "aj-dk", "archive")
    return company


@pytest.fixture
def asked(archive, make_claim):
    """A claim whose other sources have been read; only the archive is waited for."""

    def make(right=Right.access, **more):
        claim = run(make_claim("astrid", right, **PERSON, **more))
        return claim, claim.owner_tasks.get()

    return make


def link_in(letter):
    return re.search(r"/asked/[\w-]{43}/", letter.text)[0]


def mail(kind="owner_asked"):
    return Letter.objects.filter(kind=kind).latest("pk")


def let_in(client=None, kind="owner_asked"):
    """The owner follows the link and presses the button."""
    client = client or Client()
    page = client.post(link_in(mail(kind)), follow=True)
    return client, page


def send(client, task, *, answer="data", said="", **files):
    return client.post(f"/asked/{task.uid}/", {"answer": answer, "said": said, **files}, follow=True)


def file(data=CSV, name="mapper.csv"):
    return SimpleUploadedFile(name, data)


def test_the_owner_is_asked_once_by_a_mail_that_names_nobody(asked):
    claim, task = asked()
    assert claim.stage == Stage.COLLECTING and (task.what, task.status) == (What.COLLECT, Status.WAITING)
    assert (task.to, task.answer_by) == ("archive@example.com", date(2026, 11, 23))  # the answer is due today already
    letter = mail()
    assert letter.to == "archive@example.com" and letter.language == "da" and "Papirarkivet" in letter.text
    for value in (claim.case.person["name"], claim.case.person["email"], *PERSON.values(), "indsigt"):
        assert value not in letter.text + letter.subject + letter.html
    step = Step.objects.get(claim=claim, name="collect", source="archive")
    assert (step.attempts, step.status) == (0, Step.Status.READY) and step.next_try_at > NOW
    assert not pipeline.due(claim, now=NOW)  # and no sweep spins at it
    later = NOW + timedelta(days=20)
    for _ in range(8):  # looked at again and again, it costs no attempt and writes no second mail
        run(claim, now=later)
        later += timedelta(days=1)
    step.refresh_from_db()
    assert step.attempts == 0 and Letter.objects.filter(kind="owner_asked").count() == 1
    others = Step.objects.filter(claim=claim, name="collect").exclude(source="archive")
    assert set(others.values_list("status", flat=True)) == {"done"}
    assert mail().sent_at is None and outbox.send_due(now=NOW) and mail().sent_at


def test_the_day_leaves_time_to_go_through_the_answer(asked):
    _claim, task = asked()
    owner = tasks.owner_of(task)
    assert tasks.last_day(owner, asked_on=date(2026, 11, 22), due=None) == date(2026, 11, 29)
    assert tasks.last_day(owner, asked_on=date(2026, 11, 22), due=date(2026, 12, 1)) == date(2026, 11, 26)
    assert tasks.last_day(owner, asked_on=date(2026, 11, 22), due=date(2026, 12, 20)) == date(2026, 11, 29)


def test_the_link_says_nothing_and_the_page_behind_the_button_says_whom(asked, client):
    claim, task = asked()
    first = client.get(link_in(mail())).content.decode()
    for value in (claim.case.person["name"], claim.case.person["email"], *PERSON.values()):
        assert value not in first
    assert task.opened_at is None
    page = client.post(link_in(mail()), follow=True)
    said = page.content.decode()
    assert page.redirect_chain[-1][0] == f"/asked/{task.uid}/" and page["Cache-Control"]
    who = (claim.case.person["name"], claim.case.person["email"], *PERSON.values())
    for value in (*who, "Mapper i arkivet", "folder_no"):
        assert value in said
    row = re.search(rf"<dd>{re.escape(claim.case.person['email'])}(.*?)</dd>", said)[1]
    assert "hint" in row and "hint" not in re.search(r"<dd>100001(.*?)</dd>", said)[1]  # proved, and only given
    task.refresh_from_db()
    assert task.opened_at == NOW


def test_what_the_owner_sends_is_in_the_answer_and_columns_no_map_knows_are_shown(asked, staff):
    claim, task = asked()
    client, _page = let_in()
    done = send(client, task, said="Hylde B.", table_folders=file(), as_it_is=file(b"%PDF-1.7 brev", "brev.pdf"))
    assert "Hylde B." in done.content.decode() and done.status_code == 200
    assert OwnerFile.objects.count() == 2 and task.claim.case.events.filter(kind="owner_answered").count() == 1
    run(claim)
    assert claim.stage == Stage.REVIEW
    (record,) = shown(claim, "archive", "folders")
    assert {one.name: one.text for one in record.fields} == ROWS[0]
    assert [one.name for one in record.fields if one.unmapped] == ["shelf"] and record.path == ("asked by hand",)
    (letter,) = shown(claim, "archive", "files_as_they_are")
    assert {one.name: one.text for one in letter.fields}["file_name"] == "brev.pdf"
    sealed = SealedFile.objects.filter(purpose="owner_answer")
    assert all(b"Astrid" not in one.name.encode() and one.sha256 for one in sealed) and sealed.count() == 2
    over = client.get(f"/asked/{task.uid}/")
    assert over.status_code == 410 and claim.case.person["email"] not in over.content.decode()
    assert client.get(link_in(mail())).status_code == 404  # the link has ended
    release_all(claim, staff)
    run(approved(claim, staff))
    archive = json.loads(download(Client(), claim).read("data.json"))
    assert "Ringede 3/4" in json.dumps(archive, ensure_ascii=False)
    Claim.objects.filter(pk=claim.pk).update(closed_at=NOW)
    minding.mind(now=NOW + timedelta(hours=2))
    assert not OwnerFile.objects.exists() and not SealedFile.objects.filter(purpose="owner_answer", shredded_at=None)


def test_a_wrong_file_is_told_and_loses_nothing(asked):
    claim, task = asked()
    client, _page = let_in()
    send(client, task, table_folders=file())
    for data, name, told in (
        (b"first;last\nA;B\n", "x.csv", ("first, last", "email, folder_no, name, note")),
        (b"PK\x03\x04", "mappe.xlsx", ("mappe.xlsx",)), (b"folder_no;name\n1;A;B\n", "y.csv", ("3", "2")),
        (b"", "tom.csv", ("tom.csv",)),
    ):  # fmt: skip
        page = send(client, task, table_folders=[file(), file(data, name)])
        text = page.content.decode()
        assert page.status_code == 422 and all(one in text for one in told), [one for one in told if one not in text]
    assert OwnerFile.objects.get().name == "mapper.csv"  # what was sent before still counts
    assert SealedFile.objects.filter(purpose="owner_answer").count() == 1
    for answer, more in (("data", {}), ("nothing", {"table_folders": file()}), ("elsewhere", {}), ("", {})):
        assert send(client, task, answer=answer, **more).status_code == 422
    assert run(claim).stage == Stage.REVIEW and len(shown(claim, "archive", "folders")) == 1


def test_a_second_upload_replaces_the_first_until_the_collecting_is_over(asked):
    claim, task = asked()
    client, _page = let_in()
    send(client, task, table_folders=file())
    before = OwnerFile.objects.get().file
    shop = Step.objects.filter(claim=claim, name="collect", source="shop")
    shop.update(status="ready", next_try_at=NOW + timedelta(1))
    run(claim)
    assert Step.objects.get(claim=claim, name="collect", source="archive").status == "done"
    send(client, task, table_folders=file(CSV.replace(b"Ringede", b"Gik")))
    before.refresh_from_db()
    assert before.shredded_at and OwnerFile.objects.count() == 1
    shop.update(next_try_at=None)
    assert run(claim).stage == Stage.REVIEW
    (record,) = shown(claim, "archive", "folders")
    assert "Gik 3/4" in [one.text for one in record.fields]
    with pytest.raises(tasks.NotAllowed, match="over"):
        answers.give(task, [answers.Sent("z.csv", "folders", CSV, 1)], now=NOW)
    assert SealedFile.objects.filter(purpose="owner_answer", shredded_at=None).count() == 1


def test_nothing_held_ends_the_waiting_and_collecting_anew_asks_anew(asked, staff):
    claim, task = asked()
    client, _page = let_in()
    send(client, task, answer="nothing")
    assert run(claim).stage == Stage.REVIEW and not claim.collected.filter(source="archive").exists()
    lifecycle.apply(claim, Act.RECOLLECT, now=NOW, actor=Actor.STAFF, user=staff["preparer"])
    run(claim)
    assert claim.stage == Stage.COLLECTING and claim.owner_tasks.count() == 2
    assert client.get(f"/asked/{task.uid}/").status_code == 410
    assert Letter.objects.filter(kind="owner_asked").count() == 2


def test_who_says_it_is_not_theirs_leaves_it_to_the_desk(asked, staff):
    claim, task = asked()
    client, _page = let_in()
    page = send(client, task, answer="elsewhere", said="Det er Lagersystemet, spørg Bo")
    assert page.status_code == 200
    task.refresh_from_db()
    assert task.status == Status.ELSEWHERE and run(claim).stage == Stage.COLLECTING
    assert minding.mind(now=NOW + timedelta(days=9)) == 0  # nobody is reminded of what is not theirs
    tasks.send_again(task, user=staff["preparer"], now=NOW, to="bo@example.com")
    assert mail().to == "bo@example.com" and claim.owner_tasks.get().status == Status.WAITING
    assert client.get(f"/asked/{task.uid}/").status_code == 404  # the one before is let in no more
    other, page = let_in()
    assert send(other, task, answer="nothing").status_code == 200 and run(claim).stage == Stage.REVIEW


def test_silence_is_reminded_half_way_and_on_the_last_day_and_then_told_to_the_next(asked):
    claim, task = asked()
    OwnerTask.objects.filter(pk=task.pk).update(asked_on=date(2026, 11, 22), answer_by=date(2026, 11, 28))
    written = []
    for day in range(12):
        for hour in (0, 6):  # twice is once
            at, last = NOW + timedelta(days=day, hours=hour), Letter.objects.latest("pk").pk
            minding.mind(now=at)
            written += [(day, one.kind, one.to) for one in Letter.objects.filter(pk__gt=last)]
    assert written == [
        (3, "owner_reminded", "archive@example.com"), (6, "owner_reminded", "archive@example.com"),
        (8, "owner_escalated", "manager@example.com"),
    ]  # fmt: skip
    for kind in ("owner_reminded", "owner_escalated"):
        assert claim.case.person["name"] not in mail(kind).text and claim.case.person["email"] not in mail(kind).text
    task.refresh_from_db()
    assert task.escalated_at == NOW + timedelta(days=8)
    client, page = let_in(kind="owner_escalated")  # a late answer counts, by any of the links
    assert send(client, task, table_folders=file()).status_code == 200
    assert run(claim, now=NOW + timedelta(days=12)).stage == Stage.REVIEW


def test_nobody_else_gets_in(asked, archive, make_claim, staff, client):
    claim, task = asked()
    other = run(make_claim("astrid", Right.portability, reference="AJDK-OTHER"))
    theirs = other.owner_tasks.get()
    address = f"/asked/{task.uid}/"
    for who in (client, Client()):  # a curious colleague who saw the address; the person
        for page in (who.get(address), who.post(address, {"answer": "nothing"}), who.get("/asked/" + "a" * 43 + "/")):
            assert page.status_code == 404 and claim.case.person["name"] not in page.content.decode()
    inside, _page = let_in()  # of the other task: another owner of this or another company
    assert inside.get(f"/asked/{theirs.uid}/").status_code == 200
    assert inside.get(address).status_code == 404 == inside.post(address, {"answer": "nothing"}).status_code
    first = link_in(Letter.objects.filter(kind="owner_asked").earliest("pk"))
    with time_machine.travel(NOW + timedelta(days=31), tick=False):
        assert client.get(first).status_code == 404 == client.post(first).status_code  # expired
        assert inside.get(f"/asked/{theirs.uid}/").status_code == 404  # and so is who was let in by it
    assert claim.owner_tasks.get().status == Status.WAITING
    assert not any(secret in json.dumps(list(claim.case.events.values_list("data", flat=True)))
                   for secret in (first.split("/")[2], str(task.uid)))  # fmt: skip


def test_withdrawn_asks_nobody_any_more(asked, staff):
    claim, task = asked()
    client, _page = let_in()
    lifecycle.apply(claim, Act.WITHDRAW, now=NOW, actor=Actor.PERSON)
    assert client.get(f"/asked/{task.uid}/").status_code == 410
    assert send(client, task, table_folders=file()).status_code == 410 and not OwnerFile.objects.exists()
    minding.mind(now=NOW + timedelta(days=9))
    task.refresh_from_db()
    assert task.status == Status.VOID and not Letter.objects.filter(kind__in=("owner_reminded", "owner_escalated"))
    assert claim.case.events.filter(kind="owner_not_needed").exists()


def test_a_virus_and_a_scanner_that_is_down_let_nothing_in(asked, settings):
    _claim, task = asked()
    client, _page = let_in()
    settings.DSAR_DEMO, settings.CLAMD_URL = False, "unix:///nowhere/clamd.ctl"
    page = send(client, task, table_folders=file())
    assert page.status_code == 422 and not OwnerFile.objects.exists()


def to_be_erased_there(asked, staff):
    """An approved erasure that waits for the owner of the archive."""
    claim, task = asked(Right.erasure)
    client, _page = let_in()
    send(client, task, table_folders=file())
    run(claim)
    assert claim.stage == Stage.REVIEW
    plan = planning.current(claim)
    left = {(row["source"], row["collection"]) for row in plan.summary if row["outcome"] == "undetermined"}
    assert ("archive", "folders") in left  # no machine can erase it: it is a person's decision, not a silence
    for source, collection in left:
        outcome = "by_hand" if source == "archive" else "not_theirs"
        planning.decide(
            claim, source=source, collection=collection, number=None, outcome=outcome, ground="", now=NOW,
            reason="Mappen makuleres.", keep_through=None, round=1, user=staff["preparer"],
        )  # fmt: skip
    erasure.remake(claim, now=NOW)
    return run(approved(claim, staff))


def test_a_task_by_hand_dies_with_the_approval_it_belongs_to(asked, staff):
    claim = to_be_erased_there(asked, staff)
    lifecycle.apply(claim, Act.SEND_BACK, now=NOW, actor=Actor.STAFF, user=staff["approver"])
    assert minding.mind(now=NOW) == 0 and not claim.owner_tasks.filter(what=What.BY_HAND)  # nobody was asked yet
    assert not by_hand.to_do() and not by_hand.of_case(claim.case)  # nor is a colleague at the desk
    run(approved(claim, staff))
    assert by_hand.to_do().get().round > 1 and list(by_hand.of_case(claim.case)) == list(by_hand.to_do())
    assert claim.hand_tasks.count() == 2 and minding.mind(now=NOW) == 1  # of this round, not of the one before
    todo = claim.owner_tasks.get(what=What.BY_HAND)
    client, page = let_in()
    assert page.status_code == 200 and tasks.is_alive(todo)
    lifecycle.apply(claim, Act.SEND_BACK, now=NOW, actor=Actor.STAFF, user=staff["approver"])
    lifecycle.apply(claim, Act.WITHDRAW, now=NOW, actor=Actor.PERSON, outcome="withdrawn")
    assert client.get(f"/asked/{todo.uid}/").status_code == 410
    assert send(client, todo, answer="done", said="Makuleret").status_code == 410
    assert minding.mind(now=NOW + timedelta(days=9)) == 0
    todo.refresh_from_db()
    assert todo.status == Status.VOID and not claim.hand_tasks.exclude(done_at=None) and not by_hand.to_do()
    assert not Letter.objects.filter(kind__in=("owner_reminded", "owner_escalated"))


def test_a_step_goes_on_although_an_older_round_left_a_task_undone(asked, staff):
    claim = to_be_erased_there(asked, staff)
    lifecycle.apply(claim, Act.SEND_BACK, now=NOW, actor=Actor.STAFF, user=staff["approver"])
    run(approved(claim, staff))
    minding.mind(now=NOW)
    client, _page = let_in()
    send(client, claim.owner_tasks.get(what=What.BY_HAND), answer="done", said="Makuleret")
    assert not pipeline.failed(claim) and claim.hand_tasks.filter(done_at=None).count() == 1


def test_one_task_that_raises_stops_no_other(asked, staff, monkeypatch):
    claim = to_be_erased_there(asked, staff)
    broken = tasks.ask

    def ask(claim, **more):
        if more["source"] == "lost":
            raise KeyError("lost")
        return broken(claim, **more)

    monkeypatch.setattr(tasks, "ask", ask)
    owners = dict(minding._owners())
    monkeypatch.setattr(minding, "_owners", lambda: [(("aj-dk", "lost"), owners["aj-dk", "archive"]), *owners.items()])
    by_hand.lay_out(claim, code="erase", tables=[("lost", "rows", 1)], now=NOW)
    assert minding.mind(now=NOW) == 1 and claim.owner_tasks.filter(what=What.BY_HAND, source="archive").exists()


def test_an_erasure_there_is_the_owners_to_do(asked, staff):
    claim = to_be_erased_there(asked, staff)
    assert claim.stage == Stage.FULFILLING and [one.source for one in HandTask.objects.all()] == ["archive"]
    assert pipeline.failed(claim)[0].error == "by_hand_left"
    assert minding.mind(now=NOW) == 1 and minding.mind(now=NOW) == 0
    todo = claim.owner_tasks.get(what=What.BY_HAND)
    client, page = let_in()
    assert "Mapper i arkivet" in page.content.decode() and claim.case.person["name"] in page.content.decode()
    assert send(client, todo, answer="cannot", said="").status_code == 422
    send(client, todo, answer="cannot", said="Nøglen er væk")
    todo.refresh_from_db()
    assert todo.status == Status.CANNOT and run(claim).stage == Stage.FULFILLING
    send(client, todo, answer="done", said="Makuleret")
    done = HandTask.objects.get()
    assert done.done_at and (done.how, done.done_by) == ("Makuleret", None)
    run(claim)
    assert claim.stage == Stage.CLOSED and client.get(f"/asked/{todo.uid}/").status_code == 410
    certificate = Letter.objects.get(claim=claim, kind="erasure_certificate")
    assert "Mapper i arkivet" in certificate.text


def test_marketing_is_stopped_there_by_the_owner_at_once_and_by_nobody_silently(archive, make_claim):
    sources = archive / "controllers" / "aj-dk" / "sources.yaml"
    head, _, tail = sources.read_text().rpartition("purposes: [contract]")  # of the archive, which stands last
    sources.write_text(f"{head}purposes: [individualisation]{tail}")
    case = make_claim("astrid").case
    claim = Claim.objects.create(case=case, right=Right.marketing_objection, stage="received", stage_at=NOW)
    run(lifecycle.apply(claim, Act.AT_ONCE, now=NOW, actor=Actor.SYSTEM))
    assert claim.stage == Stage.CLOSED  # the letter says by when people do it (Art. 21(3))
    assert "Papirarkivet" in Letter.objects.get(kind="marketing_objection").text
    assert claim.hand_tasks.filter(source="archive", collection="folders", code="marketing").exists()
    minding.mind(now=NOW)
    todo = claim.owner_tasks.get()
    client, page = let_in()
    assert case.person["email"] in page.content.decode()
    send(client, todo, answer="done", said="Streget")
    assert not claim.hand_tasks.filter(source="archive", done_at=None).exists()


def test_a_correction_there_shows_the_owner_the_value_and_what_it_was(asked, staff):
    claim, task = asked(Right.rectification)
    client, _page = let_in()
    send(client, task, table_folders=file())
    run(claim)
    place = {"claim": claim, "round": 1, "source": "archive", "collection": "folders"}
    Correction.objects.create(**place, number=0, field="name", old="Astrid", new="Astrid Ø", by_hand=True,
                              by=staff["preparer"], at=NOW)  # fmt: skip
    Claim.objects.filter(pk=claim.pk).update(stage=Stage.FULFILLING)
    by_hand.lay_out(claim, code="correct", tables=[("archive", "folders", 1)], now=NOW)
    minding.mind(now=NOW)
    _client, page = let_in()
    told = page.content.decode()
    assert "<del>Astrid</del> <ins>Astrid Ø</ins>" in told and "1 række" in told


def test_what_another_connector_cannot_do_goes_to_the_owner_the_map_names(company, make_claim):
    sources = company / "controllers" / "aj-dk" / "sources.yaml"
    sources.write_text(sources.read_text().replace(
        "    url_env: DSAR_SOURCE_AJ_DK_SHOP\n",
        "    url_env: DSAR_SOURCE_AJ_DK_SHOP\n    owner: {owner: shop@example.com, days: 3}\n"))  # fmt: skip
    claim = make_claim("astrid", Right.restriction)
    by_hand.lay_out(claim, code="restrict", tables=[("shop", "orders", 2), ("erp", "invoices", 1)], now=NOW)
    assert minding.mind(now=NOW) == 1  # erp names nobody: that one stays with staff
    task = claim.owner_tasks.get()
    assert (task.source, task.what, task.to) == ("shop", What.BY_HAND, "shop@example.com")
    by_hand.done(claim.hand_tasks.get(source="shop"), how="Gjort", user=None, now=NOW)
    minding.mind(now=NOW)
    task.refresh_from_db()
    assert task.status == Status.VOID  # somebody else did it
