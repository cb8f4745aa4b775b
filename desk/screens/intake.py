"""A request that came by mail, telephone, letter or in person, entered with the day it truly came (R-02, R-03)."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from desk import acts, pages
from desk.permissions import Role, companies, of_roles
from desk.words import company_name, right_title
from law.rights import Right
from requests_app.answers import Answers, Representative
from requests_app.controllers import controller
from requests_app.fields import DateInput, ManyEmails, NameField
from requests_app.intake import IntakeError
from requests_app.paper import languages
from requests_app.plain_words import KINDS_OF_SPEAKER
from requests_app.states import Channel, Relation

LANGUAGES = {"da": "Dansk", "sv": "Svenska", "nb": "Norsk bokmål", "en": "English"}
WRONG = {
    "forward_dated": gettext_lazy("A request cannot be received in the future."),
    "backdated_without_reason": gettext_lazy("Say why it is entered later than it came."),
    "no_rights": gettext_lazy("Choose at least one right."),
}
FIELD = {"forward_dated": "received_on", "backdated_without_reason": "because", "no_rights": "rights"}


def _text(label: Any, *, longest: int = 200, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=longest, **more)


class IntakeForm(forms.Form):
    company = forms.ChoiceField(label=gettext_lazy("Company"))
    channel = forms.ChoiceField(
        label=gettext_lazy("How did it come?"), choices=[one for one in Channel.choices if one[0] != Channel.FORM]
    )
    received_on = forms.DateField(
        label=gettext_lazy("Day it reached the company"),
        widget=DateInput(),
        help_text=gettext_lazy(
            "The day it arrived at any official channel, whoever read it when. The clock starts from it."
        ),
        error_messages={
            "required": gettext_lazy("Write the day."),
            "invalid": gettext_lazy("Write a date: year, month, day."),
        },
    )
    because = _text(
        gettext_lazy("If that was before today: why is it entered only now?"),
        longest=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language of the answer"), choices=list(LANGUAGES.items()))
    rights = forms.MultipleChoiceField(
        label=gettext_lazy("What is asked for?"),
        widget=forms.CheckboxSelectMultiple,
        choices=[(right.value, right_title(right)) for right in Right],
        help_text=gettext_lazy("No particular wording is needed. If it is unclear, choose the widest that fits."),
        error_messages={"required": WRONG["no_rights"]},
    )
    about = _text(
        gettext_lazy("What it is about, in the person's words"), longest=4000, widget=forms.Textarea(attrs={"rows": 3})
    )
    relation = forms.ChoiceField(
        label=gettext_lazy("Relation to the company"), choices=Relation.choices, initial="unknown"
    )
    name = NameField(label=gettext_lazy("Name"), error_messages={"required": gettext_lazy("Write the name.")})
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    phone = _text(gettext_lazy("Telephone"), longest=40)
    address = _text(gettext_lazy("Address"))
    postcode = _text(gettext_lazy("Postcode and town"), longest=80)
    customer_no = _text(gettext_lazy("Customer number"), longest=40)
    order_no = _text(gettext_lazy("Order number"), longest=40)
    other_emails = ManyEmails(label=gettext_lazy("Other e-mail addresses"), required=False)
    speaker = NameField(label=gettext_lazy("Name of a representative, if somebody else asks"), required=False)
    speaker_email = forms.EmailField(label=gettext_lazy("E-mail of the representative"), required=False)
    speaker_kind = forms.ChoiceField(
        label=gettext_lazy("Kind of representative"),
        choices=list(KINDS_OF_SPEAKER.items()),
        required=False,
        initial="other",
    )

    def __init__(self, *args: Any, slugs: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["company"].choices = [(slug, company_name(slug)) for slug in slugs]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("company") and data.get("language") not in languages(controller(data["company"])):
            self.add_error("language", _("This company does not write in that language."))
        return data

    def answers(self) -> Answers:
        data = self.cleaned_data
        speaker = Representative(
            name=data["speaker"], email=data["speaker_email"], kind=data["speaker_kind"] or "other"
        )
        same = (
            "about",
            "relation",
            "name",
            "email",
            "phone",
            "address",
            "postcode",
            "customer_no",
            "order_no",
            "other_emails",
        )
        return Answers(
            rights=tuple(Right(right) for right in data["rights"]),
            representative=speaker if data["speaker"] else None,
            **{name: data[name] for name in same},
        )

    @property
    def groups(self) -> list[tuple[Any, list[Any]]]:
        """The fields in the order of the conversation."""
        first = ("company", "channel", "received_on", "because", "language")
        asked = ("rights", "about", "relation")
        speaking = ("speaker", "speaker_email", "speaker_kind")
        person = [name for name in self.fields if name not in (*first, *asked, *speaking)]
        return [
            (_("How it came"), [self[name] for name in first]),
            (_("What is asked"), [self[name] for name in asked]),
            (_("Who asks"), [self[name] for name in person]),
            (_("Somebody on their behalf"), [self[name] for name in speaking]),
        ]


@require_http_methods(["GET", "HEAD", "POST"])
@of_roles(Role.CASEWORKER)
def enter(request: HttpRequest) -> HttpResponse:
    slugs = companies(request, Role.CASEWORKER)
    form = IntakeForm(request.POST or None, slugs=slugs, initial=_initial(slugs))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            case = acts.enter(
                form.answers(),
                controller=controller(data["company"]),
                user=request.user,
                now=timezone.now(),
                language=data["language"],
                channel=data["channel"],
                received_on=data["received_on"],
                because=data["because"],
            )
        except IntakeError as error:
            form.add_error(FIELD[error.code], WRONG[error.code])
        else:
            pages.tell(request, _("Entered. The receipt has been sent, if there is an e-mail address."))
            return redirect("admin:case", case.reference)
    return pages.page(
        request, "desk/intake.html", {"form": form}, title=_("Enter a request"), status=422 if form.errors else 200
    )


def _initial(slugs: list[str]) -> dict[str, Any]:
    spoken = languages(controller(slugs[0]))[0]
    return {"company": slugs[0], "received_on": pages.today_of(slugs[0]), "channel": Channel.EMAIL, "language": spoken}
