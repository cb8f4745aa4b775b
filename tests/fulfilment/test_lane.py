"""The instant lane: nobody proves, weighs or approves; sources are told at once, and nobody learns what is there."""

import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

import demo
from connectors.base import Identity
from fulfilment import pipeline
from fulfilment.collecting import find
from fulfilment.models import ErasureReceipt, HandTask, Plan, Step, Suppressed
from fulfilment.planning import changes, fate
from fulfilment.stopping import lane, suppression
from law.rights import Right
from requests_app import intake
from requests_app.answers import Answers
from requests_app.controllers import controller
from requests_app.states import Channel
from tests.fulfilment.conftest import NOW
from tests.fulfilment.walk import approved, run

pytestmark = pytest.mark.django_db
TODAY = "2026-11-22"


def ask(slug, right=Right.marketing_objection, *, rights=(), language="en", **person):
    """The claim of one right, as the public form opens it."""
    answers = Answers(rights=(right, *rights), **{"name": "Somebody", **person})
    case = intake.submit(answers, controller=controller(slug), language=language, channel=Channel.FORM,
                         received_at=NOW, now=NOW)  # fmt: skip
    return case.claims.get(right=right)


def rows(folder, slug, source, statement, *values):
    with closing(sqlite3.connect(folder / slug / f"{source}.sqlite")) as database:
        found = database.execute(statement, values).fetchall()
        database.commit()
        return found


def test_an_objection_stops_marketing_in_every_source_and_says_so(own_sources):
    who = demo.persona("aj-dk", "astrid")
    claim = ask("aj-dk", name=who.name, email=who.email.upper(), language="da")
    every_other = "SELECT * FROM customers WHERE customer_no <> ?"
    others = rows(own_sources, "aj-dk", "shop", every_other, who.customer_no)
    assert claim.stage == "fulfilling"
    assert run(claim).stage == "closed" and claim.outcome == "granted"
    mark = "SELECT no_marketing_since FROM customers WHERE customer_no = ?"
    assert rows(own_sources, "aj-dk", "shop", mark, who.customer_no) == [(TODAY,)]
    assert others == rows(own_sources, "aj-dk", "shop", every_other, who.customer_no)
    assert suppression.holds("aj-dk", f" {who.email} ") and not suppression.holds("ajos", who.email)
    assert {plan.status for plan in claim.plans.all()} == {Plan.Status.PROVED} and ErasureReceipt.objects.exists()
    letter = claim.case.letters.get(kind="marketing_objection")
    assert "Webshop" in letter.text and "Nyhedsbrev" in letter.text and "22. november 2026" in letter.text
    kinds = list(claim.case.letters.values_list("kind", flat=True))
    assert sorted(kinds) == ["acknowledgement", "marketing_objection", "news"]  # one mail less than others get


def test_the_list_is_written_before_any_source_is_asked(own_sources):
    claim = ask("aj-dk", email=demo.persona("aj-dk", "astrid").email)
    pipeline.advance(claim, now=NOW)
    assert Suppressed.objects.get().why == "objection"
    assert not Step.objects.filter(name="mark", status="done").exists() and not claim.plans.exists()


def test_the_letter_is_the_same_whether_somebody_is_known_or_not(own_sources):
    """Whoever types another's address stops marketing to them and learns nothing (Art. 15(4), 32)."""
    said = []
    for email in (demo.persona("aj-dk", "astrid").email, "nobody@example.net"):
        for right in (Right.marketing_objection, Right.withdraw_consent):
            claim = run(ask("aj-dk", right, email=email))
            letter = claim.case.letters.get(kind=right)
            events = [(one.kind, one.actor) for one in claim.case.events.exclude(kind__startswith="change")]
            said.append((right, letter.text.replace(claim.case.reference, "*"), events))
    assert said[:2] == said[2:]


def test_a_lead_who_objects_is_erased_and_leaves_a_digest(own_sources):
    """E13: Art. 21(2), 17(1)(c), and an entry on the list (R-57)."""
    carsten = demo.persona("ajos", "carsten")
    count = "SELECT count(*) FROM leads"
    ((before,),) = rows(own_sources, "ajos", "crm", count)
    claim = run(ask("ajos", name=carsten.name, email=carsten.email))
    assert claim.stage == "closed"
    assert rows(own_sources, "ajos", "crm", "SELECT * FROM leads WHERE email = ?", carsten.email) == []
    assert rows(own_sources, "ajos", "crm", count) == [(before - 1,)]
    assert suppression.holds("ajos", carsten.email)
    assert ErasureReceipt.objects.filter(action="erase", rows=1).count() == 1


