"""Words people use for kinds of data, persons and facts, and the one word this portal has for each. Data only.

Read by `manage.py retention` (`policies.ask`). The keys of `policies.kinds`, the subjects of a company and the names
of the facts in its policy are always understood; what stands here is understood beside them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Said:
    """What a word for data means: a kind, whose it is where the word tells, and facts that the word states."""

    kind: str
    subject: str | None = None
    never: tuple[str, ...] = field(default=())  # these have not happened


_NEVER_BOUGHT = ("last_purchase", "last_transaction")

DATA: Mapping[str, Said] = {
    # the record and its person in one word
    "business_contact": Said("contact", "business_contact"),
    "company_representative": Said("contact", "business_contact"),
    "company_contact": Said("contact", "business_contact"),
    "consumer": Said("contact", "consumer"),
    "consumer_contact": Said("contact", "consumer"),
    "private_customer": Said("contact", "consumer"),
    "private_individual": Said("contact", "consumer"),
    "consumer_order": Said("order", "consumer"),
    "business_order": Said("order", "business_contact"),
    "order_and_contact": Said("order", "consumer"),
    "contact_and_order": Said("order", "consumer"),
    "consumer_profile": Said("profile", "consumer"),
    "business_profile": Said("profile", "business_contact"),
    "warranty_record": Said("warranty_record", "consumer"),  # S0:61; a company's warranty outlives its contact's name
    "product_warranty_record": Said("warranty_record", "consumer"),
    "warranty": Said("warranty_record", "consumer"),
    "other_personal_data": Said("correspondence", "business_contact"),
    "never_bought_profile": Said("profile", never=_NEVER_BOUGHT),
    # contact data
    "customer": Said("contact"),
    "customers": Said("contact"),
    "contact_data": Said("contact"),
    "name": Said("contact"),
    "address": Said("contact"),
    "all_other": Said("contact"),
    "e_mail": Said("email"),
    "email_address": Said("email"),
    "phone_number": Said("phone"),
    "telephone": Said("phone"),
    "cpr": Said("national_id"),
    "cpr_number": Said("national_id"),
    "personnummer": Said("national_id"),
    "national_identity_number": Said("national_id"),
    "passport_scan": Said("photo_id"),
    "passport": Said("photo_id"),
    "id_document": Said("photo_id"),
    "driving_licence": Said("photo_id"),
    # accounts
    "accounting_material": Said("voucher"),
    "accounting_material_items_1_4": Said("voucher"),
    "bookkeeping": Said("voucher"),
    "purchase_record": Said("voucher"),
    "purchase": Said("voucher"),
    "purchase_data": Said("voucher"),
    "receipt": Said("voucher"),
    "payment": Said("voucher"),
    "invoice_data": Said("invoice"),
    "contracts_correspondence_delivery_notes_pricelists": Said("contract"),
    "accounting_material_items_5_8": Said("contract"),
    "agreement": Said("contract"),
    "material_correspondence": Said("delivery_note"),
    "price_list": Said("delivery_note"),
    "pricelist": Said("delivery_note"),
    "open_balance": Said("balance"),
    # the rest
    "complaint_case": Said("case"),
    "complaint": Said("case"),
    "warranty_case": Said("case"),
    "preferences": Said("profile"),
    "customer_profile": Said("profile"),
    "individualisation_profile": Said("profile"),
    "digital_channel_messages": Said("digital_message"),
    "digital_messages": Said("digital_message"),
    "message": Said("digital_message"),
    "newsletter_email": Said("newsletter"),
    "newsletter_data": Said("newsletter"),
    "newsletter_subscription": Said("newsletter"),
    "catalogue": Said("newsletter"),
    "consent": Said("consent_evidence"),
    "log_data": Said("log"),
    "logs": Said("log"),
    "usage_data": Said("usage"),
    "clicks": Said("usage"),
    "credit_result": Said("credit_check"),
    "credit_rating": Said("credit_check"),
    "card": Said("card_token"),
    "prospect_enquiry": Said("enquiry", "prospect"),
    "inquiry": Said("enquiry"),
    "prospect": Said("enquiry", "prospect"),
    "leads": Said("lead"),
    "feedback": Said("survey"),
}

# Names under which whose data it is may stand among the facts.
SUBJECT_FACTS = frozenset({"subject", "subject_type", "customer_type", "customer", "person_type"})
SUBJECTS: Mapping[str, str] = {
    "private": "consumer",
    "private_individual": "consumer",
    "private_customer": "consumer",
    "private_person": "consumer",
    "business": "business_contact",
    "business_customer": "business_contact",
    "company": "business_contact",
    "company_representative": "business_contact",
    "contact_person": "business_contact",
}

FACTS: Mapping[str, str] = {
    "transaction": "transaction_date",
    "transacted": "transaction_date",
    "voucher_date": "transaction_date",
    "purchase": "transaction_date",
    "purchase_date": "transaction_date",
    "date": "transaction_date",
    "invoice": "invoice_date",
    "invoiced": "invoice_date",
    "document": "document_date",
    "contract_date": "document_date",
    "contract": "document_date",
    "signed": "document_date",
    "order": "order_date",
    "ordered": "order_date",
    "completed": "order_completed",
    "delivery": "delivered",
    "delivery_date": "delivered",
    "payment": "paid",
    "payment_date": "paid",
    "warranty": "warranty_period",
    "warranty_until": "warranty_end",
    "warranty_ends": "warranty_end",
    "waived": "warranty_waived",
    "complaint_end": "complaint_period_end",
    "commitments_end": "obligations_end",
    "obligations_ended": "obligations_end",
    "last_order": "last_transaction",
    "last_bought": "last_purchase",
    "last_use": "last_service_use",
    "last_used": "last_service_use",
    "last_visit": "last_service_use",
    "login": "last_login",
    "case_ended": "case_closed",
    "closed": "case_closed",
    "logged": "first_logged",
    "first_log": "first_logged",
    "recorded": "first_logged",
    "objection": "marketing_objection",
    "objected": "marketing_objection",
    "unsubscribed": "unsubscribe",
    "withdrawn": "consent_withdrawn",
    "withdrawal": "consent_withdrawn",
    "settled": "balance_settled",
    "balance": "open_balance",
    "open_since": "balance_since",
    "claim": "legal_claim",
    "fraud": "fraud_case",
    "fiscal_year": "fiscal_year_end",
    "financial_year_end": "fiscal_year_end",
}
# The same word, another fact: "last used" of the evidence of a consent is the last use of the consent.
FACTS_OF_KIND: Mapping[str, Mapping[str, str]] = {
    "consent_evidence": {"last_used": "consent_last_used", "last_use": "consent_last_used"},
    "newsletter": {"withdrawn": "consent_withdrawn"},
    "contract": {"last_used": "document_date", "used": "document_date", "date": "document_date"},
    "delivery_note": {"date": "document_date"},
    "log": {"date": "first_logged"},
    "balance": {"since": "balance_since"},
}

# What a fact may hold. A company's own rules may count from other events; those are dates that have happened.
HAPPENED = frozenset(
    {
        "transaction_date",
        "invoice_date",
        "document_date",
        "last_transaction",
        "last_purchase",
        "last_login",
        "last_service_use",
        "order_date",
        "order_completed",
        "delivered",
        "paid",
        "case_opened",
        "case_closed",
        "subscribed",
        "unsubscribe",
        "consent_given",
        "consent_last_used",
        "consent_withdrawn",
        "marketing_objection",
        "first_logged",
        "balance_since",
        "balance_settled",
    }
)
MAY_LIE_AHEAD = frozenset({"warranty_end", "complaint_period_end", "basis_ended", "obligations_end", "fiscal_year_end"})
FLAGS = frozenset(
    {
        "open_balance",
        "open_case",
        "open_order",
        "fraud_case",
        "incident",
        "legal_claim",
        "restricted",
        "warranty_waived",
        "never_bought",
    }
)
PERIODS = frozenset({"warranty_period"})

# What "our last obligation ends on" stands for, where the single events are not told.
OBLIGATIONS = ("order_completed", "delivered", "paid", "complaint_period_end", "warranty_end")
NEVER_BOUGHT = _NEVER_BOUGHT
# Any of these days says that somebody bought something.
BOUGHT = ("transaction_date", "invoice_date", "order_date", "delivered", "paid", "last_transaction")

# (earlier, later): the second cannot come before the first.
ORDER = (
    ("order_date", "delivered"), ("order_date", "order_completed"), ("order_date", "paid"),
    ("order_date", "last_transaction"), ("order_date", "last_purchase"),
    ("delivered", "warranty_end"), ("delivered", "complaint_period_end"),
    ("transaction_date", "last_transaction"), ("transaction_date", "last_purchase"),
    ("last_purchase", "last_transaction"),
    ("case_opened", "case_closed"), ("subscribed", "unsubscribe"),
    ("consent_given", "consent_last_used"), ("consent_given", "consent_withdrawn"),
    ("balance_since", "balance_settled"),
    *((event, "obligations_end") for event in OBLIGATIONS),
)  # fmt: skip
