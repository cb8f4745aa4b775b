"""A complaint answered, a breach recorded, reported within 72 hours and told: read before it goes, sealed, in time."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from desk import words
from fulfilment.models import Incident
from fulfilment.telling import incidents
from letters.kinds import KINDS
from requests_app.models import Letter
from tests.desk import addresses

CPH = ZoneInfo("Europe/Copenhagen")
PROOF = "Kvitteringen kom aldrig frem til Astrid."
COMPLAINT = {"addressed": "company", "answer": f"Vi beklager. {PROOF}\n\nVi har sendt den igen."}
ENTRY = {
    "kind": "wrong_person", "risk": "high", "happened": "Filen blev sendt til en anden kunde.", "got": "Bent Hansen",
    "told": "Bent Hansen fik besked samme dag.", "data": "Ordrer\nTelefonnummer", "people": "1 kunde",
    "contact": "Kundeservice, 59 400 999", "records": "14",
    "consequences": "Nogen kan ringe.", "measures": "Linket er spærret.\nFilen er slettet hos modtageren.",
}  # fmt: skip


def aware(hours: int) -> str:
    return f"{timezone.localtime(timezone.now() - timedelta(hours=hours), CPH):%Y-%m-%dT%H:%M}"


@pytest.fixture
def breach(known, at_desk):
    """A breach known for ten hours, recorded by the caseworker through the form."""
    claim = known()
    page = at_desk("caseworker").post(addresses.of_claim(claim)["breach_new"], ENTRY | {"aware_at": aware(10)})
    assert page.status_code == 302
    return claim.case.incidents.get()


def test_a_complaint_is_read_before_it_is_sent_and_stops_no_clock(known, at_desk):
    claim, client = known(), at_desk("caseworker")
    url, due = addresses.of_claim(claim)["complaint"], claim.due_on
    asked = COMPLAINT | {"complained_on": f"{timezone.localdate():%Y-%m-%d}"}
    shown = client.post(url, asked)
    letter = shown.context["letter"]
    assert PROOF in shown.content.decode() and not Letter.objects.filter(kind="complaint_answer").exists()
    changed = client.post(url, asked | {"answer": "Noget helt andet.", "read": letter.sha256})
    assert changed.status_code == 200 and not Letter.objects.filter(kind="complaint_answer").exists()
    for _ in range(2):  # pressed twice
        assert client.post(url, asked | {"read": letter.sha256}).status_code == 302
    sent = Letter.objects.get(kind="complaint_answer")
    assert sent.sha256 == letter.sha256 and sent.channel == "portal"
    assert "Carl Jacobsens Vej 35" in sent.text and "artikel 79" in sent.text
    claim.refresh_from_db()
    assert claim.due_on == due and not claim.segments.exists()
    event = claim.case.events.get(kind="complaint_answered")
    assert event.data["addressed"] == "company" and PROOF not in str([one.data for one in claim.case.events.all()])


def test_a_complaint_to_the_authority_says_who_decides(known, at_desk):
    claim = known()
    asked = COMPLAINT | {"addressed": "authority", "complained_on": f"{timezone.localdate():%Y-%m-%d}"}
    shown = at_desk("caseworker").post(addresses.of_claim(claim)["complaint"], asked)
    assert "Datatilsynet træffer sin egen afgørelse i klagen" in " ".join(shown.content.decode().split())


@pytest.mark.parametrize("days", [-1, 3])
def test_nobody_complains_tomorrow_or_before_asking(known, at_desk, days):
    claim = known()
    asked = COMPLAINT | {"complained_on": f"{timezone.localdate() - timedelta(days=days):%Y-%m-%d}"}
    answer = at_desk("caseworker").post(addresses.of_claim(claim)["complaint"], asked)
    assert answer.status_code == 422 and "complained_on" in answer.context["form"].errors


def test_a_breach_is_recorded_sealed_with_its_hours(breach, at_desk):
    page = at_desk("approver").get(addresses.of_claim(breach.case.claims.get(), breach=breach.pk)["breach"])
    said = page.content.decode()
    assert page.context["left"]["text"] == "61 hours left" and "Bent Hansen" in said and page.context["form"] is None
    with connection.cursor() as cursor:
        cursor.execute("SELECT facts FROM fulfilment_incident")
        assert b"Bent" not in bytes(cursor.fetchone()[0])
    assert "Bent" not in str([one.data for one in breach.case.events.all()])
    register = at_desk("approver").get(reverse("admin:breaches")).content.decode()
    assert breach.case.reference in register
    assert breach.case.reference not in at_desk("stranger").get(reverse("admin:breaches")).content.decode()


def test_seventy_two_hours_run_over_a_weekend_and_a_change_of_the_clock():
    """R-35: Friday 16:00 before the clocks change on Sunday 29 March 2026; no roll-forward, and hours are hours."""
    one = Incident(aware_at=datetime(2026, 3, 27, 16, tzinfo=CPH), risk="risk")
    left = incidents.clock(one, now=datetime(2026, 3, 27, 17, tzinfo=CPH))
    assert left.by.astimezone(CPH) == datetime(2026, 3, 30, 17, tzinfo=CPH) and left.hours == 71 and not left.done
    assert incidents.clock(one, now=datetime(2026, 3, 30, 17, 1, tzinfo=CPH)).hours == -1
    one.risk = "none"
    assert incidents.clock(one, now=one.aware_at).done


def test_a_late_report_needs_its_reasons(known, at_desk):
    claim, client = known(), at_desk("caseworker")
    client.post(addresses.of_claim(claim)["breach_new"], ENTRY | {"aware_at": aware(80)})
    incident = claim.case.incidents.get()
    url = addresses.of_claim(claim, breach=incident.pk)["breach"]
    assert client.get(url).context["left"]["shade"] == "late"
    report = {"report": "1", "reported_at": aware(1)}
    assert client.post(url, report).status_code == 422
    assert client.post(url, report | {"reported_at": aware(90)}).status_code == 422, "before anybody knew"
    assert client.post(url, report | {"why_late": "Natten over."}).status_code == 302
    incident.refresh_from_db()
    assert incident.reported_at and incident.facts["why_late"] == "Natten over."
    first = incident.reported_at
    written = {"incident": incident.pk, "late": True, "reported_at": first.astimezone(UTC).isoformat()}
    assert claim.case.events.get(kind="breach_reported").data == written
    again = report | {"reported_at": aware(70), "why_late": "Alligevel i tide."}
    assert client.post(url, again).status_code == 422, "the moment of a report is written once"
    incident.refresh_from_db()
    assert incident.reported_at == first and incident.facts["why_late"] == "Natten over."


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"aware_at": aware(-5)}, "aware_at"),
        ({"measures": " \n "}, "measures"),
        ({"risk": "none"}, "why_no_risk"),
        ({"people": ""}, "people"),
        ({"contact": ""}, "contact"),
    ],
)
def test_a_register_without_the_fields_of_article_33_is_none(known, at_desk, change, field):
    claim = known()
    answer = at_desk("caseworker").post(
        addresses.of_claim(claim)["breach_new"], ENTRY | {"aware_at": aware(2)} | change
    )
    assert answer.status_code == 422 and field in answer.context["form"].errors
    assert not Incident.objects.exists()


def test_more_is_added_when_more_is_known(breach, at_desk):
    url = addresses.of_claim(breach.case.claims.get(), breach=breach.pk)["breach"]
    at_desk("caseworker").post(url, ENTRY | {"save": "1", "aware_at": aware(12), "records": "15", "risk": "risk"})
    breach.refresh_from_db()
    assert breach.facts["records"] == "15" and breach.risk == "risk" and breach.facts["got"] == "Bent Hansen"
    amended = breach.case.events.get(kind="breach_amended")
    assert amended.data["aware_at"] == breach.aware_at.astimezone(UTC).isoformat()


def test_two_colleagues_write_at_a_time_and_nothing_is_lost(breach, staff):
    """One has the entry open from before the other wrote."""
    now, user, old = timezone.now(), staff["caseworker"], Incident.objects.get(pk=breach.pk)
    told = {name: breach.facts[name] for name in incidents.NEEDED}
    same = {"kind": breach.kind, "risk": breach.risk, "aware_at": breach.aware_at, "now": now, "user": user}
    incidents.report(breach, reported_at=now, why_late="", now=now, user=user)
    incidents.amend(Incident.objects.get(pk=breach.pk), facts=told | {"got": "To andre."}, **same)
    incidents.amend(old, facts=told | {"records": "15"}, **same)
    breach.refresh_from_db()
    assert (breach.facts["got"], breach.facts["records"], breach.reported_at) == ("To andre.", "15", now)
    with pytest.raises(incidents.NotTrue, match="after_report"):
        incidents.amend(old, facts=told, **same | {"aware_at": now + timedelta(seconds=1),
                                                   "now": now + timedelta(seconds=2)})  # fmt: skip


def test_the_person_is_told_of_the_breach_as_it_was_read(breach, at_desk):
    claim, client = breach.case.claims.get(), at_desk("caseworker")
    url = addresses.of_claim(claim, breach=breach.pk)["breach_notice"]
    told = client.get(url).context["form"].initial
    assert told["data"] == "Ordrer\nTelefonnummer" and "59 400 999" in told["contact"] and "got" not in told
    assert client.post(url, told | {"measures": ""}).status_code == 422
    shown = client.post(url, told)
    for _ in range(2):
        assert client.post(url, told | {"read": shown.context["letter"].sha256}).status_code == 302
    assert claim.case.events.filter(kind="breach_told").count() == 1
    letter = Letter.objects.get(kind="breach_notice")
    for said in ("Filen blev sendt til en anden kunde.", "Linket er spærret.", "Nogen kan ringe.", "59 400 999"):
        assert said in letter.text
    assert "Bent" not in letter.text and Letter.objects.filter(case=claim.case, kind="news").exists()
    breach.refresh_from_db()
    assert breach.letter == letter
    assert "yes" in client.get(reverse("admin:breaches")).content.decode()


def test_only_a_caseworker_writes(breach, at_desk):
    places = addresses.of_claim(breach.case.claims.get(), breach=breach.pk)
    for name in ("complaint", "breach_new", "breach_notice"):
        assert at_desk("approver").get(places[name]).status_code == 403, name
    at_desk("approver").post(places["breach"], {"report": "1", "reported_at": aware(1)})
    at_desk("stranger").post(places["breach"], {"report": "1", "reported_at": aware(1)})
    breach.refresh_from_db()
    assert breach.reported_at is None


def test_a_breach_of_another_case_is_not_found(breach, at_desk, open_case):
    other = open_case(persona="bent").claims.get()
    for name in ("breach", "breach_notice"):
        assert at_desk("caseworker").get(addresses.of_claim(other, breach=breach.pk)[name]).status_code == 404


def test_every_letter_has_a_name_among_colleagues():
    """Not the person's: on the desk nothing is "your data"."""
    assert set(words.LETTERS) == set(KINDS)
    assert not [name for name in words.LETTERS.values() if "your" in str(name).lower()]
