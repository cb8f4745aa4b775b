"""The form of a decision: outcome, grounds, reasons, and what the letter of this right must tell."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from desk import words
from desk.screens.review import ground_choices
from law.rights import IMMEDIATE, Right
from requests_app.models import Claim

ONE_A_LINE = _("One a line.")
PARTS: dict[str, tuple[Any, Any]] = {
    "stopped": (_("What has stopped"), ONE_A_LINE),
    "erased": (_("What was erased as a consequence"), ONE_A_LINE),
    "consents": (_("Consents that ended"), ONE_A_LINE),
}
OF_RIGHT: Mapping[str, tuple[str, ...]] = {
    Right.marketing_objection: ("stopped",),
    Right.withdraw_consent: ("consents", "erased"),
}
SAID = ("reasons", "interests", "provision", "late_because")
REFUSES_ONLY = ("grounds", "interests", "provision", "confirmed", "late_because")


class RefusedPart(forms.Form):
    """What a page that grants something asks about the part it refuses (Art. 12(4)): the ground, and the facts."""

    grounds = forms.MultipleChoiceField(
        label=_("Grounds"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Only where a part is refused."),
    )  # fmt: skip
    reasons = forms.CharField(
        label=_("What is refused, and the facts"), required=False, max_length=8000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("In the person's language; the letter quotes it."),
    )  # fmt: skip

    def __init__(self, *args: Any, claim: Claim, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["grounds"].choices = ground_choices(claim)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("reasons") and not data.get("grounds"):
            self.add_error("grounds", gettext("To refuse a part, choose the ground."))
        return data


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

    confirmed = forms.BooleanField(
        label=_("I have judged for myself that this request is manifestly unfounded or excessive"), required=False,
        help_text=_("Only for these two grounds. We must be able to show it (Art. 12(5)); a second person judges it."),
    )  # fmt: skip
    late_because = forms.CharField(
        label=_("Why a refusal comes only now"), required=False, max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The first month is over. Kept in the record; the letter says only that it is late."),
    )  # fmt: skip

    def __init__(self, *args: Any, claim: Claim, late: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not late:
            del self.fields["late_because"]
        self.fields["outcome"].choices = [(code, words.OUTCOMES[code]) for code in outcomes(claim)]  # type: ignore[attr-defined]
        self.fields["grounds"].choices = ground_choices(claim, whole=True)  # type: ignore[attr-defined]
        if claim.right in IMMEDIATE:  # unconditional: there is no ground to refuse it (Art. 7(3), 21(3))
            for name in REFUSES_ONLY:
                self.fields.pop(name, None)
        for name in OF_RIGHT.get(claim.right, ()):
            self.fields[name] = _part(name)

    def parts(self) -> list[Any]:
        """The fields that belong to this right alone."""
        return [self[name] for name in PARTS if name in self.fields]

    def decision(self) -> dict[str, Any]:
        """The sealed column `Claim.decision`."""
        data = self.cleaned_data
        told = {name: data.get(name, "").strip() for name in SAID} | {"confirmed": data.get("confirmed", False)}
        return told | {name: _told(data[name]) for name in PARTS if name in data}


def outcomes(claim: Claim) -> tuple[str, ...]:
    """What can be written here. What is done in the sources, or judged, is granted on a page of its own; here only what
    the instant lane gave back (a source would not take it, and somebody has done it)."""
    return ("granted", "no_data") if claim.right in IMMEDIATE else ("no_data", "refused")


def _part(name: str) -> forms.Field:
    label, hint = PARTS[name]
    widget = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(label=label, help_text=hint, required=False, max_length=4000, widget=widget)


def _told(value: str) -> list[str]:
    return [line.strip() for line in value.splitlines() if line.strip()]
