"""On either side of the end of every period there is a record, so that an off-by-one cannot hide."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

import demo
from demo import REFERENCE_DATE
from demo.dates import months_after
from policies.load import load_controller
from tests.demo.asking import column
from tests.demo.conftest import CONTROLLERS

Keep = Callable[[date], date]
DAY = timedelta(days=1)


def months(number: int) -> Keep:
    return lambda trigger: months_after(trigger, number)


def year_end(years: int) -> Keep:
    return lambda trigger: date(trigger.year + years, 12, 31)


def half_year_end(years: int) -> Keep:
    """Three years and six months from the end of the (calendar) financial year."""
    return lambda trigger: date(trigger.year + years + 1, 6, 30)


BUSINESS_DK = (
    "SELECT max(invoice_date) FROM invoices JOIN accounts USING (customer_no) "
    "WHERE account_type = 'B' GROUP BY customer_no"
)
BUSINESS_SE = "SELECT max(fakturadatum) FROM faktura JOIN kund USING (kundnr) WHERE kundtyp = 'F' GROUP BY kundnr"
CONSUMER_DK = (
    "SELECT max(warranty_end) FROM warranties JOIN accounts USING (customer_no) "
    "WHERE account_type <> 'B' GROUP BY customer_no"
)
CONSUMER_SE = "SELECT max(garanti_till) FROM garanti JOIN kund USING (kundnr) WHERE kundtyp = 'P' GROUP BY kundnr"
NEVER_BOUGHT_DK = "SELECT last_login FROM logins WHERE customer_id NOT IN (SELECT customer_id FROM orders)"
NO_WARRANTY_SE = "SELECT complaint_until FROM orders WHERE complaint_until IS NOT NULL"

# company, rule, source, the trigger of each record, and until when it may stay
DAILY: list[tuple[str, str, str, str, Keep]] = [
    ("aj-dk", "r1", "erp", "SELECT warranty_end FROM warranties", months(0)),
    (
        "aj-dk",
        "r3",
        "erp",
        "SELECT basis_ended FROM accounts WHERE account_type = 'B' AND basis_ended <> ''",
        months(12),
    ),
    ("aj-dk", "r4", "erp", "SELECT due_on FROM open_items", months(12)),
    ("aj-dk", "r5", "erp", CONSUMER_DK, months(0)),
    ("aj-dk", "r7", "shop", "SELECT last_login FROM logins", months(12)),
    ("aj-dk", "r9", "marketing", "SELECT unsubscribed_on FROM subscribers WHERE unsubscribed_on <> ''", months(0)),
    ("aj-dk", "r10", "shop", "SELECT first_logged FROM web_log", months(13)),
    ("aj-dk", "r11", "erp", BUSINESS_DK, months(48)),
    ("aj-dk", "r_nobuy", "shop", NEVER_BOUGHT_DK, months(12)),
    ("aj-dk", "r_cpr", "shop", "SELECT last_login FROM logins WHERE cpr_no <> ''", months(12)),
    ("aj-se", "r2", "ledger", BUSINESS_SE, months(48)),
    ("aj-se", "r2b", "ledger", "SELECT forfallodag FROM saldo", months(48)),
    ("aj-se", "r3", "ledger", CONSUMER_SE, months(36)),
    ("aj-se", "r3m", "shop", NO_WARRANTY_SE, months(36)),
    ("aj-se", "r2m", "ledger", BUSINESS_SE, months(48)),
    ("aj-se", "r_case", "service", "SELECT closed_on FROM complaints WHERE closed_on <> ''", months(36)),
    ("aj-se", "r_news", "service", "SELECT unsubscribed_on FROM subscribers WHERE unsubscribed_on <> ''", months(0)),
    ("ajos", "r1", "crm", "SELECT unsubscribed_on FROM subscribers WHERE unsubscribed_on <> ''", months(0)),
    ("aarstiderne", "r1", "shop", "SELECT last_seen_on FROM customers", months(12)),
    (
        "aarstiderne",
        "r4",
        "newsletter",
        "SELECT unsubscribed_on FROM subscribers WHERE unsubscribed_on <> ''",
        months(0),
    ),
    ("aarstiderne", "r5", "newsletter", "SELECT withdrawn_at FROM consents WHERE withdrawn_at <> ''", months(24)),
    ("aarstiderne", "r5 cap", "newsletter", "SELECT last_used_on FROM consents WHERE withdrawn_at <> ''", months(30)),
    (
        "aarstiderne",
        "r7",
        "shop",
        "SELECT last_seen_on FROM customers WHERE id NOT IN (SELECT customer_id FROM orders)",
        months(12),
    ),
]
YEARLY: list[tuple[str, str, str, str, Keep]] = [
    ("aj-dk", "r2", "erp", "SELECT invoice_date FROM invoices", year_end(5)),
    ("aj-dk", "law", "erp", "SELECT invoice_date FROM invoices", year_end(5)),
    ("aj-se", "law", "ledger", "SELECT fakturadatum FROM faktura", year_end(7)),
    ("ajos", "law", "ledger", "SELECT invoice_date FROM invoices", year_end(5)),
    ("aarstiderne", "r2", "shop", "SELECT max(ordered_on) FROM orders GROUP BY customer_id", year_end(3)),
    ("aarstiderne", "r3", "ledger", "SELECT voucher_date FROM vouchers", year_end(5)),
    ("ajour", "law1", "accounting", "SELECT invoice_date FROM invoices", year_end(5)),
    ("ajour", "law2", "accounting", "SELECT used_last_on FROM contracts", half_year_end(3)),
    ("ajour", "law2", "accounting", "SELECT document_date FROM delivery_notes", half_year_end(3)),
]
ELSEWHERE = {
    ("aj-dk", "r6"),  # the trigger cannot lie ahead: test_cases_are_open_and_closed
    ("ajour", "r_news"),  # Ajour's systems hold no newsletter; the rule waits for the day they do
}


def _triggers(folder: Path, slug: str, source: str, sql: str) -> set[date]:
    return {date.fromisoformat(str(value)[:10]) for value in column(folder, f"{slug}/{source}", sql)}


@pytest.mark.parametrize(("slug", "rule", "source", "sql", "keep"), DAILY, ids=[f"{row[0]}-{row[1]}" for row in DAILY])
def test_until_yesterday_today_and_tomorrow(
    slug: str, rule: str, source: str, sql: str, keep: Keep, folder: Path
) -> None:
    last_days = {keep(trigger) for trigger in _triggers(folder, slug, source, sql)}
    assert {REFERENCE_DATE - DAY, REFERENCE_DATE, REFERENCE_DATE + DAY} <= last_days


@pytest.mark.parametrize(
    ("slug", "rule", "source", "sql", "keep"), YEARLY, ids=[f"{row[0]}-{row[1]}-{row[3][7:20]}" for row in YEARLY]
)
def test_the_first_and_the_last_day_of_two_years(
    slug: str, rule: str, source: str, sql: str, keep: Keep, folder: Path
) -> None:
    triggers = _triggers(folder, slug, source, sql)
    edges = {day for day in triggers if (day.month, day.day) in ((1, 1), (12, 31))}
    over = {day for day in edges if keep(day) < REFERENCE_DATE <= keep(day.replace(year=day.year + 1))}
    running = {day for day in edges if keep(day.replace(year=day.year - 1)) < REFERENCE_DATE <= keep(day)}
    assert len(over) == 2 and len(running) == 2


def test_cases_are_open_and_closed(folder: Path) -> None:
    closed = set(column(folder, "aj-dk/erp", "SELECT closed_on FROM complaints"))
    assert {None, str(REFERENCE_DATE), str(REFERENCE_DATE - DAY)} <= closed


@pytest.mark.parametrize("slug", demo.SLUGS)
def test_no_rule_with_a_period_is_left_out(slug: str) -> None:
    rules = {rule.id for rule in load_controller(CONTROLLERS / slug).policy.retention if rule.period}
    tried = {rule.split()[0] for company, rule, *_ in DAILY + YEARLY if company == slug}
    assert rules == tried | {rule for company, rule in ELSEWHERE if company == slug}


@pytest.mark.parametrize(
    ("slug", "source", "sql"),
    [
        (
            "aj-dk",
            "erp",
            "SELECT count(*) FROM open_items JOIN invoices USING (invoice_no) WHERE invoice_date < '2022-11-22'",
        ),
        (
            "aj-se",
            "ledger",
            "SELECT count(*) FROM saldo JOIN faktura USING (fakturanr) WHERE fakturadatum < '2022-11-22'",
        ),
        ("aj-dk", "shop", "SELECT count(*) FROM web_log WHERE security_incident AND first_logged < '2025-10-22'"),
        ("aarstiderne", "shop", "SELECT count(*) FROM orders WHERE in_progress"),
        ("aarstiderne", "service", "SELECT count(*) FROM enquiries WHERE is_open"),
    ],
)
def test_something_holds_what_is_over(slug: str, source: str, sql: str, folder: Path) -> None:
    assert column(folder, f"{slug}/{source}", sql)[0] >= 1
