"""Worked examples of keeping and erasing, as of 22 November 2026."""

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

from law.reasons import Reason
from law.retention import Decision, Fact, Rule, decide, overruled, postponed
from tests.law.promises import AARSTIDERNE, AJ_DK, AJ_SE, AJOS, AJOUR
from tests.law.rows import each

TODAY = date(2026, 11, 22)
ROWS = {row["id"]: row for row in json.loads((Path(__file__).parent / "data" / "retention.json").read_text("utf-8"))}


def iso(text: str) -> date:
    return date.fromisoformat(text)


def fate(
    rules: Sequence[Rule],
    data: str,
    facts: dict[str, Fact],
    *,
    subject: str | None = "consumer",
    on: date = TODAY,
    requested: bool = True,
    fiscal_year_end: str = "12-31",
) -> Decision:
    return decide(
        data=data,
        subject=subject,
        facts=facts,
        rules=rules,
        on=on,
        requested=requested,
        fiscal_year_end=fiscal_year_end,
    )


def codes(decision: Decision) -> list[str]:
    return [reason.code for reason in decision.reasons]


def test_every_row_of_the_table_is_tested_here() -> None:
    text = Path(__file__).read_text("utf-8")
    assert [row for row in ROWS if f'ROWS["{row}"]' not in text] == []


# --- Aarstiderne ---


@each("data", ROWS["E1a"]["data"])
def test_contact_data_of_a_customer_long_gone_is_overdue(data: str) -> None:
    facts: dict[str, Fact] = {"last_purchase": iso(ROWS["E1a"]["last_purchase"])}
    routine = fate(AARSTIDERNE, data, facts, requested=False)
    assert (routine.outcome, routine.keep_through) == ("erase", iso(ROWS["E1a"]["keep_through"]))
    assert codes(routine) == ["retention.counted", "retention.expired", "retention.overdue"]
    assert routine.reasons[-1].params["day"] == iso("2024-01-01")
    assert fate(AARSTIDERNE, data, facts).outcome == "erase"


def test_the_purchase_record_of_that_customer_is_overdue_too() -> None:
    routine = fate(AARSTIDERNE, "voucher", {"transaction_date": iso("2020-11-14")}, requested=False)
    assert (routine.outcome, routine.keep_through) == ("erase", iso("2025-12-31"))
    assert "retention.overdue" in codes(routine)


@each("data", ROWS["E2a"]["data"])
def test_contact_data_goes_at_once_on_request(data: str) -> None:
    facts: dict[str, Fact] = {"last_purchase": iso("2026-02-10")}
    on = iso(ROWS["E2a"]["request"])
    decision = fate(AARSTIDERNE, data, facts, on=on)
    assert (decision.outcome, decision.action_date) == ("erase", on)
    assert fate(AARSTIDERNE, data, facts, requested=False).keep_through == iso("2029-12-31")


def test_an_old_voucher_goes_although_there_is_a_newer_one() -> None:
    facts: dict[str, Fact] = {"transaction_date": iso(ROWS["E2b"]["transaction"]), "last_purchase": iso("2026-02-10")}
    decision = fate(AARSTIDERNE, "voucher", facts)
    assert decision.outcome == "erase"
    over = [reason for reason in decision.reasons if reason.code == "retention.duty_over"]
    assert over[0].params["day"] == iso(ROWS["E2b"]["keep_through"])


def test_a_recent_voucher_stays_for_the_bookkeeping_act() -> None:
    decision = fate(AARSTIDERNE, "voucher", {"transaction_date": iso(ROWS["E2c"]["transaction"])})
    assert (decision.outcome, decision.keep_through) == ("retain", iso(ROWS["E2c"]["keep_through"]))
    assert (decision.basis, decision.action_date) == (ROWS["E2c"]["basis"], iso("2032-01-01"))
    assert codes(decision) == ["retention.counted", "retention.duty", "retention.voucher_only"]
    assert decision.reasons[1].article == "bogføringsloven § 12"


