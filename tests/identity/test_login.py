"""Proof by log-in, walked through a real OpenID Connect provider over http: log in, allow, come back."""

import re
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qsl, urlsplit

import jwt
import pytest
import requests
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from cryptography.hazmat.primitives.asymmetric import rsa
from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone

import demo
from desk import proof_parts
from fulfilment.collecting import find
from identity import attempts, deciding, need
from identity.log_in import known
from identity.log_in.assertion import Row
from identity.methods import login as by_log_in
from identity.models import Verification
from identity.reading.results import SENTENCES, Code
from identity.views import whose
from identity.views.login import PersonsClient
from identity.waiting import silence
from law.identification import Level, Means
from law.rights import Right
from requests_app import access, contact, events, rates
from requests_app.answers import Representative
from requests_app.models import Case
from requests_app.sealed import digest
from requests_app.states import Actor
from tests.identity import log_in
from tests.identity.conftest import NOW
from tests.identity.log_in import ACCOUNT, EID, SURE, UNSURE, Walk
from tests.oidc.provider import SECRET, serving

pytestmark = pytest.mark.django_db
ASTRID = demo.persona("aj-dk", "astrid")
BENT = demo.persona("aj-dk", "bent")
HOME = "https://privacy.example.com"
CPR = "1705801234"


@pytest.fixture(scope="module")
def provider(tmp_path_factory):
    folder = tmp_path_factory.mktemp("oidc")
    with serving(folder, returns=log_in.returns(HOME), acr_values=[SURE, UNSURE], always=["dk.cpr", "cpr"]) as one:
        yield one


@pytest.fixture(autouse=True)
def _connected(provider, tmp_path, settings, monkeypatch):
    provider.forgets_all()
    provider.knows("astrid", email=ASTRID.email, email_verified=True, name=ASTRID.name, cpr=CPR)
    settings.DSAR_CONTROLLERS_PATH = [log_in.companies(tmp_path / "companies", account=provider.url)]
    with log_in.environment(monkeypatch, SECRET):
        yield


@pytest.fixture
def walk(visitor, provider):
    return lambda case: Walk(visitor(case), provider)


def stages(case):
    return {claim.right: claim.stage for claim in case.claims.all()}


def attempt(case: Case) -> Verification:
    return case.verifications.get()


# --- who passes ---------------------------------------------------------------------------------------------------
def test_whoever_logs_in_with_the_address_on_file_goes_on(open_case, walk):
    case = open_case(Right.access, email=ASTRID.email.upper())
    assert Means.login in need.offered(case)
    person = walk(case)
    page = person.log_in(case, ACCOUNT, "astrid")
    assert stages(case) == {"access": "triage"} and need.reached(case) is Level.L2
    assert page.headers["Location"] == reverse("identity:start", args=[case.reference])  # nothing left to do there
    assert person.browser.get(reverse("public:status", args=[case.reference])).status_code == 200  # the grant survives


def test_a_customer_number_is_enough_where_the_company_itself_says_it(open_case, walk, provider):
    provider.knows("bent", email="another@example.com", email_verified=True, customer_no=int(BENT.customer_no))
    case = open_case(Right.access, customer_no=BENT.customer_no, email="stranger@example.net")
    walk(case).log_in(case, ACCOUNT, "bent")
    assert stages(case) == {"access": "triage"}
    assert find.proved(case).values == {"customer_no": (BENT.customer_no,)}  # the address is still anybody's


def test_what_a_log_in_names_is_proved_and_an_address_moved_later_is_not(open_case, walk):
    case = open_case(Right.access, email=ASTRID.email, customer_no=BENT.customer_no)
    assert find.proved(case).values == {}
    walk(case).log_in(case, ACCOUNT, "astrid")
    case.refresh_from_db()
    assert find.proved(case).values == {"email": (ASTRID.email,)}  # a neighbour's number in the form is not
    contact.move_to(case, "other@example.com", now=NOW)
    assert find.proved(case).values == {}


