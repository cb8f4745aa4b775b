"""The monthly run: what has expired goes, what holds stays, what was not approved does not happen (Art. 5(1)(e))."""

import json
import shutil
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from celery import current_app
from django.core.management import CommandError, call_command
from django.utils import timezone

import demo
from connectors.errors import ConnectorError
from connectors.graph import Graph
from fulfilment import ledger, tasks
from fulfilment.models import RetentionChunk, RetentionRun
from fulfilment.routine import carrying, files, report, runs, work
from fulfilment.routine.lanes import node_of
from fulfilment.routine.pages import Hand
from fulfilment.routine.people import Kin
from requests_app import waivers
from requests_app.controllers import controller
from requests_app.models import Case, Claim, SealedFile
from tests.fulfilment import months
from tests.fulfilment.months import approver, change, counted, noon, planned, rows, touched

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
NOVEMBER, DECEMBER = date(2026, 11, 22), date(2026, 12, 1)
Status = RetentionRun.Status


@pytest.fixture(scope="session")
def few_people(tmp_path_factory):
    """Personas, traps and boundary cases, and hardly anybody else."""
    folder = tmp_path_factory.mktemp("few")
    demo.build_all(folder, count=20)
    return folder


@pytest.fixture
def few(few_people, tmp_path, settings):
    """Sources of this test alone."""
    settings.DSAR_DEMO, settings.DSAR_DEMO_DIR = True, tmp_path / "sources"
    shutil.copytree(few_people, settings.DSAR_DEMO_DIR)
    return settings.DSAR_DEMO_DIR


@pytest.fixture
def at_once():
    """Messages are worked on where they are sent."""
    current_app.conf.task_always_eager = True
    yield
    current_app.conf.task_always_eager = False


def step(run, day=NOVEMBER):
    with Hand() as hand:
        return work.advance(run, hand=hand, now=lambda: noon(day))


def bytes_of(folder, slug):
    return {path.name: path.read_bytes() for path in sorted((folder / slug).glob("*.sqlite"))}


def test_a_first_month_is_read_approved_carried_out_and_proved(few):
    before, bytes_before = rows(few, "aj-dk"), bytes_of(few, "aj-dk")
    run = planned("aj-dk", day=DECEMBER)

    assert run.status == Status.TO_APPROVE and run.on == DECEMBER
    assert bytes_of(few, "aj-dk") == bytes_before  # a rehearsal changes nothing
    assert not step(run, DECEMBER)  # and nothing goes on without a person
    told = report.of(run, language="en")
    (logs,) = [line for line in told.lines if line.collection == "web_log" and line.action]
    assert (logs.period, logs.rule, logs.outcome) == ("P13M", "r10", "erase") and logs.overdue == logs.count
    old = [row for row in before["shop"]["web_log"].values() if row[0] < "2025-11-01" and not row[6]]
    assert logs.count >= len(old) > 0

    for user, code in ((approver("aj-se"), "not_approver"), (approver("aj-dk", "caseworker"), "not_approver")):
        with pytest.raises(runs.NotPossible) as refused:
            runs.approve(run, digest=run.digest, user=user, now=noon(DECEMBER))
        assert refused.value.code == code
    with pytest.raises(runs.NotPossible) as refused:
        runs.approve(run, digest="another", user=approver("aj-dk"), now=noon(DECEMBER))
    assert refused.value.code == "changed"

    run = months.passed("aj-dk", day=DECEMBER)
    after = rows(few, "aj-dk")
    changed = touched(before, after)
    assert sum(changed.values()) == sum(run.proof["done"].values())  # row for row, and nobody else's
    assert run.proof["pages"] and len(run.proof["receipts"]) == 64 and run.approved_by == approver("aj-dk")
    assert not [row for row in after["shop"]["web_log"].values() if row[0] <= "2025-10-31" and not row[6]]
    assert not [row for row in after["erp"]["invoices"].values() if any(str(v) < "2021" for v in row if _is_day(v))]
    kept = json.dumps([run.summary, run.proof, [page.result for page in run.chunks.all()]])
    assert "example" not in kept and "Møller" not in kept
    assert not RetentionChunk.objects.exclude(after=None).exists()

    assert runs.start("aj-dk", on=DECEMBER, now=noon(DECEMBER)) == run  # the month has had its run
    assert not step(run, DECEMBER)
    assert touched(after, rows(few, "aj-dk")) == {}


