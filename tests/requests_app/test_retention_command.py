"""`manage.py retention`: every worked example, and its neighbours, through the command in the words of the examples."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from policies.contradictions import contradictions
from policies.load import BUILT_IN, load_controller

TABLE = Path(__file__).parents[1] / "law" / "data" / "retention.json"
ROWS: list[dict[str, Any]] = json.loads(TABLE.read_text("utf-8"))
TODAY = "2026-11-22"
# The words the table uses for an outcome, and the outcomes they allow here.
MEANT = {
    "erased_or_overdue": "erase", "erase_now": "erase", "retain": "retain", "hold_review_monthly": "hold",
    "anonymise": "anonymise", "retain_unless_waived": "retain", "retain_until_obligations_end": "retain",
    "erase_and_suppress": "erase", "manual_required_config": "undetermined",
}  # fmt: skip
EXPECTED = {"id", "controller", "data", "request", "outcome", "basis", "keep_through", "base_keep_through",
            "max_keep_through", "action_date", "routine_action_date", "src"}  # fmt: skip


def ask(
    capsys: pytest.CaptureFixture[str], controller: str, data: str, *facts: str, on: str = TODAY,
    requested: bool = False, subject: str = "",
) -> dict[str, Any]:  # fmt: skip
    words = [controller, "--data", data, "--on", on, "--json", *(["--facts", *facts] if facts else [])]
    words += ["--requested"] if requested else []
    call_command("retention", *words, *(["--subject", subject] if subject else []))
    return json.loads(capsys.readouterr().out)


def cases() -> list[Any]:
    found = []
    for row in ROWS:
        for data in row["data"] if isinstance(row["data"], list) else [row["data"]]:
            found.append(pytest.param(row, data, id=f"{row['id']}-{data}"))
    return found


def facts_of(row: dict[str, Any]) -> list[str]:
    return [f"{name}={value}" for name, value in row.items() if name not in EXPECTED]


@pytest.mark.parametrize(("row", "data"), cases())
def test_every_row_of_the_table(row: dict[str, Any], data: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Asked as the row is written: its data, its facts, on the day of its request or of what happened last."""
    on = max(row.get("request", TODAY), row.get("balance_settled", TODAY))
    answer = ask(capsys, row["controller"], data, *facts_of(row), on=on, requested=row["id"] not in ("E1a", "E5b"))
    assert answer["outcome"] == MEANT[row["outcome"]]
    for name, key in (("keep_through", "keep_through"), ("base_keep_through", "keep_through"),
                      ("obligations_end", "keep_through"), ("action_date", "action_date"),
                      ("routine_action_date", "action_date")):  # fmt: skip
        if name in row:
            assert answer[key] == row[name]
    if row.get("basis", "").startswith("6(1)"):
        assert answer["basis"] == row["basis"]
    if row["id"] == "E12b":  # "bokforingsloven 13(1) nos 5-8"
        assert answer["law"] == "bokføringsloven § 13 første ledd nr. 5–8"
    if row["outcome"] == "erase_and_suppress":
        assert answer["steps"][-1]["code"] == "retention.suppression"
    assert answer["steps"] and all(set(step) == {"code", "article", "text"} for step in answer["steps"])