def _fates(slug, who, today, *, requested):
    ours, person = controller(slug), Identity({"email": (who.email,)})
    found = list(find.records(ours, proved=person, given=person))
    return list(fate.fates(lambda: found, controller=ours, on=today, requested=requested))


def test_what_somebody_is_owed_a_copy_of_is_only_marked(own_sources):
    """R-44: the lead also asks what is held about him. He is left alone at once, and goes by the next routine run."""
    carsten = demo.persona("ajos", "carsten")
    claim = run(ask("ajos", rights=(Right.access,), name=carsten.name, email=carsten.email))
    assert claim.stage == "closed"
    since = "SELECT no_marketing_since FROM leads WHERE email = ?"
    assert rows(own_sources, "ajos", "crm", since, carsten.email) == [(TODAY,)]
    assert not HandTask.objects.exists() and not ErasureReceipt.objects.filter(action="erase").exists()
    today = NOW.date()
    (lead,) = [one for one in _fates("ajos", carsten, today, requested=False) if one.record.collection == "leads"]
    assert lead.action == "erase"  # routine, without a request: the mark says that he has objected


def test_a_consent_withdrawn_ends_what_rests_on_it_and_nothing_else(own_sources):
    who = demo.persona("aj-dk", "astrid")
    claim = run(ask("aj-dk", Right.withdraw_consent, email=who.email))
    assert claim.stage == "closed" and suppression.holds("aj-dk", who.email)
    since = "SELECT no_marketing_since FROM customers WHERE customer_no = ?"
    assert rows(own_sources, "aj-dk", "shop", since, who.customer_no) == [(None,)]  # that rests on an interest
    left = "SELECT unsubscribed_on FROM subscribers WHERE email = ?"
    assert rows(own_sources, "aj-dk", "marketing", left, who.email) == [(TODAY,)]


def test_a_newsletter_that_rests_on_an_interest_ends_with_the_consent_kept_for_it(own_sources):
    """AJ Produkter AB names no consent in its policy and keeps a table of them: who withdraws gets no mailing."""
    who = demo.persona("aj-se", "cecilia")
    run(ask("aj-se", Right.withdraw_consent, email=who.email))
    assert suppression.holds("aj-se", who.email)
    found = "SELECT count(*) FROM subscribers WHERE email = ? AND unsubscribed_on IS NULL"
    assert rows(own_sources, "aj-se", "service", found, who.email) == [(0,)]


def test_evidence_of_a_consent_is_marked_and_kept(own_sources):
    """Aarstiderne keeps it for two years: the newsletter ends, the proof of the old yes stays (Art. 7(1))."""
    bodil = demo.persona("aarstiderne", "bodil")
    evidence = "SELECT id, withdrawn_at FROM consents WHERE email = ?"
    ((number, withdrawn),) = rows(own_sources, "aarstiderne", "newsletter", evidence, bodil.email)
    assert withdrawn is None
    run(ask("aarstiderne", Right.withdraw_consent, email=bodil.email))
    ((kept, withdrawn),) = rows(own_sources, "aarstiderne", "newsletter", evidence, bodil.email)
    assert kept == number and withdrawn.startswith(TODAY)
    subscribed = "SELECT count(*) FROM subscribers WHERE email = ?"
    assert rows(own_sources, "aarstiderne", "newsletter", subscribed, bodil.email) == [(0,)]


def test_a_source_that_is_down_holds_the_letter_back_but_not_the_others(own_sources, staff):
    who = demo.persona("aj-dk", "astrid")
    shop = own_sources / "aj-dk" / "shop.sqlite"
    shop.rename(shop.with_suffix(".away"))
    claim = run(ask("aj-dk", email=who.email))
    assert claim.stage == "fulfilling" and suppression.holds("aj-dk", who.email)
    assert not claim.case.letters.filter(kind="marketing_objection").exists()  # nothing is "stopped" before it is
    left = "SELECT unsubscribed_on FROM subscribers WHERE email = ?"
    assert rows(own_sources, "aj-dk", "marketing", left, who.email) == [(TODAY,)]
    shop.with_suffix(".away").rename(shop)
    assert run(claim, now=NOW + timedelta(minutes=1)).stage == "closed"
    since = "SELECT no_marketing_since FROM customers WHERE customer_no = ?"
    assert rows(own_sources, "aj-dk", "shop", since, who.customer_no) == [(TODAY,)]


