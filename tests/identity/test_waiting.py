"""Nobody answers, or nobody looks: what is sent and closed, on which day, once; and whose time it is that passes."""

import io
import shutil
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from PIL import Image

from identity import deciding, flows, need
from identity.models import Evidence, Verification
from identity.waiting import asking, minding, silence
from law.identification import Means
from law.rights import Right
from letters.render import LetterError
from requests_app import clock, correspondence, messages, outbox, withdrawal
from requests_app.answers import Representative
from requests_app.models import Case, Letter, SealedFile
from requests_app.states import Stage
from tests.identity.conftest import NOW

pytestmark = pytest.mark.django_db
DK = ZoneInfo("Europe/Copenhagen")
SILENT = {"email": "nobody.at.all@example.com"}


def at(day: int, month: int, hour: int = 9, minute: int = 0, *, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=DK)


def live(*, since: datetime, until: datetime, hours: int = 24) -> None:
    """The portal lives through these days: sweeps that come twice, and the post."""
    for now in moments(since, until, hours):
        if minding.mind(now=now).keys() - {"nothing"}:
            assert not minding.mind(now=now).keys() - {"nothing"}, "once"
        minding.expire(now=now)
        outbox.send_due(now=now + timedelta(minutes=1))


def moments(since: datetime, until: datetime, hours: int) -> Iterator[datetime]:
    while since <= until:
        yield since
        since += timedelta(hours=hours)


def told(case: Case) -> list[tuple[str, date]]:
    """(kind, day) of what the person got about proof, in order."""
    kinds = {silence.REMINDER, silence.NOTICE, "not_identified", "identity_question", "identity_unseen"}
    written = case.events.filter(kind="letter_written").order_by("seq")
    return [(e.data["kind"], e.at.astimezone(DK).date()) for e in written if e.data["kind"] in kinds]


def stages(case: Case) -> dict[str, str]:
    return {claim.right: claim.stage for claim in case.claims.all()}


def send(case: Case, *, now: datetime) -> Verification:
    """A picture of a document, masked on the person's own device."""
    picture = io.BytesIO()
    Image.new("RGB", (600, 400), "white").save(picture, "JPEG")
    picture.seek(0)
    verification = flows.start(case, Means.document, now=now)
    flows.submit(verification, {"document": "passport", "files": {"front": picture}}, now=now)
    return verification


def seen(case: Case, clerk, *, now: datetime) -> None:
    """The person came by with a passport."""
    deciding.seen(case, Means.in_person, subject="person", how="in_person", document="passport", on=now.date(), now=now,
                  user=clerk)  # fmt: skip


@pytest.fixture
def silent(open_case) -> Case:
    """Received Monday 23 November 2026 by AJ in Denmark; the month ends on Wednesday 23 December."""
    case = open_case(Right.access, **SILENT)
    outbox.send_due(now=NOW)
    return case


@pytest.fixture
def doubted(silent, clerk) -> Case:
    """Asked on Wednesday 25 November, on a doubt: the clock stands still."""
    assert asking.ask(silent, doubt="unusual", facts="Odd.", now=at(25, 11), user=clerk)
    outbox.send_due(now=at(25, 11))
    return silent


def test_who_never_proves_it_after_the_receipt(silent):
    live(since=at(23, 11), until=at(31, 12))
    assert told(silent) == [
        ("reminder_identity", date(2026, 11, 30)),
        ("identity_notice", date(2026, 12, 16)),
        ("not_identified", date(2026, 12, 24)),
    ]
    claim = silent.claims.get()
    assert (claim.stage, claim.outcome) == ("closed", "not_identified")
    assert claim.notice_by == date(2026, 12, 23)
    assert claim.events.get(kind="close_unidentified").actor == "system"
    silent.refresh_from_db()
    assert silent.closed_at


def test_who_never_answers_a_doubt_hears_by_the_unpaused_day(doubted):
    live(since=at(26, 11), until=at(31, 12))
    assert told(doubted) == [
        ("identity_question", date(2026, 11, 25)),
        ("reminder_identity", date(2026, 12, 2)),
        ("identity_notice", date(2026, 12, 16)),
        ("not_identified", date(2026, 12, 29)),  # thirty days end on Christmas Day, so on Monday 28 December
    ]
    claim = doubted.claims.get()
    assert not claim.segments.filter(ended_on=None).exists(), "a closed claim waits for nobody"
    assert not doubted.events.filter(kind="clock_resumed").exists(), "nobody is thanked for nothing"


