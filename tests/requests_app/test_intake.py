"""How a case opens, from the form and from the hands of staff."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ObjectDoesNotExist

from law.rights import Right
from requests_app import events, intake, queries, reference, searching
from requests_app.answers import Answers
from requests_app.controllers import UnknownController, controller
from requests_app.models import Case, Event, PolicyVersion, SearchToken
from requests_app.states import Channel, Stage
from tests.requests_app.conftest import NOW, PERSON

pytestmark = pytest.mark.django_db


def test_a_case_is_whole_when_it_opens(open_case: Callable[..., Case]) -> None:
    case = open_case(Right.access, Right.erasure, Right.marketing_objection)
    claims = {claim.right: claim for claim in case.claims.all()}
    assert {right: claim.stage for right, claim in claims.items()} == {
        "access": Stage.RECEIVED,
        "erasure": Stage.RECEIVED,
        "marketing_objection": Stage.FULFILLING,
    }
    assert {claim.due_on for claim in claims.values()} == {date(2026, 12, 23)}
    assert PolicyVersion.objects.get(digest=case.policy_digest).controller == "aj-dk"
    assert case.events.first().kind == "received"
    assert events.broken_links(case) == []


def test_what_identifies_a_person_is_sealed(open_case: Callable[..., Case]) -> None:
    from django.db import connection

    case = open_case(about="Min adresse er hemmelig")
    with connection.cursor() as cursor:
        cursor.execute("SELECT person FROM requests_app_case")
        raw = bytes(cursor.fetchone()[0])
        cursor.execute("SELECT scope FROM requests_app_claim")
        raw += bytes(cursor.fetchone()[0])
    assert b"Sofie" not in raw and b"hemmelig" not in raw
    assert Case.objects.get(pk=case.pk).person["name"] == PERSON["name"]


def test_events_hold_codes_only(open_case: Callable[..., Case]) -> None:
    open_case(about="Min adresse er hemmelig")
    told = "".join(str(event.data) for event in Event.objects.all())
    for private in ("Sofie", "example.com", "hemmelig", "K-104482"):
        assert private not in told


def test_the_day_of_receipt_is_the_controllers_day(open_case: Callable[..., Case]) -> None:
    late = datetime(2026, 11, 22, 23, 30, tzinfo=ZoneInfo("UTC"))  # half past midnight in Copenhagen
    assert open_case(received_at=late, now=late).received_on == date(2026, 11, 23)


def enter(user: Any, **more: Any) -> Case:
    options = {"received_on": NOW.date(), "channel": Channel.LETTER, "because": ""} | more
    return intake.enter(
        Answers(rights=(Right.access,), **PERSON),
        controller=controller("aj-dk"),
        language="da",
        now=NOW,
        user=user,
        **options,
    )


def test_a_letter_that_lay_in_the_post_room_counts_from_its_day(staff: Callable[..., Any]) -> None:
    user = staff("karin", "aj-dk")
    case = enter(user, received_on=date(2026, 11, 16), because="Lå i postrummet")
    assert case.received_on == date(2026, 11, 16)
    assert case.claims.get().due_on == date(2026, 12, 16)
    assert case.entered_by == user
    assert case.backdated_because == "Lå i postrummet"
    received = case.events.get(kind="received")
    assert received.data["backdated"] is True
    assert "postrummet" not in str(received.data)
    assert not case.letters.filter(kind="confirm_email").exists()  # staff heard the address from the person


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"received_on": date(2026, 11, 24)}, "forward_dated"),
        ({"received_on": date(2026, 11, 20)}, "backdated_without_reason"),
        ({"received_on": date(2026, 11, 20), "because": "   "}, "backdated_without_reason"),
    ],
)
def test_a_wrong_day_is_refused(staff: Callable[..., Any], more: dict[str, Any], code: str) -> None:
    with pytest.raises(intake.IntakeError) as refused:
        enter(staff("karin", "aj-dk"), **more)
    assert refused.value.code == code
    assert not Case.objects.exists()


def test_a_request_for_nothing_is_refused() -> None:
    with pytest.raises(intake.IntakeError):
        intake.submit(
            Answers(rights=()),
            controller=controller("aj-dk"),
            language="da",
            channel=Channel.FORM,
            received_at=NOW,
            now=NOW,
        )


def test_a_case_cannot_open_for_an_unknown_company() -> None:
    with pytest.raises(UnknownController):
        controller("../aj-dk")


def test_the_same_form_sent_twice_is_one_case(open_case: Callable[..., Case]) -> None:
    first, second = open_case(form_token="t" * 20), open_case(form_token="t" * 20)
    assert first == second
    assert Case.objects.count() == 1
    assert first.letters.count() == 2
    assert open_case(form_token="u" * 20) != first


def test_nothing_half_is_left_when_opening_fails(
    open_case: Callable[..., Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(intake.correspondence, "acknowledge", broken)
    with pytest.raises(RuntimeError):
        open_case()
    assert not Case.objects.exists()
    assert not SearchToken.objects.exists()


def test_references_can_be_read_aloud() -> None:
    made = {reference.new_reference("aj-dk") for _ in range(500)}
    assert len(made) == 500
    assert {one[:5] for one in made} == {"AJDK-"}
    assert not set("".join(one[5:] for one in made)) & set("0O1IL2Z5S8BUV")
    assert {reference.normal(one.lower().replace("-", " ")) for one in made} == made
    assert [reference.prefix(slug) for slug in ("aj-se", "aarstiderne", "ajos", "ajour")] == [
        "AJSE",
        "AARS",
        "AJOS",
        "AJOU",
    ]


def test_staff_find_a_case_by_whatever_they_have(open_case: Callable[..., Case], staff: Callable[..., Any]) -> None:
    case, other = (
        open_case(),
        open_case(
            **{
                **PERSON,
                "name": "Mads Holm",
                "email": "mads@example.com",
                "phone": "31 00 00 00",
                "customer_no": "K-2",
                "order_no": "7",
                "other_emails": (),
            }
        ),
    )
    user = staff("karin", "aj-dk")
    for text in (
        case.reference,
        case.reference.lower(),
        "SOFIE.NOERBY@example.com",
        "sofie.gammel@example.com",
        "20123456",
        "+4520123456",
        "k104482",
        "2024-99871",
        "nørby",
        "sofie nørby",
    ):
        assert list(queries.search(queries.cases(user), text)) == [case], text
    assert list(queries.search(queries.cases(user), "mads nørby")) == []
    assert set(queries.search(queries.cases(user), " ")) == {case, other}


def test_digests_tell_nothing_to_who_holds_only_the_database(open_case: Callable[..., Case]) -> None:
    open_case()
    kept = set(SearchToken.objects.values_list("digest", flat=True))
    assert searching.token_of("email", "sofie.noerby@example.com") in kept
    import hashlib

    assert hashlib.sha256(b"sofie.noerby@example.com").hexdigest() not in kept


def test_staff_of_one_company_see_nothing_of_another(open_case: Callable[..., Case], staff: Callable[..., Any]) -> None:
    case = open_case(slug="aj-dk")
    swede, dane = staff("lars", "aj-se"), staff("karin", "aj-dk")
    assert list(queries.cases(swede)) == []
    assert list(queries.search(queries.cases(swede), case.reference)) == []
    assert list(queries.claims(swede)) == list(queries.unanswered(swede)) == []
    with pytest.raises(ObjectDoesNotExist):
        queries.case(swede, case.reference)
    assert queries.case(dane, case.reference) == case
    dane.is_active = False
    dane.save()
    assert list(queries.cases(dane)) == []


def test_a_superuser_sees_no_case_by_that_alone(open_case: Callable[..., Case], django_user_model: Any) -> None:
    open_case()
    root = django_user_model.objects.create_superuser("root", password="not-used-here-1")
    assert list(queries.cases(root)) == []