def test_an_eid_beside_the_address_on_file_is_enough_on_a_doubt(open_case, walk, provider, clerk, client):
    """The sources hold no date of birth: the name suffices together with the link to the address on file."""
    case = open_case(Right.access, email=ASTRID.email)
    events.record(case, "identity_doubt", now=NOW, actor=Actor.STAFF, user=clerk, data={"reason": "unusual"})
    attempts.record_passed(case, Means.email_link, now=NOW, user=None, reason="", level=Level.L1)
    provider.knows("astrid-mitid", acr=SURE, name="Astrid Marie Møller", birthdate="1958-05-17")
    walk(case).log_in(case, EID, "astrid-mitid")
    assert need.reached(case) is Level.L3 and stages(case) == {"access": "triage"}


def test_a_name_alone_is_for_a_person_to_decide(open_case, walk, provider, clerk):
    provider.knows("astrid-mitid", acr=SURE, name="Astrid Moeller", birthdate="1958-05-17")
    case = open_case(Right.access, email=ASTRID.email, name=ASTRID.name)
    walk(case).log_in(case, EID, "astrid-mitid")
    verification = attempt(case)
    assert verification.status == Verification.Status.SUBMITTED and stages(case) == {"access": "received"}
    assert verification.results == [Code.log_in_name_only]
    assert "1958" not in str(verification.memory) and "Astrid" not in str(verification.memory)
    told = proof_parts.of(verification, now=timezone.now(), language="en")
    assert str(told["results"][0].text) == str(SENTENCES[Code.log_in_name_only]) and told["pages"] == []
    deciding.accept(verification, now=NOW, user=clerk)
    assert stages(case) == {"access": "triage"}


def test_whoever_names_themselves_like_another_learns_nothing_of_them(open_case, walk, provider):
    """Anybody may name themselves at a customer account: the page is the same, the verifier alone knows more."""
    provider.knows("mallory", acr=SURE, name=ASTRID.name)
    pages = []
    for email, code in ((ASTRID.email, Code.log_in_name_only), ("nobody@example.com", Code.log_in_name_given)):
        case = open_case(Right.access, email=email, name=ASTRID.name)
        page = walk(case).log_in(case, EID, "mallory").content.decode()
        assert attempt(case).status == Verification.Status.SUBMITTED and attempt(case).results == [code]
        pages.append(re.sub(r"csrf\w+. value=.[^\"']+", "", page.replace(case.reference, "REF").replace(email, "")))
    assert pages[0] == pages[1]
    case = open_case(Right.access, email=ASTRID.email, name="Somebody Else")
    walk(case).log_in(case, EID, "mallory")
    assert (attempt(case).status, attempt(case).attempts_left) == (Verification.Status.OPEN, 4)


def test_who_passed_the_link_on_is_out_once_somebody_logged_in(open_case, visitor, walk, provider):
    """A stranger asks in her name and sends her the genuine link: what her log-in releases goes to her alone."""
    case = open_case(Right.access, customer_no=ASTRID.customer_no, email="stranger@example.net")
    url = access.status_url(case, now=NOW).removeprefix(HOME)
    stranger, her = visitor(case), walk(case)
    for browser in (stranger, her.browser):
        browser.get(url)
    page = her.browser.get(reverse("identity:method", args=[case.reference, "login"])).content.decode()
    assert "stranger@example.net" in page, "she is told who gets the answer, before she logs in"
    her.log_in(case, ACCOUNT, "astrid")
    assert stages(case) == {"access": "triage"}
    status = reverse("public:status", args=[case.reference])
    assert her.browser.get(status).status_code == 200 and stranger.get(status).status_code != 200
    assert stranger.get(url).status_code != 302, "the link itself has ended, too"
    case.refresh_from_db()
    assert case.person["email"] == ASTRID.email
    assert case.letters.order_by("-pk").first().to == ASTRID.email


def test_a_name_and_a_birthday_end_the_links_given_before(open_case, visitor, walk, provider, monkeypatch):
    row = Row(name=frozenset({ASTRID.name}), birth_date=frozenset({"1958-05-17"}))
    monkeypatch.setattr(known, "rows", lambda case: [row])  # our demo companies keep no dates of birth
    provider.knows("astrid-mitid", acr=SURE, name=ASTRID.name, birthdate="1958-05-17")
    case = open_case(Right.access, email=ASTRID.email)
    stranger, her = visitor(case), walk(case)
    her.log_in(case, EID, "astrid-mitid")
    status = reverse("public:status", args=[case.reference])
    assert stages(case) == {"access": "triage"}
    assert her.browser.get(status).status_code == 200 and stranger.get(status).status_code != 200


