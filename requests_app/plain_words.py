"""The rights, and where a request stands, in the words of everyday speech."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from law.rights import Right
from requests_app.states import Relation, Stage

Words = str | Promise


@dataclass(frozen=True)
class Plain:
    """`ask`: what a person says when using the right. `title`: its name. `hint`: one line. `text`: a paragraph."""

    ask: Words
    title: Words
    hint: Words
    text: Words


RIGHTS: dict[Right, Plain] = {
    Right.access: Plain(
        _("See my data"),
        _("Access"),
        _("A copy of what the company holds about me, and what it is used for."),
        _(
            "You can ask whether the company holds data about you. If it does, you get a copy, and you are told why it"
            " is used, who receives it, how long it is kept and where it came from."
        ),
    ),
    Right.erasure: Plain(
        _("Have my data erased"),
        _("Erasure"),
        _("What the company has no reason to keep is removed."),
        _(
            "You can ask for your data to be erased. Some things must stay for a while, such as invoices the"
            " bookkeeping law requires. You are told exactly what is kept, why and until when."
        ),
    ),
    Right.rectification: Plain(
        _("Correct my data"),
        _("Rectification"),
        _("Something is wrong, out of date or missing."),
        _("If something about you is wrong or missing, you can have it corrected or completed."),
    ),
    Right.portability: Plain(
        _("Take my data with me"),
        _("Data portability"),
        _("A file another service can read, with what I provided myself."),
        _(
            "You can get the data you gave the company, or that arose when you used its services, as files a computer"
            " can read. It covers data that is used because of your consent or a contract with you."
        ),
    ),
    Right.restriction: Plain(
        _("Pause the use of my data"),
        _("Restriction"),
        _("The data is kept, but not used, while something is being settled."),
        _(
            "You can ask the company to keep your data without using it, for instance while it checks whether the data"
            " is right, or while an objection of yours is being considered."
        ),
    ),
    Right.objection: Plain(
        _("Object to how my data is used"),
        _("Objection"),
        _("For reasons that have to do with my own situation."),
        _(
            "Where the company uses your data because it has an interest in doing so, you can object for reasons of"
            " your own situation. It must then stop, unless it can show weightier reasons."
        ),
    ),
    Right.marketing_objection: Plain(
        _("Stop marketing to me"),
        _("Objection to direct marketing"),
        _("No reason is needed, and you do not have to prove who you are."),
        _("You can say no to marketing at any time. No reason is needed and it costs nothing. The company must stop."),
    ),
    Right.withdraw_consent: Plain(
        _("Withdraw my consent"),
        _("Withdrawal of consent"),
        _("I said yes to something earlier and now say no."),
        _(
            "If you have agreed to something, you can take it back at any time."
            " It must be as easy as it was to say yes."
        ),
    ),
    Right.automated_decision: Plain(
        _("Have a person look at an automated decision"),
        _("Review of an automated decision"),
        _("A computer alone decided something that matters to me."),
        _(
            "If a computer alone has decided something that matters to you, such as whether you may pay by invoice, you"
            " can have a person look at it, say what you think and get it explained."
        ),
    ),
}

QUESTIONS: dict[Right, tuple[Words, Words]] = {
    Right.rectification: (
        _("What is wrong, and what should it say?"),
        _("For example: my street is Birkevej 12, not Birkevej 21."),
    ),
    Right.restriction: (
        _("Why should the use be paused?"),
        _("For example: I have said that my address is wrong and you are checking it."),
    ),
    Right.objection: (
        _("What in your situation makes you object?"),
        _("Say which use of your data it is about, as well as you can."),
    ),
    Right.withdraw_consent: (
        _("Which consent do you withdraw?"),
        _("For example: the newsletter. If you write nothing, we take it to be all of them."),
    ),
    Right.automated_decision: (
        _("Which decision is it about?"),
        _("For example: I was not allowed to pay by invoice on 3 March."),
    ),
}
"""What a right may be asked about in words of one's own. Always voluntary: no form of words is needed (Art. 12(2))."""

RESTRICTION_GROUNDS: dict[str, Words] = {
    "a": _("Something about me is wrong, and you are checking it."),
    "b": _("You may not use the data, but I do not want it erased."),
    "c": _("You no longer need the data, but I need it for a legal claim."),
    "d": _("I have objected to the use, and you have not answered yet."),
}
"""The cases of Art. 18(1)(a)-(d), by their letter."""

SCOPED = frozenset({Right.access, Right.erasure, Right.portability, Right.restriction})
"""Rights a person may wish to limit to a subject or a period."""

RELATIONS: dict[str, Words] = {
    Relation.PRIVATE: _("As a private person"),
    Relation.BUSINESS: _("As a contact person of a business"),
    Relation.UNKNOWN: _("I am not sure, or it is both"),
}

STANDING: dict[str, Words] = {
    Stage.RECEIVED: _("We have received it. The next step is to make sure it is you who is asking."),
    Stage.IDENTIFYING: _("We are waiting for you to show that it is you who is asking."),
    Stage.TRIAGE: _("We know enough to begin. A person is looking at your request."),
    Stage.COLLECTING: _("We are finding your data in our systems."),
    Stage.REVIEW: _("A person is going through it and preparing the answer."),
    Stage.PREPARING: _("The answer is being put together."),
    Stage.APPROVAL: _("The answer is ready and is being checked by a second person."),
    Stage.FULFILLING: _("The answer is approved and is being carried out."),
    Stage.DELIVERING: _("The answer is on its way to you."),
    Stage.CLOSED: _("Answered."),
}