@each(
    ("withdrawn", "last_used", "keep_through"),
    [
        (iso("2026-01-10"), iso("2026-01-01"), iso("2028-01-10")),
        (iso("2026-01-10"), iso("2024-03-01"), iso("2026-09-01")),
        (None, iso("2024-03-01"), iso("2026-09-01")),
    ],
)
def test_consent_evidence_has_an_outermost_limit(withdrawn: date | None, last_used: date, keep_through: date) -> None:
    facts: dict[str, Fact] = {"consent_withdrawn": withdrawn, "consent_last_used": last_used}
    assert fate(AARSTIDERNE, "consent_evidence", facts, requested=False).keep_through == keep_through


def test_consent_evidence_without_any_date_is_for_a_person() -> None:
    assert fate(AARSTIDERNE, "consent_evidence", {}, requested=False).outcome == "undetermined"
    facts: dict[str, Fact] = {"consent_withdrawn": None, "consent_last_used": None}
    assert fate(AARSTIDERNE, "consent_evidence", facts, requested=False).outcome == "retain"


@each("hold", ["open_order", "open_case", "fraud_case"])
def test_an_enquiry_without_a_period_goes_on_request_unless_held(hold: str) -> None:
    assert fate(AARSTIDERNE, "enquiry", {}).outcome == "erase"
    assert fate(AARSTIDERNE, "enquiry", {hold: True}).outcome == "hold"
    assert fate(AARSTIDERNE, "enquiry", {}, requested=False).outcome == "undetermined"


# --- AJ Produkter AB ---


def test_an_open_balance_holds_the_business_contact() -> None:
    row = ROWS["E5a"]
    facts: dict[str, Fact] = {"last_transaction": iso(row["last_transaction"]), "open_balance": Decimal("812.50")}
    for requested in (True, False):
        decision = fate(AJ_SE, "contact", facts, subject="business_contact", requested=requested)
        assert (decision.outcome, decision.basis) == ("hold", "17(3)(e)")
        assert decision.action_date == iso("2026-12-01")
        assert codes(decision) == ["retention.counted", "retention.hold", "retention.old_balance", "retention.review"]
        assert decision.period_end == iso(row["base_keep_through"])


def test_a_young_open_balance_is_not_pointed_out() -> None:
    """S0-I3: any open balance holds; only one older than twelve months is flagged."""
    facts: dict[str, Fact] = {"last_transaction": iso("2022-01-20"), "open_balance": True}
    young: dict[str, Fact] = {**facts, "balance_since": iso("2025-11-22")}
    assert "retention.old_balance" not in codes(fate(AJ_SE, "contact", young, subject="business_contact"))
    old: dict[str, Fact] = {**facts, "balance_since": iso("2025-11-21")}
    assert "retention.old_balance" in codes(fate(AJ_SE, "contact", old, subject="business_contact"))
    undated = fate(AJ_SE, "contact", {"open_balance": True, "last_transaction": None}, subject="business_contact")
    assert (codes(undated), undated.period_end) == (["retention.hold", "retention.review"], None)


@each("day", ["2027-10-14", "2027-10-31", "2027-11-01"])
def test_the_balance_settled_the_contact_goes_at_the_next_run(day: str) -> None:
    row = ROWS["E5b"]
    facts: dict[str, Fact] = {"last_transaction": iso(row["last_transaction"]), "open_balance": Decimal(0)}
    assert iso(row["balance_settled"]) <= iso(day)
    decision = fate(AJ_SE, "contact", facts, subject="business_contact", on=iso(day), requested=False)
    assert (decision.outcome, decision.action_date) == (row["outcome"], iso(row["action_date"]))
    assert decision.keep_through == iso(ROWS["E5a"]["base_keep_through"])