def test_a_log_in_page_of_a_window_that_was_about_the_other_leads_nowhere(open_case, walk):
    speaker = Representative(name="Bo Åkesson", email="bo@example.net", organisation="", kind="lawyer")
    case = open_case(Right.access, email=ASTRID.email, representative=speaker)
    browser = walk(case).browser
    answer = browser.post(
        reverse("identity:method", args=[case.reference, "eid"]), {"connection": EID, "whose": "representative"}
    )
    assert answer.url == reverse("identity:start", args=[case.reference])


def test_a_representative_shows_their_own_name(open_case, walk, provider):
    speaker = Representative(name="Bo Åkesson", email="bo@example.net", organisation="", kind="lawyer")
    case = open_case(Right.access, email=ASTRID.email, representative=speaker)
    person = walk(case)
    session = person.browser.session
    session[whose.KEY] = case.reference
    session.save()
    provider.knows("bo", acr=SURE, name="Bo Aakesson")
    provider.knows("liv", acr=SURE, name="Liv Hansen")
    page = person.log_in(case, EID, "liv")
    assert "passer ikke" in page.content.decode() or "does not fit" in page.content.decode()
    person.log_in(case, EID, "bo")
    mine = case.verifications.get(method="eid")
    assert (mine.subject, mine.status) == ("representative", "passed")
    assert need.reached(case) is Level.L0  # of the person themselves nothing is proved by it


# --- who does not -------------------------------------------------------------------------------------------------
def test_another_customer_and_nobody_get_the_same_words(open_case, walk, provider):
    provider.knows("bent", email=BENT.email, email_verified=True, customer_no=BENT.customer_no)
    provider.knows("unchecked", email=ASTRID.email, email_verified=False)
    pages = []
    for email, login in ((ASTRID.email, "bent"), ("nobody@example.com", "bent"), (ASTRID.email, "unchecked")):
        case = open_case(Right.access, email=email)
        page = walk(case).log_in(case, ACCOUNT, login).content.decode()
        assert stages(case) == {"access": "received"} and attempt(case).attempts_left == 4
        page = page.replace(case.reference, "REF").replace(email, "ADDRESS")
        pages.append(re.sub(r"csrf\w+. value=.[^\"']+", "", page))
        assert "Bent" not in str(attempt(case).memory) and "example.com" not in str(attempt(case).memory)
    assert pages[0] == pages[1] == pages[2] and "Log in" not in re.findall("<h1>(.*)</h1>", pages[0])


def test_the_page_while_it_is_compared_is_the_same_whoever_is_known(open_case, walk, provider):
    pages = []
    for email in (ASTRID.email, "nobody@example.com"):
        case = open_case(Right.access, email=email)
        page = walk(case).log_in(case, ACCOUNT, "astrid", compare=False)
        pages.append(re.sub(r"csrf\w+. value=.[^\"']+", "", page.content.decode().replace(case.reference, "REF")))
    assert pages[0] == pages[1]


def test_five_tries_and_then_it_rests(open_case, walk, provider):
    provider.knows("bent", email=BENT.email, email_verified=True)
    case = open_case(Right.access, email=ASTRID.email)
    person = walk(case)
    for _ in range(5):
        person.log_in(case, ACCOUNT, "bent")
    assert attempt(case).status == Verification.Status.FAILED
    pressed = person.browser.post(reverse("identity:method", args=[case.reference, "login"]), {"connection": ACCOUNT})
    assert pressed.status_code == 302 and "used_up" in pressed.headers["Location"]
    assert Means.email_link in need.offered(case)  # never a dead end


def test_a_log_in_that_is_not_sure_enough_is_no_try(open_case, walk, provider):
    """Only `acr` tells an eID from a password, and allauth does not look at it."""
    provider.knows("astrid", acr=UNSURE, name=ASTRID.name)
    provider.knows("silent", name=ASTRID.name)
    case = open_case(Right.access, email=ASTRID.email)
    for login in ("astrid", "silent"):
        page = walk(case).log_in(case, EID, login)
        assert page.request["QUERY_STRING"] == "said=too_weak" and not case.verifications.exists()


def test_whoever_cancels_loses_nothing(open_case, walk):
    case = open_case(Right.access, email=ASTRID.email)
    page = walk(case).log_in(case, ACCOUNT, "astrid", consent=False)
    assert page.request["QUERY_STRING"] == "said=cancelled" and not case.verifications.exists()
    walk(case).log_in(case, ACCOUNT, "astrid")
    assert stages(case) == {"access": "triage"}


