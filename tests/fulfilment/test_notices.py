"""Those who received the data are told, once each, and say what they did (Art. 19, 17(2))."""

import re
from datetime import date, timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client

from fulfilment import pipeline
from fulfilment.collecting import chunks
from fulfilment.models import RecipientNotice
from fulfilment.telling import notice_post, notices, recipients, told_list, webhook
from fulfilment.telling.recipients import Addressee
from law.rights import Right
from requests_app import access
from requests_app.models import Claim, Letter
from requests_app.states import Stage
from tests.fulfilment.conftest import NOW, ROOT
from tests.fulfilment.hook import NAME, listening
from tests.fulfilment.walk import approved, run, sql

pytestmark = pytest.mark.django_db
Status, Way = RecipientNotice.Status, RecipientNotice.Way


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def register(company):
    """The company's register: a haulier by letter, a payment house by webhook, the rest by hand; a site that shows."""
    file = company / "controllers" / "aj-dk" / "policy.yaml"
    text = file.read_text()
    text = text.replace("- {id: payment,", f"- {{id: payment, notify: {{webhook_env: {NAME}}},")
    text = text.replace("- {id: marketing,", "- {id: marketing, publishes: true,")
    file.write_text(text)
    return text


@pytest.fixture
def hook(monkeypatch):
    with listening(monkeypatch) as hook:
        yield hook


@pytest.fixture
def erased(register, make_claim, staff):
    """An erasure carried out: the recipients are told before the certificate is written."""

    def make(persona="astrid"):
        claim = run(make_claim(persona, Right.erasure, customer_no="100001"))
        return run(approved(claim, staff))

    return make


@pytest.fixture
def told(register, make_claim):
    """The recipients told, without the erasure before it."""

    def make():
        claim = make_claim("astrid", Right.erasure)
        notices.tell(claim, what="erasure", now=NOW)
        return claim

    return make


def of(claim, recipient, what="erasure"):
    return claim.notices.get(recipient=recipient, what=what)


def link_in(letter):
    return re.search(r"/recipient/[\w-]{43}/", letter.text)[0]


def shown(client, claim, recipient="transport"):
    """The recipient follows the link and presses the button."""
    return client.post(link_in(of(claim, recipient).letter), follow=True)


def test_each_recipient_is_told_once_and_the_certificate_names_them(erased, hook):
    claim = erased()
    assert claim.stage == Stage.CLOSED
    told = {(one.recipient, one.what): (one.way, one.status) for one in claim.notices.all()}
    assert told == {
        ("transport", "erasure"): (Way.LETTER, Status.SENT), ("payment", "erasure"): (Way.WEBHOOK, Status.SENT),
        ("marketing", "erasure"): (Way.BY_HAND, Status.WAITING), ("marketing", "public"): (Way.BY_HAND, Status.WAITING),
        ("it_services", "erasure"): (Way.BY_HAND, Status.WAITING),
        ("authorities", "erasure"): (Way.BY_HAND, Status.WAITING),
    }  # fmt: skip
    assert {one.answer_by for one in claim.notices.all()} == {date(2026, 11, 29)}
    certificate = Letter.objects.get(claim=claim, kind="erasure_certificate")
    assert "Transport (logistikvirksomheder og speditører)" in certificate.text
    assert "IT-tjenester" not in certificate.text  # nobody has told them yet, so the letter does not say so
    notices.tell(claim, what="erasure", now=NOW)
    assert (
        claim.notices.count() == 6
        and len(hook.calls) == 1
        and Letter.objects.filter(kind="recipient_notice").count() == 1
    )
    assert set(claim.case.events.filter(kind="recipient_told").values_list("data__recipient", flat=True)) == {
        "transport", "payment"
    }  # fmt: skip


