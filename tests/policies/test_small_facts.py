"""Register numbers, contrast and the shorthand of sources.yaml."""

import pytest
from pydantic import TypeAdapter, ValidationError

from policies.brand import contrast
from policies.parts import Text
from policies.problems import nearest
from policies.registers import RegNo, is_month_day
from policies.sources import Fact, SubjectMap, Target, target


@pytest.mark.parametrize(("kind", "value"), [
    ("CVR", "13503745"), ("organisationsnummer", "556190-7329"), ("organisasjonsnummer", "917 899 142")])
def test_register_numbers(kind: str, value: str) -> None:
    assert str(RegNo(type=kind, value=value)) == f"{kind} {value}"


@pytest.mark.parametrize(("kind", "value"), [
    ("CVR", "13503746"), ("CVR", "1350374"), ("organisationsnummer", "556190-7328"),
    ("organisationsnummer", "5561907329 0"),
    ("organisasjonsnummer", "917 899 143"), ("CVR", "x")])
def test_register_numbers_with_a_wrong_digit(kind: str, value: str) -> None:
    with pytest.raises(ValidationError, match="check digit"):
        RegNo(type=kind, value=value)


@pytest.mark.parametrize(("value", "good"), [("12-31", True), ("04-30", True), ("02-28", True), ("02-29", False),
                                             ("13-01", False), ("31-12", False), ("", False)])
def test_year_ends(value: str, good: bool) -> None:
    if good:
        assert is_month_day(value) == value
    else:
        with pytest.raises(ValueError, match="month and day"):
            is_month_day(value)


@pytest.mark.parametrize(("ink", "ground", "ratio"), [
    ("#000000", "#ffffff", 21.0), ("#ffffff", "#000000", 21.0), ("#777777", "#ffffff", 4.48),
    ("#ffffff", "#ffffff", 1.0)])
def test_contrast_as_wcag_has_it(ink: str, ground: str, ratio: float) -> None:
    assert contrast(ink, ground) == pytest.approx(ratio, abs=0.005)


@pytest.mark.parametrize(("reference", "expected"), [
    ("orders.ordered_on", Target(source=None, collection="orders", column="ordered_on")),
    ("ledger/balances.amount", Target(source="ledger", collection="balances", column="amount")),
    ("docs.address.city", Target(source=None, collection="docs", column="address.city"))])
def test_references(reference: str, expected: Target) -> None:
    assert target(reference) == expected


def test_a_fact_is_a_column_or_one_aggregate() -> None:
    fact = TypeAdapter(Fact)
    plain = fact.validate_python("delivered_on")
    assert (plain.column, plain.operation, plain.target) == ("delivered_on", None, None)
    summed = fact.validate_python({"sum": "ledger/balances.amount", "match": {"customer_no": "customer_no"}})
    assert (summed.operation, summed.target) == ("sum", target("ledger/balances.amount"))
    for wrong in ({}, {"max": "a.b", "min": "a.b"}, {"max": "a.b", "unit": "years"}, {"max": "no column"}):
        with pytest.raises(ValidationError):
            fact.validate_python(wrong)


def test_whose_data_is_said_in_one_way() -> None:
    assert SubjectMap.model_validate({"is": "consumer"}).is_ == "consumer"
    for wrong in ({}, {"is": "consumer", "column": "kind"}, {"column": "kind"}):
        with pytest.raises(ValidationError):
            SubjectMap.model_validate(wrong)


def test_texts_never_fall_back() -> None:
    text = Text(da="hej", en="hello")
    assert (text.say("da"), text.languages()) == ("hej", ("da", "en"))
    with pytest.raises(KeyError, match="no text in 'sv'"):
        text.say("sv")
    with pytest.raises(ValidationError):
        Text()


def test_nearest() -> None:
    assert nearest("emial", ["email", "phone"]) == " (did you mean email?)"
    assert nearest("zzzz", ["email", "phone"]) == ""
