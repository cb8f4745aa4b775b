"""One set of values for every kind, the longest form of each: every optional part is there."""

from datetime import date

from letters import kinds as k
from letters.letterhead import Authority, Letterhead

DAY, DUE, LATER = date(2026, 11, 22), date(2026, 12, 22), date(2027, 2, 22)
LATE = date(2026, 12, 23)
URL = "https://portal.example/s/abc?x=1&y=2"

LETTERHEAD = Letterhead(
    legal_name="Blåbær & Sønner A/S",
    address="Østergade 14 A, 2620 Albertslund",
    reg_no="CVR 13503745",
    authority=Authority(
        name="Datatilsynet",
        address="Carl Jacobsens Vej 35, 2500 Valby",
        phone="+45 33 19 32 00",
        email="dt@datatilsynet.dk",
        url="https://www.datatilsynet.dk",
    ),
    languages=("da", "en"),
    email="info@blaabaer.example",
    phone="59 400 999",
    dpo="Åse Ærø, dpo@blaabaer.example",
)

KEPT = k.Refused(
    what="Faktura 2023-118 ÆØÅ",
    facts=("Fact one.", "Fact two."),
    law=("§ 12", "17(3)(b)"),
    kept_until=date(2028, 12, 31),
    interests="Interest weighed.",
)
OPEN_ENDED = k.Refused(what="Sag 7", facts=("Fact three.",), law=("17(3)(e)",), kept_criterion="Criterion seven.")
ITEMS = (KEPT, OPEN_ENDED)
FILES = (k.FileLine(name="data.json", what="JSON ö"), k.FileLine(name="extract.pdf", what="PDF ß"))
COUNTS = (k.Counted(what="Ordrer", count=1234), k.Counted(what="Beställningar", count=2))
PERSON = {"reference": "DSR-2026-0042", "name": "Åsa Ærøskøbing-Größe", "received": DAY}
DECIDED = {**PERSON, "outcome": "partly_granted", "decided": DAY, "not_done": ITEMS, "late_since": LATE}
TOLD = ("Modtager Ett", "Modtager Två")

