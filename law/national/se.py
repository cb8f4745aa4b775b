"""Sweden: bokföringslagen, dataskyddslagen and lagen om allmänna helgdagar."""

from law.grounds import Ground, national
from law.national.calendar import Calendar
from law.rights import Right
from law.rules import Rule

# SFS 1989:253 §§ 1-2. Midsummer, Christmas and New Year's Eve are not in it, so they are working days here.
HOLIDAYS = Calendar("SE", "sv")
TIME_ZONE = "Europe/Stockholm"

BOOKKEEPING: tuple[Rule, ...] = (
    # To and including the seventh year after the end of the calendar year in which the financial year ended.
    Rule(
        id="se-bookkeeping",
        data=("accounting_material", "invoice", "voucher", "payment"),
        period="P7Y",
        trigger=("transaction_date", "invoice_date"),
        rounding="calendar_year_of_fiscal_year_end",
        legal_duty="bokföringslagen (1999:1078) 7 kap. 2 §",
        basis="6(1)(c)/17(3)(b)",
        status="statute",
        source="bokföringslagen (1999:1078) 7 kap. 2 §",
    ),
)

EXEMPTIONS: tuple[Ground, ...] = (
    national("SE", "se_secrecy", "dataskyddslagen (2018:218) 5 kap. 1 §"),
    national("SE", "se_drafts", "dataskyddslagen (2018:218) 5 kap. 2 §"),
    national("SE", "se_bookkeeping", "bokföringslagen (1999:1078) 7 kap. 2 §", rights=frozenset({Right.erasure})),
)
