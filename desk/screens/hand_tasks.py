"""What must be done by hand in a company's systems, and who has done it."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from desk import acts, pages, words
from desk.permissions import Role, of_case, roles
from fulfilment.extract import shape
from fulfilment.models import HandTask
from fulfilment.planning import by_hand
from requests_app.controllers import controller
from requests_app.models import Case


class DoneForm(forms.Form):
    how = forms.CharField(
        label=gettext_lazy("What was done, and in which system"), widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2000,
        error_messages={"required": gettext_lazy("Write what was done: it must be possible to show it later.")},
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@of_case()
def show(request: HttpRequest, case: Case) -> HttpResponse:
    if request.method != "POST":
        return _page(request, case, DoneForm())
    if Role.CASEWORKER not in roles(request, case.controller):
        return pages.back_to(request, case, wrong=words.why_not("caseworker"))
    form, ticked = DoneForm(request.POST), _ticked(request, case)
    if not form.is_valid() or not ticked:
        wrong = "" if ticked else _("Tick what has been done.")
        return _page(request, case, form, wrong=wrong, status=422)
    try:
        acts.hand_tasks_done(ticked, how=form.cleaned_data["how"], user=request.user, now=timezone.now())
    except by_hand.NotDone:
        return _page(request, case, form, wrong=words.why_not("taken"), status=422)
    pages.tell(request, _("Written down. The claim goes on by itself when nothing is left to do."))
    return redirect("admin:hand_tasks", case.reference)


def _ticked(request: HttpRequest, case: Case) -> list[HandTask]:
    chosen = [int(number) for number in request.POST.getlist("numbers") if number.isdigit()]
    return list(by_hand.of_case(case).filter(pk__in=chosen, done_at=None))


def _page(request: HttpRequest, case: Case, form: DoneForm, *, wrong: Any = "", status: int = 200) -> HttpResponse:
    tasks = [(task, *_said(task)) for task in by_hand.of_case(case).order_by("done_at", "pk")]
    context = {
        "tasks": tasks,
        "left": sum(task.done_at is None for task, _what, _where in tasks),
        "form": form,
        "may": Role.CASEWORKER in roles(request, case.controller),
        "wrong": wrong,
    }
    return pages.case_page(request, case, "desk/hand_tasks.html", context, title=_("To do by hand"), status=status)


def _said(task: HandTask) -> tuple[Any, str]:
    """(what to do, where) in words."""
    what = task.text or words.HAND_TASKS.get(task.code, task.code)
    if not task.source:
        return what, ""
    ours = controller(task.claim.case.controller)
    system, label, _explain = shape.named(ours, task.source, task.collection, language=pages.language())
    return what, f"{system}: {label}"
