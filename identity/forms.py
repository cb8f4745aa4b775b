"""What a person fills in to prove who they are."""

from django import forms
from django.utils.translation import gettext_lazy as _

from identity.clean import ACCEPTED, MAX_BYTES

PICTURES = ",".join(ACCEPTED)
DOCUMENTS = [
    ("passport", _("Passport")),
    ("identity_card", _("National identity card")),
    ("driving_licence", _("Driving licence")),
]
REFUSED = {
    "empty": _("The file is empty. Choose the picture once more."),
    "too_large": _("The file is larger than %(most)d MB. Take the picture at a lower resolution and try again.")
    % {"most": MAX_BYTES // 1024 // 1024},
    "wrong_type": _("We can read JPEG, PNG and WebP pictures and PDF. This file is something else."),
    "unreadable": _("We could not open this file. Take the picture anew and try again."),
    "too_many_pages": _("The PDF has more pages than a document needs. Send only the pages that show it."),
}


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
    document = forms.ChoiceField(label=_("What are you showing?"), choices=DOCUMENTS, widget=forms.RadioSelect)
    front = forms.FileField(
        label=_("Front, or the page with your picture"), widget=forms.FileInput(attrs={"accept": PICTURES})
    )
    back = forms.FileField(
        label=_("Back, if the document has one"), required=False, widget=forms.FileInput(attrs={"accept": PICTURES})
    )


class AuthorityForm(forms.Form):
    front = forms.FileField(
        label=_("The power of attorney or other authority"), widget=forms.FileInput(attrs={"accept": PICTURES})
    )


class MeetingForm(forms.Form):
    """Asking for an appointment; when and where is agreed by message."""