# --- what an attacker tries ---------------------------------------------------------------------------------------
def test_a_callback_proves_nothing_in_another_browser_nor_twice(open_case, walk, visitor, provider):
    case = open_case(Right.access, email=ASTRID.email)
    person = walk(case)
    address = provider.log_in(person.leave(case, ACCOUNT), "astrid")
    theirs = open_case(Right.access, email="attacker@example.net")
    for other in (Walk(visitor(theirs), provider), Walk(visitor(case), provider)):
        assert other.back(address).status_code == 400
    assert not Verification.objects.exists()
    assert person.back(address).status_code == 302
    assert person.back(address).status_code == 400
    assert theirs.verifications.count() == 0 and case.verifications.count() == 1


def test_an_answer_for_one_provider_is_none_for_another(open_case, walk, provider):
    case = open_case(Right.access, email=ASTRID.email)
    person = walk(case)
    address = provider.log_in(person.leave(case, ACCOUNT), "astrid")
    assert person.back(address.replace(ACCOUNT, EID)).status_code == 400
    assert person.back(address.replace(ACCOUNT, "aj-se.mine-sider")).status_code == 400
    assert person.back(address.replace(ACCOUNT, "nobody.knows")).status_code == 404
    assert not Verification.objects.exists()


def test_another_companys_provider_is_not_offered(open_case, walk):
    case = open_case(Right.access, email=ASTRID.email)
    url = reverse("identity:method", args=[case.reference, "login"])
    for connection in ("aj-se.mine-sider", EID, ""):
        assert walk(case).browser.post(url, {"connection": connection}).headers["Location"] == url


def test_an_answer_somebody_else_got_does_not_fit_the_nonce(open_case, walk, provider):
    """The attacker's own code, put into a victim's callback: PKCE and nonce are those of this session."""
    case = open_case(Right.access, email=ASTRID.email)
    victim, attacker = walk(case), walk(case)
    begun = dict(parse_qsl(urlsplit(provider.log_in(victim.leave(case, ACCOUNT), "astrid")).query))
    stolen = dict(parse_qsl(urlsplit(provider.log_in(attacker.leave(case, ACCOUNT), "astrid")).query))
    path = reverse("identity:log_in_back", args=[ACCOUNT])
    answer = victim.browser.get(path, {**begun, "code": stolen["code"]})
    assert answer.headers["Location"].endswith("said=broken") and not Verification.objects.exists()


def test_an_answer_in_the_name_of_another_issuer_is_refused(open_case, walk, provider):
    case = open_case(Right.access, email=ASTRID.email)
    person = walk(case)
    answer = dict(parse_qsl(urlsplit(provider.log_in(person.leave(case, ACCOUNT), "astrid")).query))
    path = reverse("identity:log_in_back", args=[ACCOUNT])
    answer = person.browser.get(path, {**answer, "iss": "https://evil.example"})
    assert answer.headers["Location"].endswith("said=broken") and not Verification.objects.exists()


def test_a_log_in_left_open_in_a_shared_browser_proves_nothing(open_case, walk, provider):
    """Whoever sits there now takes what makes the provider ask again out of the address."""
    case = open_case(Right.access, email=ASTRID.email)
    somebody = walk(case)
    library = requests.Session()
    provider.log_in(somebody.leave(case, ACCOUNT), "astrid", browser=library)
    address = re.sub(r"&(prompt|max_age)=\w+", "", somebody.leave(case, ACCOUNT))
    again = somebody.back(provider.log_in(address, "nobody types this", browser=library))
    assert again.headers["Location"].endswith("said=stale")
    assert not case.verifications.exists()


def test_userinfo_about_somebody_else_is_refused(open_case, walk, provider):
    provider.knows(
        "mallory", email="m@example.net", email_verified=True, userinfo={"sub": "astrid", "email": ASTRID.email}
    )
    case = open_case(Right.access, email=ASTRID.email)
    page = walk(case).log_in(case, ACCOUNT, "mallory")
    assert page.request["QUERY_STRING"] == "said=broken" and not case.verifications.exists()


