"""What an erasure had to leave: on which day it goes, why, and what staff do about rows no machine may erase."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from desk import acts, pages, words
from desk.permissions import Role, of_case, roles
from fulfilment.extract import shape
from fulfilment.models import DeferredErasure
from fulfilment.removing import deferred, kept
from requests_app.controllers import controller
from requests_app.fields import DateInput
from requests_app.models import Case

Status = DeferredErasure.Status
SHOWN = 100
STILL_THERE: dict[str, Any] = {
    "still_there": gettext_lazy(
        "These records are still there: erase them in the system, or write until when they are kept."
    ),
    "not_asked": gettext_lazy("The system does not answer, so nobody knows whether they are gone. Try again later."),
}


class LaterForm(forms.Form):
    """What staff write down about rows a machine could not erase: seen to by hand, or to be kept longer."""

    note = forms.CharField(
        label=gettext_lazy("What was done, and in which system; or why it must be kept longer"), max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("Write it down: it must be possible to show it later.")},
    )  # fmt: skip
    until = forms.DateField(
        label=gettext_lazy("Keep until (empty: it has been erased)"), widget=DateInput(), required=False,
        help_text=gettext_lazy("A year at most. Who wished to hear of the rest reads your reason: use their language."),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@of_case()
def show(request: HttpRequest, case: Case) -> HttpResponse:
    if request.method != "POST":
        acts.looked(case, "viewed_later", user=request.user, now=timezone.now())
        return _page(request, case, LaterForm())
    if Role.CASEWORKER not in roles(request, case.controller):
        return pages.back_to(request, case, wrong=words.why_not("caseworker"))
    one = _chosen(request, case)
    if "retry" in request.POST:
        tried = acts.retry_later(one, user=request.user, now=timezone.now())
        return _done(request, case, tried, _("It is tried again at once."))
    form = LaterForm(request.POST)
    if not form.is_valid():
        return _page(request, case, form, of=one.pk, status=422)
    try:
        done = acts.settle_later(one, user=request.user, now=timezone.now(), **form.cleaned_data)
    except deferred.StillThere as error:
        form.add_error("note", STILL_THERE[error.code])
        return _page(request, case, form, of=one.pk, status=422)
    except ValueError:
        form.add_error("until", _("Choose a day from today to a year from now."))
        return _page(request, case, form, of=one.pk, status=422)
    return _done(request, case, done, _("Written down."))


def _chosen(request: HttpRequest, case: Case) -> DeferredErasure:
    number = request.POST.get("number", "")
    one = deferred.of_case(case).filter(pk=number).first() if number.isdigit() else None
    if one is None:
        raise Http404
    return one


def _done(request: HttpRequest, case: Case, done: bool, said: Any) -> HttpResponse:
    return (
        pages.back_to(request, case, said=said) if done else pages.back_to(request, case, wrong=words.why_not("taken"))
    )


def _page(request: HttpRequest, case: Case, form: LaterForm, *, of: int = 0, status: int = 200) -> HttpResponse:
    found = [_told(one, form if one.pk == of else LaterForm()) for one in deferred.of_case(case)]
    context = {"found": found, "may": Role.CASEWORKER in roles(request, case.controller)}
    return pages.case_page(request, case, "desk/later.html", context, title=_("Erased later"), status=status)


def _told(one: DeferredErasure, form: LaterForm) -> dict[str, Any]:
    """One day in words; `rows`: what a person must find in the system, by table and key."""
    failed = one.status == Status.FAILED
    return {
        "one": one,
        "what": [(*_place(one, line), line["count"]) for line in one.summary],
        "why": words.LATER.get(one.why, one.why),
        "wrong": words.LATER_WRONG.get(one.error) or words.HELD_FOR.get(one.error, one.error) if one.error else "",
        "rows": [(*_place(one, vars(row)), row.key) for row in kept.read(one.file)[:SHOWN]] if failed else [],
        "more": max(0, one.records - SHOWN) if failed else 0,
        "result": one.result,
        "form": form,
    }  # fmt: skip


def _place(one: DeferredErasure, line: Any) -> tuple[str, str]:
    ours = controller(one.claim.case.controller)
    system, label, _explain = shape.named(ours, line["source"], line["collection"], language=pages.language())
    return system, label