def test_the_letters_say_why_what_by_when_and_where_to_complain(doubted):
    live(since=at(26, 11), until=at(31, 12))
    texts = {kind: Letter.objects.get(case=doubted, kind=kind).text for kind, _ in told(doubted)}
    question = texts["identity_question"]
    assert "usædvanlig måde" in question and "9. december 2026" in question and "14 dage" in question
    assert "dæk alt andet" in question and "skriv til os" in question
    assert "28. december 2026" in texts["reminder_identity"] and "28. december 2026" in texts["identity_notice"]
    for kind in ("identity_notice", "not_identified"):
        assert "Datatilsynet" in texts[kind] and "artikel 79" in texts[kind] and "domstolene" in texts[kind]
        assert "hvorvidt vi har oplysninger om dig" in texts[kind] and "indsigt i dine oplysninger" in texts[kind]
    assert "artikel 12, stk. 4" in texts["identity_notice"]
    assert "Vi spurgte den 25. november 2026" in texts["not_identified"]


def test_a_late_answer_reopens_and_the_waiting_was_the_persons(doubted, clerk):
    live(since=at(26, 11), until=at(31, 12))
    seen(doubted, clerk, now=at(1, 3, year=2027))
    claim = doubted.claims.get()
    assert (claim.stage, claim.outcome, claim.closed_at) == ("triage", "", None)
    # two days had run: 23 December + 96 days = 29 March, Easter Monday; a month from the answer less two is 30 March
    assert claim.due_on == date(2027, 3, 30)
    doubted.refresh_from_db()
    assert doubted.closed_at is None


def test_a_late_answer_to_the_receipt_leaves_what_was_left_when_we_told(silent, clerk):
    live(since=at(23, 11), until=at(31, 12))
    seen(silent, clerk, now=at(1, 3, year=2027))
    claim = silent.claims.get()
    assert claim.stage == "triage"
    # told on 16 December, a week before the end: a week from the answer is left
    assert claim.due_on == date(2027, 3, 8)
    assert clock.explain(claim, today=date(2027, 3, 1)).steps


def test_a_late_document_opens_the_claim_for_us_to_look(doubted, clerk):
    live(since=at(26, 11), until=at(31, 12))
    assert need.offered(doubted), "the page still offers ways after the closing"
    verification = send(doubted, now=at(1, 3, year=2027))
    claim = doubted.claims.get()
    assert (claim.stage, claim.outcome, claim.due_on) == ("identifying", "", date(2027, 3, 30))
    live(since=at(1, 3, year=2027), until=at(12, 3, year=2027))
    assert doubted.claims.get().due_on == date(2027, 3, 30), "while it waits for us the clock runs"
    deciding.accept(verification, now=at(12, 3, year=2027), user=clerk)
    claim = doubted.claims.get()
    assert (claim.stage, claim.due_on) == ("triage", date(2027, 3, 30))


def test_closed_again_and_answered_again(silent, clerk):
    live(since=at(23, 11), until=at(4, 1, year=2027))
    verification = send_on_doubt(silent, clerk, now=at(11, 1, year=2027))
    deciding.refuse(verification, reason="other_person", now=at(12, 1, year=2027), user=clerk)
    outbox.send_due(now=at(12, 1, year=2027))
    live(since=at(12, 1, year=2027), until=at(20, 2, year=2027))
    assert stages(silent) == {"access": "closed"}
    closings = [day for kind, day in told(silent) if kind == "not_identified"]
    assert len(closings) == 2 and closings[1] >= date(2027, 2, 11), "a whole time again after what was sent"
    seen(silent, clerk, now=at(3, 5, year=2027))
    claim = silent.claims.get()
    assert (claim.stage, claim.due_on) == ("triage", date(2027, 5, 10)), "six days were left when we asked again"


def test_the_days_something_waited_for_us_are_not_the_persons(silent, clerk):
    """Told on 16 December, sent in on the 18th, refused on 6 January; only from then on it is for them to answer."""
    live(since=at(23, 11), until=at(17, 12))
    verification = send_on_doubt(silent, clerk, now=at(18, 12))
    Evidence.objects.filter(verification=verification).update(destroy_by=at(1, 6, year=2027))
    deciding.refuse(verification, reason="other_person", now=at(6, 1, year=2027), user=clerk)
    outbox.send_due(now=at(6, 1, year=2027))
    live(since=at(7, 1, year=2027), until=at(20, 2, year=2027))
    assert stages(silent) == {"access": "closed"}
    seen(silent, clerk, now=at(3, 5, year=2027))
    segment = silent.claims.get().segments.order_by("-pk").first()
    assert (segment.started_on, segment.ended_on) == (date(2027, 1, 6), date(2027, 5, 3))


