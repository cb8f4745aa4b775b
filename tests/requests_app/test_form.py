"""The public form through the real views: what a person meets, in every language a company speaks."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from law.citations import spell_date
from law.rights import Right
from requests_app import rates
from requests_app.models import Case, Letter
from requests_app.states import Channel, Stage
from tests.requests_app import walk

pytestmark = pytest.mark.django_db
COMPANIES = [("aj-dk", "da"), ("aj-se", "sv"), ("ajos", "da"), ("aarstiderne", "da"), ("ajour", "nb"), ("aj-dk", "en")]


def choose(client: Client, language: str) -> None:
    client.post(reverse("public:language"), {"language": language, "next": "/"})


@pytest.mark.parametrize(("slug", "language"), COMPANIES)
def test_a_person_asks_and_gets_a_receipt(visitor: Client, slug: str, language: str) -> None:
    choose(visitor, language)
    response = walk.send(visitor, slug)
    case = Case.objects.get()
    assert response.url == reverse("public:receipt", args=[case.reference])
    text = visitor.get(response.url).content.decode()
    assert f'<html lang="{language}">' in text
    assert case.reference in text
    assert spell_date(case.claims.first().due_on, language) in text
    assert {claim.right for claim in case.claims.all()} == {Right.access, Right.erasure}
    assert case.language == language
    assert set(case.letters.values_list("kind", "language")) == {
        ("acknowledgement", language),
        ("confirm_email", language),
    }
    status = visitor.get(reverse("public:status", args=[case.reference]))
    assert status.status_code == 200
    assert case.person["name"] not in status.content.decode()


@pytest.mark.parametrize(("slug", "language"), [("aj-dk", "da"), ("aj-se", "sv"), ("ajos", "en"), ("ajour", "nb")])
def test_the_companys_own_language_comes_first(visitor: Client, slug: str, language: str) -> None:
    page = visitor.get(reverse("public:company", args=[slug]), headers={"accept-language": "de"}).content.decode()
    assert f'<html lang="{language}">' in page


def test_a_language_the_company_does_not_speak_is_not_forced_on_it(visitor: Client) -> None:
    choose(visitor, "nb")
    assert '<html lang="da">' in visitor.get(reverse("public:company", args=["aj-dk"])).content.decode()


def test_the_company_page_sets_the_objection_apart_and_names_the_authority_of_today(visitor: Client) -> None:
    choose(visitor, "en")
    page = visitor.get(reverse("public:company", args=["aj-se"])).content.decode()
    block = page.split('id="object"')[1].split("</section>")[0]
    assert "marketing" in block
    assert "imy@imy.se" in page
    assert "Datainspektionen" not in page


def test_all_answers_reach_the_case(visitor: Client) -> None:
    answers = walk.GOOD | {
        "rights": {"rights": ["rectification", "objection", "access"]},
        "details": {"rectification": "Birkevej 12, ikke 21", "objection": "Jeg er flyttet på krisecenter"},
    }
    walk.send(visitor, "aj-dk", answers)
    case = Case.objects.get()
    assert case.channel == Channel.FORM
    assert case.relation == "private"
    assert case.person["phone"] == "20 12 34 56"
    assert case.person["other_emails"] == ["sofie.gammel@example.com"]
    scopes = {claim.right: claim.scope for claim in case.claims.all()}
    assert scopes["access"]["date_from"] == "2023-01-01"
    assert scopes["rectification"]["statement"] == "Birkevej 12, ikke 21"
    assert scopes["objection"]["statement"] == "Jeg er flyttet på krisecenter"
    assert scopes["access"]["statement"] == ""


def test_a_representative_is_written_to_and_the_person_needs_no_address(visitor: Client) -> None:
    answers = walk.GOOD | {
        "who": {"who": "other"},
        "representative": {"speaker_name": "Lis Bo", "speaker_email": "lis@example.com", "speaker_kind": "lawyer"},
        "contact": {"name": "Sofie Nørby"},
    }
    walk.send(visitor, "aj-dk", answers)
    case = Case.objects.get()
    assert case.representative["kind"] == "lawyer"
    assert set(case.letters.values_list("kind", flat=True)) == {"acknowledgement", "confirm_email"}
    assert {letter.to for letter in case.letters.all()} == {"lis@example.com"}


@pytest.mark.parametrize("right", ["marketing_objection", "withdraw_consent"])
def test_an_immediate_right_asks_no_proof(visitor: Client, right: str) -> None:
    response = walk.send(visitor, "aj-dk", walk.GOOD | {"rights": {"rights": [right]}})
    case = Case.objects.get()
    assert case.claims.get().stage == Stage.FULFILLING
    for place in (response.url, reverse("public:status", args=[case.reference])):
        assert "/identity/" not in visitor.get(place).content.decode()


@pytest.mark.parametrize(
    ("step", "typed", "field"),
    [
        ("rights", {"rights": []}, "rights"),
        ("rights", {"rights": ["everything"]}, "rights"),
        ("relation", {"relation": "spaceship"}, "relation"),
        ("about", {"about": "x" * 4001}, "about"),
        ("about", {"date_from": "2024-02-31"}, "date_from"),
        ("about", {"date_from": "2024-05-01", "date_to": "2023-05-01"}, "date_to"),
        ("contact", {"name": "", "email": "sofie@example.com"}, "name"),
        ("contact", {"name": "Sofie", "email": "sofie@"}, "email"),
        ("contact", {"name": "Sofie"}, "email"),
        ("contact", {"name": "x" * 201, "email": "sofie@example.com"}, "name"),
        ("contact", {"name": "Sofie", "email": "sofie\x00@example.com"}, "email"),
        ("find", {"other_emails": "sofie@example.com, not-an-address"}, "other_emails"),
        ("find", {"other_emails": ",".join(f"a{number}@example.com" for number in range(11))}, "other_emails"),
    ],
)
def test_an_error_is_named_and_what_was_typed_stays(visitor: Client, step: str, typed: Any, field: str) -> None:
    walk.answer(visitor, "aj-dk")
    place = walk.url("aj-dk", step)
    response = visitor.post(place, typed)
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert 'role="alert"' in response.content.decode()
    kept = visitor.get(place).context["form"]
    for name, value in typed.items():
        assert kept[name].value() == value
    assert visitor.get(walk.url("aj-dk", "check")).url == place  # nothing wrong can be sent


def test_answers_are_there_after_coming_back(visitor: Client) -> None:
    walk.answer(visitor, "aj-dk")
    returned = Client()
    returned.cookies = visitor.cookies
    assert returned.get(reverse("public:start", args=["aj-dk"])).url == walk.url("aj-dk", "check")
    assert "Ordrer fra webshoppen" in returned.get(walk.url("aj-dk", "check")).content.decode()


def test_a_draft_rests_sealed(visitor: Client) -> None:
    walk.answer(visitor, "aj-dk")
    raw = visitor.session.model.objects.get().session_data
    assert "Nørby" not in raw
    assert "sofie" not in raw


def test_a_draft_for_one_company_is_not_a_draft_for_another(visitor: Client) -> None:
    walk.answer(visitor, "aj-dk")
    assert visitor.get(reverse("public:start", args=["aj-se"])).url == walk.url("aj-se", "rights")


def test_changing_an_answer_leads_back_to_the_check(visitor: Client) -> None:
    walk.answer(visitor, "aj-dk")
    response = visitor.post(walk.url("aj-dk", "about") + "?back=check", {"about": "Kun nyhedsbrevet"})
    assert response.url == walk.url("aj-dk", "check")
    changed = visitor.post(walk.url("aj-dk", "rights") + "?back=check", {"rights": ["access", "objection"]})
    assert changed.url == walk.url("aj-dk", "details")  # the new right has a question of its own


def test_nobody_jumps_ahead(visitor: Client) -> None:
    assert visitor.get(walk.url("aj-dk", "contact")).url == walk.url("aj-dk", "rights")
    assert visitor.post(walk.url("aj-dk", "check"), {"token": "x"}).url == walk.url("aj-dk", "rights")
    assert visitor.get(walk.url("aj-dk", "nonsense")).status_code == 404
    assert visitor.get("/no-such-company/").status_code == 404


def test_switching_language_keeps_what_was_typed(visitor: Client) -> None:
    walk.answer(visitor, "aj-dk")
    page = visitor.post(walk.url("aj-dk", "contact"), {"name": "Halvt navn", "email": "halv@", "language": "en"})
    text = page.content.decode()
    assert '<html lang="en">' in text
    assert "Halvt navn" in text and "halv@" in text
    assert not page.context["form"].errors


def test_two_clicks_are_one_case(visitor: Client) -> None:
    check = walk.answer(visitor, "aj-dk")
    token = visitor.get(check).context["form"]["token"].value()
    first = visitor.post(check, {"token": token})
    second = visitor.post(check, {"token": token})
    assert first.url == second.url
    assert Case.objects.count() == 1


def test_two_clicks_at_the_same_moment_are_one_case(visitor: Client) -> None:
    """The second request read its session before the first one wrote: only the form's token tells."""
    check = walk.answer(visitor, "aj-dk")
    token = visitor.get(check).context["form"]["token"].value()
    session = visitor.session
    before = {key: session[key] for key in session.keys()}
    first = visitor.post(check, {"token": token})
    session = visitor.session
    session.clear()
    session.update(before)
    session.save()
    assert visitor.post(check, {"token": token}).url == first.url
    assert Case.objects.count() == 1


