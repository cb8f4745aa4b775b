"""Norway: bokføringsloven, personopplysningsloven and the laws on holidays."""

from law.grounds import Ground, national
from law.national.calendar import Calendar
from law.rights import Right
from law.rules import Rule

# LOV-1995-02-24-12 § 2 and LOV-1947-04-26-1 § 1.
HOLIDAYS = Calendar("NO", "no")
TIME_ZONE = "Europe/Oslo"

BOOKKEEPING: tuple[Rule, ...] = (
    # § 13 første ledd nr. 1-4: accounts, specifications, documentation of postings, letters from the auditor.
    Rule(
        id="no-bookkeeping-primary",
        data=("accounting_material", "invoice", "voucher", "payment"),
        period="P5Y",
        trigger=("transaction_date", "invoice_date"),
        rounding="fiscal_year_end",
        legal_duty="bokføringsloven § 13 første ledd nr. 1-4",
        basis="6(1)(c)/17(3)(b)",
        status="statute",
        source="LOV-2004-11-19-73 § 13",
    ),
    # § 13 første ledd nr. 5-8: contracts, material correspondence, delivery notes, price lists.
    Rule(
        id="no-bookkeeping-secondary",
        data=("contract", "material_correspondence", "delivery_note", "price_list"),
        period="P3Y6M",
        trigger=("document_date",),
        rounding="fiscal_year_end",
        legal_duty="bokføringsloven § 13 første ledd nr. 5-8",
        basis="6(1)(c)/17(3)(b)",
        status="statute",
        source="LOV-2004-11-19-73 § 13",
    ),
)


def _sixteen(letter: str, *, needs_interest_text: bool = False) -> Ground:
    """§ 16 tredje ledd: a written reason, the exact letter, and for (f) the interests themselves."""
    provision = f"personopplysningsloven § 16 første ledd bokstav {letter}"
    return national("NO", f"no_16_{letter}", provision, needs_interest_text=needs_interest_text)


EXEMPTIONS: tuple[Ground, ...] = (
    *(_sixteen(letter) for letter in "abcde"),
    _sixteen("f", needs_interest_text=True),
    national("NO", "no_bookkeeping", "bokføringsloven § 13", rights=frozenset({Right.erasure})),
)