def send_on_doubt(case: Case, clerk, *, now: datetime) -> Verification:
    case.events.create(seq=case.events.count() + 1, at=now, kind="identity_doubt", actor="staff", user=clerk,
                       data={"reason": "unusual"}, policy_digest=case.policy_digest, hash="x")  # fmt: skip
    return send(case, now=now)


def test_what_waits_for_us_stops_everything_but_our_own_clock(doubted):
    verification = send(doubted, now=at(30, 11, 23, 30))
    claim = doubted.claims.get()
    assert claim.segments.get().ended_on == date(2026, 11, 30), "the answer came; the time until we look is ours"
    assert claim.due_on == date(2026, 12, 28)  # 23 December and five days
    Evidence.objects.filter(verification=verification).update(destroy_by=at(1, 6, year=2027))
    live(since=at(1, 12), until=at(20, 1, year=2027))
    assert [kind for kind, _ in told(doubted)] == ["identity_question"]
    claim.refresh_from_db()
    assert (claim.stage, claim.due_on) == ("identifying", date(2026, 12, 28)), "and so it shows as overdue"


def test_a_message_nobody_answered_waits_for_us_too(silent, clerk):
    messages.from_person(silent, body="Ingen af måderne passer mig.", now=at(1, 12))
    live(since=at(14, 12), until=at(10, 1, year=2027))
    assert told(silent) == [] and stages(silent) == {"access": "received"}
    messages.from_staff(silent, body="Kom forbi.", author=clerk, now=at(10, 2, 10, year=2027))
    live(since=at(10, 2, 11, year=2027), until=at(19, 2, year=2027))
    kinds = [kind for kind, _ in told(silent)]
    assert kinds == ["identity_notice", "not_identified"], "never closed without a last word some days before"


def test_the_last_evening_is_the_persons(silent, clerk):
    """Until 24:00 of the last day, and a reply in the night after it is still in time: nobody is closed at midnight."""
    live(since=at(23, 11), until=at(22, 12))
    live(since=at(23, 12, 0, 1), until=at(23, 12, 23, 59), hours=3)
    assert stages(silent) == {"access": "received"}
    live(since=at(24, 12, 0, 1), until=at(24, 12, 7, 59), hours=2)
    assert stages(silent) == {"access": "received"}
    send_on_doubt(silent, clerk, now=at(24, 12, 7, 59))
    live(since=at(24, 12, 8), until=at(24, 12, 22))
    assert stages(silent) == {"access": "received"} and not told(silent)[-1][0] == "not_identified"


def test_the_day_of_the_answer_is_the_companys(doubted, clerk):
    """00:30 on 1 December in Copenhagen is still November in UTC."""
    now = datetime(2026, 11, 30, 23, 30, tzinfo=ZoneInfo("UTC"))
    seen(doubted, clerk, now=now)
    assert doubted.claims.get().segments.get().ended_on == date(2026, 12, 1)


def test_two_claims_at_different_stages(open_case, clerk):
    case = open_case(Right.access, Right.rectification, Right.marketing_objection, **SILENT)
    outbox.send_due(now=NOW)
    link = flows.start(case, Means.email_link, now=NOW)
    flows.close(link, Verification.Status.PASSED, now=NOW)
    flows.go_on(case, now=NOW, actor="person")
    assert stages(case) == {"access": "received", "rectification": "triage", "marketing_objection": "fulfilling"}
    live(since=at(23, 11), until=at(31, 12))
    assert stages(case) == {"access": "closed", "rectification": "triage", "marketing_objection": "fulfilling"}
    closing = Letter.objects.get(case=case, kind="not_identified")
    assert "indsigt" in closing.text and "berigtigelse" not in closing.text and closing.claim.right == "access"
    assert "ikke nok til at vise" in closing.text, "something had come"
    seen(case, clerk, now=at(1, 2, year=2027))
    assert stages(case) == {"access": "triage", "rectification": "triage", "marketing_objection": "fulfilling"}


def test_what_was_taken_back_stays_so(open_case, clerk):
    case = open_case(Right.access, Right.erasure, **SILENT)
    outbox.send_due(now=NOW)
    withdrawal.withdraw(case, claims=[case.claims.get(right=Right.erasure)], now=NOW)
    live(since=at(23, 11), until=at(31, 12))
    seen(case, clerk, now=at(1, 2, year=2027))
    assert stages(case) == {"access": "triage", "erasure": "closed"}


def test_marketing_and_consent_are_never_asked_reminded_or_closed(open_case):
    case = open_case(Right.marketing_objection, Right.withdraw_consent, **SILENT)
    live(since=at(23, 11), until=at(31, 12))
    assert told(case) == [] and set(stages(case).values()) == {"fulfilling"}
    assert "Bekræft, hvem du er" not in Letter.objects.get(case=case, kind="acknowledgement").text


