"""What of a log-in agrees with what a source holds, and which agreement is enough."""

import pytest

from identity.log_in.assertion import Row, agreeing, day, is_fresh, is_strong, same_name, values
from policies.log_ins import LogIn

LOG_IN = LogIn.model_validate(
    {
        "id": "mitid",
        "means": "eid",
        "name": {"en": "MitID"},
        "server_url": "https://id.example",
        "client_id_env": "DSAR_LOG_IN_X",
        "acr_values": ("high",),
        "match": {"email": "mail", "name": "name", "birth_date": "birthdate", "customer_no": "no"},
    }
)


@pytest.mark.parametrize(
    ("asserted", "written", "same"),
    [
        ("Astrid Møller", "astrid  MØLLER", True),
        ("Astrid Moeller", "Astrid Møller", True),
        ("Åse Ærø Ødegård", "Aase Aeroe Oedegaard", True),
        ("Astrid Marie Møller", "Astrid Møller", True),
        ("Astrid Møller", "Møller, Astrid", True),
        ("Þóra Jónsdóttir", "Thora Jonsdottir", True),
        ("Astrid Møller", "Bent Møller", False),
        ("Astrid Møller", "Astrid Hansen", False),
        ("Astrid Møller", "Møller", False),
        ("Suharto", "Suharto", True),
        ("محمد علي", "محمد علي", True),
        ("محمد علي", "محمد حسن", False),
        ("", "", False),
        ("Astrid Møller", "", False),
        ("", "Astrid Møller", False),
    ],
)
def test_names(asserted, written, same):
    assert same_name(asserted, written) is same


@pytest.mark.parametrize(
    ("asserted", "row", "link", "agreed", "strong"),
    [
        ({"email": "A@Example.com"}, Row(email=frozenset({"a@example.com"})), False, ("email",), True),
        ({"customer_no": "100 001"}, Row(customer_no=frozenset({"100001"})), False, ("customer_no",), True),
        ({"email": "b@example.com"}, Row(email=frozenset({"a@example.com"})), True, (), False),
        ({"email": ""}, Row(), True, (), False),
        ({"name": "Bo Ek"}, Row(name=frozenset({"Bo Ek"})), False, ("name",), False),
        ({"name": "Bo Ek"}, Row(name=frozenset({"Bo Ek"})), True, ("link", "name"), True),
        (
            {"name": "Bo Ek", "birth_date": "1980-05-17"},
            Row(name=frozenset({"Bo Ek"}), birth_date=frozenset({"1980-05-17"})),
            False,
            ("birth_date", "name"),
            True,
        ),
        (
            {"name": "Bo Ek", "birth_date": "1980-05-17"},
            Row(birth_date=frozenset({"1980-05-17"})),
            False,
            ("birth_date",),
            False,
        ),
    ],
)
def test_what_agrees(asserted, row, link, agreed, strong):
    assert agreeing(asserted, [Row(), row], link=link) == agreed
    assert is_strong(agreed) is strong


def test_two_rows_are_never_put_together():
    """The name of one and the birthday of another, found by the same number, are nobody."""
    rows = [Row(name=frozenset({"Bo Ek"})), Row(birth_date=frozenset({"1980-05-17"}))]
    assert not is_strong(agreeing({"name": "Bo Ek", "birth_date": "1980-05-17"}, rows, link=False))
    assert agreeing({"name": "Bo Ek"}, [], link=True) == ()


@pytest.mark.parametrize(
    ("value", "is_day"),
    [
        ("1980-05-17", "1980-05-17"),
        ("1980-05-17T00:00:00", "1980-05-17"),
        ("19800517", "1980-05-17"),
        ("1980", ""),
        ("0000-05-17", ""),
        ("1980-02-30", ""),
        ("17.05.1980", ""),
        ("", ""),
    ],
)
def test_a_year_is_no_birthday(value, is_day):
    assert day(value) == is_day


def test_only_the_claims_of_the_policy_are_looked_at():
    said = {
        "mail": "a@example.com",
        "email": "x",
        "name": ["Bo", "Ek"],
        "no": 100001,
        "birthdate": None,
        "phone": "1",
        "sub": "s",
    }
    assert values(said, LOG_IN) == {"customer_no": "100001"}
    for verified, expected in (
        (True, "a@example.com"),
        ("true", "a@example.com"),
        (False, None),
        ("false", None),
        (1.5, None),
    ):
        assert values({**said, "email_verified": verified}, LOG_IN).get("email") == expected
    assert len(values({"name": "x" * 5000}, LOG_IN)["name"]) == 300


def test_an_old_log_in_is_none():
    assert is_fresh({"auth_time": 1000}, LOG_IN, since=1030)
    assert not is_fresh({"auth_time": 900}, LOG_IN, since=1030)
    assert not is_fresh({}, LOG_IN, since=1030) and not is_fresh({"auth_time": "1030"}, LOG_IN, since=1030)
    assert is_fresh({}, LOG_IN.model_copy(update={"auth_time": False}), since=1030)
    assert not is_fresh({"auth_time": 900}, LOG_IN.model_copy(update={"auth_time": False}), since=1030)