def test_who_never_gets_such_data_hears_nothing(register, company, make_claim, hook):
    file = company / "controllers" / "aj-dk" / "policy.yaml"
    file.write_text(register.replace("- {id: it_services,", "- {id: it_services, kinds: [survey],"))
    claim = run(make_claim("astrid", Right.erasure))
    notices.tell(claim, what="erasure", now=NOW)
    told = set(claim.notices.values_list("recipient", flat=True))
    assert "transport" in told and "it_services" not in told


def test_a_recipient_is_asked_for_what_is_gone_and_nothing_that_was_kept(register, company, erased, hook):
    file = company / "controllers" / "aj-dk" / "policy.yaml"
    file.write_text(file.read_text().replace("- {id: it_services,", "- {id: it_services, kinds: [invoice],"))
    claim = erased()
    assert not claim.notices.filter(recipient="it_services").exists()  # invoices are kept, and theirs with them
    data = of(claim, "marketing").about["data"]
    assert "Dine ordrer" in data and "Dine fakturaer" not in data
    sent = hook.taken[str(of(claim, "payment").uid)]["data"]["data"]
    assert "Dine fakturaer" not in sent and set(sent) < set(data)  # of that, what it ever receives
    page = shown(Client(), claim).content.decode()
    assert "Dine ordrer" in page and "Dine fakturaer" not in page


def test_a_correction_goes_to_who_receives_such_data():
    told = {"name": "Anna", "changes": [({"field": "Telefon", "old": "1", "new": "2"}, "contact"),
                                        ({"field": "Telefon", "old": "1", "new": "2"}, "order")]}  # fmt: skip
    shop, surveys, all_of_it = (
        Addressee("x", "X", Way.BY_HAND, "", False, frozenset(kinds)) for kinds in (["order"], ["survey"], [])
    )
    assert recipients.for_one(told, shop)["changes"] == [{"field": "Telefon", "old": "1", "new": "2"}]
    assert recipients.for_one(told, surveys)["changes"] == []
    assert len(recipients.for_one(told, all_of_it)["changes"]) == 1


def test_the_mail_to_a_recipient_says_nothing_personal(told, hook):
    claim = told()
    (sent,) = [one for one in mail.outbox if one.to == ["transport.aj-dk@example.org"]]
    for personal in ("Astrid", "Møller", "astrid.moller", "100001"):
        assert personal not in sent.body and personal not in sent.alternatives[0][0] and personal not in sent.subject
    assert "artikel 19" in sent.body  # in the company's language, whatever the person speaks
    assert of(claim, "transport").letter.language == "da"


def test_the_recipient_reads_whom_it_concerns_only_behind_its_button(erased, hook):
    claim, client = erased(), Client()
    first = client.get(link_in(of(claim, "transport").letter))
    assert first.status_code == 200 and "astrid" not in first.content.decode().lower()  # a mail scanner sees no more
    assert of(claim, "transport").opened_at is None
    page = shown(client, claim)
    assert page.redirect_chain[-1][0] == f"/recipient/{of(claim, 'transport').uid}/"
    text = page.content.decode()
    assert "astrid.moller@example.com" in text and "Astrid" in text and "100001" in text
    assert page.headers["Cache-Control"].count("no-store") and page.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert of(claim, "transport").opened_at


def test_a_number_nobody_proved_is_told_to_nobody(register, make_claim, staff, hook):
    claim = run(make_claim("astrid", Right.erasure, customer_no="100002"))  # a neighbour's
    notices.tell(claim, what="erasure", now=NOW)
    assert "customer_no" not in of(claim, "transport").about
    assert "100002" not in hook.calls[0][1].decode()


def test_a_neighbours_number_written_into_ones_own_name_proves_nothing(register, company, make_claim, hook):
    """Else anybody could have a neighbour erased by the recipients."""
    sql(company, "shop", "UPDATE customers SET name = '100002' WHERE customer_no = '100001'")
    claim = run(make_claim("astrid", Right.erasure, customer_no="100002"))
    lines = [one for chunk in chunks.of(claim) for _, one in chunks.read(chunk) if not one["shared"]]
    assert "100002" in {one["fields"].get("name") for one in lines}  # in a row that is Astrid's alone
    assert "customer_no" not in recipients.about(claim, what="erasure")