def test_a_case_taken_away_meanwhile_is_not_proved(open_case, walk, provider):
    """Whoever proved the address on file ended all earlier links; a log-in begun before that proves nothing."""
    case = open_case(Right.access, email=ASTRID.email)
    person = walk(case)
    address = provider.log_in(person.leave(case, ACCOUNT), "astrid")
    access.revoke(case, access.Purpose.STATUS, now=NOW)
    assert person.back(address).status_code == 400 and not case.verifications.exists()


@pytest.mark.parametrize(
    "forge", ["another key", "no signature", "our secret", "another client", "another issuer", "old"]
)
def test_an_id_token_is_what_its_provider_signed(open_case, provider, rf, forge):
    client = PersonsClient(rf.get("/"), ACCOUNT)
    now = int(time.time())
    said = {"iss": provider.url, "aud": "dsar-portal", "sub": "astrid", "iat": now, "exp": now + 300}
    said |= {"another client": {"aud": "x"}, "another issuer": {"iss": "https://evil.example"},
             "old": {"exp": now - 60}}.get(forge, {})  # fmt: skip
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    algorithm, signer = {"no signature": ("none", None), "our secret": ("HS256", SECRET)}.get(forge, ("RS256", key))
    token = jwt.encode(said, signer, algorithm=algorithm, headers={"kid": "keystore-CHANGE-ME"})
    app = client.get_provider().app
    with pytest.raises((jwt.PyJWTError, OAuth2Error)):
        client._decode_id_token(app, token)


@pytest.mark.usefixtures("one_window")
def test_pressing_the_button_is_counted_and_nothing_is_lost(open_case, walk, monkeypatch):
    monkeypatch.setitem(rates.LIMITS, "identity_case", (2, timedelta(hours=1)))
    case = open_case(Right.access, email=ASTRID.email)
    person, url = walk(case), reverse("identity:method", args=[case.reference, "login"])
    pressed = [person.browser.post(url, {"connection": ACCOUNT}).status_code for _ in range(3)]
    assert pressed == [200, 200, 429] and person.browser.get(url).status_code == 200
    assert not case.verifications.exists()


# --- what breaks --------------------------------------------------------------------------------------------------
def test_a_provider_whose_clock_is_wrong_loses_nothing(open_case, visitor, settings, tmp_path):
    with serving(tmp_path, returns=log_in.returns(HOME), minutes=-2) as late:
        late.knows("astrid", email=ASTRID.email, email_verified=True)
        settings.DSAR_CONTROLLERS_PATH = [log_in.companies(tmp_path / "late", account=late.url)]
        case = open_case(Right.access, email=ASTRID.email)
        page = Walk(visitor(case), late).log_in(case, ACCOUNT, "astrid")
    assert page.request["QUERY_STRING"] == "said=broken" and not case.verifications.exists()


def test_a_provider_that_is_down_loses_nothing(open_case, visitor, settings, tmp_path):
    with serving(tmp_path, returns=log_in.returns(HOME)) as gone:
        gone.knows("astrid", email=ASTRID.email, email_verified=True)
        settings.DSAR_CONTROLLERS_PATH = [log_in.companies(tmp_path / "gone", account=gone.url)]
        case = open_case(Right.access, email=ASTRID.email)
        person = Walk(visitor(case), gone)
        address = gone.log_in(person.leave(case, ACCOUNT), "astrid")
    assert person.back(address).headers["Location"].endswith("said=unreachable")
    url = reverse("identity:method", args=[case.reference, "login"])
    pressed = person.browser.post(url, {"connection": ACCOUNT}, follow=True)
    assert pressed.status_code == 200 and pressed.request["QUERY_STRING"] == "said=unreachable"
    assert not case.verifications.exists() and Means.email_link in need.offered(case)


def test_a_source_that_is_down_is_asked_again(open_case, walk, settings, tmp_path):
    case = open_case(Right.access, email=ASTRID.email)
    there, settings.DSAR_DEMO_DIR = settings.DSAR_DEMO_DIR, tmp_path / "nowhere"
    page = walk(case).log_in(case, ACCOUNT, "astrid")
    later = timezone.now() + timedelta(minutes=1)
    assert page.status_code == 200 and attempt(case).attempts_left == 5
    assert by_log_in.not_compared(now=later) == [attempt(case)] and not by_log_in.not_compared(now=timezone.now())
    settings.DSAR_DEMO_DIR = there
    log_in.worker(case)
    log_in.worker(case)  # delivered twice
    assert stages(case) == {"access": "triage"} and not by_log_in.not_compared(now=later)