def _is_day(value):
    return isinstance(value, str) and len(value) == 10 and value[4:5] == value[7:8] == "-"


def test_the_next_month_goes_on_by_itself_and_masks_nothing_twice(few):
    months.passed("aj-se", day=DECEMBER)
    before = rows(few, "aj-se")
    second = planned("aj-se", day=date(2026, 12, 31))
    assert second.month == DECEMBER and touched(before, rows(few, "aj-se")) == {}
    third = planned("aj-se", day=date(2027, 1, 1))
    assert third.status == Status.DONE and third.approved_at is None  # the same policy, approved once
    changed = touched(before, rows(few, "aj-se"))
    assert sum(changed.values()) == sum(third.proof["done"].values())
    assert changed["ledger/faktura"] >= 2 and sum(changed.values()) < 20  # the vouchers of 2019, and hardly more


def test_what_holds_stays_and_goes_with_the_first_run_after_it_ends(few, asked):
    """E5: Björn's four years ended 20 January 2026, and he owes; settled 14 October 2027, gone 1 November 2027.

    Elsa: a remark nobody has mapped keeps a machine from her name, and how long is counted from her only order.
    David asks for a copy before the run. The first of Kanten lives at Håkan's address, who bought in September.
    """
    shop = {no: change(few, "aj-se", "shop", "SELECT id, address_id FROM customers WHERE customer_no = ?", no)[0]
            for no in ("200002", "200003", "200004", "200006")}  # fmt: skip
    bjorn, david, elsa, _ = (number for number, _ in shop.values())
    address, edge = shop["200006"][1], "UPDATE customers SET import_remark = NULL, address_id = ? WHERE email = ?"
    change(few, "aj-se", "shop", edge, address, "grans1@example.com")
    change(few, "aj-se", "shop", "UPDATE customers SET import_remark = NULL WHERE id = ?", david)
    change(few, "aj-se", "shop", "UPDATE orders SET delivery_note = 'Ring Elsa' WHERE customer_id = ?", elsa)
    change(few, "aj-se", "shop", "INSERT INTO addresses VALUES (9999, 'Ingenstans 1', '111 11', 'Stockholm', 'SE')")
    there = f"SELECT street, postcode, city FROM addresses WHERE id = {address}"
    name, order = "SELECT name FROM customers WHERE id = ?", "SELECT delivered_on, delivery_note FROM orders WHERE "
    before = change(few, "aj-se", "shop", there)

    run = months.passed("aj-se", day=DECEMBER)
    assert change(few, "aj-se", "shop", name, bjorn) == [("Björn Öberg",)]
    assert counted(run, collection="customers", why="open_balance", outcome="hold")
    assert sum(row["long_held"] for row in run.summary if row["collection"] == "saldo") >= 1  # for over twelve months
    assert change(few, "aj-se", "shop", name, elsa) == [("Elsa Nyström",)]
    ((day, note),) = change(few, "aj-se", "shop", f"{order} customer_id = {elsa}")
    assert day.startswith("2018-04") and note is None and counted(run, why="needed")  # all but the day is gone
    assert counted(run, collection="customers", why="unmapped_columns")
    assert counted(run, collection="addresses", outcome="not_reached") == 1  # nobody lives there as far as rows tell
    assert change(few, "aj-se", "shop", name, david) == [("David Åkesson",)] and counted(run, why="frozen") >= 4
    assert change(few, "aj-se", "shop", there) == before and before[0][0]
    assert change(few, "aj-se", "shop", "SELECT 1 FROM customers WHERE email = 'grans1@example.com'") == []

    change(few, "aj-se", "shop", "UPDATE customers SET import_remark = NULL WHERE id = ?", elsa)
    Claim.objects.filter(pk=asked.pk).update(stage="closed")
    months.passed("aj-se", day=date(2027, 1, 4))
    assert not {("Elsa Nyström",), ("David Åkesson",)} & {
        *change(few, "aj-se", "shop", name, elsa), *change(few, "aj-se", "shop", name, david)}  # fmt: skip
    assert change(few, "aj-se", "shop", f"{order} customer_id = {elsa}") != [(day, None)]
    assert change(few, "aj-se", "shop", name, bjorn) == [("Björn Öberg",)]

    change(few, "aj-se", "ledger", "UPDATE saldo SET belopp = 0 WHERE kundnr = '200002'")
    months.passed("aj-se", day=date(2027, 11, 3))
    assert change(few, "aj-se", "shop", "SELECT email, phone FROM customers WHERE id = ?", bjorn) == [(None, None)]
    invoice = "SELECT fakturadatum FROM faktura WHERE kundnr = '200002'"
    assert change(few, "aj-se", "ledger", invoice) == [("2022-01-20",)]  # kept to the end of 2029


