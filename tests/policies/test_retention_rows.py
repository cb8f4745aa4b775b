"""The worked examples of the rules (data/retention.json) through the real policies and the real law."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from law.retention import Decision, Fact, decide
from policies.load import BUILT_IN, load_controller

ROWS: dict[str, dict[str, Any]] = {
    row["id"]: row for row in json.loads((Path(__file__).parent / "data" / "retention.json").read_text())}
TODAY = date(2026, 11, 22)


def ask(
    row: str, kind: str, *, subject: str = "consumer", on: date = TODAY, requested: bool = True, **facts: Fact
) -> Decision:
    policy = load_controller(BUILT_IN / ROWS[row]["controller"]).policy
    return decide(data=kind, subject=subject, facts=facts, rules=policy.law_rules(), on=on, requested=requested,
                  fiscal_year_end=policy.fiscal_year_end)


def day(row: str, name: str) -> date:
    return date.fromisoformat(ROWS[row][name])


def codes(decision: Decision) -> set[str]:
    return {reason.code for reason in decision.reasons}


@pytest.mark.parametrize("kind", ROWS["E1a"]["data"])
def test_e1_overdue_contact_data(kind: str) -> None:
    facts = {"last_purchase": day("E1a", "last_purchase")}
    routine = ask("E1a", kind, requested=False, **facts)
    assert (routine.outcome, routine.keep_through) == ("erase", day("E1a", "keep_through"))
    assert "retention.overdue" in codes(routine)
    assert ask("E1a", kind, **facts).outcome == "erase"


@pytest.mark.parametrize("kind", ROWS["E2a"]["data"])
def test_e2_contact_data_goes_at_once_on_request(kind: str) -> None:
    assert ask("E2a", kind, on=day("E2a", "request"), last_purchase=date(2026, 2, 10)).outcome == "erase"


def test_e2_old_voucher_goes_and_new_one_stays() -> None:
    """Per voucher, whatever the policy's 'last purchase' says (Datatilsynet 2019-31-1713)."""
    old = ask("E2b", "voucher", transaction_date=day("E2b", "transaction"), last_purchase=date(2026, 2, 10))
    assert old.outcome == "erase"
    new = ask("E2c", "voucher", transaction_date=day("E2c", "transaction"))
    assert (new.outcome, new.keep_through, new.basis) == ("retain", day("E2c", "keep_through"), ROWS["E2c"]["basis"])


def test_e5_open_balance_holds_and_then_the_monthly_run_anonymises() -> None:
    facts = {"last_transaction": day("E5a", "last_transaction")}
    held = ask("E5a", "contact", subject="business_contact", open_balance=Decimal("1250.00"), **facts)
    assert (held.outcome, held.action_date) == ("hold", date(2026, 12, 1))
    routine = ask("E5a", "contact", subject="business_contact", requested=False, open_balance=Decimal(0), **facts)
    assert routine.keep_through == day("E5a", "base_keep_through")
    settled = ask("E5b", "contact", subject="business_contact", requested=False, open_balance=Decimal(0),
                  on=date(2027, 10, 15), **facts)
    assert (settled.outcome, settled.action_date) == ("anonymise", day("E5b", "action_date"))


def test_e6_invoice() -> None:
    decision = ask("E6", "invoice", invoice_date=day("E6", "invoice_date"))
    assert (decision.outcome, decision.keep_through, decision.basis) == (
        "retain", day("E6", "keep_through"), ROWS["E6"]["basis"])


@pytest.mark.parametrize("kind", ["national_id", "profile"])
def test_e6_profile_and_cpr_go_at_once(kind: str) -> None:
    assert ask("E6", kind, last_purchase=date(2026, 11, 1), last_login=date(2026, 11, 20)).outcome == "erase"


def test_e7_warranty_record() -> None:
    facts: dict[str, Fact] = {"delivered": day("E7a", "delivery"), "warranty_period": ROWS["E7a"]["warranty"]}
    kept = ask("E7a", "warranty_record", **facts)
    assert (kept.outcome, kept.keep_through) == ("retain", day("E7a", "keep_through"))
    assert ask("E7a", "warranty_record", warranty_waived=True, **facts).outcome == "erase"
    routine = ask("E7a", "warranty_record", requested=False, on=date(2028, 6, 11), **facts)
    assert (routine.outcome, routine.action_date) == ("anonymise", day("E7a", "routine_action_date"))