def test_swedish_vouchers_stay_seven_calendar_years() -> None:
    decision = fate(AJ_SE, "voucher", {"transaction_date": iso("2022-01-20")}, subject="business_contact")
    assert (decision.outcome, decision.keep_through) == ("retain", iso("2029-12-31"))
    broken_year = fate(AJ_SE, "voucher", {"transaction_date": iso("2022-06-20")}, fiscal_year_end="04-30")
    assert broken_year.keep_through == iso("2030-12-31")


def test_a_swedish_consumers_order_stays_while_obligations_run() -> None:
    row = ROWS["E10a"]
    facts: dict[str, Fact] = {
        "delivered": iso("2023-02-01"),
        "paid": iso("2023-02-01"),
        "warranty_period": "P5Y",
    }
    decision = fate(AJ_SE, "order", facts)
    assert (decision.outcome, decision.keep_through) == ("retain", iso(row["obligations_end"]))
    assert decision.basis == "6(1)(b)/17(3)(e)"
    assert fate(AJ_SE, "order", facts, requested=False).keep_through == iso(row["max_keep_through"])
    after = fate(AJ_SE, "order", facts, on=iso("2028-02-02"))
    assert (after.outcome, after.action_date) == ("erase", iso("2028-02-02"))
    assert fate(AJ_SE, "order", facts, on=iso("2028-02-01")).outcome == "retain"
    voucher = fate(AJ_SE, "voucher", {"transaction_date": iso("2023-02-01")}, on=iso("2028-02-02"))
    assert voucher.keep_through == iso("2030-12-31")


# --- AJ Produkter A/S ---


def test_a_danish_invoice_stays_to_the_end_of_the_fifth_year() -> None:
    row = ROWS["E6"]
    facts: dict[str, Fact] = {"invoice_date": iso(row["invoice_date"]), "transaction_date": iso(row["invoice_date"])}
    decision = fate(AJ_DK, "invoice", facts)
    assert (decision.outcome, decision.keep_through, decision.basis) == (
        row["outcome"],
        iso(row["keep_through"]),
        row["basis"],
    )


def test_with_another_financial_year_the_policy_alone_does_not_outlast_a_request() -> None:
    facts: dict[str, Fact] = {"invoice_date": iso("2023-03-15"), "transaction_date": iso("2023-03-15")}
    given = {"fiscal_year_end": "04-30"}
    assert fate(AJ_DK, "invoice", facts, **given).keep_through == iso("2028-04-30")  # type: ignore[arg-type]
    assert fate(AJ_DK, "invoice", facts, requested=False, **given).keep_through == iso("2028-12-31")  # type: ignore[arg-type]
    later = fate(AJ_DK, "invoice", facts, on=iso("2028-05-01"), **given)  # type: ignore[arg-type]
    assert (later.outcome, later.action_date) == ("erase", iso("2028-05-01"))
    assert "retention.duty_over" in codes(later)
    routine = fate(AJ_DK, "invoice", facts, on=iso("2028-05-01"), requested=False, **given)  # type: ignore[arg-type]
    assert (routine.outcome, routine.keep_through) == ("retain", iso("2028-12-31"))


def test_a_warranty_record_stays_unless_the_warranty_is_given_up() -> None:
    row = ROWS["E7a"]
    facts: dict[str, Fact] = {"delivered": iso(row["delivery"]), "warranty_period": row["warranty"]}
    for requested in (True, False):
        kept = fate(AJ_DK, "product_warranty_record", facts, requested=requested)
        assert (kept.outcome, kept.keep_through) == ("retain", iso(row["keep_through"]))
        assert (kept.action_date, kept.basis) == (iso(row["routine_action_date"]), "6(1)(b)/17(3)(e)")
    waived = fate(AJ_DK, "product_warranty_record", {**facts, "warranty_waived": True})
    assert (waived.outcome, waived.action_date) == ("erase", TODAY)
    assert codes(waived)[0] == "retention.waived"


