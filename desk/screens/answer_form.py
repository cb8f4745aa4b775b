"""The form of a decision: outcome, grounds, reasons, and what the letter of this right must tell."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from desk import words
from desk.screens.review import ground_choices
from law.rights import IMMEDIATE, Right
from requests_app.models import Claim

ONE_A_LINE = _("One a line.")
PARTS: dict[str, tuple[Any, Any]] = {
    "changes": (_("What was corrected"), _("One a line: field | old | new")),
    "statement": (_("The person's own statement was added"), ""),
    "recipients_told": (_("Recipients that were told (Art. 19)"), ONE_A_LINE),
    "ground": (_("Which ground of Art. 18(1), in words"), ""),
    "restricted": (_("What is now only stored"), ONE_A_LINE),
    "stopped": (_("What has stopped"), ONE_A_LINE),
    "erased": (_("What was erased as a consequence"), ONE_A_LINE),
    "consents": (_("Consents that ended"), ONE_A_LINE),
    "decision": (_("The decision that was reviewed"), ""),
    "reviewer": (_("Who reviewed it"), ""),
    "result": (_("What holds now"), ""),
    "explanation": (_("How the decision came about, in plain words"), ONE_A_LINE),
}
OF_RIGHT: Mapping[str, tuple[str, ...]] = {
    Right.rectification: ("changes", "statement", "recipients_told"),
    Right.restriction: ("ground", "restricted", "recipients_told"),
    Right.objection: ("stopped", "erased"),
    Right.marketing_objection: ("stopped",),
    Right.withdraw_consent: ("consents", "erased"),
    Right.automated_decision: ("decision", "reviewer", "result", "explanation"),
}
SINGLE = frozenset({"ground", "decision", "reviewer", "result"})
SAID = ("reasons", "interests", "provision")


class AnswerForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("Outcome"), widget=forms.RadioSelect, error_messages={"required": _("Choose the outcome.")}
    )
    grounds = forms.MultipleChoiceField(
        label=_("Grounds"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Only where something is refused."),
    )  # fmt: skip
    reasons = forms.CharField(
        label=_("The facts of this case"), required=False, max_length=8000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("In the person's language; the letter quotes it. Needed where something is refused."),
    )  # fmt: skip
    interests = forms.CharField(
        label=_("The interests weighed"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only where the ground asks for it (Norway § 16, Denmark § 22)."),
    )  # fmt: skip
    provision = forms.CharField(
        label=_("The provision of the other law"), required=False, max_length=300,
        help_text=_("Only for a ground that leaves it open, such as a legal obligation."),
    )  # fmt: skip

    def __init__(self, *args: Any, claim: Claim, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"].choices = [(code, words.OUTCOMES[code]) for code in outcomes(claim)]  # type: ignore[attr-defined]
        self.fields["grounds"].choices = ground_choices(claim)  # type: ignore[attr-defined]
        if claim.right in IMMEDIATE:  # unconditional: there is no ground to refuse it (Art. 7(3), 21(3))
            for name in ("grounds", "interests", "provision"):
                del self.fields[name]
        for name in OF_RIGHT.get(claim.right, ()):
            self.fields[name] = _part(name)

    def parts(self) -> list[Any]:
        """The fields that belong to this right alone."""
        return [self[name] for name in PARTS if name in self.fields]

    def decision(self) -> dict[str, Any]:
        """The sealed column `Claim.decision`."""
        data = self.cleaned_data
        told = {name: data.get(name, "").strip() for name in SAID}
        return told | {name: _told(name, data[name]) for name in PARTS if name in data}


def outcomes(claim: Claim) -> tuple[str, ...]:
    """What can be written here. Handing out and erasing are granted in the review and in the plan, never here."""
    if claim.right in (Right.access, Right.portability, Right.erasure):
        return ("no_data", "refused")
    if claim.right in IMMEDIATE:
        return ("granted", "no_data")
    return ("granted", "partly_granted", "refused", "no_data")


def _part(name: str) -> forms.Field:
    label, hint = PARTS[name]
    if name == "statement":
        return forms.BooleanField(label=label, required=False)
    widget = forms.TextInput() if name in SINGLE else forms.Textarea(attrs={"rows": 3})
    return forms.CharField(label=label, help_text=hint, required=False, max_length=4000, widget=widget)


def _told(name: str, value: Any) -> Any:
    if name == "statement":
        return bool(value)
    if name in SINGLE:
        return value.strip()
    lines = [line.strip() for line in value.splitlines() if line.strip()]
    return [_change(line) for line in lines] if name == "changes" else lines


def _change(line: str) -> dict[str, str]:
    field, old, new = ([part.strip() for part in line.split("|")] + ["", ""])[:3]
    return {"field": field, "old": old if new else "", "new": new or old}