def test_a_filled_trap_loses_nothing(visitor: Client) -> None:
    check = walk.answer(visitor, "aj-dk")
    token = visitor.get(check).context["form"]["token"].value()
    response = visitor.post(check, {"token": token, "website": "https://spam.example"})
    assert response.status_code == 422
    assert Case.objects.count() == 0
    assert visitor.post(check, {"token": token, "website": ""}).status_code == 302


@pytest.mark.usefixtures("one_window")
def test_a_flood_is_stopped_and_loses_nothing(visitor: Client) -> None:
    check = walk.answer(visitor, "aj-dk")
    for _ in range(rates.LIMITS["submit"][0]):
        rates.allowed("submit", "127.0.0.1", now=timezone.now())
    token = visitor.get(check).context["form"]["token"].value()
    response = visitor.post(check, {"token": token})
    assert response.status_code == 429
    assert "info@ajprodukter.dk" in response.content.decode()
    assert Case.objects.count() == 0
    assert visitor.get(check).status_code == 200


@pytest.mark.usefixtures("one_window")
def test_nobody_is_flooded_through_the_form(visitor: Client) -> None:
    for number in range(rates.LIMITS["mail_to"][0]):
        assert walk.send(Client(REMOTE_ADDR=f"192.0.2.{number}"), "aj-dk").status_code == 302
    mails = Letter.objects.count()
    assert walk.send(visitor, "aj-se").status_code == 302, "the request is taken, only the mail is not sent"
    assert Letter.objects.count() == mails