def test_who_is_one_person_and_who_is_not(few):
    """One e-mail in two spellings is one person; an address typed into somebody's chat is nobody's but its owner's."""
    elsa = demo.persona("aj-se", "elsa").email
    ((chat,),) = change(few, "aj-se", "service", "SELECT min(id) FROM chats")
    change(few, "aj-se", "service", "UPDATE chats SET customer_no = '200006', email = ? WHERE id = ?", elsa, chat)
    company, people = controller("aj-se"), []
    with Hand() as hand, hand.floor(company) as floor:
        hoards, seeds = floor.hoards(), floor.lanes.seeds
        for place in seeds:
            kin = Kin(Graph(hoards), hoards, seeds=[node_of(company, seed) for seed in seeds])
            page = floor.connectors[place[0]].scan(place[1], after=None, count=1000)
            people += [one.values for one in kin.people(page, node=node_of(company, place))]
    numbers = {no: [one for one in people if no in one.get("customer_no", ())] for no in ("200004", "200006", "200010")}
    assert [len(found) for found in numbers.values()] == [1, 1, 1]  # each once, in however many tables they are
    assert elsa in numbers["200004"][0]["email"] and elsa not in numbers["200006"][0]["email"]
    assert numbers["200010"][0]["customer_no"] == ("200010", "200011")


def test_addresses_go_after_three_years_and_vouchers_each_after_five(few):
    """E1 and E2: the only purchase in 2020; purchases in 2019 and 2026 (R-53: per voucher, not per customer)."""
    months.passed("aarstiderne", day=NOVEMBER)
    assert change(few, "aarstiderne", "shop", "SELECT 1 FROM customers WHERE email = 'anders.gaerde@example.com'") == []
    vouchers = "SELECT voucher_no, name FROM vouchers WHERE customer_no = '400002' ORDER BY voucher_no"
    left = change(few, "aarstiderne", "ledger", vouchers)
    assert [no for no, name in left if name and name != "-"] == ["B-0003"]
    bodil = change(few, "aarstiderne", "shop", "SELECT email FROM customers WHERE customer_no = '400002'")
    assert bodil == [("bodil.aerenlund@example.com",)]  # bought in February: nothing else of hers is over


@pytest.fixture
def asked(few):
    """David, whose time is up, asks for a copy before the run; nobody has begun with it."""
    who = demo.persona("aj-se", "david")
    case = Case.objects.create(
        reference="AJSE-DAVID", controller="aj-se", policy_digest=controller("aj-se").digest, language="sv",
        channel="form", received_at=noon(NOVEMBER), received_on=NOVEMBER, person={"email": who.email},
        email_confirmed_at=noon(NOVEMBER),
    )  # fmt: skip
    return Claim.objects.create(case=case, right="access", stage="received", stage_at=noon(NOVEMBER))


def test_a_day_of_the_log_waits_for_whoever_asked_for_a_line_of_it(few):
    who = demo.persona("aj-dk", "astrid")
    line = ("2024-05-06", "2024-05-06 10:00:00", "100001", "192.0.2.1", "/stole", "x", 0)
    change(few, "aj-dk", "shop", "INSERT INTO web_log VALUES (?, ?, ?, ?, ?, ?, ?)", *line)
    lines = "SELECT count(*) FROM web_log WHERE customer_no = '100001'"
    case = Case.objects.create(
        reference="AJDK-ASTRID", controller="aj-dk", policy_digest=controller("aj-dk").digest, language="da",
        channel="form", received_at=noon(NOVEMBER), received_on=NOVEMBER, email_confirmed_at=noon(NOVEMBER),
        person={"email": who.email, "customer_no": "100001"},
    )  # fmt: skip
    claim = Claim.objects.create(case=case, right="access", stage="received", stage_at=noon(NOVEMBER))
    asked_for = change(few, "aj-dk", "shop", lines)
    run = months.passed("aj-dk", day=DECEMBER)
    assert change(few, "aj-dk", "shop", lines) == asked_for and counted(run, collection="web_log", why="frozen")
    Claim.objects.filter(pk=claim.pk).update(stage="closed")
    second = runs.start("aj-dk", on=date(2027, 1, 1), now=noon(date(2027, 1, 4)))
    while not second.chunks.filter(lane="groups", phase="do", status="ready").exists():
        assert step(second, date(2027, 1, 4))
    Claim.objects.filter(pk=claim.pk).update(stage="received")  # at the last moment
    second = months.go_on(second, day=date(2027, 1, 4))
    assert change(few, "aj-dk", "shop", lines) == asked_for
    assert second.proof["left"] == {"changed": 1} and second.proof["done"]["erase"] > 0
    Claim.objects.filter(pk=claim.pk).update(stage="closed")
    months.passed("aj-dk", day=date(2027, 2, 1))
    assert change(few, "aj-dk", "shop", lines) == [(0,)]