def test_a_product_without_warranty_keeps_the_statutory_complaint_period() -> None:
    kept = fate(AJ_DK, "product_warranty_record", {"delivered": iso("2025-06-10"), "warranty_end": None})
    assert kept.keep_through == iso("2027-06-10")


@each(
    ("facts", "outcome", "reason"),
    [
        ({"paid": None}, "retain", "retention.running"),
        ({"paid": iso("2024-01-10")}, "erase", "retention.nothing_left"),
        ({"paid": iso("2024-01-10"), "warranty_end": iso("2031-01-10")}, "retain", "retention.obligation"),
        (
            {"paid": iso("2024-01-10"), "warranty_end": iso("2031-01-10"), "warranty_waived": True},
            "erase",
            "retention.waived",
        ),
        ({}, "undetermined", "retention.missing_fact"),
        ({"warranty_waived": True}, "undetermined", "retention.missing_fact"),
        ({"paid": iso("2024-01-10"), "open_case": True}, "hold", "retention.hold"),
        ({"paid": iso("2024-01-10"), "legal_claim": "BS-1/2026"}, "hold", "retention.hold"),
    ],
)
def test_an_order_lives_until_every_obligation_is_over(facts: dict[str, Fact], outcome: str, reason: str) -> None:
    done: dict[str, Fact] = {
        "order_completed": iso("2024-01-02"),
        "delivered": iso("2024-01-05"),
        "warranty_end": iso("2026-01-05"),
    }
    decision = fate(AJ_DK, "order", {**done, **facts})
    assert decision.outcome == outcome
    assert reason in codes(decision)


def test_an_unpaid_order_is_not_touched_by_routine() -> None:
    facts: dict[str, Fact] = dict.fromkeys(("order_completed", "delivered", "paid", "warranty_end"))
    decision = fate(AJ_DK, "order", facts, requested=False)
    assert (decision.outcome, decision.keep_through, decision.action_date) == ("retain", None, None)


def test_a_profile_is_anonymised_by_routine_and_erased_on_request() -> None:
    facts: dict[str, Fact] = {"last_purchase": iso("2025-03-15"), "last_login": iso("2025-10-20"), "case_closed": None}
    routine = fate(AJ_DK, "profile", facts, requested=False)
    assert (routine.outcome, routine.keep_through) == ("anonymise", iso("2026-10-20"))
    assert routine.action_date == iso("2026-12-01")
    assert "retention.overdue" not in codes(routine)  # a hold may have ended only now
    assert fate(AJ_DK, "profile", facts).outcome == "erase"
    assert fate(AJ_DK, "profile", {**facts, "open_case": True}).outcome == "hold"


@each(
    ("facts", "outcome"),
    [({}, "erase"), ({"incident": True}, "hold"), ({"restricted": True}, "hold"), ({"legal_claim": "x"}, "hold")],
)
def test_logs_go_after_thirteen_months_unless_an_incident_needs_them(facts: dict[str, Fact], outcome: str) -> None:
    decision = fate(AJ_DK, "log", {"first_logged": iso("2025-10-01"), **facts}, requested=False)
    assert decision.outcome == outcome
    if "restricted" in facts:
        assert decision.reasons[1].article == "Art. 18(2) GDPR"


def test_logs_stay_before_thirteen_months() -> None:
    decision = fate(AJ_DK, "log", {"first_logged": iso("2025-10-22")}, requested=False)
    assert (decision.outcome, decision.keep_through, decision.action_date) == ("retain", TODAY, iso("2026-11-23"))


# --- Ajour ---


def test_a_norwegian_invoice_and_contract_stay_for_their_own_periods() -> None:
    invoice = fate(AJOUR, "invoice", {"invoice_date": iso("2021-09-30")})
    assert (invoice.outcome, invoice.keep_through) == ("retain", iso("2026-12-31"))
    row = ROWS["E12b"]
    contract = fate(AJOUR, "contract", {"document_date": iso(row["fiscal_year_end"])})
    assert (contract.outcome, contract.keep_through) == (row["outcome"], iso(row["keep_through"]))
    assert contract.reasons[1].article == "bokføringsloven § 13 første ledd nr. 5-8"
    assert row["basis"].endswith("5-8")


