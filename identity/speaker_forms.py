"""What whoever acts for another fills in, and who wants to be seen in person or on a call."""

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from identity.forms import PICTURES
from law.representation import Authority

KINDS: dict[str, tuple[Any, Any]] = {
    Authority.power_of_attorney: (
        _("A power of attorney"),
        _("A paper the person has signed and dated, which says that you may ask for their data. They confirm it, too."),
    ),
    Authority.lawyer: (
        _("I am their lawyer"),
        _("The power of attorney. We look you up in the public register of lawyers; the person confirms it, too."),
    ),
    Authority.guardian: (
        _("I am their guardian"),
        _("The decision that made you their guardian, or an extract of it that shows what it covers."),
    ),
    Authority.parent: (
        _("I am the parent of a child"),
        _("Something that shows that you have custody, such as an extract from the population register."),
    ),
    Authority.estate: (
        _("I act for the estate of somebody who has died"),
        _("The paper from the court or the authority that says who acts for the estate."),
    ),
}
"""What lets somebody act for another: as they say it, and the paper that shows it."""
PLACES = [("seen_in_person", _("In person")), ("by_video", _("On a video call"))]


def kinds() -> list[tuple[str, Any]]:
    shown = '<span class="choice-title">{}</span> <span class="choice-hint">{}</span>'
    return [(str(kind), format_html(shown, title, hint)) for kind, (title, hint) in KINDS.items()]


class AuthorityForm(forms.Form):
    document = forms.ChoiceField(
        label=_("What lets you act for the person?"), choices=kinds, widget=forms.RadioSelect,
        error_messages={"required": _("Choose what lets you act for the person.")},
    )  # fmt: skip
    front = forms.FileField(
        label=_("The paper, as a picture or a PDF of up to four pages"),
        help_text=_("Cover national identity numbers, and anything that has nothing to do with this request."),
        allow_empty_file=True,
        error_messages={"required": _("Choose a picture or a PDF of the paper.")},
        widget=forms.FileInput(attrs={"accept": PICTURES}),
    )
    back = forms.FileField(
        label=_("Another page of it"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": PICTURES}),
    )


class MeetingForm(forms.Form):
    """Asking for an appointment; when and where is agreed by message."""

    how = forms.ChoiceField(
        label=_("How would you like to meet?"), choices=PLACES, widget=forms.RadioSelect,
        error_messages={"required": _("Choose how you would like to meet.")},
    )  # fmt: skip
    when = forms.CharField(
        label=_("When would it suit you?"),
        help_text=_("For example: weekdays after four. We suggest a time by message."),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        """As the means wants it: remembered, sealed, until staff have seen the person."""
        return {"typed": super().clean() or {}}