def test_nobody_is_told_who_was_not_concerned_when_the_copy_is_gone(register, make_claim, hook):
    """What was collected goes soon after the claim is closed: then nobody can say any more who has the data."""
    claim = make_claim("astrid", Right.erasure)
    Claim.objects.filter(pk=claim.pk).update(stage=Stage.CLOSED, closed_at=NOW)
    claim.refresh_from_db()
    assert not notices.tell_again(claim, what="erasure", now=NOW) and not claim.notices.exists()
    notices.add(claim, name="Haulier", email="", link="", user=None, now=NOW)
    assert not notices.tell_again(claim, what="erasure", now=NOW)  # a name staff added is none of the register


def test_the_recipient_confirms_and_twice_is_once(told, hook):
    claim, client = told(), Client()
    shown(client, claim)
    place = f"/recipient/{of(claim, 'transport').uid}/"
    assert client.post(place, {"done": "no"}).status_code == 422  # "cannot" needs its because
    client.post(place, {"done": "no", "why": "Vi skal gemme fragtbreve."})
    assert of(claim, "transport").status == Status.DECLINED
    client.post(place, {"done": "yes"})
    client.post(place, {"done": "no", "why": "Nej alligevel"})
    client.post(place, {"done": "yes"})
    notice = of(claim, "transport")
    assert notice.status == Status.CONFIRMED
    answered = claim.case.events.filter(kind="recipient_answered").values_list("data__status", flat=True)
    assert list(answered) == ["declined", "confirmed"]
    assert "fragtbreve" not in str(list(claim.case.events.values_list("data", flat=True)))


def test_guessed_expired_and_replaced_links_look_the_same(told, hook, staff):
    claim, visitor = told(), Client()
    shown(visitor, claim)
    notice = of(claim, "transport")
    old = link_in(notice.letter)
    notices.send_again(notice, user=staff["preparer"], now=NOW)
    new = link_in(of(claim, "transport").letter)
    RecipientNotice.objects.filter(pk=notice.pk).update(expires_at=NOW + timedelta(days=30))
    stranger = Client()
    pages = [stranger.post(place) for place in (old, "/recipient/" + "x" * 43 + "/")]
    pages += [stranger.get(f"/recipient/{notice.uid}/"), visitor.get(f"/recipient/{notice.uid}/")]  # let in by the old
    RecipientNotice.objects.filter(pk=notice.pk).update(expires_at=NOW - timedelta(days=1))
    pages.append(stranger.post(new))
    assert {page.status_code for page in pages} == {404}
    assert not [page for page in pages if "astrid" in page.content.decode().lower()]
    assert access.SECRET_IN_LINK.search(new) and new != old


def test_guessing_links_is_rationed(told, hook):
    claim, robber = told(), Client()
    for number in range(60):
        robber.get(f"/recipient/{number:043}/")
    assert robber.get(link_in(of(claim, "transport").letter)).status_code == 404
    assert Client(REMOTE_ADDR="192.0.2.9").get(link_in(of(claim, "transport").letter)).status_code == 200