def test_while_a_source_comes_and_goes_the_others_rest_before_they_look_again(own_sources):
    shop = own_sources / "aj-dk" / "shop.sqlite"
    shop.rename(shop.with_suffix(".away"))
    claim = run(ask("aj-dk", email=demo.persona("aj-dk", "astrid").email))
    shop.with_suffix(".away").rename(shop)
    later = NOW + timedelta(minutes=1)
    while not Step.objects.filter(name="mark", source="shop", status="done").exists():
        pipeline.advance(claim, now=later)
    shop.rename(shop.with_suffix(".away"))
    done = [pipeline.advance(claim, now=later) for _ in range(20)]
    assert done[-1] is pipeline.Progress.RESTS
    shop.with_suffix(".away").rename(shop)
    assert run(claim, now=later + timedelta(seconds=29)).stage == "fulfilling"
    assert run(claim, now=later + timedelta(seconds=30)).stage == "closed"


def test_what_will_not_go_is_taken_back_and_answered_by_people(own_sources, staff):
    shop = own_sources / "aj-dk" / "shop.sqlite"
    shop.rename(shop.with_suffix(".away"))
    claim, now = ask("aj-dk", email=demo.persona("aj-dk", "astrid").email), NOW
    for _ in range(6):
        run(claim, now=now)
        now += timedelta(hours=1)
    assert [step.source for step in pipeline.failed(claim)] == ["shop"]
    pipeline.take_back(claim, user=staff["preparer"], now=now)
    assert claim.stage == "review"
    run(approved(claim, staff, decision={"stopped": ["News by e-mail"]}), now=now)
    assert claim.stage == "closed" and "News by e-mail" in claim.case.letters.get(kind="marketing_objection").text


def test_a_worker_killed_between_the_source_and_its_receipt_does_it_once(own_sources, monkeypatch):
    who = demo.persona("aj-dk", "astrid")
    claim = ask("aj-dk", email=who.email)
    pipeline.advance(claim, now=NOW)
    with monkeypatch.context() as patched:

        def killed(*args, **kwargs):
            raise KeyboardInterrupt

        patched.setattr("fulfilment.planning.receipts.ErasureReceipt.objects.bulk_create", killed)
        with pytest.raises(KeyboardInterrupt):
            run(claim)
    plans = claim.plans.count()
    later = NOW + timedelta(minutes=6)
    assert run(claim, now=later).stage == "closed"
    assert {plan.status for plan in claim.plans.all()} == {"proved"} and claim.plans.count() >= plans
    since = "SELECT no_marketing_since FROM customers WHERE customer_no = ?"
    assert rows(own_sources, "aj-dk", "shop", since, who.customer_no) == [(TODAY,)]


def test_a_row_that_changes_meanwhile_is_looked_for_again(own_sources, monkeypatch):
    who = demo.persona("aj-dk", "astrid")
    claim, changed = ask("aj-dk", email=who.email), []
    at_once = changes.at_once

    def somebody_was_faster(plan, *, now):
        if not changed and plan.summary[0]["source"] == "shop":
            update = "UPDATE customers SET phone = '1' WHERE email = ?"
            changed.append(rows(own_sources, "aj-dk", "shop", update, who.email))
        return at_once(plan, now=now)

    monkeypatch.setattr(lane.changes, "at_once", somebody_was_faster)
    assert run(claim).stage == "closed" and changed
    assert sorted(claim.plans.values_list("status", flat=True)).count("stale") == 1


def test_asked_twice_it_is_done_once(own_sources):
    who = demo.persona("aj-dk", "astrid")
    first, second = (run(ask("aj-dk", email=who.email)) for _ in range(2))
    assert first.stage == second.stage == "closed" and not second.plans.exists()
    assert Suppressed.objects.count() == 1