@each("data", ["photo_id", "enquiry"])
def test_what_nobody_gave_a_period_goes_on_request(data: str) -> None:
    assert fate(AJOUR, data, {}).outcome == "erase"
    routine = fate(AJOUR, data, {}, requested=False)
    assert (routine.outcome, codes(routine)) == ("undetermined", ["retention.no_period"])


def test_erase_now_gives_way_to_a_concrete_legal_claim_only() -> None:
    assert fate(AJOUR, "photo_id", {"open_case": True}).outcome == "erase"
    assert fate(AJOUR, "photo_id", {"legal_claim": True}).outcome == "hold"


# --- Ajos ---


def test_a_lead_that_objects_is_erased_and_never_written_to_again() -> None:
    row = ROWS["E13"]
    facts: dict[str, Fact] = {"marketing_objection": iso(row["objection"])}
    decision = fate(AJOS, "lead", facts, on=iso("2026-11-23"))
    assert row["outcome"] == "erase_and_suppress"
    assert (decision.outcome, codes(decision)[-1]) == ("erase", "retention.suppression")
    assert fate(AJOS, "lead", facts, on=iso("2026-11-23"), requested=False).outcome == "erase"
    assert fate(AJOS, "lead", {"marketing_objection": None}).outcome == "retain"


def test_an_undisclosed_period_is_for_a_person() -> None:
    assert ROWS["E14"]["outcome"] == "manual_required_config"
    decision = fate(AJOS, ROWS["E14"]["data"], {})
    assert (decision.outcome, decision.rule, codes(decision)) == ("undetermined", "r0", ["retention.no_period"])
    assert fate(AJOS, "invoice", {"invoice_date": iso("2024-02-01")}).keep_through == iso("2029-12-31")
    assert fate(AJOS, "invoice", {"invoice_date": iso("2019-02-01")}).outcome == "erase"
    assert fate(AJOS, "invoice", {"invoice_date": iso("2019-02-01")}, requested=False).outcome == "erase"


# --- what no policy foresees ---


def test_a_kind_nobody_mentions_is_for_a_person() -> None:
    assert codes(fate(AJ_DK, "horoscope", {})) == ["retention.no_rule"]


def test_an_unknown_subject_is_for_a_person_where_the_promise_depends_on_it() -> None:
    assert codes(fate(AJ_SE, "contact", {}, subject=None)) == ["retention.unknown_subject"]
    assert codes(fate(AJ_SE, "contact", {}, subject="supplier")) == ["retention.no_rule"]


def test_a_voucher_without_a_date_is_not_destroyed_by_a_guess() -> None:
    for facts in ({}, {"transaction_date": None}):
        decision = fate(AARSTIDERNE, "voucher", facts)
        assert decision.outcome == "undetermined"
        assert fate(AARSTIDERNE, "voucher", facts, requested=False).outcome == "undetermined"


def test_a_rule_for_this_subject_beats_a_general_one() -> None:
    rules = (
        Rule("general", ("contact",), period="P1Y", trigger=("last_purchase",)),
        Rule("own", ("contact",), ("consumer",), "P2Y", ("last_purchase",)),
    )
    facts: dict[str, Fact] = {"last_purchase": iso("2026-01-01")}
    assert fate(rules, "contact", facts, requested=False).rule == "own"
    assert fate(rules, "contact", facts, subject="lead", requested=False).rule == "general"