SE, DK, AAR, NO, AJOS = "aj-se", "aj-dk", "aarstiderne", "ajour", "ajos"
R, _ = True, False
EXAMPLES = [
    # E1: the only purchase on 14 November 2020; everything should be gone
    (AAR, "email", "last_purchase=2020-11-14", "2023-12-31", _, "retain", "2023-12-31", "2024-01-01"),
    (AAR, "phone", "last_purchase=2020-11-14", "2024-01-01", _, "erase", "2023-12-31", "2024-01-01"),
    (AAR, "email", "last_purchase=2020-11-14", TODAY, R, "erase", "2023-12-31", TODAY),
    (AAR, "email", "last_purchase=2020-12-31", "2023-12-31", _, "retain", "2023-12-31", "2024-01-01"),
    (AAR, "email", "last_purchase=2021-01-01", TODAY, _, "erase", "2024-12-31", TODAY),
    (AAR, "purchase_record", "last_purchase=2020-11-14", TODAY, _, "erase", "2025-12-31", TODAY),
    (AAR, "purchase_record", "transaction=2020-11-14", "2025-12-31", R, "retain", "2025-12-31", "2026-01-01"),
    (AAR, "voucher", "transaction=2020-11-14", "2026-01-01", R, "erase", "2025-12-31", "2026-01-01"),
    # E2: two purchases; per voucher, whatever the policy says of the last one
    (AAR, "newsletter", "last_purchase=2026-02-10", TODAY, R, "erase", None, TODAY),
    (AAR, "profile", "last_purchase=2026-02-10", TODAY, _, "retain", "2029-12-31", "2030-01-01"),
    (AAR, "voucher", "transaction=2019-03-02 last_purchase=2026-02-10", TODAY, R, "erase", "2024-12-31", TODAY),
    (AAR, "voucher", "transaction=2019-03-02 last_purchase=2026-02-10", TODAY, _, "erase", "2024-12-31", TODAY),
    (AAR, "invoice", "invoice_date=2026-02-10", TODAY, R, "retain", "2031-12-31", "2032-01-01"),
    (AAR, "accounting_material", "transaction=2026-02-10 fiscal_year_end=2026-06-30", TODAY, R, "retain",
     "2031-06-30", "2031-07-01"),
    (AAR, "voucher", "transaction=2026-02-10 fiscal_year_end=06-30", TODAY, R, "retain", "2031-06-30", "2031-07-01"),
    # evidence of a consent: two years from the withdrawal, thirty months from the last use at most (S3-I2)
    (AAR, "consent_evidence", "withdrawn=2026-03-01 last_used=2026-02-10", TODAY, _,
     "retain", "2028-03-01", "2028-03-02"),
    (AAR, "consent_evidence", "consent_withdrawn=2026-03-01 consent_last_used=2024-06-01", TODAY, R, "retain",
     "2026-12-01", "2026-12-02"),
    (AAR, "consent_evidence", "withdrawn=2026-03-01 last_used=2024-05-21", TODAY, _, "erase", "2026-11-21", TODAY),
    (AAR, "consent_evidence", "withdrawn=2024-02-29 last_used=2024-02-01", TODAY, _, "erase", "2026-02-28", TODAY),
    (AAR, "consent_evidence", "consent_last_used=2024-05-21", TODAY, _, "erase", "2026-11-21", TODAY),
    (AAR, "consent_evidence", "consent_last_used=2024-05-22", TODAY, _, "undetermined", None, None),
    (DK, "consumer_order", "delivered=2024-01-05 paid=2024-01-10 warranty=P7Y", TODAY, R, "retain", "2031-01-05",
     "2031-02-01"),
    (DK, "consumer_order", "delivered=2024-01-05 paid=2024-01-10", TODAY, R, "erase", "2026-01-05", TODAY),
    # who never bought, and what nobody gave a period (S3-I10)
    (AAR, "never_bought_profile", "last_service_use=2025-11-22", TODAY, _, "retain", "2026-11-22", "2026-11-23"),
    (AAR, "never_bought_profile", "last_use=2025-11-21", TODAY, _, "erase", "2026-11-21", TODAY),
    (AAR, "usage", "last_service_use=2024-02-29", "2025-02-28", _, "retain", "2025-02-28", "2025-03-01"),
    (AAR, "card_token", "open_order=true", TODAY, R, "hold", None, "2026-12-01"),
    (AAR, "credit_result", "open_case=no", TODAY, R, "erase", None, TODAY),
    (AAR, "order_ip", "", TODAY, _, "undetermined", None, None),
    # E5: the open balance of a business contact
    (SE, "business_contact", "last_transaction=2022-01-20", "2026-01-20", _, "retain", "2026-01-20", "2026-02-01"),
    (SE, "business_contact", "last_transaction=2022-01-20", "2026-01-21", _, "anonymise", "2026-01-20", "2026-02-01"),
    (SE, "business_contact", "last_transaction=2022-01-20 open_balance=true", TODAY, R,
     "hold", "2026-01-20", "2026-12-01"),
    (SE, "business_contact", "last_transaction=2022-01-20 open_balance=812.50", "2026-11-30", _, "hold", "2026-01-20",
     "2026-12-01"),
    (SE, "business_contact", "last_transaction=2022-01-20 open_balance=true", "2026-12-01", _, "hold", "2026-01-20",
     "2027-01-01"),
    (SE, "business_contact", "last_transaction=2022-01-20 balance_settled=2027-10-14", "2027-11-01", _, "anonymise",
     "2026-01-20", "2027-11-01"),
    (SE, "business_contact", "last_transaction=2022-01-20 balance_settled=2027-11-01", "2027-11-02", _, "anonymise",
     "2026-01-20", "2027-12-01"),
    (SE, "business_contact", "last_transaction=2022-01-20 balance_settled=2027-10-14", "2027-10-20", R, "erase",
     "2026-01-20", "2027-10-20"),
    (SE, "business_contact", "last_transaction=2024-02-29", TODAY, _, "retain", "2028-02-29", "2028-03-01"),
    (SE, "voucher", "transaction=2022-01-20", TODAY, R, "retain", "2029-12-31", "2030-01-01"),
    (SE, "voucher", "fiscal_year=2022", TODAY, R, "retain", "2029-12-31", "2030-01-01"),
    (SE, "voucher", "transaction=2022-06-20 fiscal_year_end=04-30", TODAY, R, "retain", "2030-12-31", "2031-01-01"),
    (SE, "voucher", "transaction=2019-12-31", "2026-12-31", R, "retain", "2026-12-31", "2027-01-01"),
    (SE, "voucher", "transaction=2018-12-31", TODAY, R, "erase", "2025-12-31", TODAY),
    (SE, "catalogue", "", TODAY, R, "erase", None, TODAY),
    (SE, "newsletter", "objection=2026-11-20", TODAY, _, "erase", None, TODAY),
    # E6: the invoice, and another financial year
    (DK, "invoice", "invoice_date=2023-03-15", TODAY, _, "retain", "2028-12-31", "2029-01-01"),
    (DK, "invoice", "invoice_date=2023-03-15", "2028-12-31", R, "retain", "2028-12-31", "2029-01-01"),
    (DK, "invoice", "invoice_date=2023-03-15", "2029-01-01", R, "erase", "2028-12-31", "2029-01-01"),
    (DK, "invoice", "invoice_date=2023-03-15 fiscal_year_end=04-30", TODAY, R, "retain", "2028-04-30", "2028-05-01"),
    (DK, "invoice", "invoice_date=2023-03-15 fiscal_year_end=2023-04-30", TODAY, _,
     "retain", "2028-12-31", "2029-01-01"),
    (DK, "invoice", "invoice_date=2023-05-01 fiscal_year_end=04-30", TODAY, R, "retain", "2029-04-30", "2029-05-01"),
    (DK, "invoice", "invoice_date=2023-03-15 fiscal_year_end=04-30", "2028-05-01", R,
     "erase", "2028-04-30", "2028-05-01"),
    (DK, "cpr", "", TODAY, R, "erase", None, TODAY),
    (DK, "preferences", "last_login=2026-11-20", TODAY, R, "erase", None, TODAY),
    # E7: seven years of warranty
    (DK, "warranty_record", "delivery=2021-06-10 warranty=P7Y", "2028-06-10", _, "retain", "2028-06-10", "2028-07-01"),
    (DK, "warranty_record", "delivery=2021-06-10 warranty=P7Y", "2028-06-11", _,
     "anonymise", "2028-06-10", "2028-07-01"),
    (DK, "warranty_record", "delivery=2021-06-10 warranty=P7Y", "2028-06-11", R, "erase", "2028-06-10", "2028-06-11"),
    (DK, "product_warranty_record", "delivered=2021-06-10 warranty_end=2028-06-10 waived=true", TODAY, R,
     "erase", None, TODAY),
    (DK, "warranty_record", "delivery=2021-06-10 warranty=P7Y waived=no", TODAY, R,
     "retain", "2028-06-10", "2028-07-01"),
    (DK, "warranty_record", "delivered=2024-02-29 warranty=P7Y", TODAY, R, "retain", "2031-02-28", "2031-03-01"),
    (DK, "warranty_record", "delivered=2025-03-01 warranty=none", TODAY, R, "retain", "2027-03-01", "2027-04-01"),
    (DK, "order_and_contact", "completed=yes delivered=2021-06-10 paid=true warranty=P7Y", TODAY, R, "retain",
     "2028-06-10", "2028-07-01"),
    (DK, "order_and_contact", "order_completed=2021-06-12 delivered=2021-06-10 paid=none warranty=P7Y", TODAY, _,
     "retain", None, None),
    (DK, "order_and_contact", "obligations_end=2026-10-31", TODAY, _, "anonymise", "2026-10-31", "2026-12-01"),
    (DK, "invoice", "invoiced=2021-06-10", TODAY, R, "retain", "2026-12-31", "2027-01-01"),
    (DK, "individualisation_profile", "last_purchase=2021-06-10", TODAY, R, "erase", "2022-06-10", TODAY),
    # the other promises of AJ Produkter A/S
    (DK, "log", "first_logged=2025-10-22", TODAY, _, "retain", "2026-11-22", "2026-11-23"),
    (DK, "log", "first_logged=2025-10-21", TODAY, _, "erase", "2026-11-21", TODAY),
    (DK, "log", "first_logged=2025-10-21 incident=true", TODAY, _, "hold", "2026-11-21", "2026-12-01"),
    (DK, "log", "first_logged=2025-01-31", "2026-02-28", _, "retain", "2026-02-28", "2026-03-01"),
    (DK, "profile", "last_purchase=2025-03-15 last_login=2025-10-20", TODAY, _,
     "anonymise", "2026-10-20", "2026-12-01"),
    (DK, "profile", "last_login=2025-10-20 open_case=true", TODAY, _, "hold", "2026-10-20", "2026-12-01"),
    (DK, "business_contact", "last_transaction=2022-11-22", TODAY, _, "retain", "2026-11-22", "2026-12-01"),
    (DK, "business_contact", "last_transaction=2022-11-21", TODAY, _, "anonymise", "2026-11-21", "2026-12-01"),
    (DK, "business_contact", "last_order=2025-06-01", TODAY, R, "erase", None, TODAY),
    (DK, "other_personal_data", "basis_ended=2025-12-31", TODAY, _, "retain", "2026-12-31", "2027-01-01"),
    (DK, "newsletter_email", "unsubscribe=2026-11-21", TODAY, _, "erase", "2026-11-21", TODAY),
    (DK, "complaint_case", "open_case=true", TODAY, _, "hold", None, "2026-12-01"),
    (DK, "digital_channel_messages", "", TODAY, R, "erase", None, TODAY),
    # E10: five years of warranty, thirty-six months on top by routine
    (SE, "consumer_order", "delivered=2023-02-01 paid=2023-02-01 warranty=P5Y", TODAY, R,
     "retain", "2028-02-01", "2028-03-01"),
    (SE, "consumer_order", "delivered=2023-02-01 paid=2023-02-01 warranty=P5Y", TODAY, _,
     "retain", "2031-02-01", "2031-03-01"),
    (SE, "consumer_order", "obligations_end=2028-02-01", TODAY, _, "retain", "2031-02-01", "2031-03-01"),
    (SE, "consumer_order", "obligations_end=2028-02-01", "2028-02-02", R, "erase", "2028-02-01", "2028-02-02"),
    (SE, "consumer_order", "obligations_end=2028-02-01", "2031-02-02", _, "anonymise", "2031-02-01", "2031-03-01"),
    (SE, "contact_and_order", "delivered=2024-01-10 paid=2024-01-12", TODAY, R, "retain", "2027-01-10", "2027-02-01"),
    (SE, "consumer_profile", "", TODAY, R, "erase", None, TODAY),
    (SE, "voucher", "transaction=2023-02-01", "2028-02-02", R, "retain", "2030-12-31", "2031-01-01"),
    # E12: the Norwegian customer
    (NO, "invoice", "invoice_date=2021-09-30", TODAY, R, "retain", "2026-12-31", "2027-01-01"),
    (NO, "accounting_material_items_1_4", "transaction=2021-09-30", "2027-01-01", R,
     "erase", "2026-12-31", "2027-01-01"),
    (NO, "contract", "fiscal_year=2023", "2027-06-30", R, "retain", "2027-06-30", "2027-07-01"),
    (NO, "contract", "used=2023-04-05", "2027-07-01", R, "erase", "2027-06-30", "2027-07-01"),
    (NO, "contracts_correspondence_delivery_notes_pricelists",
         "document_date=2023-07-01 fiscal_year_end=06-30", TODAY, R,
     "retain", "2027-12-31", "2028-01-01"),
    (NO, "passport_scan", "", TODAY, R, "erase", None, TODAY),
    (NO, "prospect_enquiry", "", TODAY, R, "erase", None, TODAY),
    (NO, "photo_id", "", TODAY, _, "undetermined", None, None),
    # E13, E14: the lead who objects; periods nobody has disclosed
    (AJOS, "lead", "objection=2026-11-22", TODAY, _, "erase", None, TODAY),
    (AJOS, "lead", "", TODAY, _, "undetermined", None, None),
    (AJOS, "customer", "last_purchase=2019-01-01", TODAY, R, "undetermined", None, None),
    (AJOS, "voucher", "transaction=2020-12-31", "2025-12-31", R, "retain", "2025-12-31", "2026-01-01"),
    (AJOS, "newsletter", "consent_withdrawn=2026-11-01", TODAY, _, "erase", "2026-11-01", TODAY),
    # a concrete claim holds anything a promise covers, a general fear of claims holds nothing (DT 2019-32-0709)
    (NO, "photo_id", "legal_claim=BS-12/2026", TODAY, R, "hold", None, "2026-12-01"),
    (AAR, "email", "last_purchase=2020-11-14 legal_claim=no", TODAY, _, "erase", "2023-12-31", TODAY),
]  # fmt: skip


