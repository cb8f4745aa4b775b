"""One question only the person can answer, after the link. Whoever begins anew waits for a worker to look up."""

from contextlib import suppress
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from identity import attempts, flows, forms, need, tries
from identity.methods import control_question
from identity.models import Verification
from identity.views import limits
from law.identification import Means
from policies.parts import Text
from requests_app.controllers import controller
from requests_app.models import Case
from requests_app.tasks import ask_worker
from requests_app.views import frame


@require_http_methods(["GET", "HEAD", "POST"])
@frame.of_case
def answer(request: HttpRequest, case: Case) -> HttpResponse:
    now = timezone.now()
    if Means.control_question not in need.offered(case):
        return redirect("identity:start", case.reference)
    if request.method != "POST":
        return _page(request, case, now=now)
    attempt = _open(case, now=now)
    form = forms.ControlForm(request.POST, questions=_questions(attempt))
    if not limits.within(request, case, now=now):
        form.add_error(None, frame.TOO_MANY)
        return _page(request, case, now=now, form=form, status=429)
    if attempt is None or not _questions(attempt):
        return _begin(request, case, now=now)
    return _try(request, case, attempt, form, now=now)


def _begin(request: HttpRequest, case: Case, *, now: datetime) -> HttpResponse:
    with suppress(flows.Closed):  # the page says until when it rests
        ask_worker("identity.tasks.look_up", flows.start(case, Means.control_question, now=now).pk)
    return redirect(request.path)


def _try(
    request: HttpRequest, case: Case, attempt: Verification, form: forms.ControlForm, *, now: datetime
) -> HttpResponse:
    """Whichever question and whatever was wrong: one sentence."""
    if not form.is_valid():
        return _page(request, case, now=now, form=form, status=422)
    try:
        if flows.submit(attempt, form.cleaned_data, now=now):
            return redirect("identity:start", case.reference)
        form.add_error("answer", _("That is not what we have on file. Check it, or choose another question."))
    except flows.Closed:  # used up in another window in this moment
        return redirect(request.path)
    return _page(request, case, now=now, form=form, status=422)


def _page(
    request: HttpRequest, case: Case, *, now: datetime, form: forms.ControlForm | None = None, status: int = 200
) -> HttpResponse:
    attempt = _open(case, now=now)
    asked = _questions(attempt)
    context = {
        "form": form or forms.ControlForm(questions=asked),
        "left": tries.left(case, Means.control_question, now=now),
        "ready": bool(asked),
        "preparing": attempt is not None and not attempts.looked_up(attempt),
    }
    page, company = "identity/control_question.html", controller(case.controller)
    return frame.page(request, page, context, controller=company, case=case, status=status)


def _open(case: Case, *, now: datetime) -> Verification | None:
    attempt = attempts.current(case, Means.control_question)
    return attempt if attempt and attempt.expires_at > now and attempt.attempts_left else None


def _questions(attempt: Verification | None) -> list[tuple[str, str]]:
    """Those the sources have an answer to, in the policy's order and the language of the case."""
    if attempt is None:
        return []
    known, case = control_question.questions(attempt), attempt.case
    asked = controller(case.controller).policy.identity.control_questions
    return [(one.id, _said(one.ask, case)) for one in asked if one.id in known]


def _said(text: Text, case: Case) -> str:
    chosen = get_language() or ""
    return text.say(chosen if chosen in text.languages() else case.language)