def test_what_changed_since_it_was_approved_is_left_for_the_next_month(few, asked):
    Claim.objects.filter(pk=asked.pk).update(stage="closed")
    run = planned("aj-se", day=DECEMBER)
    change(few, "aj-se", "ledger", "UPDATE faktura SET fakturadatum = '2026-11-30' WHERE kundnr = '200004'")
    Claim.objects.filter(pk=asked.pk).update(stage="received")  # David asks while the report lies on the desk
    run = months.go_on(months.approved(run, day=DECEMBER), day=DECEMBER)
    assert run.status == Status.DONE and run.proof["left"]["changed"] >= 5
    assert change(few, "aj-se", "shop", "SELECT count(*) FROM customers WHERE name = 'David Åkesson'") == [(1,)]
    elsa = "SELECT count(*) FROM faktura WHERE kundnr = '200004'"
    assert change(few, "aj-se", "ledger", elsa) == [(1,)]  # its year begins anew


def test_who_asks_while_a_page_waits_to_be_carried_out_keeps_the_rows(few, asked, monkeypatch):
    """R-44, 18(2): the source was down for hours between the second look and the deed."""
    Claim.objects.filter(pk=asked.pk).update(stage="closed")
    change(few, "aj-se", "shop", "UPDATE customers SET import_remark = NULL WHERE customer_no = '200003'")
    run = months.approved(planned("aj-se", day=DECEMBER), day=DECEMBER)
    with monkeypatch.context() as down:
        down.setattr(carrying, "_execute", lambda *_: (_ for _ in ()).throw(ConnectorError("unreachable", False)))
        months.go_on(run, day=DECEMBER)
    assert run.chunks.filter(phase="do", status="ready", lane="people").exclude(next_try_at=None).exists()
    Claim.objects.filter(pk=asked.pk).update(stage="received")
    run = months.go_on(run, day=date(2026, 12, 2))
    assert change(few, "aj-se", "shop", "SELECT 1 FROM customers WHERE name = 'David Åkesson'") == [(1,)]
    assert run.status == Status.DONE and run.proof["left"]["changed"] >= 4 and run.proof["done"]["erase"] > 0


def test_another_policy_asks_for_approval_again(few):
    earlier = RetentionRun(controller="ajos", month=date(2026, 11, 1), on=date(2026, 11, 1), status=Status.DONE)
    earlier.started_at = earlier.approved_at = noon(NOVEMBER)
    earlier.policy_digest = "f" * 64  # approved under other words
    earlier.save()
    assert planned("ajos", day=DECEMBER).status == Status.TO_APPROVE


def test_a_policy_changed_while_the_report_lies_on_the_desk_is_read_anew(few):
    run = planned("ajos", day=NOVEMBER)
    RetentionRun.objects.filter(pk=run.pk).update(policy_digest="f" * 64)
    run.refresh_from_db()
    with pytest.raises(runs.NotPossible) as refused:
        months.approved(run, day=NOVEMBER)
    assert refused.value.code == "policy"
    run.refresh_from_db()
    assert (run.status, run.times, run.digest) == (Status.PLANNING, 2, "")


def test_the_clock_begins_a_run_and_the_sweep_carries_it_on(few, settings, tmp_path, at_once):
    shutil.copytree(ROOT / "controllers" / "ajos", tmp_path / "controllers" / "ajos")
    settings.DSAR_CONTROLLERS_PATH = [tmp_path / "controllers"]
    assert tasks.begin_runs() == 1 and tasks.begin_runs() == 0
    run = RetentionRun.objects.get()
    assert run.status == Status.TO_APPROVE
    runs.approve(run, digest=run.digest, user=approver("ajos"), now=timezone.now())
    tasks.sweep()
    run.refresh_from_db()
    assert run.status == Status.DONE and run.proof["done"]["erase"] > 5