def test_what_no_program_can_mark_becomes_a_task_with_a_day(own_sources):
    """The till system of Ajour has no mark: a person does it by 24 November, and the letter says so (R-33)."""
    ((number,),) = rows(own_sources, "ajour", "tills", "SELECT customer_no FROM users LIMIT 1")
    ((email,),) = rows(own_sources, "ajour", "crm", "SELECT email FROM customers WHERE customer_no = ?", number)
    claim = run(ask("ajour", email=email, language="nb"))
    assert claim.stage == "closed"
    assert set(HandTask.objects.values_list("claim", "code", "source")) == {(claim.pk, "marketing", "tills")}
    letter = " ".join(claim.case.letters.get(kind="marketing_objection").text.split())
    assert "for hånd senest 24. november 2026, hvis det finnes noe om deg i dem: Brukere av kassesystemet" in letter
    assert "Vi har sluttet" not in letter  # not before it is true everywhere


def test_whoever_gives_a_number_alone_is_kept_off_the_list_by_the_address_found(own_sources):
    """By telephone: staff enter a customer number. The address in the marked rows must not come back either (R-57)."""
    who = demo.persona("aj-dk", "astrid")
    run(ask("aj-dk", customer_no=who.customer_no))
    assert suppression.holds("aj-dk", who.email)


@pytest.mark.parametrize(("given", "said"), [("email", True), ("customer_no", False)])
def test_the_letter_speaks_of_an_address_on_the_list_only_where_one_was_given(own_sources, given, said):
    ((number,),) = rows(own_sources, "ajour", "tills", "SELECT customer_no FROM users LIMIT 1")
    claim = run(ask("ajour", **{given: {"email": "x@example.net", "customer_no": number}[given]}))
    letter = " ".join(claim.case.letters.get(kind="marketing_objection").text.split())
    assert ("number on the list" in letter) is said and "our staff see to it" in letter


@pytest.mark.parametrize("more", [(), ("email",)])
def test_whoever_objects_by_telephone_does_not_speak_for_the_others_at_that_switchboard(own_sources, more):
    """Anybody can type a number. Rows of others with an address of their own are left to a person, neither erased nor
    marked (a mark makes a lead go by the next routine run), and their address is not put on the list."""
    carsten, colleague = demo.persona("ajos", "carsten"), "colleague@fjord.example.com"
    lead = "SELECT email, no_marketing_since FROM leads WHERE phone = ? ORDER BY email"
    copied = "name, phone, employer, source, source_detail, first_contact_on, status"
    again = f"INSERT INTO leads (email, {copied}) SELECT ?, {copied} FROM leads WHERE email = ?"
    rows(own_sources, "ajos", "crm", again, colleague, carsten.email)
    claim = run(ask("ajos", phone=carsten.phone, **{kind: getattr(carsten, kind) for kind in more}))
    assert claim.stage == "closed" and suppression.holds("ajos", carsten.phone, kind="phone")
    left = [(carsten.email, None), (colleague, None)]
    assert rows(own_sources, "ajos", "crm", lead, carsten.phone) == (left[1:] if more else left)
    assert not suppression.holds("ajos", colleague)
    assert list(HandTask.objects.values_list("collection", "count")) == [("leads", 1 if more else 2)]
    letter = " ".join(claim.case.letters.get(kind="marketing_objection").text.split())
    assert ("their own programs obey" in letter) is bool(more)
    assert ("Our staff see to it that your data are not used" in letter) is (not more)  # nobody has looked yet


def test_a_lead_with_nothing_but_the_number_is_marked_and_goes_by_the_routine_run(own_sources):
    carsten = demo.persona("ajos", "carsten")
    rows(own_sources, "ajos", "crm", "UPDATE leads SET email = NULL WHERE email = ?", carsten.email)
    run(ask("ajos", phone=carsten.phone))
    found = rows(own_sources, "ajos", "crm", "SELECT no_marketing_since FROM leads WHERE phone = ?", carsten.phone)
    assert found == [(TODAY,)] and not HandTask.objects.exists()


def test_a_name_alone_is_looked_for_by_people(own_sources):
    claim = run(ask("aj-dk", name="Astrid Møller", address="Lærkestien 4"))
    assert claim.stage == "closed" and HandTask.objects.get().code == lane.BY_NAME
    assert not Suppressed.objects.exists()