def test_a_slow_source_costs_one_try_however_often_the_sweep_comes(open_case, walk, provider, monkeypatch):
    """The sweep enqueues again what is being compared; here it comes in the midst of it, and again afterwards."""
    provider.knows("bent", email=BENT.email, email_verified=True)
    case, asked = open_case(Right.access, email=ASTRID.email), []
    really = known.rows

    def slow(one):
        asked.append(one)
        if len(asked) < 3:
            log_in.worker(case)
        return really(one)

    monkeypatch.setattr(known, "rows", slow)
    walk(case).log_in(case, ACCOUNT, "bent")
    log_in.worker(case)
    assert len(asked) == 1 and attempt(case).attempts_left == 4


def test_a_comparison_whose_worker_was_killed_is_made_by_another(open_case, walk, provider):
    case = open_case(Right.access, email=ASTRID.email)
    walk(case).log_in(case, ACCOUNT, "astrid", compare=False)
    assert by_log_in.claim(attempt(case), now=timezone.now() - timedelta(minutes=11))  # and then it was killed
    assert not by_log_in.claim(attempt(case), now=timezone.now() - timedelta(minutes=2))
    log_in.worker(case)
    assert stages(case) == {"access": "triage"}


def test_who_logs_in_anew_meanwhile_is_compared_and_loses_no_try(open_case, walk, provider, monkeypatch):
    provider.knows("bent", email=BENT.email, email_verified=True)
    case = open_case(Right.access, email=ASTRID.email)
    person, really = walk(case), known.rows
    person.log_in(case, ACCOUNT, "bent", compare=False)

    def slow(one):
        monkeypatch.setattr(known, "rows", really)
        person.log_in(case, ACCOUNT, "astrid", compare=False)
        return really(one)

    monkeypatch.setattr(known, "rows", slow)
    log_in.worker(case)
    assert attempt(case).attempts_left == 5 and by_log_in.is_waiting(attempt(case))
    log_in.worker(case)
    assert stages(case) == {"access": "triage"}


def test_after_a_source_came_back_it_is_the_persons_turn_and_a_second_outage_is_seen(
    open_case, walk, provider, settings, tmp_path
):
    provider.knows("bent", email=BENT.email, email_verified=True)
    case, there = open_case(Right.access, email=ASTRID.email), settings.DSAR_DEMO_DIR
    for outage in (1, 2):
        settings.DSAR_DEMO_DIR = tmp_path / "nowhere"
        walk(case).log_in(case, ACCOUNT, "bent")
        log_in.worker(case)
        assert silence.of(case).ours and case.events.filter(kind="identity_source_down").count() == outage
        settings.DSAR_DEMO_DIR = there
        log_in.worker(case)
        assert not silence.of(case).ours and attempt(case).attempts_left == 5 - outage