def test_a_company_that_has_not_told_what_decides_erases_nothing(few):
    run = planned("ajos", day=NOVEMBER)
    user = approver("ajos")
    point = next(one for one in waivers.points("ajos") if one.waiver and "erasure_decision" in one.blocks)
    waivers.take_back("ajos", pk=point.waiver.pk, user=user, now=noon(NOVEMBER))
    with pytest.raises(runs.NotPossible) as refused:
        runs.approve(run, digest=run.digest, user=user, now=noon(NOVEMBER))
    assert refused.value.code == "open_points"


def test_a_source_that_is_down_rests_its_pages_and_the_run_goes_on_later(few):
    ledger = few / "aj-se" / "ledger.sqlite"
    ledger.rename(ledger.with_suffix(".away"))
    run = planned("aj-se", day=NOVEMBER)
    page = run.chunks.get()
    assert (run.status, page.lane, page.error) == (Status.PLANNING, "start", "unreachable")
    assert page.next_try_at > noon(NOVEMBER) and work.waits(run, now=noon(NOVEMBER))
    ledger.with_suffix(".away").rename(ledger)
    assert months.go_on(run, day=date(2026, 11, 23)).status == Status.TO_APPROVE


def test_who_has_lost_the_lease_writes_nothing(few, monkeypatch):
    run = runs.start("ajos", on=date(2026, 11, 1), now=noon(NOVEMBER))
    step(run)
    store = files.store

    def late(body):  # another worker took the page while this one thought
        RetentionChunk.objects.filter(run=run).update(token=99)
        return store(body)

    monkeypatch.setattr(files, "store", late)
    while step(run) and not SealedFile.objects.filter(purpose="routine").exists():
        pass
    assert not RetentionChunk.objects.filter(run=run).exclude(file=None).exists()
    assert not SealedFile.objects.filter(purpose="routine", shredded_at=None).exists()


def test_a_run_stopped_keeps_its_hands_off_and_can_begin_anew(few):
    run = planned("ajos", day=NOVEMBER)
    runs.stop(run, user=approver("ajos"), now=noon(NOVEMBER))
    assert run.status == Status.STOPPED and not SealedFile.objects.filter(purpose="routine", shredded_at=None).exists()
    with pytest.raises(runs.NotPossible):
        runs.approve(run, digest=run.digest, user=approver("ajos"), now=noon(NOVEMBER))
    again = months.go_on(runs.again(run, user=approver("ajos"), now=noon(NOVEMBER)), day=NOVEMBER)
    assert (again.status, again.times) == (Status.TO_APPROVE, 2)


def test_stopped_in_the_middle_the_page_at_work_is_ended_and_counted(few):
    run = planned("ajos", day=NOVEMBER)
    months.approved(run, day=NOVEMBER)
    before = rows(few, "ajos")
    page = run.chunks.filter(status="ready").order_by("pk").first()
    held = ledger.take(page, now=noon(NOVEMBER))  # a worker is at it
    runs.stop(run, user=approver("ajos"), now=noon(NOVEMBER))
    assert (run.status, run.chunks.filter(status="ready").get()) == (Status.RUNNING, held)
    with Hand() as hand:
        carrying.check(held, controller("ajos"), hand=hand, now=lambda: noon(NOVEMBER))
        held = ledger.take(run.chunks.get(pk=held.pk), now=noon(NOVEMBER))
        carrying.carry_out(held, controller("ajos"), hand=hand, now=lambda: noon(NOVEMBER))
    assert step(run) and not step(run)
    run.refresh_from_db()
    assert run.status == Status.STOPPED
    assert sum(touched(before, rows(few, "ajos")).values()) == sum(run.proof["done"].values()) > 0