STANDING_OF: dict[tuple[str, str], Words] = {
    (Right.rectification, Stage.REVIEW): _("A person compares what you wrote with what our systems hold."),
    (Right.restriction, Stage.REVIEW): _("A person looks at your reason and at which data it is about."),
    (Right.objection, Stage.REVIEW): _(
        "A person weighs your reasons against ours. Until that is done the use is paused."
    ),
    (Right.automated_decision, Stage.REVIEW): _("A person who may change the decision is looking at it anew."),
    (Right.rectification, Stage.FULFILLING): _("The correction is being written into our systems."),
    (Right.restriction, Stage.FULFILLING): _("Our systems are being told to keep the data without using it."),
    (Right.objection, Stage.FULFILLING): _("Our systems are being told to stop."),
    (Right.erasure, Stage.FULFILLING): _("What may go is being erased."),
}
"""Where a right stands, where more can be said than what the stage alone says."""

STANDING_IMMEDIATE = _("We have received it and act on it at once. You do not have to prove who you are.")

OUTCOMES: dict[str, Words] = {
    "granted": _("Done."),
    "partly_granted": _("Done in part. The letter says what was not done, and why."),
    "refused": _("Not done. The letter says why, and what you can do about it."),
    "no_data": _("We hold no data about you."),
    "withdrawn": _("You took the request back."),
    "not_identified": _("Closed, because it was not shown that it is you who is asking. You can take it up again."),
}

DONE_IMMEDIATE = _("Done. The letter says where, and what our staff still see to by hand.")

HAPPENED: dict[str, Words] = {
    "received": _("Your request reached us."),
    "email_confirmed": _("You confirmed your e-mail address."),
    "at_once": _("We began at once to carry it out."),
    "ask_identity": _("We asked you to show that it is you who is asking."),
    "confirm_identity": _("We know that it is you who is asking."),
    "start": _("We began to find your data."),
    "decide": _("We began to prepare the answer."),
    "collected": _("Your data was found and is being gone through."),
    "approve": _("A second person approved the answer."),
    "fulfilled": _("The answer was carried out."),
    "delivered": _("The answer was sent to you."),
    "withdraw": _("You took the request back."),
    "close_unidentified": _("The request was closed, because it was not shown that it is you who is asking."),
    "reopen": _("The request was taken up again."),
    "reopen_to_identify": _("Thank you: the request is open again, and we look at what you sent."),
    "clock_paused": _("The time for our answer stands still while we wait for you."),
    "clock_resumed": _("Thank you: the time for our answer runs again."),
    "clock_extended": _("We need more time. The letter says why and until when."),
    "extension_lapsed": _("The time was not extended after all: the letter about it did not leave in time."),
    "message_received": _("You wrote to us."),
    "message_sent": _("We wrote to you."),
    "download_ready": _("Your data is ready to download."),
    "downloaded": _("You downloaded your data."),
    "restricted": _("The use of the data it is about is paused: it is only stored."),
    "restriction_lifted": _("The pause has ended."),
    "recipients_listed": _("We are telling those who received your data from us."),
}
"""Events a person is told of. What is not here (notes, digests, plans) is the company's own book-keeping."""

MEANS: dict[str, Words] = {
    "email_link": _("a link sent to the e-mail address the company already has for you"),
    "control_question": _(
        "a question only you are likely to know the answer to, such as your postcode or a recent order"
    ),
    "login": _("logging in to the account you already have"),
    "eid": _("your national electronic ID"),
    "document": _("a copy of an identity document, with everything we do not need covered"),
    "in_person": _("showing yourself in person or on a video call"),
    "representative": _("a power of attorney, if you ask for somebody else"),
}

KINDS_OF_SPEAKER: dict[str, Words] = {
    "family": _("A relative or friend"),
    "guardian": _("A parent or guardian"),
    "lawyer": _("A lawyer"),
    "organisation": _("An organisation"),
    "other": pgettext_lazy("representative", "Someone else"),
}

LETTERS: dict[str, Words] = {
    "acknowledgement": _("Receipt"),
    "clarification": _("A question about your request"),
    "extension": _("We need more time"),
    "passphrase": _("Passphrase for your file"),
    "access_cover": _("Your data"),
    "portability_cover": _("Your data, to take with you"),
    "erasure_certificate": _("What was erased, and what was kept"),
    "refusal": _("Our decision"),
    "no_data": _("We hold no data about you"),
    "identity_question": _("A question about who you are"),
    "identity_notice": _("We wait for you to show who you are"),
    "identity_unseen": _("We did not look in time at what you sent"),
    "not_identified": _("Closed: identity not shown"),
    "withdrawn": _("Request taken back"),
    "rectification": _("Answer to your request for correction"),
    "restriction": _("Answer to your request for a pause"),
    "objection": _("Answer to your objection"),
    "marketing_objection": _("Marketing stopped"),
    "withdraw_consent": _("Consent withdrawn"),
    "automated_decision": _("A person has looked at the decision"),
    "restriction_lifting": _("The pause will end"),
    "recipients_list": _("Whom we have told"),
    "erasure_completed": _("The rest has been erased"),
    "objection_refused": _("Answer to your objection"),
    "complaint_answer": _("Answer to your complaint"),
    "breach_notice": _("A breach that includes your data"),
}
"""Letters that can be read again on the status page. Codes, links and notices of news are not among them."""
