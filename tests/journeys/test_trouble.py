"""What goes wrong on the way: nothing is lost, nothing is done twice, and the case shows it and can go on."""

import sqlite3
from contextlib import closing
from datetime import timedelta

from connectors.sql import address
from fulfilment.models import Bundle, Delivery, ErasureReceipt
from requests_app.models import Letter
from tests.journeys.browser import Browser
from tests.journeys.people import data_of


def _until_review(town, slug="aj-dk", key="astrid", right="access"):
    person, office = town.person(slug, key), town.office(slug)
    person.ask(right)
    person.prove()
    office.start(person.reference, right)
    return person, office


def test_a_source_that_is_down_is_shown_and_waited_for(town, clock):
    astrid, office = _until_review(town)
    source = town.folder / "aj-dk" / "erp.sqlite"
    away = source.rename(source.with_suffix(".away"))
    town.workers.run()
    page = office.case(astrid.reference)
    assert "Collecting data" in page.text and "Collect: erp unreachable" in page.text
    assert "Vi finder dine oplysninger i vores systemer." in astrid.open_case().text
    for _ in range(6):  # half a minute, one, two … then a person is asked to look
        clock.shift(timedelta(minutes=10))
        town.workers.minute()
    page = office.case(astrid.reference)
    assert "Try the failed steps again" in page.text and "In review" not in page.text
    away.rename(source)
    office.caseworker.press("/access/do/retry/")
    town.workers.run()
    office.review(astrid.reference, "access")
    office.approve(astrid.reference, "access")
    town.workers.run()
    data = data_of(astrid.download())
    assert len(data["erp.invoices"]) == 1 and len(data["shop.orders"]) == 1  # all of it, and once


def test_a_source_that_comes_back_by_itself_needs_nobody(town, clock, monkeypatch):
    monkeypatch.setattr(address, "CONNECT_SECONDS", 0.5)  # how long each look waits for a lock
    astrid, office = _until_review(town)
    source = town.folder / "aj-dk" / "shop.sqlite"
    with closing(sqlite3.connect(source, isolation_level=None)) as writer:
        writer.execute("BEGIN EXCLUSIVE")  # somebody else works on it and holds it all
        town.workers.run()
        assert "In review" not in office.case(astrid.reference).text
        writer.execute("ROLLBACK")
    clock.shift(timedelta(minutes=2))
    town.workers.minute()
    assert "In review" in office.case(astrid.reference).text


def test_a_mail_server_that_says_later_is_asked_later(town, clock):
    town.smtp.data = "451 4.7.1 please wait"
    astrid = town.person("aj-dk", "astrid")
    astrid.ask("access")
    assert town.post.to(astrid.who.email) == []
    town.smtp.data = "250 OK"
    for _ in range(3):
        clock.shift(timedelta(minutes=3))
        town.workers.minute()
    assert sorted(mail.subject.split(" [")[0] for mail in town.post.to(astrid.who.email)) == [
        "Bekræft din e-mailadresse", "Vi har modtaget din anmodning",
    ]  # fmt: skip


def test_a_mail_nobody_takes_is_shown_and_sent_to_a_better_address(town, clock):
    town.smtp.rcpt = "550 5.1.1 no such user"
    astrid, office = town.person("aj-dk", "astrid"), town.office("aj-dk")
    astrid.ask("access")
    clock.shift(timedelta(minutes=5))
    town.workers.minute()
    failed = Letter.objects.filter(case__reference=astrid.reference).exclude(failed_at=None)
    assert failed.count() == 2 and set(failed.values_list("error", flat=True)) == {"smtp_550"}
    page = office.case(astrid.reference)
    town.smtp.rcpt = "250 OK"
    office.caseworker.open(f"cases/{astrid.reference}/letters/{failed[0].pk}/")
    office.caseworker.press("/again/", to="astrid@nowhere.example.org")
    town.workers.run()
    assert len(town.post.to("astrid@nowhere.example.org")) == 1
    assert "smtp_550" in page.text


def test_every_message_handed_out_twice_does_everything_once(town):
    town.workers.deliveries = 2
    anna, office = town.person("aj-se", "anna"), town.office("aj-se")
    anna.ask("access", "erasure")
    anna.prove()
    for right in ("access", "erasure"):
        office.start(anna.reference, right)
    town.workers.run()
    office.review(anna.reference, "access")
    office.submit_plan(anna.reference)
    office.approve(anna.reference, "erasure")
    town.workers.run()
    assert not ErasureReceipt.objects.exists()  # the copy comes first
    office.approve(anna.reference, "access")
    town.workers.run()
    town.workers.minute()
    assert Bundle.objects.count() == Delivery.objects.count() == 1
    done = ErasureReceipt.objects.values_list("rows", "instructions")
    assert sum(rows for rows, _ in done) == sum(told for _, told in done) > 5
    kinds = list(Letter.objects.values_list("kind", flat=True))
    once = ("acknowledgement", "confirm_email", "proof_link", "delivery_ready", "erasure_certificate")
    assert {kind: kinds.count(kind) for kind in once} == dict.fromkeys(once, 1)
    subjects = [mail.subject for mail in town.post.to(anna.who.email)]
    assert len([one for one in subjects if one.startswith("Vi har fått din begäran")]) <= 1
    assert Letter.objects.exclude(sent_at=None).filter(channel="mail").count() == len(subjects)
    assert data_of(anna.download())["shop.orders"]


def test_a_broker_that_forgot_costs_a_minute(town, clock):
    astrid, office = _until_review(town)
    assert town.workers.lose_all() > 0
    assert town.workers.run() == []
    clock.shift(timedelta(minutes=1))
    town.workers.minute()
    assert "In review" in office.case(astrid.reference).text


def test_links_that_are_old_or_used_open_nothing(town, clock):
    astrid, office = town.person("aj-dk", "astrid"), town.office("aj-dk")
    astrid.ask("access")
    for part in ("/confirm/", "/identity/proof/"):
        if part == "/identity/proof/":
            astrid.open_case()
            astrid.prove()
        else:
            astrid.browser.open(astrid.link(part))
            astrid.browser.press()
        used = Browser().open(astrid.link(part))
        assert used.status in (404, 410) and astrid.who.name not in used.text, part
    office.answer_access(astrid.reference)
    astrid.download()
    code = astrid.mail_with_code().code
    other = Browser()
    other.open(astrid.link("/download/"))
    other.press()
    town.workers.run()
    wrong = other.press(code=code)  # the code of before is void, and it was used
    assert wrong.status == 422 and not wrong.has("/file/")
    clock.shift(timedelta(days=8))
    late = Browser().open(astrid.link("/download/"))
    assert not late.has("/code/") and not late.has("/file/")
    clock.shift(timedelta(days=120))
    late = Browser()
    assert late.open(astrid.link("/s/")).status == 404
    before = len(town.post.to(astrid.who.email))
    late.press(email=astrid.who.email, reference=astrid.reference)
    town.workers.run()
    assert len(town.post.to(astrid.who.email)) == before + 1
    assert astrid.open_case().status == 200
