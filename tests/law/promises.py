"""The retention rules of five published policies, as far as the worked examples need them."""

from law.national import COUNTRIES
from law.retention import Derive, Rule

AJ_DK = (
    Rule(
        "r1",
        ("product_warranty_record",),
        ("consumer",),
        "P0D",
        ("warranty_end",),
        action="anonymise",
        monthly=True,
        basis="6(1)(b)/17(3)(e)",
        source="S0:61",
        derive=(Derive("warranty_end", "delivered", "P2Y"),),
    ),
    Rule(
        "r2",
        ("invoice",),
        period="P5Y",
        trigger=("invoice_date",),
        rounding="calendar_year_end",
        legal_duty="bogføringsloven § 12",
        source="S0:61",
    ),
    Rule(
        "r5",
        ("order",),
        ("consumer",),
        "P0D",
        ("order_completed", "delivered", "paid", "warranty_end"),
        every=True,
        monthly=True,
        action="anonymise",
        holds=("open_case", "open_balance"),
        on_request="erase_after_trigger",
        source="S0:65",
    ),
    Rule(
        "r7",
        ("profile",),
        period="P12M",
        trigger=("last_purchase", "case_closed", "last_login"),
        action="anonymise",
        monthly=True,
        holds=("open_case",),
        on_request="erase_unless_hold",
        source="S0:90,131",
    ),
    Rule(
        "r8", ("chat",), on_request="erase_unless_hold", holds=("open_case",), status="required_config", source="S0:90"
    ),
    Rule("r10", ("log",), period="P13M", trigger=("first_logged",), holds=("incident",), source="S0:169"),
    *COUNTRIES["DK"].BOOKKEEPING,
)
AJ_SE = (
    Rule(
        "r2",
        ("contact",),
        ("business_contact",),
        "P4Y",
        ("last_transaction",),
        action="anonymise",
        monthly=True,
        holds=("open_balance",),
        on_request="erase_unless_hold",
        source="S1:29,52",
    ),
    Rule(
        "r3",
        ("contact", "order"),
        ("consumer",),
        "P36M",
        ("delivered", "paid", "warranty_end"),
        every=True,
        action="anonymise",
        monthly=True,
        on_request="erase_after_trigger",
        source="S1:29",
    ),
    *COUNTRIES["SE"].BOOKKEEPING,
)
AJOS = (
    Rule("r0", ("*",), status="required_config", source="S2:117"),
    Rule("r1", ("newsletter",), period="P0D", trigger=("consent_withdrawn",), keep_suppression=True, source="S2:79"),
    Rule("lead", ("lead",), period="P0D", trigger=("marketing_objection",), keep_suppression=True, status="derived"),
    *COUNTRIES["DK"].BOOKKEEPING,
)
AARSTIDERNE = (
    Rule("r1", ("usage",), period="P1Y", trigger=("last_service_use",), on_request="erase_now", source="S3:152"),
    Rule(
        "r2",
        ("email", "phone", "profile"),
        period="P3Y",
        trigger=("last_purchase",),
        rounding="calendar_year_end",
        on_request="erase_now",
        source="S3:154",
    ),
    Rule(
        "r3",
        ("voucher",),
        period="P5Y",
        trigger=("transaction_date",),
        rounding="fiscal_year_end",
        legal_duty="bogføringsloven § 12",
        source="S3:154",
    ),
    Rule(
        "r5",
        ("consent_evidence",),
        period="P24M",
        trigger=("consent_withdrawn",),
        cap_period="P30M",
        cap_trigger="consent_last_used",
        source="S3:50,52,156",
    ),
    Rule(
        "r6",
        ("enquiry",),
        on_request="erase_unless_hold",
        holds=("open_order", "open_case", "fraud_case"),
        status="required_config",
    ),
    *COUNTRIES["DK"].BOOKKEEPING,
)
AJOUR = (
    Rule("r0", ("enquiry",), on_request="erase_unless_hold", holds=("open_case",), status="required_config"),
    Rule("r_id", ("photo_id",), on_request="erase_now", status="required_config"),
    *COUNTRIES["NO"].BOOKKEEPING,
)
