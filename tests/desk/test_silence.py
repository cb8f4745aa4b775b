"""What staff see while nobody shows who is asking: what comes, whose turn it is, and that a colleague was first."""

import io
from datetime import timedelta

from django.utils import timezone
from PIL import Image

from identity import flows
from identity.models import Verification
from identity.waiting import minding
from law.identification import Means
from law.rights import Right
from requests_app import outbox
from requests_app.models import Letter
from tests.desk import addresses
from tests.desk.test_lateness import references

ASKED = {"doubt": "unusual", "facts": "Odd wording.", "reached": "0"}


def ago(days: int):
    return timezone.now() - timedelta(days=days)


def posted(case, now):
    outbox.send_due(now=now)
    return case


def send(case) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (600, 400), "white").save(picture, "JPEG")
    picture.seek(0)
    now = timezone.now()
    flows.submit(flows.start(case, Means.document, now=now), {"document": "passport", "files": {"front": picture}},
                 now=now)  # fmt: skip


def test_the_page_says_before_asking_whether_the_clock_would_stand_still(open_case, at_desk):
    opened = ((2, "astrid"), (9, "bent"))
    early, late = (posted(open_case(now=ago(days), persona=who), ago(days)) for days, who in opened)
    client = at_desk("caseworker")
    pages = [client.get(addresses.of_claim(case.claims.get())["identity_ask"]) for case in (early, late)]
    assert [page.context["pause"] for page in pages][0] != [page.context["pause"] for page in pages][1]
    assert b"keeps running" in pages[1].content and b"keeps running" not in pages[0].content
    assert len(pages[0].context["coming"]) == 4, "answer by, reminder, notice, end"


def test_of_two_who_ask_the_second_is_told(open_case, at_desk):
    case = posted(open_case(), timezone.now())
    url, client = addresses.of_claim(case.claims.get())["identity_ask"], at_desk("caseworker")
    assert b"stands still" in client.post(url, ASKED, follow=True).content
    assert b"A colleague has asked already" in client.post(url, ASKED, follow=True).content
    assert Letter.objects.filter(case=case, kind="identity_question").count() == 1


def test_whoever_weighed_an_older_state_looks_again(open_case, at_desk):
    case = posted(open_case(Right.rectification), timezone.now())
    url, client = addresses.of_claim(case.claims.get())["identity_ask"], at_desk("caseworker")
    now = timezone.now()
    flows.close(flows.start(case, Means.email_link, now=now), Verification.Status.PASSED, now=now)
    flows.go_on(case, now=now, actor="person")
    assert b"has proved more" in client.post(url, ASKED, follow=True).content
    assert case.claims.get().stage == "triage"


def test_something_sent_is_looked_at_before_asking_or_closing(open_case, at_desk):
    case = posted(open_case(), timezone.now())
    urls, client = addresses.of_claim(case.claims.get()), at_desk("caseworker")
    client.post(urls["identity_ask"], ASKED)
    send(case)
    assert b"looked at" in client.post(urls["identity_close"], {"facts": "Intet."}, follow=True).content
    assert case.claims.get().stage == "identifying"
    assert b"It is our turn" in client.get(urls["case"]).content


def test_not_heard_of_are_those_the_notice_has_not_reached(open_case, at_desk):
    silent, sent = (posted(open_case(now=ago(29), persona=who), ago(29)) for who in ("astrid", "bent"))
    client = at_desk("caseworker")
    assert references(client, "?needs=unheard") == {silent.reference, sent.reference}
    send(sent)
    assert references(client, "?needs=unheard") == {silent.reference}, "that one waits for us"
    assert minding.attend(silent, now=timezone.now()) == "told"
    assert references(client, "?needs=unheard") == {silent.reference}, "the letter has not left"
    outbox.send_due(now=timezone.now())
    assert references(client, "?needs=unheard") == set()


def test_nothing_is_asked_or_promised_for_marketing(open_case, at_desk):
    case = posted(open_case(Right.marketing_objection, now=ago(25)), ago(25))
    client = at_desk("caseworker")
    assert references(client, "?needs=unheard") == set()
    assert not client.get(addresses.of_claim(case.claims.get())["case"]).context["identity"]["coming"]
