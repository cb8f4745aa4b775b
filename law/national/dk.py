"""Denmark: bogføringsloven, databeskyttelsesloven and the church holidays."""

from law.grounds import Ground, national
from law.national.calendar import Calendar
from law.rights import Right
from law.rules import Rule

# Store bededag is gone since 1 January 2024 (lov nr. 214 af 6. marts 2023); Grundlovsdag is no "helligdag".
HOLIDAYS = Calendar("DK", "da")
TIME_ZONE = "Europe/Copenhagen"

BOOKKEEPING: tuple[Rule, ...] = (
    # Five years from the end of the financial year the material concerns, counted for each voucher and not from the
    # end of the relation: Datatilsynet 2019-31-1713; Retten i Aarhus SS 3662/2020.
    Rule(
        id="dk-bookkeeping",
        data=("accounting_material", "invoice", "voucher", "payment"),
        period="P5Y",
        trigger=("transaction_date", "invoice_date"),
        rounding="fiscal_year_end",
        legal_duty="bogføringsloven § 12",
        basis="6(1)(c)/17(3)(b)",
        status="statute",
        source="bogføringsloven § 12, stk. 1",
    ),
)

# "Afgørende hensyn" wants an imminent danger of significant damage, shown for this case: Datatilsynet 2020-31-3586.
EXEMPTIONS: tuple[Ground, ...] = (
    national("DK", "dk_private_interests", "databeskyttelsesloven § 22, stk. 1", needs_interest_text=True),
    national("DK", "dk_public_interests", "databeskyttelsesloven § 22, stk. 2", needs_interest_text=True),
    national("DK", "dk_bookkeeping", "bogføringsloven § 12", rights=frozenset({Right.erasure})),
)
