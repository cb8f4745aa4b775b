"""The words of the desk for proof of identity: doubts, means, documents, what was seen, what was wrong."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

DOUBTS: dict[str, Any] = {
    "other_address": _("The request comes from another address than the one on file"),
    "contradicts_source": _("What the person says does not fit what is on file"),
    "unusual": _("Something about the request suggests somebody else wrote it"),
    "shared_identifier": _("Several people share the address or number"),
    "other": _("Another doubt about this very request"),
}

AGREED: dict[str, Any] = {
    "email": _("e-mail address"),
    "customer_no": _("customer number"),
    "name": _("name"),
    "birth_date": _("date of birth"),
    "link": _("link to the address on file"),
}
"""What a log-in said that a source holds, too."""

NOT_ASKED: dict[str, Any] = {
    "look_first": _("Something the person sent waits to be looked at. Do that first."),
    "asked": _("A colleague has asked already. The answer is awaited."),
    "proved_meanwhile": _("The person has proved more since you opened this page. Is there a doubt left?"),
}

MEANS: dict[str, Any] = {
    "email_link": _("Link to the address on file"),
    "control_question": _("Control question"),
    "login": _("Log-in to the person's account"),
    "eid": _("National electronic ID"),
    "document": _("Copy of an identity document"),
    "in_person": _("Seen in person or on a video call"),
    "representative": _("Authority to act for the person"),
}

DOCUMENTS: dict[str, Any] = {
    "passport": _("Passport"),
    "identity_card": _("National identity card"),
    "driving_licence": _("Driving licence"),
}

AUTHORITIES: dict[str, Any] = {
    "power_of_attorney": _("Power of attorney"),
    "lawyer": _("Lawyer"),
    "guardian": _("Guardian"),
    "parent": _("Parent of a child"),
    "estate": _("Estate of somebody who has died"),
}

SEEN: dict[str, Any] = {
    "seen_in_person": _("In person"),
    "by_video": _("On a video call"),
    "known_in_person": _("Known to us in person"),
    "company_login": _("Logged in to the company's own account"),
    "public_register": _("Found in the public register"),
    "seen_on_paper": _("Seen on paper"),
}
"""How it was seen."""

NOT_PROVED: dict[str, Any] = {
    "not_readable": _("It cannot be read"),
    "too_much_covered": _("Something that is needed is covered"),
    "side_missing": _("A side or a page is missing or cut off"),
    "expired": _("It has expired"),
    "other_document": _("It is no passport, identity card or driving licence"),
    "not_signed": _("It is not signed"),
    "too_narrow": _("It does not say that they may ask for this"),
    "other_person": _("It is about somebody else"),
    "not_genuine": _("It does not look genuine"),
    "too_little": _("It does not show what is needed"),
    "no_authority": _("It gives no right to act for the person"),
    "not_shown": _("Nothing was shown, or not enough"),
    "did_not_come": _("Nobody came"),
    "too_many_tries": _("Too many tries"),
    "not_decided_in_time": _("Nobody decided in time"),
    "not_needed": _("Not needed any more"),
}

SIDES: dict[str, Any] = {
    "front": pgettext_lazy("side of a document", "Front"),
    "back": pgettext_lazy("side of a document", "Back"),
    "paper": _("Authority"),
}

PARTS: dict[str, Any] = {
    "authority": _("What gives them the right to act for the person"),
    "speaker": _("Who they are themselves"),
    "person": _("Who the person is"),
}
