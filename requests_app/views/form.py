"""The form: one question a page, nothing lost on the way, sent twice is still one request."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from policies.load import Controller
from requests_app import access, forms, intake, rates, tasks
from requests_app.answers import Answers
from requests_app.drafts import CHECK, FORMS, Draft
from requests_app.models import Case
from requests_app.plain_words import RIGHTS
from requests_app.states import Channel
from requests_app.summary import summary
from requests_app.views import frame

BACK_TO_CHECK = "check"


@require_safe
@frame.of_company
def start(request: HttpRequest, company: Controller) -> HttpResponse:
    return redirect("public:form", company.slug, Draft(request, company.slug).first_open())


@require_http_methods(["GET", "HEAD", "POST"])
@frame.of_company
def form(request: HttpRequest, company: Controller, step: str) -> HttpResponse:
    if step == CHECK:
        return _check(request, company)
    if step not in FORMS:
        raise Http404
    draft = Draft(request, company.slug)
    if request.method == "POST":
        return _answer(request, company, draft, step)
    if not draft.reachable(step):
        return redirect("public:form", company.slug, draft.first_open())
    return _question(request, company, draft, step, form=_opened(request, draft, step))


def _opened(request: HttpRequest, draft: Draft, step: str) -> Any:
    """What was typed before without its complaints; at the first visit, the right chosen on the company's page."""
    if step in draft.typed:
        form = draft.form(step)
        return form if form.is_valid() else type(form)(initial=_flat(form), **draft.options(step))
    chosen = request.GET.get("right", "")
    initial = {"rights": [chosen]} if step == "rights" and chosen in RIGHTS else {}
    return FORMS[step](initial=initial, **draft.options(step))


def _flat(form: Any) -> dict[str, Any]:
    return {name: form[name].data for name in form.fields}


def _answer(request: HttpRequest, company: Controller, draft: Draft, step: str) -> HttpResponse:
    draft.keep(step, request.POST)
    if "language" in request.POST:  # the language switch sends the page along, so that nothing typed is lost
        request.session[frame.LANGUAGE] = request.POST["language"]
        frame.speak(request, controller=company)
        return _question(request, company, draft, step, form=_opened(request, draft, step))
    form = draft.form(step)
    if not form.is_valid():
        return _question(request, company, draft, step, form=form, status=422)
    onward = draft.first_open() if request.GET.get("back") == BACK_TO_CHECK else draft.after(step)
    return redirect("public:form", company.slug, onward if draft.reachable(onward) else draft.first_open())


def _question(
    request: HttpRequest, company: Controller, draft: Draft, step: str, *, form: Any, status: int = 200
) -> HttpResponse:
    steps = [*draft.steps(), CHECK]
    context = {
        "form": form,
        "step": step,
        "steps": steps,
        "number": steps.index(step) + 1 if step in steps else 1,
        "back": CHECK if request.GET.get("back") == BACK_TO_CHECK else draft.before(step),
        "switch_form": "question",
    }
    return frame.page(request, "public/question.html", context, controller=company, status=status)


def _check(request: HttpRequest, company: Controller) -> HttpResponse:
    draft = Draft(request, company.slug)
    if request.method == "POST":
        return _send(request, company, draft)
    if draft.first_open() != CHECK:
        return redirect("public:form", company.slug, draft.first_open())
    return _check_page(request, company, draft, form=forms.Check(initial={"token": draft.token}))


def _check_page(request: HttpRequest, company: Controller, draft: Draft, **more: Any) -> HttpResponse:
    status = more.pop("status", 200)
    context = {"summary": summary(draft), "back": draft.before(CHECK), **more}
    return frame.page(request, "public/check.html", context, controller=company, status=status)


def _send(request: HttpRequest, company: Controller, draft: Draft) -> HttpResponse:
    now, form = timezone.now(), forms.Check(request.POST)
    if sent := _sent_before(request, form):
        return redirect("public:receipt", sent)
    if draft.first_open() != CHECK:
        return redirect("public:form", company.slug, draft.first_open())
    if not form.is_valid() or form.cleaned_data["website"]:
        # Filled by a machine, or by somebody's browser. Never thrown away in silence: it may be a real request.
        again = forms.Check(initial={"token": draft.token})
        return _check_page(request, company, draft, form=again, trapped=True, status=422)
    answers = draft.answers()
    if not rates.allowed("submit", access.caller(request), now=now, company=company.slug):
        again = forms.Check(initial={"token": draft.token})
        return _check_page(request, company, draft, form=again, too_many=True, status=429)
    case = intake.submit(
        answers,
        controller=company,
        language=get_language() or "en",
        channel=Channel.FORM,
        received_at=now,
        now=now,
        form_token=draft.token,
        receipt=_may_be_mailed(answers, now=now),
    )
    return _opened_case(request, case, draft)


def _may_be_mailed(answers: Answers, *, now: datetime) -> bool:
    """The portal's mail is no flood against somebody's address. The request itself is taken all the same: whoever asks
    in another's name must not keep them from asking.
    """
    speaker = answers.representative.email if answers.representative else ""
    address = (speaker or answers.email).casefold()  # where the receipt goes (correspondence.address_of)
    return not address or rates.allowed("mail_to", address, now=now)


def _opened_case(request: HttpRequest, case: Case, draft: Draft) -> HttpResponse:
    link, secret = access.issue(case, access.Purpose.STATUS, now=timezone.now())
    access.grant(request, link)
    request.session["sent"] = {**request.session.get("sent", {}), draft.token: case.reference}
    request.session["secrets"] = {**request.session.get("secrets", {}), case.reference: secret}
    draft.forget()
    tasks.wake_open(case)
    tasks.post_letters()
    return redirect("public:receipt", case.reference)


def _sent_before(request: HttpRequest, form: forms.Check) -> str | None:
    """A second click: the reference of the request this very session has already sent."""
    return request.session.get("sent", {}).get(form.data.get("token", ""))
