"""Proof of identity asked for on a doubt, and a claim closed where none came. Looking at it: `proof`."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from desk import case_parts, identity_acts, identity_words, pages, silence_parts, words
from desk.permissions import Role, of_case
from identity import need
from identity.waiting import asking
from requests_app import clock
from requests_app.lifecycle import NotPossible
from requests_app.models import Case

REQUIRED = {"required": gettext_lazy("Choose one.")}


class DoubtForm(forms.Form):
    doubt = forms.ChoiceField(
        label=gettext_lazy("What is the doubt?"), choices=list(words.DOUBTS.items()), widget=forms.RadioSelect,
        error_messages=REQUIRED,
    )  # fmt: skip
    reached = forms.IntegerField(required=False, min_value=0, max_value=4, widget=forms.HiddenInput)
    facts = forms.CharField(
        label=gettext_lazy("The facts, for colleagues"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Kept as an internal note: the person does not see it."),
        error_messages={"required": gettext_lazy("Write what the doubt rests on (Art. 12(6)).")},
    )  # fmt: skip


class CloseForm(forms.Form):
    facts = forms.CharField(
        label=gettext_lazy("What was asked, and what came"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("In the person's language; the letter quotes it."),
        error_messages={"required": gettext_lazy("Write the facts: the person will read them.")},
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@of_case(Role.CASEWORKER)
def ask(request: HttpRequest, case: Case) -> HttpResponse:
    form = DoubtForm(request.POST or None, initial={"reached": int(need.reached(case))})
    if request.method == "POST" and form.is_valid():
        try:
            paused = identity_acts.ask_identity(case, **form.cleaned_data, user=request.user, now=timezone.now())
        except (asking.NothingWaits, NotPossible) as error:
            return pages.back_to(request, case, wrong=_why_not(error), part="identity")
        said = _("Asked. The clock stands still until the answer.") if paused else _("Asked. The clock keeps running.")
        return pages.back_to(request, case, said=said, part="identity")
    today = pages.today_of(case.controller)
    coming, pause = silence_parts.if_asked_now(case, today=today), pages.sentences(clock.would_pause(case, on=today))
    title = _("Ask for proof of identity")
    return _form(request, case, form, "desk/identity_ask.html", title=title, coming=coming, pause=pause)


@require_http_methods(["GET", "HEAD", "POST"])
@of_case(Role.CASEWORKER)
def close(request: HttpRequest, case: Case) -> HttpResponse:
    form = CloseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            identity_acts.close_unidentified(
                case, facts=form.cleaned_data["facts"], user=request.user, now=timezone.now()
            )
        except asking.NothingWaits as error:
            return pages.back_to(request, case, wrong=_why_not(error), part="identity")
        return pages.back_to(request, case, said=_("Closed. The letter says why, and that an answer reopens it."))
    return _form(request, case, form, "desk/identity_close.html", title=_("Close: identity not proved"))


def _why_not(error: Exception) -> Any:
    return identity_words.NOT_ASKED[error.code] if isinstance(error, asking.NotNow) else words.why_not("stage")


def _form(
    request: HttpRequest, case: Case, form: forms.Form, template: str, *, title: Any, **more: Any
) -> HttpResponse:
    context = {"form": form, "identity": case_parts.identity(case), **more}
    return pages.case_page(request, case, template, context, title=title, status=422 if form.errors else 200)