def test_the_receipt_says_that_proof_is_needed(silent):
    assert "Bekræft, hvem du er" in Letter.objects.get(case=silent, kind="acknowledgement").text


# --- a letter that never left ---
def test_nobody_is_closed_who_was_never_asked(open_case):
    """The mail never left. The notice is written for somebody to post; nothing is closed behind the person's back."""
    case = open_case(Right.access, phone="20123456")
    live(since=at(10, 12), until=at(20, 1, year=2027))
    assert [kind for kind, _ in told(case)] == ["identity_notice"] and stages(case) == {"access": "received"}
    notice = Letter.objects.get(case=case, kind="identity_notice")
    assert (notice.sent_at, notice.error) == (None, "no_address")


def test_whoever_got_no_receipt_was_asked_by_the_notice(silent):
    Letter.objects.filter(case=silent, kind="acknowledgement").delete()  # too many mails to that address that day
    silent.events.filter(kind="letter_written").delete()
    live(since=at(1, 12), until=at(31, 12))
    assert told(silent) == [("identity_notice", date(2026, 12, 16)), ("not_identified", date(2026, 12, 24))]
    assert "Vi spurgte den 16. december 2026" in Letter.objects.get(case=silent, kind="not_identified").text


def test_a_receipt_sent_again_asks_nothing_anew(silent):
    for day in (4, 14, 20):
        live(since=at(day, 12), until=at(day, 12))
        correspondence.acknowledge(silent, now=at(day, 12, 12))  # "send me a new link", pressed by anybody
        outbox.send_due(now=at(day, 12, 12))
    live(since=at(21, 12), until=at(31, 12))
    assert told(silent)[-1] == ("not_identified", date(2026, 12, 24)) and silence.of(silent).asked == date(2026, 11, 23)


def test_on_paper_the_day_of_posting_counts(open_case, clerk):
    case = open_case(Right.access, phone="20123456")
    asking.ask(case, doubt="unusual", facts="Odd.", now=at(24, 11), user=clerk)
    minding.mind(now=at(27, 11))
    assert case.claims.get().segments.get().started_on == date(2026, 11, 24), "nobody has written down yet when it went"
    letter = Letter.objects.get(case=case, kind="identity_question")
    outbox.posted(letter, on=date(2026, 11, 26), now=at(30, 11), user=clerk)
    minding.mind(now=at(30, 11))
    assert case.claims.get().segments.get().started_on == date(2026, 11, 26)
    assert asking.asked_on(case) == date(2026, 11, 26)


def test_the_pause_begins_when_the_question_leaves(silent, clerk):
    asking.ask(silent, doubt="unusual", facts="Odd.", now=at(25, 11), user=clerk)
    minding.mind(now=at(26, 11))  # the mail server is down
    assert silent.claims.get().segments.get().started_on == date(2026, 11, 26)
    outbox.send_due(now=at(27, 11))
    minding.mind(now=at(30, 11))
    claim = silent.claims.get()
    assert claim.segments.get().started_on == date(2026, 11, 27)
    assert claim.due_on == clock.explain(claim, today=date(2026, 11, 30)).due or claim.due_on == date(2026, 12, 23)


def test_a_question_that_left_too_late_stops_nothing(silent, clerk):
    asking.ask(silent, doubt="unusual", facts="Odd.", now=at(29, 11), user=clerk)
    assert silent.claims.get().segments.exists()
    minding.mind(now=at(1, 12))  # eight days after receipt, and the question still lies here
    claim = silent.claims.get()
    assert not claim.segments.exists() and claim.due_on == date(2026, 12, 23)
    assert silent.events.filter(kind="pause_lapsed").exists()


# --- a worker that lay still ---
def test_after_a_long_standstill_nobody_is_closed_without_warning(silent):
    live(since=at(1, 2, year=2027), until=at(3, 2, year=2027))
    assert told(silent) == [("identity_notice", date(2027, 2, 1))]
    assert "4. februar 2027" in Letter.objects.get(case=silent, kind="identity_notice").text
    live(since=at(4, 2, year=2027), until=at(6, 2, year=2027))
    assert told(silent)[1:] == [("not_identified", date(2027, 2, 4))]


def test_one_case_nobody_can_read_does_not_silence_the_others(silent, open_case):
    other = open_case(Right.access, email="b@example.com")
    Case.objects.filter(pk=silent.pk).update(controller="gone")
    outbox.send_due(now=NOW)
    live(since=at(30, 11), until=at(30, 11, 20))
    assert [kind for kind, _ in told(other)] == ["reminder_identity"]