def test_goods_without_warranty_count_two_years() -> None:
    """S0-I12."""
    decision = ask("E7a", "warranty_record", delivered=date(2025, 3, 1), warranty_end=None)
    assert decision.keep_through == date(2027, 3, 1)


def test_e10_consumer_order() -> None:
    facts: dict[str, Fact] = {"delivered": date(2023, 2, 1), "paid": date(2023, 2, 1), "warranty_period": "P5Y"}
    kept = ask("E10a", "order", **facts)
    assert (kept.outcome, kept.keep_through) == ("retain", day("E10a", "obligations_end"))
    assert ask("E10a", "order", requested=False, **facts).keep_through == day("E10a", "max_keep_through")
    assert ask("E10a", "order", on=date(2028, 2, 2), **facts).outcome == "erase"
    assert ask("E10a", "profile", **facts).outcome == "erase"  # marketing goes at once


def test_e10_swedish_vouchers_to_the_end_of_the_seventh_year() -> None:
    assert ask("E10a", "voucher", transaction_date=date(2023, 2, 1)).keep_through == date(2030, 12, 31)


def test_e12_norwegian_contract_scan_and_enquiry() -> None:
    contract = ask("E12b", "contract", document_date=day("E12b", "fiscal_year_end"))
    assert (contract.outcome, contract.keep_through) == ("retain", day("E12b", "keep_through"))
    assert ask("E12b", "invoice", transaction_date=date(2021, 9, 30)).keep_through == date(2026, 12, 31)
    assert ask("E12b", "photo_id").outcome == "erase"
    assert ask("E12b", "enquiry", subject="prospect").outcome == "erase"


def test_e13_lead_is_erased_and_suppressed() -> None:
    decision = ask("E13", "lead", subject="lead", on=day("E13", "objection"))
    assert decision.outcome == "erase"
    assert "retention.suppression" in codes(decision)


@pytest.mark.parametrize("kind", ["contact", "order", "enquiry", "login"])
def test_e14_nobody_has_promised_anything(kind: str) -> None:
    assert ask("E14", kind, last_transaction=date(2020, 1, 1)).outcome == "undetermined"


@pytest.mark.parametrize("row", ["E6", "E10a", "E1a"])  # one of aj-dk, aj-se and aarstiderne
def test_who_never_bought_is_not_kept_for_an_order_that_never_was(row: str) -> None:
    nothing: dict[str, Fact] = dict.fromkeys(
        ("last_purchase", "last_transaction", "order_completed", "delivered", "paid", "warranty_end"))
    assert ask(row, "contact", last_login=date(2026, 11, 1), **nothing).outcome == "erase"


@pytest.mark.parametrize("row", ["E6", "E10a"])
def test_who_has_ordered_but_not_received_is_kept(row: str) -> None:
    waiting: dict[str, Fact] = dict.fromkeys(
        ("last_transaction", "order_completed", "delivered", "paid", "warranty_end"))
    assert ask(row, "contact", last_purchase=date(2026, 11, 20), **waiting).outcome == "retain"


def test_a_profile_of_aarstiderne_without_a_purchase_goes_a_year_after_its_last_use() -> None:
    """S3-I10; a purchase makes it three calendar years (S3:154)."""
    used: dict[str, Fact] = {"last_service_use": date(2025, 10, 3)}
    never = ask("E1a", "profile", requested=False, last_purchase=None, **used)
    assert (never.rule, never.keep_through) == ("r7", date(2026, 10, 3))
    bought = ask("E1a", "profile", requested=False, last_purchase=date(2024, 5, 1), **used)
    assert (bought.rule, bought.keep_through) == ("r2", date(2027, 12, 31))


def test_every_row_is_worked_here() -> None:
    here = Path(__file__).read_text()
    assert [row for row in ROWS if f'"{row}"' not in here] == []