def test_a_provider_leads_our_server_nowhere_else(provider):
    class Leading(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(302)
            self.send_header("Location", provider.url + self.path)
            self.end_headers()

    with ThreadingHTTPServer(("127.0.0.1", 0), Leading) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        with pytest.raises(requests.TooManyRedirects), get_adapter().get_requests_session() as session:
            session.get(f"{address}/.well-known/openid-configuration")
        server.shutdown()


@pytest.mark.parametrize("path", ["/nothing-here", ""])
def test_an_address_that_is_no_provider_is_said_plainly(open_case, visitor, settings, tmp_path, provider, path):
    wrong = provider.url + path if path else provider.url.replace("127.0.0.1", "localhost")  # it calls itself otherwise
    settings.DSAR_CONTROLLERS_PATH = [log_in.companies(tmp_path / "wrong", account=wrong)]
    case = open_case(Right.access, email=ASTRID.email)
    url = reverse("identity:method", args=[case.reference, "login"])
    assert visitor(case).post(url, {"connection": ACCOUNT}).headers["Location"].endswith("said=unreachable")


# --- what is kept -------------------------------------------------------------------------------------------------
def test_only_the_assertion_is_kept_and_never_a_national_number(open_case, walk, provider):
    provider.knows(CPR, acr=SURE, name=ASTRID.name, birthdate="1958-05-17", cpr=CPR, **{"dk.cpr": "170580-1234"})
    case = open_case(Right.access, email=ASTRID.email)
    walk(case).log_in(case, EID, CPR)
    for model in (get_user_model(), SocialAccount, SocialApp, SocialToken):
        assert not model.objects.exists(), model
    logged_in = case.events.get(kind="identity_logged_in")
    assert logged_in.data == {
        "means": "eid", "subject": "person", "issuer": provider.url, "acr": SURE, "account": "",
    }  # fmt: skip
    assert case.events.get(kind="identity_compared").data == {"agreed": ["name"], "proves": {}}
    assert not leaks(CPR, "170580-1234", "1958-05-17")


def test_an_account_is_remembered_by_a_keyed_digest_alone(open_case, walk, provider):
    case = open_case(Right.access, email=ASTRID.email)
    walk(case).log_in(case, ACCOUNT, "astrid")
    kept = case.events.get(kind="identity_logged_in").data
    assert kept["account"] == digest(f"log_in:{provider.url}", "astrid") and attempt(case).memory == {}
    assert attempt(case).decided_at and not leaks(CPR)


def leaks(*values: str) -> list[str]:
    """Where one of these values stands: any column of any table, unsealed by the models, and any session."""
    found = []
    for model in apps.get_models():
        for row in model._base_manager.all():
            text = str({field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields})
            if model is Session:
                text += str(row.get_decoded())
            found += [f"{model.__name__}: {value}" for value in values if value in text]
    return found


def test_the_log_says_nothing_of_anybody(open_case, walk, provider, caplog):
    caplog.set_level("DEBUG")
    provider.knows("astrid", email=ASTRID.email, email_verified=True, name=ASTRID.name, cpr=CPR)
    case = open_case(Right.access, email=ASTRID.email)
    person = walk(case)
    address = provider.log_in(person.leave(case, ACCOUNT), "astrid")
    code = dict(parse_qsl(urlsplit(address).query))["code"]
    person.back(address)
    log_in.worker(case)
    person.back(address)  # refused
    assert stages(case) == {"access": "triage"}
    for secret in (ASTRID.email, ASTRID.name, CPR, code, SECRET, "astrid"):
        assert secret not in caplog.text


# --- where it is offered ------------------------------------------------------------------------------------------
def test_without_its_variables_a_log_in_is_not_offered(open_case, walk, monkeypatch):
    case = open_case(Right.access, email=ASTRID.email)
    assert {Means.login, Means.eid} <= set(need.offered(case))
    monkeypatch.delenv("DSAR_LOG_IN_ACCOUNT_ID")
    assert Means.login not in need.offered(case) and Means.eid in need.offered(case)
    url = reverse("identity:method", args=[case.reference, "login"])
    assert walk(case).browser.post(url, {"connection": ACCOUNT}).headers["Location"] != url


def test_a_secret_may_stand_in_a_file(open_case, walk, monkeypatch, tmp_path):
    monkeypatch.delenv("DSAR_LOG_IN_ACCOUNT_SECRET")
    (tmp_path / "secret").write_text(SECRET + "\n")
    monkeypatch.setenv("DSAR_LOG_IN_ACCOUNT_SECRET_FILE", str(tmp_path / "secret"))
    case = open_case(Right.access, email=ASTRID.email)
    walk(case).log_in(case, ACCOUNT, "astrid")
    assert stages(case) == {"access": "triage"}


def test_an_immediate_right_meets_no_log_in(open_case, walk):
    case = open_case(Right.marketing_objection, email=ASTRID.email)
    url = reverse("identity:method", args=[case.reference, "login"])
    assert walk(case).browser.get(url).headers["Location"] == reverse("identity:start", args=[case.reference])


def test_what_is_asked_of_the_provider_is_no_more_than_needed(open_case, walk):
    case = open_case(Right.access, email=ASTRID.email)
    asked = dict(parse_qsl(urlsplit(walk(case).leave(case, EID)).query))
    assert set(asked["scope"].split()) == {"openid", "profile"} and asked["acr_values"] == SURE
    assert asked["code_challenge_method"] == "S256" and len(asked["state"]) >= 16 and len(asked["nonce"]) >= 16
    assert asked["redirect_uri"] == f"{HOME}/identity/log-in/{EID}/" and ASTRID.email not in str(asked)
