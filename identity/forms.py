"""What a person fills in to prove who they are."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from requests_app.door import refusals
from requests_app.door.clean import ACCEPTED
from requests_app.fields import DateInput

PICTURES = ",".join(ACCEPTED)
DOCUMENTS = [
    ("passport", _("Passport")),
    ("identity_card", _("National identity card")),
    ("driving_licence", _("Driving licence")),
]

REFUSED = refusals.SENTENCES


class ProveNow(forms.Form):
    """A single button; the link itself is the proof."""


class ControlForm(forms.Form):
    question = forms.ChoiceField(label=_("Which question would you like to answer?"), widget=forms.RadioSelect)
    answer = forms.CharField(
        label=_("Your answer"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, *args: object, questions: list[tuple[str, str]], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["question"].choices = questions  # type: ignore[attr-defined]
        if len(questions) == 1:
            self.fields["question"].initial = questions[0][0]


class DocumentForm(forms.Form):
    """`staged`: the sides we hold already, which need not be chosen again. `birth_date`: whether it would help."""

    document = forms.ChoiceField(label=_("What are you showing?"), choices=DOCUMENTS, widget=forms.RadioSelect)
    front = forms.FileField(
        label=_("Front, or the page with your photograph"),
        allow_empty_file=True,
        error_messages={"required": _("Choose a picture of the front.")},
        widget=forms.FileInput(attrs={"accept": PICTURES}),
    )
    back = forms.FileField(
        label=_("Back of the document"),
        help_text=_("Only if your name, the issuer or the last valid day stands there."),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": PICTURES}),
    )
    valid_until = forms.DateField(label=_("Valid until"), required=False, widget=DateInput())
    birth_date = forms.DateField(label=_("Date of birth"), required=False, widget=DateInput())

    def __init__(self, *args: Any, staged: Collection[str] = (), birth_date: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for side in staged:
            self.fields[side].required = False
        if not birth_date:
            del self.fields["birth_date"]

    def typed(self) -> dict[str, str]:
        """What the machine compares with the picture, for as long as the picture lives."""
        given = {name: self.cleaned_data.get(name) for name in ("valid_until", "birth_date")}
        return {name: value.isoformat() for name, value in given.items() if value}