def test_a_system_that_stumbles_gets_the_same_message_again(erased, hook):
    hook.answers = [500, 503, 204]
    claim = erased()
    notice = of(claim, "payment")
    assert (notice.status, notice.error, notice.attempts) == (Status.WAITING, "http_500", 1)
    assert "Betalingsløsninger" not in Letter.objects.get(claim=claim, kind="erasure_certificate").text
    later = NOW
    for _ in range(3):
        notice_post.send_due(claim.notices.all(), now=later)  # too early: nothing is sent
        later = of(claim, "payment").next_try_at or later
        notice_post.send_due(claim.notices.all(), now=later)
    notice = of(claim, "payment")
    assert (notice.status, notice.attempts, len(hook.calls)) == (Status.SENT, 3, 3)
    assert {headers["webhook-id"] for headers, _ in hook.calls} == {str(notice.uid)} == set(hook.taken)
    said = hook.taken[str(notice.uid)]
    assert said["type"] == "data_subject.erasure" and said["data"]["controller"] == "aj-dk"
    assert said["data"]["person"] == {
        "name": claim.case.person["name"], "email": "astrid.moller@example.com", "customer_no": "100001"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "slow", "code", "status"),
    [(307, 0, "http_307", Status.WAITING), (404, 0, "http_404", Status.WAITING), (410, 0, "http_410", Status.FAILED),
     (204, 0.4, "timeout", Status.WAITING)],
)  # fmt: skip
def test_what_is_no_yes_is_no_yes(register, make_claim, hook, monkeypatch, answer, slow, code, status):
    hook.answers, hook.slow = [answer], slow
    monkeypatch.setattr(webhook, "TIMEOUT", 0.2)
    claim = make_claim("astrid", Right.erasure)
    notices.tell(claim, what="erasure", now=NOW)
    notice = of(claim, "payment")
    assert (notice.status, notice.error) == (status, code)
    assert len(hook.calls) == 1  # no redirect is followed


@pytest.mark.parametrize(
    ("address", "secret", "code"),
    [("http://pay.example.com/hook", None, "not_https"), ("", None, "not_configured"), (None, "", "no_secret"),
     (None, "whsec_short", "bad_secret"), ("ftp://127.0.0.1/", None, "not_https")],
)  # fmt: skip
def test_a_webhook_that_is_not_safe_is_not_used(register, make_claim, hook, monkeypatch, address, secret, code):
    for name, value in ((NAME, address), (f"{NAME}_SECRET", secret)):
        if value is not None:
            monkeypatch.setenv(name, value)
    claim = make_claim("astrid", Right.erasure)
    notices.tell(claim, what="erasure", now=NOW)
    assert (of(claim, "payment").status, of(claim, "payment").error, hook.calls) == (Status.FAILED, code, [])


def test_http_near_home_is_for_the_demo_alone(hook, settings, monkeypatch, tmp_path):
    settings.DSAR_DEMO = False
    with pytest.raises(webhook.NotTaken, match="not_https"):
        webhook.post(NAME, uid="1", body=b"{}", now=NOW)
    (tmp_path / "secret").write_text(hook.secret + "\n")
    monkeypatch.delenv(f"{NAME}_SECRET")
    monkeypatch.setenv(f"{NAME}_SECRET_FILE", str(tmp_path / "secret"))
    settings.DSAR_DEMO = True
    webhook.post(NAME, uid="1", body=b"{}", now=NOW)
    assert set(hook.taken) == {"1"}


