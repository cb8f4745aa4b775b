"""One question a page. Forms check the shape of an answer; what it means is decided in `intake`."""

from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from law.rights import Right
from policies.load import Controller
from requests_app import asking
from requests_app.fields import DateInput, Files, Line, ManyEmails, NameField
from requests_app.messages import LONGEST
from requests_app.plain_words import KINDS_OF_SPEAKER, RELATIONS, RIGHTS


def _with_hint(title: Any, hint: Any) -> SafeString:
    return format_html('<span class="choice-title">{}</span> <span class="choice-hint">{}</span>', title, hint)


_hinted = lazy(_with_hint, str)


class Rights(forms.Form):
    rights = forms.MultipleChoiceField(
        label=_("What would you like to ask for?"),
        help_text=_("You can choose more than one."),
        choices=[(right.value, _hinted(words.ask, words.hint)) for right, words in RIGHTS.items()],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one thing to ask for.")},
    )


class Relation(forms.Form):
    relation = forms.ChoiceField(
        label=_("How do you know the company?"),
        help_text=_("This helps us to look in the right place. It makes no difference to your rights."),
        choices=list(RELATIONS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the one that fits best.")},
    )


class About(forms.Form):
    about = forms.CharField(
        label=_("Is it about something in particular?"),
        help_text=_("You may leave this empty; then it is about everything."),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    date_from = forms.DateField(
        label=_("From"),
        required=False,
        widget=DateInput(),
        error_messages={"invalid": _("Write a date: year, month, day.")},
    )
    date_to = forms.DateField(
        label=_("Until"),
        required=False,
        widget=DateInput(),
        error_messages={"invalid": _("Write a date: year, month, day.")},
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("date_from"), data.get("date_to")
        if first and last and first > last:
            self.add_error("date_to", _("The second date is before the first."))
        return data


class Details(forms.Form):
    """What a caseworker needs to know about the chosen rights. Every answer is voluntary."""

    def __init__(self, *args: Any, rights: tuple[Right, ...] = (), company: Controller, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.update(asking.fields(rights, company=company))
        self._rights = rights

    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """(heading, fields) of each right; one alone needs no heading."""
        headed = len(self._rights) > 1
        return [
            (RIGHTS[right].ask if headed else "", [field for field in self if field.name in asking.names(right)])
            for right in self._rights
        ]


class Later(forms.Form):
    """Some data may only go later (Art. 17(3)): does the person want to hear of it then?"""

    tell_later = forms.BooleanField(label=_("Write to me when the rest has been erased"), required=False)


class Who(forms.Form):
    who = forms.ChoiceField(
        label=_("Whose data is it about?"),
        choices=[("self", _("My own")), ("other", _("Somebody else's: I ask on their behalf"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whose data it is about.")},
    )


class Representative(forms.Form):
    """Whoever asks for somebody else (R-10). The written authority is asked for later, away from this form."""

    speaker_name = NameField(
        label=_("Your name"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Write your name.")},
    )
    speaker_email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Write your e-mail address."),
            "invalid": _("Write an e-mail address like anna@example.com."),
        },
    )
    speaker_kind = forms.ChoiceField(
        label=_("Who are you to the person?"),
        choices=list(KINDS_OF_SPEAKER.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the one that fits best.")},
    )
    speaker_organisation = Line(
        label=_("Organisation"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )


class Contact(forms.Form):
    """How to reach the person. An address by e-mail or by post is enough."""

    name = NameField(
        label=_("Name"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Write the name.")},
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_(
            "Preferably the one the company has. The receipt goes there. No e-mail? Then give a postal address."
        ),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={"invalid": _("Write an e-mail address like anna@example.com.")},
    )
    phone = Line(
        label=_("Telephone"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
    )
    address = Line(
        label=_("Street and number"),
        required=False,
        max_length=400,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    postcode = Line(
        label=_("Postcode and town"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code"}),
    )

    def __init__(self, *args: Any, reachable: bool = False, **kwargs: Any) -> None:
        """`reachable`: somebody else has given an address already, so the person need not."""
        super().__init__(*args, **kwargs)
        self._reachable = reachable

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self._reachable:
            return data
        if "email" not in self.errors and not data.get("email") and not data.get("address"):
            self.add_error("email", _("Write an e-mail address or a postal address, so that we can answer."))
        return data


class Find(forms.Form):
    """What helps to find the data (R-21). All voluntary, and never an identity number."""

    customer_no = Line(label=_("Customer number"), required=False, max_length=60)
    order_no = Line(label=_("An order or invoice number"), required=False, max_length=60)
    other_emails = ManyEmails(
        label=_("Other e-mail addresses you may have used"),
        required=False,
        max_length=1000,
        help_text=_("If there are several, put a comma between them."),
    )


class Check(forms.Form):
    token = forms.CharField(widget=forms.HiddenInput, max_length=64)
    website = forms.CharField(required=False, max_length=200, label=_("Leave this field empty"))


class Stop(forms.Form):
    """One field: where the marketing comes to."""

    email = forms.EmailField(
        label=_("The e-mail address the marketing comes to"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={
            "required": _("Write the e-mail address."),
            "invalid": _("Write an e-mail address like anna@example.com."),
        },
    )
    website = forms.CharField(required=False, max_length=200, label=_("Leave this field empty"))


class Message(forms.Form):
    body = forms.CharField(
        label=_("Write to us"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Write something first.")},
    )
    files = Files(
        label=_("Files"),
        required=False,
        help_text=_("PDF or photos, at most five at a time and 10 MB each. Do not send your identity number."),
    )


class NewLink(forms.Form):
    email = forms.EmailField(
        label=_("The e-mail address you gave in your request"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Write the e-mail address."),
            "invalid": _("Write an e-mail address like anna@example.com."),
        },
    )
    reference = forms.CharField(
        label=_("Reference"),
        required=False,
        max_length=24,
        help_text=_("Like AJDK-7K3M-9QXW. If you do not have it, leave this empty."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
