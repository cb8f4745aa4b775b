"""Letters that staff write whole: the answer to a complaint, and the notice of a breach (Art. 34). Each is read as the
person will read it before it can be sent."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from desk import acts, pages
from desk.permissions import Role, of_case
from fulfilment.models import Incident
from fulfilment.telling import incidents
from letters.render import Rendered
from requests_app import complaints
from requests_app.controllers import controller
from requests_app.models import Case
from requests_app.paper import contact

IN_THEIR_LANGUAGE = gettext_lazy("In the person's language; the letter quotes it.")
ONE_A_LINE = gettext_lazy("One a line.")


def text(label: Any, *, rows: int = 3, hint: Any = "", missing: Any = "", required: bool = True) -> forms.CharField:
    wrong = {"required": missing or gettext_lazy("Write this: the letter cannot go without it.")}
    return forms.CharField(
        label=label,
        help_text=hint,
        required=required,
        max_length=8000,
        error_messages=wrong,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def whom_to_ask() -> forms.CharField:
    """Art. 33(3)(b)."""
    return forms.CharField(
        label=gettext_lazy("Who answers questions"),
        max_length=300,
        help_text=gettext_lazy("Name, and telephone or e-mail: the data protection officer, where there is one."),
        error_messages={"required": gettext_lazy("Write whom to ask.")},
    )


class ComplaintForm(forms.Form):
    addressed = forms.ChoiceField(
        label=gettext_lazy("To whom did the person complain?"),
        widget=forms.RadioSelect,
        choices=[("company", gettext_lazy("To us")), ("authority", gettext_lazy("To the supervisory authority"))],
        error_messages={"required": gettext_lazy("Choose one.")},
    )
    complained_on = forms.DateField(
        label=gettext_lazy("When?"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": gettext_lazy("Write the day of the complaint.")},
    )
    answer = text(
        gettext_lazy("Your answer"),
        rows=8,
        hint=gettext_lazy("In the person's language. An empty line begins a new paragraph."),
    )


class NoticeForm(forms.Form):
    """What Art. 34(2) wants told."""

    happened = text(gettext_lazy("What happened"), hint=IN_THEIR_LANGUAGE)
    data = text(gettext_lazy("Which data"), hint=ONE_A_LINE)
    consequences = text(gettext_lazy("What it may mean for the person"), hint=IN_THEIR_LANGUAGE)
    measures = text(gettext_lazy("What has been done and is being done"), hint=ONE_A_LINE)
    advice = text(gettext_lazy("What the person can do"), hint=ONE_A_LINE, required=False)
    contact = whom_to_ask()


@require_http_methods(["GET", "HEAD", "POST"])
@of_case(Role.CASEWORKER)
def complaint(request: HttpRequest, case: Case) -> HttpResponse:
    """Answer a complaint about the handling. The clock of the request is not touched (R-31)."""
    form = ComplaintForm(request.POST or None)

    def told() -> dict[str, Any]:
        data = form.cleaned_data
        paragraphs = [part for part in data["answer"].replace("\r\n", "\n").split("\n\n") if part.strip()]
        return {
            "complained_on": data["complained_on"],
            "answer": paragraphs,
            "to_authority": data["addressed"] == "authority",
        }

    return _by_hand(
        request,
        case,
        form,
        title=_("Answer a complaint"),
        lead=_("A complaint does not stop the clock: the request itself is answered in time all the same."),
        preview=lambda: complaints.preview(case, **told(), now=timezone.now()),
        send=lambda: acts.answer_complaint(case, **told(), user=request.user, now=timezone.now()),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@of_case(Role.CASEWORKER)
def breach_notice(request: HttpRequest, case: Case, pk: int) -> HttpResponse:
    """Tell the person of a breach in plain words (Art. 34)."""
    incident = get_object_or_404(Incident, pk=pk, case=case)
    incident.case = case
    told_already = ("happened", "data", "consequences", "measures", "contact")
    form = NoticeForm(
        request.POST or None, initial={name: _lines(incident.facts.get(name, "")) for name in told_already}
    )

    def told() -> dict[str, Any]:
        data = form.cleaned_data
        lists = {name: tuple(_split(data[name])) for name in ("data", "measures", "advice")}
        return {name: data[name].strip() for name in ("happened", "consequences", "contact")} | lists

    return _by_hand(
        request,
        case,
        form,
        title=_("Tell the person of the breach"),
        lead=_(
            "In clear and plain words, without undue delay (Art. 34). What you recorded stands here already: put it "
            "in the person's language."
        ),
        preview=lambda: incidents.preview(incident, told(), now=timezone.now()),
        send=lambda: acts.tell_breach(incident, told(), user=request.user, now=timezone.now()),
    )


def _by_hand(
    request: HttpRequest,
    case: Case,
    form: forms.Form,
    *,
    title: str,
    lead: str,
    preview: Callable[[], Rendered],
    send: Callable[[], Any],
) -> HttpResponse:
    """The form; then the letter as it will read; then, the text unchanged since it was read, out it goes."""
    letter = None
    if request.method == "POST" and form.is_valid():
        try:
            letter = preview()
        except complaints.ImpossibleDay:
            form.add_error("complained_on", _("The day lies between the request and today."))
        else:
            if request.POST.get("read") == letter.sha256:
                send()
                return pages.back_to(request, case, said=_("Sent. The person can read it now."), part="letters")
    context = {"form": form, "letter": letter, "lead": lead}
    status = 422 if form.errors else 200
    return pages.case_page(request, case, "desk/letter_by_hand.html", context, title=title, status=status)


def contact_of(case: Case) -> str:
    company = controller(case.controller)
    dpo = company.policy.dpo
    known = (dpo.name, dpo.phone, dpo.email) if dpo else (contact(company, "phone"), contact(company, "email"))
    return ", ".join(part for part in known if part)


def _lines(value: Any) -> str:
    return "\n".join(value) if isinstance(value, list) else str(value)


def _split(value: str) -> list[str]:
    return [line.strip() for line in value.splitlines() if line.strip()]