def test_a_foreign_host_name_gets_a_page_too() -> None:
    response = Client(raise_request_exception=False).get("/", headers={"host": "evil.example"})
    assert response.status_code == 400
    assert "evil" not in response.content.decode()


def test_a_window_passes() -> None:
    now = timezone.now()
    limit, length = rates.LIMITS["new_link"]
    assert [rates.allowed("new_link", "somebody", now=now) for _ in range(limit + 1)] == [True] * limit + [False]
    assert rates.allowed("new_link", "somebody else", now=now)
    assert rates.allowed("new_link", "somebody", now=now + length)
    assert rates.forget(now=now + timedelta(days=3)) == 3


def test_without_an_email_the_way_back_is_on_the_receipt(visitor: Client) -> None:
    contact = {"name": "Sofie Nørby", "address": "Birkevej 12", "postcode": "2620 Albertslund"}
    response = walk.send(visitor, "aj-dk", walk.GOOD | {"contact": contact})
    secret = visitor.get(response.url).context["secret_url"]
    assert secret.startswith("https://privacy.example.com/s/")
    assert Client().get(secret.removeprefix("https://privacy.example.com")).status_code == 302
    stuck = Case.objects.get().letters.get()
    assert (stuck.kind, stuck.error) == ("acknowledgement", "no_address")
    assert stuck.failed_at is not None  # a person prints and posts it


def test_a_missing_csrf_token_is_answered_kindly() -> None:
    strict = Client(enforce_csrf_checks=True)
    response = strict.post(walk.url("aj-dk", "rights"), {"rights": ["access"]})
    assert response.status_code == 403
    assert "cookies" in response.content.decode()


def test_pages_carry_the_strict_policy_and_no_inline_code(visitor: Client) -> None:
    walk.answer(visitor, "aj-dk")
    for place in ("/", "/aj-dk/", walk.url("aj-dk", "rights"), walk.url("aj-dk", "check"), "/new-link/", "/nowhere/"):
        page = visitor.get(place)
        html = page.content.decode()
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        assert "no-store" in page.headers["Cache-Control"]
        assert not [bad for bad in (" style=", "<script", "<style", " onclick", "javascript:") if bad in html]


