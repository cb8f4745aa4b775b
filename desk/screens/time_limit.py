"""The clock by hand: extend it with reasons, or ask which data is meant. Each tells the person by letter."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from desk import acts, days, pages
from desk.permissions import Role, of_claim
from law.deadlines import may_extend
from law.rights import Right
from requests_app import clarification, clock, extension
from requests_app.models import Claim
from requests_app.states import Stage

REASONS = {
    "complexity": gettext_lazy("The request is complex"),
    "number": gettext_lazy("The person has sent many requests"),
}


class ExtendForm(forms.Form):
    reason = forms.ChoiceField(
        label=gettext_lazy("Why is more time necessary?"),
        widget=forms.RadioSelect,
        choices=[(code, REASONS[code]) for code in extension.REASONS],
        help_text=gettext_lazy("Nothing else counts: not a lack of staff, not a holiday, not the size of the company."),
        error_messages={"required": gettext_lazy("Choose one.")},
    )
    told = forms.CharField(
        label=gettext_lazy("The concrete reasons, one a line"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "In the person's language. It is sent by e-mail: write nothing that describes the person."
        ),
        error_messages={"required": gettext_lazy("Write the concrete reasons (Art. 12(3)).")},
    )


class ClarifyForm(forms.Form):
    question = forms.CharField(
        label=gettext_lazy("Your question"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("In the person's language."),
        error_messages={"required": gettext_lazy("Write the question.")},
    )
    large_quantity = forms.BooleanField(
        label=gettext_lazy("We process a large quantity of data about this person"),
        error_messages={"required": gettext_lazy("Only then may this be asked (recital 63); else send a message.")},
    )


class LateForm(forms.Form):
    because = forms.CharField(
        label=gettext_lazy("Why does the answer come only now?"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("For the record; the letter says that it is late, not why."),
        error_messages={"required": gettext_lazy("Write why it comes only now (Art. 12(4)).")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@of_claim(Role.CASEWORKER)
def extend(request: HttpRequest, claim: Claim) -> HttpResponse:
    today = pages.today_of(claim.case.controller)
    deadline = clock.explain(claim, today=today)
    allowed = may_extend(deadline, today=today)
    form, reasons, status = ExtendForm(request.POST or None), allowed.reasons, 200
    if claim.stage == Stage.CLOSED:
        return pages.back_to(request, claim.case, wrong=_("The claim is closed."))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            acts.extend(
                claim, reason=data["reason"], told=data["told"].splitlines(), user=request.user, now=timezone.now()
            )
            return pages.back_to(
                request, claim.case, said=_("Extended. The letter says why and until when."), part="time"
            )
        except clock.TooLate as error:
            reasons, status = error.reasons, 422  # type: ignore[assignment]
    context = {
        "claim": claim,
        "form": form,
        "allowed": allowed.allowed,
        "reasons": pages.sentences(reasons),
        "notice_by": deadline.notice_by,
        "left": days.of_claim(claim, today=today),
    }
    status = 422 if form.errors else status
    return pages.case_page(
        request, claim.case, "desk/extend.html", context, title=_("Extend the time limit"), status=status
    )


@require_http_methods(["GET", "HEAD", "POST"])
@of_claim(Role.CASEWORKER)
def clarify(request: HttpRequest, claim: Claim) -> HttpResponse:
    if claim.right != Right.access or claim.stage == Stage.CLOSED:
        return pages.back_to(request, claim.case, wrong=_("This can be asked only while an access request is open."))
    form, reasons, status = ClarifyForm(request.POST or None), [], 200
    if request.method == "POST" and form.is_valid():
        try:
            paused = acts.clarify(claim, **form.cleaned_data, user=request.user, now=timezone.now())
            said = (
                _("Asked. The clock stands still until the answer.") if paused else _("Asked. The clock keeps running.")
            )
            return pages.back_to(request, claim.case, said=said, part="time")
        except clarification.NotAllowed as error:
            reasons, status = pages.sentences(error.reasons), 422  # type: ignore[arg-type]
    context = {"claim": claim, "form": form, "reasons": reasons}
    status = 422 if form.errors else status
    return pages.case_page(
        request, claim.case, "desk/clarify.html", context, title=_("Ask which data is meant"), status=status
    )


@require_http_methods(["GET", "HEAD", "POST"])
@of_claim(Role.CASEWORKER)
def late(request: HttpRequest, claim: Claim) -> HttpResponse:
    """Why a refusal, whole or in part, comes only now: without it none can be submitted any more (Art. 12(4))."""
    today = pages.today_of(claim.case.controller)
    if claim.stage == Stage.CLOSED or not claim.notice_by or today <= claim.notice_by:
        return pages.back_to(request, claim.case, wrong=_("Nothing is late here."))
    form = LateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        because = form.cleaned_data["because"]
        acts.note_lateness(claim, because=because, today=today, user=request.user, now=timezone.now())
        said = _("Written down. The letter will say that it is late.")
        return pages.back_to(request, claim.case, said=said, part="time")
    context = {"claim": claim, "form": form, "notice_by": claim.notice_by}
    status = 422 if form.errors else 200
    return pages.case_page(
        request, claim.case, "desk/late.html", context, title=_("Why it is late"), status=status
    )