VALUES: dict[str, k.Values] = {
    "confirm_email": k.ConfirmEmail(reference="DSR-2026-0042", received=DAY, confirm_url=URL, valid_until=DUE),
    "acknowledgement": k.Acknowledgement(
        reference="DSR-2026-0042", received=DAY, due=DUE, reasons=("Step one.", "Step two."), status_url=URL,
        prove=True,
    ),
    "proof_link": k.ProofLink(reference="DSR-2026-0042", proof_url=URL, valid_until=DUE),
    "identity_question": k.IdentityQuestion(
        reference="DSR-2026-0042",
        reasons=("Reason one.",),
        means=("Mean one", "Mean two"),
        document=True,
        kept_days=14,
        identity_url=URL,
        answer_by=DUE,
        pauses=True,
        due=LATER,
    ),
    "identity_again": k.IdentityAgain(
        reference="DSR-2026-0042", what="document", wrong="not_readable", again=True, means=("video",), answer_by=DUE,
        identity_url=URL,
    ),
    "reminder_identity": k.ReminderIdentity(
        reference="DSR-2026-0042", asked=DAY, identity_url=URL, answer_by=DUE, open_until=LATER
    ),
    "identity_notice": k.IdentityNotice(
        reference="DSR-2026-0042",
        rights=("access", "erasure"),
        received=DAY,
        asked=DAY,
        law=("11(2)", "12(4)"),
        open_until=DUE,
        identity_url=URL,
    ),
    "identity_unseen": k.IdentityUnseen(
        reference="DSR-2026-0042", sent_on=DAY, due=DUE, late=True, answer_by=LATER, identity_url=URL
    ),
    "extension": k.Extension(
        reference="DSR-2026-0042", received=DAY, first_due=DUE, new_due=LATER, reasons=("Reason one.",), status_url=URL
    ),
    "news": k.News(reference="DSR-2026-0042", status_url=URL),
    "download_code": k.DownloadCode(reference="DSR-2026-0042", code="481 207", minutes=15),
    "delivery_ready": k.DeliveryReady(reference="DSR-2026-0042", download_url=URL, expires=DUE),
    "bundle_sent": k.BundleSent(reference="DSR-2026-0042", file_name="DSR-2026-0042.zip", status_url=URL, expires=DUE),
    "not_identified": k.NotIdentified(
        reference="DSR-2026-0042",
        rights=("erasure", "access", "rectification"),
        received=DAY,
        asked=DAY,
        facts=("Fact one.",),
        law=("12(2)", "11(2)"),
        status_url=URL,
    ),
    "withdrawn": k.Withdrawn(reference="DSR-2026-0042", withdrawn=DAY, nothing_done=True, new_request_url=URL),
    "clarification": k.Clarification(
        **PERSON,
        question="Question one?",
        reasons=("Reason one.",),
        answer_by=DUE,
        pauses=True,
        due=LATER,
        status_url=URL,
    ),
    "passphrase": k.Passphrase(**PERSON, passphrase="koral-bro-Ørred-7", file_name="DSR-2026-0042.zip"),
    "access_cover": k.AccessCover(
        **PERSON,
        snapshot=DAY,
        searched_with=("asa@example.org", "+45 12 34 56 78"),
        purposes=(k.Purpose(purpose="Purpose one", basis="6(1)(b)"), k.Purpose(purpose="Purpose two", basis="6(1)(f)")),
        categories=("Category one", "Category two"),
        recipients=(
            k.Recipient(name="Transport Øst", role="Role one"),
            k.Recipient(name="Carriers", role="Role two", named=False),
        ),
        why_unnamed="Why unnamed.",
        periods=(k.Period(what="Invoices", period="Period one"),),
        sources=("Source one",),
        automated=(k.Automated(decision="Decision one", logic="Logic one.", consequences="Consequence one."),),
        transfers=(
            k.Transfer(recipient="Host", country="Country one", instrument="Instrument one", copy="Copy here."),
        ),
        withheld=ITEMS,
        files=FILES,
        late_since=LATE,
    ),
    "portability_cover": k.PortabilityCover(
        **PERSON, snapshot=DAY, included=COUNTS, left_out=ITEMS, files=FILES, late_since=LATE
    ),
    "erasure_certificate": k.ErasureCertificate(
        **PERSON,
        done=DUE,
        erased=COUNTS,
        anonymised=COUNTS,
        stripped=COUNTS,
        kept=ITEMS,
        backups="Backup note.",
        recipients_told=TOLD,
        suppressed=True,
        late_since=LATE,
    ),
    "refusal": k.Refusal(**PERSON, right="access", partly=True, items=ITEMS, late_since=LATE),
    "no_data": k.NoData(**PERSON, right="access", searched=("Shop", "Ledger"), searched_with=("asa@example.org",)),
    "rectification": k.Rectification(
        **DECIDED,
        changes=(k.Change(field="Phone", old="", new="12 34 56 78"),),
        statement=True,
        recipients_told=TOLD,
    ),
    "restriction": k.Restriction(
        **DECIDED, ground="Ground one.", restricted=("Phone", "Address"), recipients_told=TOLD, by_hand=("Log",)
    ),
    "objection": k.Objection(**DECIDED, stopped=("Statistics",), erased=("Profile",), erase_url=URL),
    "marketing_objection": k.MarketingObjection(
        **DECIDED, stopped=("Newsletter",), systems=("Shop",), by=date(2026, 11, 24), going=("possible customers",)
    ),
    "withdraw_consent": k.WithdrawConsent(
        **DECIDED,
        consents=(),
        erased=("Address of newsletter",),
        within=("Newsletter",),
        by_hand=("Ledger",),
        by=date(2026, 11, 24),
    ),
    "automated_decision": k.AutomatedDecision(
        **DECIDED,
        decision="Credit check of 3 March.",
        reviewer="Åge Øster",
        result="Result one.",
        explanation=("Explanation one.",),
    ),
    "officer_notice": k.OfficerNotice(reference="DSR-2026-0042", desk_url=URL),
    "owner_asked": k.OwnerAsked(
        reference="DSR-2026-0042", system="Arkiv 7 ÆØÅ", what="collect", url=URL, answer_by=DUE
    ),
    "owner_reminded": k.OwnerReminded(
        reference="DSR-2026-0042", system="Arkiv 7 ÆØÅ", what="by_hand", url=URL, answer_by=DUE, asked=DAY
    ),
    "owner_escalated": k.OwnerEscalated(
        reference="DSR-2026-0042", system="Arkiv 7 ÆØÅ", what="collect", url=URL, answer_by=DUE, asked=DAY
    ),
    "recipient_notice": k.RecipientNotice(
        reference="DSR-2026-0042", recipient="Transport Øst", what="erasure", url=URL, answer_by=DUE
    ),
    "restriction_lifting": k.RestrictionLifting(
        **PERSON, what=("Phone one", "Address one"), reason="Reason one.", lifted_on=DUE, stopped=("Purpose one",)
    ),
    "recipients_list": k.RecipientsList(
        **PERSON,
        told=(
            k.Told(name="Modtager Ett", on=DAY, status="Status one"),
            k.Told(name="Modtager Två", on=None, status="Status two"),
        ),
        what="Event one",
    ),
    "erasure_completed": k.ErasureCompleted(**PERSON, done=DUE, erased=COUNTS, kept=ITEMS),
    "objection_refused": k.ObjectionRefused(
        **PERSON, interests="Interest one.", weighed="Weighed so.", law=("21(1)",), lifted_on=DUE, late_since=LATE
    ),
    "complaint_answer": k.ComplaintAnswer(**PERSON, complained_on=DUE, answer=("Answer one.", "Answer two.")),
    "breach_notice": k.BreachNotice(
        **PERSON,
        happened="Event one.",
        aware_on=DUE,
        data=("Phone one",),
        consequences="Consequence one.",
        measures=("Measure one.",),
        advice=("Advice one.",),
        contact="Åge Øster, 59 400 999",
    ),
}