def test_a_right_for_which_no_proof_is_asked_is_never_closed_for_want_of_it(open_case, settings, tmp_path):
    """A company may ask nothing for a restriction; a representative still shows that they may speak."""
    folder = shutil.copytree(settings.DSAR_CONTROLLERS_PATH[0] / "aj-dk", tmp_path / "companies" / "aj-dk")
    text = (folder / "policy.yaml").read_text()
    (folder / "policy.yaml").write_text(text.replace("restriction: L1", "restriction: L0"))
    settings.DSAR_CONTROLLERS_PATH = [tmp_path / "companies"]
    speaker = Representative(name="B", email="b@example.net", organisation="", kind="family")
    mine, spoken_for = (open_case(Right.restriction, **SILENT, **who) for who in ({}, {"representative": speaker}))
    outbox.send_due(now=NOW)
    assert Means.representative in need.offered(spoken_for)
    live(since=at(23, 11), until=at(31, 12))
    assert stages(mine) == {"restriction": "triage"} and told(mine) == []
    assert stages(spoken_for) == {"restriction": "closed"}


# --- nobody looked at the picture ---
@pytest.mark.parametrize("broken", ["memory", "letter"])
def test_one_attempt_that_breaks_keeps_nobody_elses_picture(open_case, clerk, monkeypatch, broken):
    cases = [open_case(Right.access, email=f"nobody{number}@example.com") for number in range(2)]
    first, second = (send_on_doubt(case, clerk, now=at(30, 11)) for case in cases)
    if broken == "memory":  # sealed with a key that was dropped too early
        with connection.cursor() as cursor:
            cursor.execute("UPDATE identity_verification SET memory = %s WHERE id = %s", [b"v9:lost", first.pk])
    else:
        really = correspondence.write
        monkeypatch.setattr(correspondence, "write", lambda case, *args, **more: really(case, *args, **more)
                            if case == cases[1] else (_ for _ in ()).throw(LetterError("broken")))  # fmt: skip
    minding.expire(now=at(15, 12))
    assert not SealedFile.objects.filter(purpose="evidence").exists()
    ended = Verification.objects.values_list("status", flat=True).filter(pk__in=(first.pk, second.pk))
    assert set(ended) == {"expired"}
    assert Letter.objects.filter(case=cases[1], kind="identity_unseen").exists()


def test_a_picture_nobody_looked_at_goes_and_the_person_is_asked_again(doubted, clerk):
    verification = send(doubted, now=at(30, 11))
    due = doubted.claims.get().due_on
    live(since=at(11, 12), until=at(14, 12, 8, 59), hours=12)
    verification.refresh_from_db()
    assert verification.status == "submitted", "to the last minute of the fourteenth day"
    live(since=at(14, 12), until=at(15, 12), hours=6)
    verification.refresh_from_db()
    assert (verification.status, verification.reason) == ("expired", "not_decided_in_time")
    assert not verification.evidence.exclude(file__shredded_at=None).filter(file__wrapped_key__isnull=False).exists()
    assert told(doubted)[1:] == [("identity_unseen", date(2026, 12, 14))], "once"
    text = Letter.objects.get(case=doubted, kind="identity_unseen").text
    assert "vores fejl" in text and "30. november 2026" in text and "28. december 2026" in text
    claim = doubted.claims.get()
    assert claim.due_on == due and not claim.segments.filter(ended_on=None).exists(), "our delay moves nothing"
    live(since=at(15, 12), until=at(20, 1, year=2027))
    assert [kind for kind, _ in told(doubted)[2:]] == ["identity_notice", "not_identified"]
    assert told(doubted)[2][1] <= date(2026, 12, 23) and told(doubted)[3][1] >= date(2027, 1, 14)


def test_a_meeting_the_person_asked_for_does_not_run_out(doubted):
    verification = flows.start(doubted, Means.in_person, now=at(30, 11))
    flows.submit(verification, {}, now=at(30, 11))
    live(since=at(12, 12), until=at(20, 1, year=2027))
    verification.refresh_from_db()
    assert verification.status == "submitted" and stages(doubted) == {"access": "identifying"}


def test_a_picture_whose_case_was_proved_otherwise_goes_without_a_letter(doubted, clerk):
    send(doubted, now=at(30, 11))
    seen(doubted, clerk, now=at(1, 12))
    live(since=at(14, 12), until=at(16, 12))
    assert [kind for kind, _ in told(doubted)] == ["identity_question"]
    assert stages(doubted) == {"access": Stage.TRIAGE}