def test_of_two_promises_the_shorter_is_kept_and_an_open_one_waits() -> None:
    short = Rule("short", ("contact",), period="P1Y", trigger=("last_purchase",))
    long = Rule("long", ("contact",), period="P2Y", trigger=("last_purchase",))
    running = Rule("running", ("contact",), period="P1Y", trigger=("case_closed",))
    unclear = Rule("unclear", ("contact",))
    facts: dict[str, Fact] = {"last_purchase": iso("2026-01-01"), "case_closed": None}
    assert fate((long, short), "contact", facts, requested=False).rule == "short"
    assert codes(fate((long, short), "contact", facts, requested=False))[-1] == "retention.shortest"
    assert fate((long, short, running), "contact", facts, requested=False).rule == "running"
    assert fate((long, running, unclear), "contact", facts, requested=False).outcome == "undetermined"


def test_of_two_statutes_the_longer_binds() -> None:
    rules = (
        Rule("a", ("file",), period="P1Y", trigger=("document_date",), status="statute", source="act § 1"),
        Rule("b", ("file",), period="P3Y", trigger=("document_date",), status="statute", source="act § 2"),
        Rule("c", ("file",), period="P2Y", trigger=("document_date",), status="statute", source="act § 3"),
    )
    decision = fate(rules, "file", {"document_date": iso("2025-01-01")})
    assert (decision.rule, decision.reasons[1].article) == ("b", "act § 2")


def test_a_policys_own_legal_duty_stands_where_no_statute_is_encoded() -> None:
    rule = Rule("r2", ("invoice",), period="P5Y", trigger=("invoice_date",), legal_duty="bogføringsloven § 12")
    decision = fate((rule,), "invoice", {"invoice_date": iso("2024-01-01")})
    assert (decision.outcome, decision.basis) == ("retain", "6(1)(c)/17(3)(b)")


def test_a_promise_shorter_than_the_statute_does_not_shorten_it() -> None:
    rules = (
        Rule("promise", ("invoice",), period="P1Y", trigger=("invoice_date",)),
        Rule("act", ("invoice",), period="P5Y", trigger=("invoice_date",), status="statute", source="act § 1"),
    )
    facts: dict[str, Fact] = {"invoice_date": iso("2024-01-01")}
    assert fate(rules, "invoice", facts, requested=False).rule == "act"
    assert fate(rules, "invoice", facts, on=iso("2029-01-02"), requested=False).rule == "promise"


def test_a_statute_and_a_promise_that_depends_on_an_unknown_subject() -> None:
    rules = (
        Rule("promise", ("invoice",), ("consumer",), "P9Y", ("invoice_date",)),
        Rule("act", ("invoice",), period="P5Y", trigger=("invoice_date",), status="statute", source="act § 1"),
    )
    recent: dict[str, Fact] = {"invoice_date": iso("2024-01-01")}
    assert fate(rules, "invoice", recent, subject=None, requested=False).keep_through == iso("2029-01-01")
    assert fate(rules, "invoice", recent, requested=False).keep_through == iso("2033-01-01")
    old: dict[str, Fact] = {"invoice_date": iso("2019-01-01")}
    assert fate(rules, "invoice", old, subject=None).outcome == "undetermined"


def test_a_person_overrules_the_rules_and_the_reason_says_so():
    open_question = Decision("undetermined", reasons=(Reason("retention.no_rule", "Art. 5(1)(e) GDPR"),))
    kept = overruled(open_question, outcome="retain", keep_through=date(2027, 1, 31))
    assert (kept.outcome, kept.keep_through) == ("retain", date(2027, 1, 31))
    assert kept.reasons[-1].article == "Art. 17(3) GDPR"
    gone = overruled(open_question, outcome="erase", keep_through=None)
    assert gone.outcome == "erase" and [reason.code for reason in gone.reasons][-1] == "retention.decided_by_person"


def test_what_is_put_off_says_until_when_or_that_a_person_must_look():
    assert postponed(date(2027, 2, 1)) == Reason("retention.postponed", "Art. 17(1) GDPR", {"day": date(2027, 2, 1)})
    assert postponed(None).code == "retention.needs_person"