def carry_out_killed(page, monkeypatch):
    """A worker takes the page, its rows go, and the worker is gone before it could write so."""
    page = ledger.take(page, now=noon(NOVEMBER))
    with monkeypatch.context() as killed, Hand() as hand, pytest.raises(KeyboardInterrupt):
        killed.setattr(carrying, "_finish", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        carrying.carry_out(page, controller("ajos"), hand=hand, now=lambda: noon(NOVEMBER))
    return page


@pytest.mark.parametrize("ending", ["month", "policy", "stopped"])
def test_what_a_worker_had_begun_is_counted_though_the_run_goes_no_further(few, monkeypatch, ending):
    run = months.approved(planned("ajos", day=NOVEMBER), day=NOVEMBER)
    before = rows(few, "ajos")
    while not run.chunks.filter(status="ready", phase="do", attempts=0).exists():
        assert step(run)
    page = carry_out_killed(run.chunks.filter(status="ready", phase="do").first(), monkeypatch)
    gone = touched(before, rows(few, "ajos"))
    if ending == "month":
        runs.start("ajos", on=DECEMBER, now=noon(DECEMBER))
    elif ending == "policy":
        RetentionRun.objects.filter(pk=run.pk).update(policy_digest="f" * 64)
    else:
        runs.stop(run, user=approver("ajos"), now=noon(NOVEMBER))
    if ending != "month":
        assert not step(run)  # the worker may be alive: its page and its plans are left to it
        assert run.chunks.get(status="ready") == page and run.chunks.get(status="ready").file
    months.go_on(run, day=DECEMBER)
    assert run.status == ("stopped" if ending == "stopped" else "overtaken")
    assert touched(before, rows(few, "ajos")) == gone and sum(gone.values()) == sum(run.proof["done"].values()) > 0
    assert run.proof["pages"] == run.chunks.filter(status="done", phase="do").count() and run.proof["failed"]


def test_runs_begin_by_the_clock_once_a_month_also_late(few):
    begun = runs.due(now=noon(date(2026, 11, 3)))
    assert {run.controller for run in begun} == set(demo.SLUGS) and {run.on for run in begun} == {date(2026, 11, 1)}
    assert runs.due(now=noon(date(2026, 11, 30))) == []
    later = runs.due(now=noon(DECEMBER))
    assert {run.month for run in later} == {date(2026, 12, 1)}
    assert set(RetentionRun.objects.filter(month=date(2026, 11, 1)).values_list("status", flat=True)) == {"overtaken"}


def test_a_run_approved_meanwhile_keeps_no_other_company_from_its_own(few, monkeypatch):
    first = runs.due(now=noon(NOVEMBER))[0]
    RetentionRun.objects.exclude(pk=first.pk).delete()
    RetentionRun.objects.filter(pk=first.pk).update(status=Status.TO_APPROVE, policy_digest="f" * 64)
    digest = runs.remember_version

    def approved(company):
        RetentionRun.objects.filter(pk=first.pk).update(status=Status.RUNNING, approved_at=noon(NOVEMBER))
        return digest(company)

    monkeypatch.setattr(runs, "remember_version", approved)
    assert len(runs.due(now=noon(NOVEMBER))) > 1


def test_the_command_rehearses_any_day_and_carries_on_only_today(few, capsys):
    before = bytes_of(few, "ajos")
    call_command("routine", "ajos", "--rehearse", "--on", "2031-01-01", "--json")
    told = json.loads(capsys.readouterr().out)
    assert told["status"] == "rehearsal" and told["acts"] > 20
    assert bytes_of(few, "ajos") == before and not RetentionRun.objects.exists()
    with pytest.raises(CommandError, match="its day has not come"):
        call_command("routine", "ajos", "--on", f"{timezone.now().year + 2}-01-01")
    with pytest.raises(CommandError, match="no run yet"):
        call_command("routine", "ajos", "--report")


def test_a_month_on_a_database_server(mariadb_url, monkeypatch):
    """E1 and E2 again: vouchers by their year, addresses three years after the last purchase."""
    demo.build("aarstiderne", lambda source: mariadb_url, count=20)  # no two of its sources have a table of one name
    for source in demo.write.sources("aarstiderne"):
        monkeypatch.setenv(f"DSAR_SOURCE_AARSTIDERNE_{source.upper()}", mariadb_url)
    run = months.passed("aarstiderne", day=NOVEMBER)
    acts = sum(row["count"] for row in run.summary if row["action"])
    assert acts > 50 and sum(run.proof["done"].values()) + run.proof["left"].pop("pointed_at") == acts
    assert run.proof["left"] == {}
    engine = sa.create_engine(mariadb_url)
    with engine.connect() as database:
        left = database.execute(sa.text("SELECT voucher_no FROM vouchers WHERE customer_no = '400002' "
                                        "AND name <> '-' AND name <> 'erased'")).scalars().all()  # fmt: skip
        anders = database.execute(sa.text("SELECT 1 FROM customers WHERE email = 'anders.gaerde@example.com'")).all()
    engine.dispose()
    assert (left, anders) == (["B-0003"], [])