def test_the_companys_colours_are_a_stylesheet(visitor: Client) -> None:
    page = visitor.get(reverse("public:brand", args=["aj-dk"]))
    assert page.headers["Content-Type"] == "text/css"
    assert "--primary: #" in page.content.decode()
    logo = visitor.get(reverse("public:logo", args=["aj-dk"]))
    assert "sandbox" in logo.headers["Content-Security-Policy"]


@pytest.mark.usefixtures("one_window")
def test_a_representatives_address_is_no_target_either(visitor: Client) -> None:
    answers = walk.GOOD | {
        "who": {"who": "other"},
        "representative": {"speaker_name": "Lis Bo", "speaker_email": "lis@example.com", "speaker_kind": "lawyer"},
        "contact": {"name": "Sofie Nørby"},
    }
    for _ in range(rates.LIMITS["mail_to"][0]):
        walk.send(visitor, "aj-dk", answers)
    mails = Letter.objects.count()
    assert walk.send(visitor, "aj-dk", answers).status_code == 302
    assert Letter.objects.count() == mails


def test_each_right_asks_what_the_caseworker_will_need(visitor: Client) -> None:
    """Art. 16, 18(1), 21(1), 22(3), 7(3): ticked in plain words, kept as codes, shown to staff as they were asked."""
    rights = ["erasure", "rectification", "restriction", "objection", "withdraw_consent", "automated_decision"]
    told = {
        "rectification": "Gaden hedder Birkevej", "rectification_evidence": "Mit sundhedskort",
        "restriction_ground": "c", "objection_purposes": ["individualisation"],
        "withdraw_consent_consents": ["newsletter"], "automated_decision_view": "Jeg betaler altid",
    }  # fmt: skip
    answers = walk.GOOD | {"rights": {"rights": rights}, "details": told, "later": {"tell_later": "on"}}
    check = walk.answer(visitor, "aj-dk", answers)
    shown = visitor.get(check).content.decode()
    assert "Mit sundhedskort" in shown and "Jeg betaler altid" in shown
    walk.send(visitor, "aj-dk", answers)
    scopes = {claim.right: claim.scope for claim in Case.objects.get().claims.all()}
    assert scopes["erasure"]["tell_later"] is True
    assert scopes["rectification"]["statement"] == "Gaden hedder Birkevej"
    assert scopes["rectification"]["evidence"] == "Mit sundhedskort"
    assert scopes["restriction"]["ground"] == "c" and scopes["objection"]["purposes"] == ["individualisation"]
    assert scopes["withdraw_consent"]["consents"] == ["newsletter"]
    assert scopes["automated_decision"]["said"][0][1] == "Jeg betaler altid"
    assert "said" not in scopes["erasure"]


def test_the_questions_stand_under_their_right_and_are_read_again_in_the_same_order(visitor: Client) -> None:
    choose(visitor, "en")
    check = walk.answer(visitor, "aj-dk", walk.GOOD | {
        "rights": {"rights": ["rectification", "restriction"]}, "details": {"restriction_ground": "c"}
    })  # fmt: skip
    asked, shown = (visitor.get(page).content.decode() for page in (walk.url("aj-dk", "details"), check))
    questions = ("What is wrong", "Which of these fits best?", "Why should the use be paused?")
    for page, heading in ((asked, "<h2>Pause the use of my data</h2>"), (shown, "Pause the use of my data<br>Which")):
        places = [page.index(text) for text in (questions[0], heading, *questions[1:])]
        assert places == sorted(places)


def test_nothing_of_it_must_be_answered(visitor: Client) -> None:
    """No form of words is needed (Art. 12(2))."""
    rights = ["erasure", "rectification", "restriction", "objection", "automated_decision"]
    walk.send(visitor, "aj-dk", walk.GOOD | {"rights": {"rights": rights}})
    for claim in Case.objects.get().claims.all():
        assert not {"ground", "evidence", "purposes", "view", "tell_later", "said"} & claim.scope.keys()


def test_only_what_is_offered_can_be_ticked(visitor: Client) -> None:
    visitor.post(walk.url("aj-dk", "rights"), {"rights": ["restriction"]})
    visitor.post(walk.url("aj-dk", "relation"), {"relation": "private"})
    visitor.post(walk.url("aj-dk", "about"), {})
    assert visitor.post(walk.url("aj-dk", "details"), {"restriction_ground": "e"}).status_code == 422
