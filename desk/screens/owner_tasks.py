"""Systems whose owners are asked: what is waited for, who was asked when, and what staff do when nobody answers."""

from dataclasses import dataclass
from datetime import date
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
from fulfilment.asking import answers, mails, page, tasks
from fulfilment.asking.forms import DoneForm, LookForm
from fulfilment.models import OwnerTask
from requests_app.controllers import controller
from requests_app.models import Case

Status, What = OwnerTask.Status, OwnerTask.What


class AgainForm(forms.Form):
    to = forms.EmailField(
        label=gettext_lazy("To another e-mail address"), required=False,
        help_text=gettext_lazy("Empty: the one it went to before. The policy is not changed."),
    )  # fmt: skip


class ForThem(LookForm):
    """The same question, answered by staff: they asked by telephone, looked themselves, or go on without."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answer"].choices = [  # type: ignore[attr-defined]
            ("data", _("Here is what there is")),
            ("nothing", _("Nothing is held about this person")),
            ("without", _("Go on without an answer from this system")),
        ]  # fmt: skip
        self.fields["said"].label = _("How you know, or why it cannot wait")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("answer") in ("nothing", "without") and not data.get("said", "").strip():
            self.add_error("said", _("Write how you know, or why: it must be possible to show it later."))
        return data

    def apply(self, task: OwnerTask, *, now: Any, user: Any = None) -> None:
        if self.cleaned_data["answer"] == "without":
            answers.without(task, why=self.cleaned_data["said"], user=user, now=now)
        else:
            super().apply(task, now=now, user=user)


@dataclass(frozen=True)
class Line:
    """One task on the page. `form`: the answer staff can give; None where nothing is waited for any more."""

    task: OwnerTask
    system: str
    state: Any
    shade: str
    mails: list[Any]
    again: AgainForm | None
    form: forms.Form | None


@require_http_methods(["GET", "HEAD", "POST"])
@of_case()
def show(request: HttpRequest, case: Case) -> HttpResponse:
    if request.method != "POST":
        return _page(request, case)
    if Role.CASEWORKER not in roles(request, case.controller):
        return pages.back_to(request, case, wrong=words.why_not("caseworker"))
    number = request.POST.get("task", "")
    task = tasks.of_case(case).filter(pk=number).first() if number.isdigit() else None
    if task is None or not tasks.is_alive(task):
        return _page(request, case, wrong=words.why_not("taken"), status=422)
    return (_again if "again" in request.POST else _answer)(request, case, task)


def _again(request: HttpRequest, case: Case, task: OwnerTask) -> HttpResponse:
    form = AgainForm(request.POST, prefix=f"t{task.pk}")
    if not form.is_valid():
        return _page(request, case, given={task.pk: {"again": form}}, status=422)
    try:
        acts.ask_owner_again(task, to=form.cleaned_data["to"], user=request.user, now=timezone.now())
    except tasks.NotAllowed:
        return _page(request, case, wrong=words.why_not("taken"), status=422)
    pages.tell(request, _("A fresh mail goes out."))
    return redirect("admin:owner_tasks", case.reference)


def _answer(request: HttpRequest, case: Case, task: OwnerTask) -> HttpResponse:
    form = _form(task, request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, case, given={task.pk: {"form": form}}, status=422)
    try:
        acts.answer_for_owner(task, form, user=request.user, now=timezone.now())
    except tasks.NotAllowed:
        return _page(request, case, wrong=words.why_not("taken"), status=422)
    pages.tell(request, _("Written down. The claim goes on by itself when nothing is left to wait for."))
    return redirect("admin:owner_tasks", case.reference)


def _form(task: OwnerTask, *posted: Any) -> Any:
    ours, prefix = controller(task.claim.case.controller), f"t{task.pk}"
    if task.what == What.BY_HAND:
        return DoneForm(*posted[:1], prefix=prefix)
    places = page.places(ours, task.source, language=pages.language())
    return ForThem(*posted, ours=ours, task=task, places=places, prefix=prefix)


def _page(
    request: HttpRequest, case: Case, *, given: dict[int, Any] | None = None, wrong: Any = "", status: int = 200
) -> HttpResponse:
    may, today = Role.CASEWORKER in roles(request, case.controller), pages.today_of(case.controller)
    context = {
        "lines": [_line(task, may=may, given=(given or {}).get(task.pk, {}), today=today)
                  for task in tasks.of_case(case)],
        "may": may, "wrong": wrong, "today": today,
    }  # fmt: skip
    title = _("Systems whose owners are asked")
    return pages.case_page(request, case, "desk/owner_tasks.html", context, title=title, status=status)


def _line(task: OwnerTask, *, may: bool, given: dict[str, Any], today: date) -> Line:
    alive = may and tasks.is_alive(task)
    return Line(
        task, mails.system(controller(task.claim.case.controller), task.source, pages.language()),
        task.get_outcome_display() if task.outcome else task.get_status_display(),  # type: ignore[attr-defined]
        _shade(task, today), [link.letter for link in task.links.select_related("letter").order_by("pk")],
        (given.get("again") or AgainForm(prefix=f"t{task.pk}")) if alive else None,
        (given.get("form") or _form(task)) if alive else None,
    )  # fmt: skip


def _shade(task: OwnerTask, today: date) -> str:
    if task.status not in tasks.OPEN:
        return "fine"
    return "late" if task.escalated_at or task.answer_by < today or task.status != Status.WAITING else "soon"
