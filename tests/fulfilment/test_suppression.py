"""The suppression list: keyed digests of one company, asked before every mailing, and kept true by a daily look."""

import io
import resource
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

import demo
from fulfilment.models import Suppressed, SuppressionSweep
from fulfilment.stopping import came_back, suppression
from requests_app.controllers import controller
from tests.fulfilment.conftest import NOW
from tests.fulfilment.walk import approved, run

pytestmark = pytest.mark.django_db
WHY = suppression.Why.OBJECTION


def add(slug, *emails):
    return suppression.add(slug, [("email", one) for one in emails], why=WHY, now=NOW)


def command(monkeypatch, *words, lines=(), **options):
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
    out = io.StringIO()
    call_command("suppressed", *words, stdout=out, **options)
    return out.getvalue().splitlines()


def test_an_address_is_known_however_it_is_written_and_by_one_company_alone():
    assert add("aj-dk", " Sofie.Nørby@Example.com", "sofie.nørby@example.com") == 1
    assert suppression.holds("aj-dk", "SOFIE.NØRBY@EXAMPLE.COM ")
    assert not suppression.holds("aj-se", "sofie.nørby@example.com")
    assert not suppression.holds("aj-dk", "") and not suppression.holds("aj-dk", "  ")
    suppression.add("aj-dk", [("phone", "+45 20 12 34 56")], why=WHY, now=NOW)
    assert suppression.holds("aj-dk", "20123456", kind="phone")


def test_the_database_holds_no_address():
    add("aj-dk", "sofie@example.com")
    kept = str(list(Suppressed.objects.values()))
    assert "sofie" not in kept and "example" not in kept and len(Suppressed.objects.get().digest) == 64


def test_saying_yes_again_needs_a_reason_and_leaves_a_trace():
    add("aj-dk", "sofie@example.com")
    with pytest.raises(ValueError, match="because"):
        suppression.remove("aj-dk", "sofie@example.com", because=" ", now=NOW)
    assert suppression.remove("aj-dk", "Sofie@example.com", because="Signed up at the till", now=NOW)
    assert not suppression.remove("aj-dk", "sofie@example.com", because="again", now=NOW)
    ended = Suppressed.objects.get()
    assert (ended.digest, ended.ended_because) == ("", "Signed up at the till") and suppression.count("aj-dk") == 0
    assert add("aj-dk", "sofie@example.com") == 1 and suppression.holds("aj-dk", "sofie@example.com")


def test_a_mailing_asks_first(monkeypatch):
    add("aj-dk", "no@example.com")
    lines = ["Yes@example.com", "", " NO@example.com ", "yes2@example.com"]
    assert command(monkeypatch, "aj-dk", lines=lines) == ["Yes@example.com", "yes2@example.com"]
    assert command(monkeypatch, "aj-dk", lines=lines, inverse=True) == ["NO@example.com"]
    (said,) = command(monkeypatch, "aj-dk", lines=lines, count=True)
    assert said == "read 3, suppressed 1, may be mailed 2; on the list 1"
    assert command(monkeypatch, "aj-se", lines=lines, inverse=True) == []
    with pytest.raises(CommandError, match="expected one of"):
        command(monkeypatch, "nobody", lines=lines)


def test_a_company_brings_the_list_it_has(monkeypatch):
    addresses = [f"old{number}@example.com" for number in range(1200)]
    assert command(monkeypatch, "aj-dk", lines=addresses, add=True) == ["added 1200; on the list 1200"]
    assert command(monkeypatch, "aj-dk", lines=addresses[:3], add=True) == ["added 0; on the list 1200"]
    with pytest.raises(CommandError, match="--because"):
        command(monkeypatch, "aj-dk", lines=addresses, remove=True)
    taken = command(monkeypatch, "aj-dk", lines=[*addresses[:3], "x@example.com"], remove=True, because="New opt-in")
    assert taken == ["taken off 3, not on the list 1"]
    ((link),) = command(monkeypatch, "aj-dk", lines=["a@example.com"], links=True)
    assert link.startswith("a@example.com\thttp") and "/aj-dk/stop/" in link


