"""What is taken for granted about a record, and never without saying so."""

from datetime import date

from law.presumed import completed, own_date, whose
from law.rules import Fact, Rule

ON = date(2026, 11, 22)
DAY = date(2023, 5, 5)
ACT = Rule("act", ("contract",), period="P3Y6M", trigger=("document_date",), status="statute", legal_duty="act § 1")
BUSINESS = Rule("b", ("order",), ("business_contact",), "P4Y", ("last_transaction",))
CONSUMER = Rule("c", ("order",), ("consumer", "sole_trader"), "P0D", ("delivered", "paid"))


def test_a_documents_own_date_counts_under_any_name_and_that_is_said() -> None:
    facts, said = own_date({"transaction_date": DAY}, data="contract", rules=[ACT])
    assert facts["document_date"] == DAY
    assert said[0].params == {"event": "document_date", "given": "transaction_date", "from": DAY}


def test_nothing_is_presumed_where_the_date_is_known_or_known_not_to_be_or_asked_by_no_statute() -> None:
    unchanged: list[dict[str, Fact]] = [
        {"document_date": DAY, "transaction_date": ON},
        {"document_date": None, "transaction_date": DAY},
        {"fiscal_year_end": DAY},
        {"open_case": True},
    ]
    for facts in unchanged:
        assert own_date(facts, data="contract", rules=[ACT]) == (facts, ())
    assert own_date({"transaction_date": DAY}, data="order", rules=[ACT, BUSINESS]) == ({"transaction_date": DAY}, ())


def test_an_order_delivered_and_paid_is_completed() -> None:
    rules = [Rule("r5", ("order",), period="P0D", trigger=("order_completed", "delivered", "paid"), every=True)]
    facts, said = completed({"delivered": DAY, "paid": ON}, data="order", rules=rules)
    assert (facts["order_completed"], said[0].params["given"]) == (ON, "paid")
    unchanged: list[dict[str, Fact]] = [
        {"delivered": DAY},
        {"delivered": DAY, "paid": None},
        {"delivered": DAY, "paid": ON, "order_completed": None},
    ]
    for known in unchanged:
        assert completed(known, data="order", rules=rules) == (known, ())
    assert completed({"delivered": DAY, "paid": ON}, data="order", rules=[CONSUMER])[1] == ()


def test_the_subject_whose_rule_the_facts_answer() -> None:
    subject, said = whose({"last_transaction": DAY}, data="order", rules=[BUSINESS, CONSUMER], on=ON)
    assert (subject, said[0].code) == ("business_contact", "retention.subject_deduced")
    for facts in ({}, {"last_transaction": DAY, "delivered": DAY}):
        assert whose(facts, data="order", rules=[BUSINESS, CONSUMER], on=ON) == (None, ())
    assert whose({"last_transaction": DAY}, data="order", rules=[BUSINESS], on=ON) == (None, ())  # nobody else to be
