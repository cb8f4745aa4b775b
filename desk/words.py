"""The words of the desk: what happened, why something cannot be done, what went wrong."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from desk.identity_words import AGREED as AGREED
from desk.identity_words import AUTHORITIES as AUTHORITIES
from desk.identity_words import DOCUMENTS as DOCUMENTS
from desk.identity_words import DOUBTS as DOUBTS
from desk.identity_words import MEANS as MEANS
from desk.identity_words import NOT_PROVED as NOT_PROVED
from desk.identity_words import PARTS as PARTS
from desk.identity_words import SEEN as SEEN
from desk.identity_words import SIDES as SIDES
from desk.letter_names import LETTERS as LETTERS
from fulfilment.models import Restriction
from law.rights import Right
from requests_app.controllers import UnknownController, controller
from requests_app.plain_words import RIGHTS

WHY_NOT: dict[str, Any] = {
    "stage": _("Not at this stage."),
    "actor": _("The system does this by itself."),
    "same_person": _("You prepared this answer; somebody else must approve it."),
    "taken": _("Somebody else was first. Look at the case as it stands now."),
    "caseworker": _("Only a caseworker can do this."),
    "approver": _("Only an approver can do this."),
    "changed": _("The answer has changed since you opened this page. Read it again before you approve it."),
    "open_points": _("The company has not told something this answer needs. See what blocks it on the case page."),
    "undecided": _("Some records still wait for a decision."),
    "no_data": _("There is nothing to hand out. Answer that the company holds no data."),
    "data_found": _("Data about the person was found, so this cannot be said. Go through it, or refuse with a ground."),
    "not_searched": _("The sources have not been asked, so this cannot be said. Collect the data first."),
    "no_plan": _("There is no plan yet. Collect again."),
    "outdated": _("The data has changed since the plan was made. Collect again."),
    "letter_incomplete": _("The letter lacks something it must say. Fill in the parts marked below."),
    "not_lawful": _("This decision cannot go out as it stands."),
    "not_confirmed": _("Two people must each confirm that the request is manifestly unfounded or excessive."),
    "ground": _("Choose a ground that this right can be refused on in this country."),
    "reason": _("Write the reason in the person's language."),
    "nothing_chosen": _("Nothing has been entered yet: say what should be changed, or what it is about."),
    "statement_kept": _("Say where the statement stands, so that it is read with the data."),
    "source_down": _("A system does not answer just now. Nothing was kept; try again in a while."),
    "refused": _("A system would not take a change. Open it and enter another value, or have it done by hand."),
    "announced": _("The person has been told already, or it has ended."),
    "waits": _("It ends by itself once the claim it waits for is answered; the person is told before."),
    "not_announced": _("Nobody has been told yet that it ends."),
    "same": _("That is what the data says already."),
    "rows": _("Tick where the new value belongs."),
}

UNCORRECTABLE: dict[str, Any] = {
    "": "",
    "voucher": _("A voucher shows what was agreed then; bookkeeping forbids to rewrite it. Make a new one instead."),
    "not_provided": _("The map does not let a machine change it; somebody corrects it in the system itself."),
    "no_key": _("The table has no key; somebody corrects it in the system itself."),
    "source_down": _("The system does not answer just now; try again, or correct it there by hand."),
    "generated_column": _("The system works it out from other data; somebody sees to it there."),
    "read_only_column": _("The map says read only; somebody corrects it in the system itself."),
    "referenced": _("Other rows hang on this value; changing it would cut them off."),
    "missing_column": _("The system has no such column any more; correct the map."),
    "missing_table": _("The system has no such table any more; correct the map."),
}
"""Why a machine cannot correct a value, and what can be done instead."""

NOT_TAKEN: dict[str, Any] = {
    "wrong_type": _("the system does not take such a value here (a date is written 2026-11-22, a number 12.50)."),
    "too_long": _("the value is longer than the system can hold."),
    "not_null": _("the system does not let this be empty."),
    "unique_taken": _("another row of the system has this value already, and only one may."),
    "permission": _("the portal may not write here; ask whoever runs the system."),
    "rows": _("Tick where the new value belongs; what cannot be changed cannot be ticked."),
}
"""Why a source would not take a value."""

WHY_NOT |= {
    "not_reviewed": _("The review is not complete. It must be one that a person really made (Art. 22(3))."),
    "not_weighed": _("The balancing is not complete. An objection can be refused only on one that is (Art. 21(1))."),
    "notice_status": _("What came of one of these is written down already, or does not follow from where it stands."),
    "notice_how": _("Write how, or why: it must be possible to show it later."),
    "notice_day": _("The day must lie between the day the list was made and today."),
    "notice_address": _("There is no address to send it to. Write one, or tell them yourself."),
    "notice_name": _("Write who it is."),
}

REVIEWS: dict[str, Any] = {
    "upheld": _("The decision stands"),
    "changed": _("The decision is changed"),
    "set_aside": _("The decision is set aside"),
}

HAND_TASKS: dict[str, Any] = {
    "restrict": _("See to it that this data is only stored: nobody uses or changes it until the restriction ends."),
    "lift": _("The restriction has ended: let the data be used again."),
    "correct": _("Correct this data in the system itself, as the approved letter says."),
    "object": _("Stop the use of these records that the person has objected to."),
    "decision": _("Change the decision in the system."),
    "erase": _("Erase this data in the system itself."),
    "marketing": _("Stop direct marketing with these records."),
    "by_name": _("No e-mail, telephone or customer number was given: look by name and address, and stop it there."),
}

NOTICE_STATES: dict[str, Any] = {
    "waiting": _("Not yet told"),
    "sent": _("Told"),
    "confirmed": _("Has confirmed"),
    "declined": _("Says that it cannot"),
    "failed": _("Could not be reached"),
    "impossible": _("Impossible or disproportionate"),
    "not_disclosed": _("Never had the data"),
}

NOTICE_OUTCOMES: dict[str, Any] = {
    "sent": _("We have told them"),
    "confirmed": _("They have told us that it is done"),
    "not_disclosed": _("They never had this person's data"),
    "impossible": _("It is impossible, or takes disproportionate effort"),
}

OUTCOMES: dict[str, Any] = {
    "granted": _("Granted"),
    "partly_granted": _("Granted in part"),
    "refused": _("Refused"),
    "no_data": _("No data held"),
    "withdrawn": _("Taken back"),
    "not_identified": _("Identity not proved"),
}

EVENTS: dict[str, Any] = {
    "received": _("Request received"),
    "email_confirmed": _("E-mail address confirmed"),
    "at_once": _("Carried out at once, as nobody has to decide it"),
    "ask_identity": _("More proof of identity asked for"),
    "confirm_identity": _("Identity accepted"),
    "close_unidentified": _("Closed without proof of identity"),
    "reopen": _("Reopened"),
    "reopen_to_identify": _("Reopened: proof of identity has come"),
    "start": _("Collecting started"),
    "decide": _("Taken to the decision"),
    "collected": _("Data collected"),
    "recollect": _("Collecting again"),
    "submit": _("Submitted for approval"),
    "prepare": _("Submitted for approval; the system puts the answer together"),
    "prepared": _("The answer was put together"),
    "send_back": _("Sent back to review"),
    "approve": _("Approved"),
    "fulfilled": _("Carried out"),
    "delivered": _("Delivered"),
    "withdraw": _("Taken back by the person"),
    "clock_paused": _("Clock paused"),
    "clock_resumed": _("Clock runs again"),
    "pause_moved": _("Pause begins later: the question left later"),
    "pause_lapsed": _("No pause: the question left too late"),
    "pause_ended": _("Pause ended: nothing came"),
    "clock_extended": _("Time limit extended"),
    "extension_lapsed": _("Extension taken back: its letter did not leave in time"),
    "lateness_noted": _("Written down why the answer is late"),
    "answered_late": _("Answered late"),
    "letter_written": _("Letter written"),
    "letter_sent": _("Letter sent"),
    "letter_failed": _("Letter could not be sent"),
    "letter_retried": _("Letter tried again"),
    "letter_posted": _("Letter sent by post"),
    "message_received": _("Message from the person"),
    "message_sent": _("Message to the person"),
    "note_written": _("Internal note"),
    "assigned": _("Assigned"),
    "address_moved": _("Mail goes to the address that proved itself"),
    "identity_started": _("Proof of identity begun"),
    "identity_submitted": _("Proof of identity handed in"),
    "identity_doubt": _("Doubt about the identity recorded"),
    "identity_passed": _("Identity proved"),
    "identity_failed": _("Identity not proved"),
    "identity_expired": _("Proof of identity ran out"),
    "identity_seen": _("Proof of identity seen by a colleague"),
    "person_not_asked": _("The person was not asked themselves"),
    "identity_looked_up": _("Address on file looked up"),
    "identity_logged_in": _("The person logged in at a provider"),
    "identity_compared": _("What the log-in says compared with the sources"),
    "identity_source_down": _("A source could not be asked"),
    "evidence_destroyed": _("Picture of the document destroyed"),
    "step_failed": _("A step failed"),
    "steps_retried": _("Failed steps tried again"),
    "erased_later": _("What was kept looked at on its day"),
    "deferred_failed": _("A later erasure needs a person"),
    "deferred_retried": _("A later erasure tried again"),
    "deferred_settled": _("Seen to by hand instead of the later erasure"),
    "deferred_put_off": _("Kept longer by a colleague"),
    "replay_rehearsed": _("Done again after a restore: rehearsed"),
    "replayed": _("Done again in a source after a restore"),
    "replay_proved": _("Done again after a restore: proved"),
    "viewed_later": _("Looked at what is erased later"),
    "withheld": _("Withheld"),
    "released": _("Handed out after weighing"),
    "field_shown": _("Field shown again"),
    "plan_made": _("Erasure plan made"),
    "plan_decided": _("Decision in the erasure plan"),
    "plan_rehearsed": _("Erasure rehearsed"),
    "erased": _("Erased in a source"),
    "partly_carried_out": _("Partly carried out: a source failed after others were done"),
    "erasure_proved": _("Erasure proved by asking again"),
    "by_hand_done": _("Done by hand"),
    "owner_asked": _("A system's owner asked"),
    "owner_asked_again": _("A system's owner asked again"),
    "owner_reminded": _("A system's owner reminded"),
    "owner_escalated": _("A system's owner is silent: told to the next in line"),
    "owner_read": _("A system's owner read whom it concerns"),
    "owner_answered": _("A system's owner answered"),
    "owner_not_needed": _("A system's owner is not asked any more"),
    "claim_added": _("Another right opened in the case"),
    "officer_told": _("Data protection officer told"),
    "balancing_saved": _("Balancing written"),
    "recipients_listed": _("Recipients to be told listed"),
    "recipient_told": _("A recipient told"),
    "recipient_read": _("A recipient read whom it concerns"),
    "recipient_answered": _("A recipient answered"),
    "recipient_failed": _("A recipient could not be reached"),
    "recipient_settled": _("Written down what came of a recipient"),
    "recipient_again": _("Notice to a recipient sent again"),
    "recipient_added": _("Another recipient added"),
    "recipients_told_on": _("The person told who was told"),
    "change_planned": _("Changes frozen"),
    "change_rehearsed": _("Changes rehearsed"),
    "changed": _("Changed in a source"),
    "change_proved": _("Changes proved by asking again"),
    "correction_proposed": _("Correction entered"),
    "correction_dropped": _("Correction dropped"),
    "restricted": _("Restriction in force"),
    "lifting_announced": _("End of a restriction announced"),
    "lifting_taken_back": _("The restriction goes on after all"),
    "restriction_lifted": _("Restriction lifted"),
    "download_ready": _("Download offered"),
    "downloaded": _("Downloaded"),
    "complaint_answered": _("Complaint answered"),
    "breach_recorded": _("Breach recorded"),
    "breach_amended": _("Breach: more is known"),
    "breach_reported": _("Breach reported to the authority"),
    "breach_told": _("The person was told of the breach"),
    "viewed_case": _("Case looked at"),
    "viewed_records": _("Records looked at"),
    "viewed_evidence": _("Picture of the document looked at"),
    "viewed_answer": _("Prepared answer looked at"),
    "viewed_file": _("Attached file opened"),
    "viewed_recipients": _("List of recipients looked at"),
}

STEPS: dict[str, Any] = {
    "collect": _("Collect"),
    "settle": _("Check that all sources answered"),
    "suppress": _("Put the address on the suppression list"),
    "mark": _("Stop it in the source"),
    "plan": _("Make the erasure plan"),
    "rehearse": _("Rehearse"),
    "dispute": _("Restrict what is disputed"),
    "restrict": _("Put the restriction in force"),
    "change": _("Change the data"),
    "erase": _("Erase"),
    "prove": _("Prove by asking again"),
    "tell": _("Tell recipients"),
    "certify": _("Write the certificate"),
    "check": _("Check the bundle"),
    "hand_over": _("Hand over"),
    "answer": _("Send the answer"),
}

WHY: dict[str, Any] = {
    **dict(Restriction.Why.choices),
    "plan_outdated": _("The data had changed since it was approved"),
    "step_failed": _("A step failed"),
    "identity": _("More proof of identity asked for"),
    "clarification": _("The person was asked which data is meant"),
    "decided": _("The identity is decided"),
    "limit": _("It may be kept no longer"),
}
"""Why something happened, in the history of a case."""

RECORD_STATES: dict[str, Any] = {
    "": _("Handed out"),
    "held": _("To be decided"),
    "released": _("Handed out after weighing"),
    "withheld": _("Withheld"),
}

FATES: dict[str, Any] = {
    "undetermined": _("Decide by hand"),
    "erase": _("Erase"),
    "anonymise": _("Anonymise"),
    "retain": _("Keep"),
    "hold": _("Keep for now"),
    "by_hand": _("Erased by hand"),
    "not_theirs": _("Somebody else's: leave it alone"),
}

HELD_FOR: dict[str, Any] = {
    "shared_row": _("The row also belongs to somebody else."),
    "restricted": _("It is restricted: only stored until that ends, unless a person decides otherwise."),
    "not_proved": _("Found only by what the person gave; nobody has proved that it is theirs."),
    "no_key": _("The table has no key: the row cannot be addressed and must be erased by hand."),
    "unmapped_columns": _("A column no map mentions may still point at the person."),
    "unknown_table": _("The table is not described in the map."),
    "nothing_personal": _("The table says nothing of people: their rows only point at it."),
    "refused_by_source": _("The system would not take it: decide otherwise, or erase it by hand."),
}

LATER: dict[str, Any] = {
    "period_ended": _("The period ends the day before."),
    "hold": _("Held for a debt, a claim or an open case: looked at on the first of each month."),
    "running": _("Its period has not begun to end: looked at on the first of each month."),
    "frozen": _("Somebody has asked for this data, it is restricted, or another plan is about it."),
    "kept_without_day": _("A colleague kept it without a day: is it still needed?"),
    "waits_for_others": _("Other records still point at it; they go first."),
    "several": _("Several reasons, a record each."),
}

LATER_WRONG: dict[str, Any] = {
    "undecided": _("The rules leave it open: decide, and erase it by hand or keep it with a reason."),
    "kept_without_day": _("A colleague kept it without a day. Erase it by hand, or keep it until a day."),
    "unknown_source": _("The system is not in the map any more. Look there, and write down what you did."),
    "unreachable": _("The system does not answer. Try again when it does."),
    "worker_lost": _("Begun several times and never ended. Try again; if it stays so, tell whoever runs the portal."),
    "internal": _("Something broke. Try again; if it stays so, tell whoever runs the portal."),
    "plan_outdated": _("The data changed while it was being erased. Try again."),
    "kept_rows_gone": _("Rows that were to be kept are no longer there. Look in the system itself."),
    "still_there": _("Something is still there after the erasure. Look in the system itself."),
}

BLOCKS: dict[str, Any] = {
    "access_reply": _("Blocks replies to access and portability"),
    "erasure_decision": _("Blocks erasures"),
    "letterhead": _("Blocks every letter with an answer"),
    "go_live": _("Must be settled before going live"),
}

ANSWERERS: dict[str, Any] = {
    "legal": _("Legal"),
    "finance": _("Finance"),
    "it": _("IT"),
    "marketing": _("Marketing"),
    "customer_service": _("Customer service"),
}

GAPS: dict[str, Any] = {
    "recipient_names": _("Recipients are not named, Art. 15(1)(c)"),
    "retention_period": _("No storage period stated, Art. 15(1)(d)"),
    "no_retention_rule": _("No retention rule for this kind of data, Art. 15(1)(d)"),
    "transfer_basis": _("Basis of a transfer is not stated, Art. 15(2)"),
    "decision_logic": _("Logic of an automated decision is not explained, Art. 15(1)(h)"),
    "purpose": _("No purpose named for a table, Art. 15(1)(a)"),
}

PLAN_STATES: dict[str, Any] = {
    "draft": _("Not yet rehearsed"),
    "rehearsed": _("Rehearsed: every source would take it"),
    "approved": _("Approved"),
    "executed": _("Executed"),
    "proved": _("Carried out and proved"),
    "stale": _("Out of date"),
}


def right_title(right: str) -> Any:
    return RIGHTS[Right(right)].title


def company_name(slug: str) -> str:
    """The company's name; its folder's where the company is not served any more."""
    try:
        return controller(slug).policy.legal_name
    except UnknownController:
        return slug


def why_not(code: str) -> Any:
    return WHY_NOT.get(code, code)