def test_a_long_list_is_never_held_in_memory(monkeypatch):
    """Two hundred thousand lines through the sieve: what the process holds does not grow with them."""
    add("aj-dk", "line77@example.com")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    passed = sum(1 for _ in suppression.sift("aj-dk", (f"line{number}@example.com" for number in range(200_000))))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert passed == 199_999 and grown < 20_000, grown  # KiB


def rows(folder, slug, source, statement, *values):
    with closing(sqlite3.connect(folder / slug / f"{source}.sqlite")) as database:
        found = database.execute(statement, values).fetchall()
        database.commit()
        return found


def test_whoever_comes_back_is_marked_again(own_sources):
    """An old list was imported over the newsletter: the address is there again, without the mark."""
    who, ours = demo.persona("aj-dk", "camilla"), controller("aj-dk")
    add("aj-dk", who.email)
    every_other = "SELECT * FROM subscribers WHERE email <> ? ORDER BY id"
    others = rows(own_sources, "aj-dk", "marketing", every_other, who.email)
    sweep = came_back.look(ours, now=NOW)
    assert (sweep.came_back, sweep.marked) == (1, 1) and sweep.looked > 100
    left = "SELECT unsubscribed_on FROM subscribers WHERE email = ?"
    assert rows(own_sources, "aj-dk", "marketing", left, who.email) == [("2026-11-22",)]
    assert others == rows(own_sources, "aj-dk", "marketing", every_other, who.email)
    assert came_back.look(ours, now=NOW).came_back == 0
    assert who.email not in str(list(SuppressionSweep.objects.values()))


def test_one_number_does_not_speak_for_a_household(own_sources):
    """Their shared telephone is on the list; only the row without an address of its own is stopped by it."""
    carsten, ours = demo.persona("ajos", "carsten"), controller("ajos")
    suppression.add("ajos", [("phone", carsten.phone)], why=WHY, now=NOW)
    assert came_back.look(ours, now=NOW).came_back == 0
    rows(own_sources, "ajos", "crm", "UPDATE leads SET email = '' WHERE email = ?", carsten.email)
    assert came_back.look(ours, now=NOW).came_back == 1


def test_a_source_that_is_down_is_told_and_the_others_are_looked_at(own_sources):
    add("aj-dk", demo.persona("aj-dk", "camilla").email)
    (own_sources / "aj-dk" / "shop.sqlite").unlink()
    sweep = came_back.look(controller("aj-dk"), now=NOW)
    errors = {one["source"]: one["error"] for one in sweep.tables}
    assert errors["shop"] and not errors["marketing"] and sweep.marked == 1


def test_the_worker_looks_once_a_day_and_only_where_somebody_is_listed(own_sources):
    add("aj-dk", "sofie@example.com")
    assert came_back.due(now=NOW) == ["aj-dk"]
    came_back.look(controller("aj-dk"), now=NOW)
    assert came_back.due(now=NOW + timedelta(hours=1)) == []
    assert came_back.due(now=NOW + timedelta(hours=24)) == ["aj-dk"]
    SuppressionSweep.objects.update(ended_at=None)  # a worker that was killed
    assert came_back.due(now=NOW + timedelta(hours=1)) == []
    assert came_back.due(now=NOW + timedelta(hours=7)) == ["aj-dk"]


def test_an_erasure_by_such_a_rule_leaves_a_digest_and_the_letter_says_so(make_claim, staff):
    """The newsletter goes by a rule with keep_suppression: its address is on the list before it is gone (R-57)."""
    camilla = demo.persona("aj-dk", "camilla")
    claim = run(make_claim("camilla", "erasure"))
    run(approved(claim, staff))
    assert claim.stage == "closed" and suppression.holds("aj-dk", camilla.email)
    assert Suppressed.objects.get().why == "erasure"
    order = list(claim.steps.order_by("done_at").values_list("name", flat=True))
    assert order.index("suppress") < order.index("erase")
    letter = claim.case.letters.get(kind="erasure_certificate").text
    assert "en krypteret kontrolværdi af din adresse" in letter