def test_the_signature_is_that_of_the_specification():
    """The reference vector of the Standard Webhooks test suites."""
    key = webhook._key({"X_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}, "X")
    signed = webhook.sign(key, uid="msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp=1614265330, body=b'{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_worker_killed_between_writing_and_sending_leaves_it_to_the_next(register, make_claim, hook, monkeypatch):
    claim = make_claim("astrid", Right.erasure)

    def killed(*args, **kwargs):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(notice_post, "send_due", killed)
        with pytest.raises(SystemExit):
            notices.tell(claim, what="erasure", now=NOW)
    assert claim.notices.filter(status=Status.WAITING).count() == 6 and not hook.calls
    notices.tell(claim, what="erasure", now=NOW)  # the step is taken again
    assert claim.notices.count() == 6 and len(hook.calls) == 1
    assert len([one for one in mail.outbox if one.to == ["transport.aj-dk@example.org"]]) == 1


def test_a_worker_killed_after_the_other_side_took_it_sends_the_same_id(register, make_claim, hook, monkeypatch):
    claim = make_claim("astrid", Right.erasure)

    real = webhook.post

    def killed(*args, **kwargs):
        real(*args, **kwargs)
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(webhook, "post", killed)
        with pytest.raises(SystemExit):
            notices.tell(claim, what="erasure", now=NOW)
    notice_post.send_due(claim.notices.all(), now=NOW)
    assert of(claim, "payment").status == Status.WAITING  # leased: nobody else sends it meanwhile
    notice_post.send_due(claim.notices.all(), now=NOW + notice_post.LEASE)
    assert of(claim, "payment").status == Status.SENT
    assert len(hook.calls) == 2 and len(hook.taken) == 1


def test_a_letter_that_fails_is_seen_and_goes_again_to_another_address(register, make_claim, hook, staff):
    claim = make_claim("astrid", Right.erasure)
    notices.tell(claim, what="erasure", now=NOW)
    notice = of(claim, "transport")
    Letter.objects.filter(pk=notice.letter_id).update(sent_at=None, failed_at=NOW, error="smtp_550")
    RecipientNotice.objects.filter(pk=notice.pk).update(status=Status.WAITING, told_on=None)
    notice_post.send_due(claim.notices.all(), now=NOW)
    assert (of(claim, "transport").status, of(claim, "transport").error) == (Status.FAILED, "smtp_550")
    notices.send_again(of(claim, "transport"), user=staff["preparer"], now=NOW, to="gdpr@transport.example")
    notice_post.send_due(claim.notices.all(), now=NOW)
    assert of(claim, "transport").status == Status.SENT and mail.outbox[-1].to == ["gdpr@transport.example"]
    again = claim.case.events.get(kind="recipient_again").data
    assert again["readdressed"] is True and "gdpr@" not in str(again)


def test_a_company_that_has_left_keeps_no_other_from_being_followed(register, make_claim, hook):
    left, stayed = (make_claim("astrid", Right.erasure, reference=f"AJDK-{number}") for number in (1, 2))
    for claim in (left, stayed):
        notices.tell(claim, what="erasure", now=NOW)
    RecipientNotice.objects.filter(recipient="transport").update(status=Status.WAITING, told_on=None)
    left.case.controller = "left"
    left.case.save()
    assert notice_post.follow_letters(RecipientNotice.objects.order_by("pk"), now=NOW) == 1
    assert (of(left, "transport").status, of(stayed, "transport").status) == (Status.WAITING, Status.SENT)


def test_staff_settle_by_hand_with_how_and_when(register, make_claim, hook, staff):
    claim, user = make_claim("astrid", Right.erasure), staff["preparer"]
    notices.tell(claim, what="erasure", now=NOW)
    today = NOW.date()
    for wrong, code in (({"how": " "}, "how"), ({"on": today + timedelta(days=1)}, "day")):
        with pytest.raises(notices.NotAllowed, match=code):
            notices.settle(of(claim, "it_services"), **{"status": "sent", "how": "Ringet", "on": today, "user": user,
                                                        "now": NOW, **wrong})  # fmt: skip
    notices.settle(of(claim, "it_services"), status="sent", how="Ringet til drift", on=today, user=user, now=NOW)
    notices.settle(of(claim, "authorities"), status="not_disclosed", how="Aldrig givet", on=today, user=user, now=NOW)
    notices.settle(of(claim, "marketing"), status="impossible", how="Bureauet er ophørt", on=today, user=user, now=NOW)
    with pytest.raises(notices.NotAllowed, match="status"):
        notices.settle(of(claim, "authorities"), status="impossible", how="x", on=today, user=user, now=NOW)
    assert "IT-tjenester (drift, support og vedligeholdelse)" in notices.told(claim)
    (letter,) = told_list.write(claim.case, now=NOW)
    assert "IT-tjenester" in letter.text and "Kan ikke underrettes" in letter.text and "Myndigheder" not in letter.text
    lifted = notices.tell(claim, what="lifted", now=NOW)
    assert "authorities" not in {one.recipient for one in lifted}  # who never had it need not hear of it


def test_another_controller_who_shows_it_is_told_on_request(register, make_claim, hook, staff):
    claim = make_claim("astrid", Right.erasure)
    added = notices.add(claim, name="Anmeldersiden", email="privacy@anmeld.example",
                        link="https://anmeld.example/astrid", user=staff["preparer"], now=NOW)  # fmt: skip
    notice_post.send_due(claim.notices.all(), now=NOW)
    assert mail.outbox[-1].to == ["privacy@anmeld.example"] and "anmeld.example/astrid" not in mail.outbox[-1].body
    client = Client()
    page = client.post(link_in(added.letter), follow=True).content.decode()
    assert "https://anmeld.example/astrid" in page and "17, stk. 2" in page


def test_the_person_asks_who_was_told(erased, hook):
    claim = erased()
    person, case = Client(), claim.case
    assert person.post(f"/case/{case.reference}/told/").status_code == 302  # a stranger: to the same page as ever
    assert not Letter.objects.filter(kind="recipients_list").exists()
    _link, secret = access.issue(case, access.Purpose.STATUS, now=NOW)
    person.get(f"/s/{secret}/")
    assert f'action="/case/{case.reference}/told/"' in person.get(f"/case/{case.reference}/").content.decode()
    person.post(f"/case/{case.reference}/told/")
    letter = Letter.objects.get(kind="recipients_list")
    assert "Transport" in letter.text and "23. november" not in letter.text and "22. november 2026" in letter.text
    for _ in range(5):
        person.post(f"/case/{case.reference}/told/")
    assert Letter.objects.filter(kind="recipients_list").count() == 3  # as often as sense allows in a day


def test_two_claims_that_told_of_the_same_are_one_letter_and_each_letter_names_its_deed(register, make_claim, hook):
    first = make_claim("astrid", Right.rectification)
    second = Claim.objects.get(pk=first.pk)
    second.pk, second.right = None, Right.objection
    second.save(force_insert=True)
    for claim in (first, second):
        notices.tell(claim, what="restriction", now=NOW)
    notices.tell(first, what="lifted", now=NOW)
    told_list.write(first.case, now=NOW)
    _link, secret = access.issue(first.case, access.Purpose.STATUS, now=NOW)
    person = Client()
    page = person.get(f"/s/{secret}/", follow=True).content.decode()
    lists = Letter.objects.filter(kind="recipients_list")
    assert [letter.text.count("Transport (") for letter in lists] == [1, 1]
    assert page.count("Modtagere, vi har underrettet om begrænsningen af behandlingen af dine oplysninger</a>") == 1
    assert page.count("Modtagere, vi har underrettet om ophævelsen af begrænsningen</a>") == 1


def test_the_pipeline_tells_after_the_proof_and_before_the_certificate():
    names = [work.name for work in pipeline.MACHINE[(Right.erasure, Stage.FULFILLING)]]
    assert names.index("tell") == names.index("prove") + 1


def test_the_receivers_example_in_the_handbook_works(told, hook):
    """docs/operators.md, "Recipients' systems": the code as it stands there, on a message as it is sent."""
    page = (ROOT / "docs" / "operators.md").read_text()
    (code,) = re.findall(r"```python\n(import base64.*?)```", page, re.S)
    example: dict = {}
    exec(code, example)
    told()
    (headers, body), sent = hook.calls[0], NOW.timestamp()
    assert example["verified"](headers, body, hook.secret, now=sent)
    assert not example["verified"](headers, body + b" ", hook.secret, now=sent)
    assert not example["verified"](headers, body, hook.secret, now=sent + 400)
    assert not example["verified"](headers | {"webhook-id": "other"}, body, hook.secret, now=sent)
