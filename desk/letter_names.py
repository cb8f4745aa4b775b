"""Every kind of letter as staff call it; what the person reads above it stands in `requests_app.plain_words`."""

from typing import Any

from django.utils.translation import gettext_lazy as _

LETTERS: dict[str, Any] = {
    "confirm_email": _("Confirm the e-mail address"),
    "proof_link": _("Link to the address on file"),
    "identity_question": _("Question about identity"),
    "reminder_identity": _("Reminder about identity"),
    "news": _("There is news on the status page"),
    "download_code": _("One-time code"),
    "delivery_ready": _("The data is ready"),
    "bundle_sent": _("Encrypted copy of the data"),
    "recipient_notice": _("Notice to a recipient"),
    "officer_notice": _("Notice to the data protection officer"),
    "acknowledgement": _("Acknowledgement of receipt"),
    "clarification": _("Question about the request"),
    "extension": _("Extension of the time limit"),
    "not_identified": _("Closed without proof of identity"),
    "withdrawn": _("Confirmation: taken back"),
    "passphrase": _("Passphrase of the encrypted copy"),
    "access_cover": _("Answer: access"),
    "portability_cover": _("Answer: data portability"),
    "erasure_certificate": _("Certificate of erasure"),
    "erasure_completed": _("Certificate: the rest erased"),
    "refusal": _("Refusal"),
    "no_data": _("Answer: no data held"),
    "rectification": _("Answer: rectification"),
    "restriction": _("Answer: restriction"),
    "restriction_lifting": _("Notice before a restriction is lifted"),
    "objection": _("Answer: objection"),
    "objection_refused": _("Refusal of an objection"),
    "marketing_objection": _("Answer: marketing stopped"),
    "withdraw_consent": _("Answer: consent withdrawn"),
    "automated_decision": _("Answer: automated decision reviewed"),
    "recipients_list": _("List of recipients told"),
    "complaint_answer": _("Answer to a complaint"),
    "breach_notice": _("Notice of a breach"),
}