@pytest.mark.parametrize(("controller", "data", "facts", "on", "requested", "outcome", "keep", "action"), EXAMPLES)
def test_the_examples_and_their_neighbours(
    controller: str, data: str, facts: str, on: str, requested: bool, outcome: str, keep: str | None,
    action: str | None, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    answer = ask(capsys, controller, data, *facts.split(), on=on, requested=requested)
    assert (answer["outcome"], answer["keep_through"], answer["action_date"]) == (outcome, keep, action)


def test_an_old_open_balance_is_pointed_out(capsys: pytest.CaptureFixture[str]) -> None:
    """S0-I3."""
    held = ask(capsys, DK, "business_contact", "last_transaction=2022-01-20", "open_balance=true")
    assert "retention.old_balance" in [step["code"] for step in held["steps"]]


def test_whoever_names_the_subject_is_followed_and_who_does_not_is_told_what_was_presumed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    business = ask(capsys, DK, "warranty_record", "last_transaction=2021-06-10", subject="business")
    assert (business["subject"], business["rule"], business["keep_through"]) == (
        "business_contact",
        "r11",
        "2025-06-10",
    )
    among = ask(capsys, DK, "contact", "last_transaction=2021-06-10", "customer_type=business")
    assert (among["subject"], among["outcome"]) == ("business_contact", "anonymise")
    deduced = ask(capsys, DK, "order", "last_transaction=2021-06-10")
    assert (deduced["subject"], deduced["steps"][0]["code"]) == ("business_contact", "retention.subject_deduced")
    unknown = ask(capsys, DK, "contact", "open_case=no")
    assert (unknown["outcome"], unknown["steps"][0]["code"]) == ("undetermined", "retention.unknown_subject")


def test_the_plain_print_has_the_steps_numbered_in_the_language(capsys: pytest.CaptureFixture[str]) -> None:
    words = [
        "--data",
        "invoice",
        "--facts",
        "invoice_date=2023-03-15",
        "--on",
        TODAY,
        "--requested",
        "--language",
        "da",
    ]
    call_command("retention", "aj-dk", *words)
    printed = capsys.readouterr().out
    assert printed.startswith("outcome: retain\nkeep_through: 2028-12-31\n")
    assert "\n  2. Loven pålægger os at gemme dette" in printed


@pytest.mark.parametrize(
    ("data", "facts", "named"),
    [
        ("warrenty_record", "",
         "--data: found 'warrenty_record'; expected a known kind of data (did you mean warranty_record?)"),
        ("email", "last_purchse=2020-01-01", "did you mean last_purchase?"),
        ("email", "last_purchase", "expected name=value"),
        ("email", "last_purchase=14-11-2020", "--facts last_purchase: found '14-11-2020'"),
        ("email", "last_purchase=2023-02-29", "--facts last_purchase: found '2023-02-29'"),
        ("email", "last_purchase=2026-11-23", "which lies ahead of 2026-11-22"),
        ("login", "last_purchase=yes", "the day it happened"),
        ("email", "last_purchase=2020-01-01 last_purchase=2021-01-01", "expected one value"),
        ("order", "delivered=2024-01-05 delivery=2024-01-06", "expected one value"),
        ("order", "ordered=2024-01-05 delivered=2024-01-04", "before order_date=2024-01-05"),
        ("warranty_record", "delivered=2024-01-05 warranty_end=2023-01-05", "before delivered=2024-01-05"),
        ("warranty_record", "delivered=2024-01-05 warranty=P7Y warranty_end=2030-01-05", "expected 2031-01-05"),
        ("warranty_record", "delivered=2024-01-05 warranty=7", "an ISO 8601 period"),
        ("order", "delivered=2024-01-05 warranty=P7Y obligations_end=2026-01-05", "the warranty runs until then"),
        ("order", "paid=none obligations_end=2026-01-05", "expected a date up to obligations_end"),
        ("contact", "open_balance=true balance_settled=2026-01-01", "false or 0 since balance_settled=2026-01-01"),
        ("contact", "open_balance=plenty", "an amount such as 812.50"),
        ("contact", "open_case=perhaps", "expected true or false"),
        ("never_bought_profile", "last_purchase=2024-01-01", "for somebody who never bought anything"),
        ("profile", "never_bought=true paid=2024-01-01", "a date, since paid=2024-01-01"),
        ("case", "open_case=true case_closed=2024-01-01", "false, since case_closed=2024-01-01"),
        ("voucher", "transaction=2024-03-01 fiscal_year_end=2023-12-31", "that contains transaction_date=2024-03-01"),
        ("voucher", "transaction=2020-03-01 fiscal_year_end=2023-12-31", "that contains transaction_date=2020-03-01"),
        ("consumer", "--subject business", "expected consumer, as the word for the data says"),
        ("contact", "subject=consumer customer_type=business", "--subject: found 'consumer' and 'business'"),
        ("contact", "--subject martian", "--subject: found 'martian'; expected one of"),
    ],
)  # fmt: skip
def test_an_impossible_question_is_refused_with_field_found_and_expected(data: str, facts: str, named: str) -> None:
    given = facts.split() if facts.startswith("--") else (["--facts", *facts.split()] if facts else [])
    with pytest.raises(CommandError) as refused:
        call_command("retention", "aj-dk", "--data", data, *given, "--on", TODAY)
    assert refused.value.returncode == 2
    assert named in str(refused.value) and "expected" in str(refused.value)


def test_an_unknown_company_and_a_broken_day_are_refused() -> None:
    with pytest.raises(CommandError, match="did you mean aj-dk"):
        call_command("retention", "aj-dkk", "--data", "email", "--on", TODAY)
    with pytest.raises(CommandError, match="--on: found '2026-11-31'"):
        call_command("retention", "aj-dk", "--data", "email", "--on", "2026-11-31")


# --- a policy that contradicts itself ---


@pytest.mark.parametrize("slug", [SE, DK, AAR, NO, AJOS])
def test_the_five_policies_do_not_contradict_themselves(slug: str) -> None:
    assert list(contradictions(load_controller(BUILT_IN / slug))) == []


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"without": ["last_transaction"]}, "it would never begin"),
        ({"range": ["P30Y", "P7Y"]}, "the shorter period first"),
        ({"range": ["P5Y", "P30Y"]}, "the range beside it"),
        ({"cap": {"period": "P1Y", "from": "last_transaction"}}, "at least P4Y"),
        ({"again": True}, "P4Y as rule r11 says"),
    ],
)
def test_a_policy_that_contradicts_itself_is_an_error_with_file_and_line(
    change: dict[str, Any], named: str, tmp_path: Path, settings: Any
) -> None:
    import shutil

    import yaml

    shutil.copytree(BUILT_IN / DK, tmp_path / DK)
    file = tmp_path / DK / "policy.yaml"
    policy = yaml.safe_load(file.read_text("utf-8"))
    rule = next(rule for rule in policy["retention"] if rule["id"] == "r11")
    if change.pop("again", False):
        policy["retention"].append({**rule, "id": "r11b", "period": "P6Y"})
    rule.update(change)
    file.write_text(yaml.safe_dump(policy, allow_unicode=True), "utf-8")
    settings.DSAR_CONTROLLERS_PATH = [tmp_path]
    with pytest.raises(CommandError) as refused:
        call_command("retention", DK, "--data", "business_contact", "--on", TODAY)
    assert "policy.yaml:" in str(refused.value) and named in str(refused.value)
