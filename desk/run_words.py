"""The words of the monthly runs: what becomes of rows, why some stay, what kept a page from being looked at."""

from typing import Any

from django.utils.timesince import TIME_STRINGS
from django.utils.translation import gettext_lazy as _

from desk.words import FATES, HELD_FOR, LATER_WRONG
from law import durations

DEEDS: dict[str, Any] = {
    "erase": FATES["erase"],
    "anonymise": FATES["anonymise"],
    "strip": _("Empty the columns whose time is up"),
    "hold": FATES["hold"],
    "undetermined": FATES["undetermined"],
    "not_reached": _("Not reached"),
    "retain": FATES["retain"],
}

MEANING: dict[str, Any] = {
    "hold": _("The time is up, but something holds. The next monthly run looks again."),
    "undetermined": _("The run leaves these alone: only a person can say what becomes of them."),
    "not_reached": _("No search for a person leads to these rows, so nobody has looked at them. Look in the system."),
    "retain": _("The time is not up."),
}

WHY: dict[str, Any] = {
    **HELD_FOR,
    "open_balance": _("Something is unpaid."),
    "open_case": _("A case is open."),
    "open_order": _("An order is not delivered."),
    "fraud_case": _("A fraud case is open."),
    "incident": _("They are part of a security case."),
    "legal_claim": _("A legal claim needs them."),
    "restricted": _("They are restricted, Art. 18."),
    "frozen": _("Somebody has asked for them, they are restricted, or another plan is about them."),
    "needed": _("The days in them still decide how long other rows of the same person stay."),
    "already": _("Nothing personal is left in them."),
    "next_run": _("Their day comes before the next run."),
    "after_others": _("They go once the rows that point at them have gone."),
    "by_hand_only": _("No machine can go through this system, or through one that decides about it: do it by hand."),
    "no_period": _("No one has said how long these stay."),
    "no_rule": _("No rule is about this kind of data."),
    "missing_fact": _("The day the period is counted from is not known."),
    "running": _("Their period has not begun: what it is counted from has not happened, or the row that told is gone."),
    "unknown_subject": _("The rule depends on who the person is, and the row does not say."),
}

LEFT: dict[str, Any] = {
    "changed": _("They changed after the report was made; the next run looks at them again."),
    "pointed_at": _("Rows that stay still point at them."),
}

STATES: dict[str, Any] = {
    "planning": _("Looking through the sources; nothing is changed yet"),
    "to_approve": _("Waits for approval; nothing has been changed"),
    "running": _("Being carried out"),
    "done": _("Carried out and proved"),
    "stopped": _("Stopped"),
    "overtaken": _("Not finished before the next month's run"),
}

WRONG: dict[str, Any] = {
    "not_approver": _("Only an approver or an administrator of the company can do this."),
    "changed": _("The report has changed since you opened this page. Read it again."),
    "state": _("Somebody was first, or the run has gone on. Look at it as it stands now."),
    "policy": _("The company's file has changed since. The sources are looked through anew; read the new report."),
    "open_points": _("Open points decide how long data stays. They must be answered or waived first."),
}

FAILED: dict[str, Any] = {
    **LATER_WRONG,
    "credentials": _("The system does not let the portal in. Tell whoever runs the portal."),
    "permission": _("The portal may not do this in the system. Tell whoever runs the portal."),
    "read_only_role": _("The portal may only read in the system. Tell whoever runs the portal."),
    "timeout": _("The system was too slow."),
    "locked": _("Somebody else held the rows."),
}


def period(text: str) -> str:
    """ "P3Y6M" in words: "3 years, 6 months"; Django's own words, in the reader's language. Empty without one."""
    if not text:
        return ""
    found = zip(("year", "month", "week", "day"), durations.parts(text), strict=True)
    said = [TIME_STRINGS[unit] % {"num": number} for unit, number in found if number]
    return ", ".join(said) or str(_("at once"))


def why(code: str) -> list[Any]:
    """ "open_balance+open_case" in words, one sentence each."""
    return [WHY.get(one, one) for one in code.split("+") if one]
