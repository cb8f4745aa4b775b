"""The pages on which a person proves who they are.

They look the same whoever is known to a source and whoever is not.
"""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from identity import flows, forms, tasks
from identity.clean import Refused
from identity.methods import control_question
from identity.models import Verification
from law.identification import Means
from law.reasons import say
from requests_app import access, rates, summary
from requests_app.controllers import controller
from requests_app.models import AccessLink, Case
from requests_app.tasks import post_letters
from requests_app.views import frame

FORMS: dict[Means, Any] = {
    Means.document: forms.DocumentForm,
    Means.representative: forms.AuthorityForm,
    Means.in_person: forms.MeetingForm,
    Means.email_link: forms.ProveNow,
}


@require_http_methods(["GET"])
def start(request: HttpRequest, reference: str) -> HttpResponse:
    """Why we ask, how sure we must be, and the ways to show it."""
    case = _case(request, reference)
    required = flows.required(case)
    context = {
        "means": flows.offered(case),
        "reasons": [say(reason, case.language) for reason in required.reasons],
        "needed": required.level,
        "reached": flows.reached(case),
        "waiting": case.verifications.filter(status=Verification.Status.SUBMITTED).exists(),
        "link_sent": case.verifications.filter(method=Means.email_link, status=Verification.Status.OPEN).exists(),
        "done": not flows.waiting_claims(case),
    }
    return frame.page(request, "identity/start.html", context, controller=controller(case.controller), case=case)


@require_http_methods(["GET", "POST"])
def method(request: HttpRequest, reference: str, means: str) -> HttpResponse:
    case = _case(request, reference)
    chosen = next((one for one in flows.offered(case) if one == means), None)
    if chosen is None:
        return redirect("identity:start", reference)
    verification = flows.start(case, chosen, now=timezone.now()) if request.method == "POST" else None
    form = _form(chosen, case, request)
    if verification and form.is_valid() and _answer(verification, form, request):
        return redirect("identity:start", reference)
    context = {"form": form, "means": chosen, "tries": _tries_left(case, chosen)}
    return frame.page(request, f"identity/{chosen}.html", context, controller=controller(case.controller), case=case)


@require_http_methods(["GET", "POST"])
def proof(request: HttpRequest, secret: str) -> HttpResponse:
    """The link that went to the address on file. A button, so that a mail scanner that follows links proves nothing."""
    now = timezone.now()
    if not rates.allowed("proof", access.caller(request), now=now):
        return _gone(request)
    link = access.find(secret, AccessLink.Purpose.PROOF, now=now)
    verification = (
        link and link.case.verifications.filter(method=Means.email_link, status=Verification.Status.OPEN).first()
    )
    if not link or not verification:
        return _gone(request)
    company = controller(link.case.controller)
    frame.speak(request, controller=company, case=link.case)
    if request.method == "GET":
        return frame.page(request, "identity/proof.html", {"asked": summary.asked(link.case)}, controller=company)
    try:
        with transaction.atomic():  # a link used up without its proof would lock the person out
            redeemed = access.redeem(secret, AccessLink.Purpose.PROOF, now=now)
            proved = redeemed is not None and flows.submit(verification, {"link": redeemed}, now=now)
    except flows.Closed:
        proved = False
    if not proved:
        return _gone(request)
    post_letters()
    # Whoever reads the mail at the address on file may see the case: it is the person.
    access.grant(request, access.issue(link.case, AccessLink.Purpose.STATUS, now=now)[0])
    return redirect("identity:start", link.case.reference)


def _case(request: HttpRequest, reference: str) -> Case:
    case = access.granted(request, reference, now=timezone.now())
    if case is None:
        raise Http404
    frame.speak(request, controller=controller(case.controller), case=case)
    return case


def _gone(request: HttpRequest) -> HttpResponse:
    return frame.page(request, "identity/gone.html", {}, status=410)


def _form(means: Means, case: Case, request: HttpRequest) -> Any:
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    if means is Means.control_question:
        return forms.ControlForm(*posted, questions=_questions(case))
    return FORMS[means](*posted)


def _questions(case: Case) -> list[tuple[str, str]]:
    open_one = case.verifications.filter(method=Means.control_question, status=Verification.Status.OPEN).first()
    known = control_question.questions(open_one) if open_one else []
    asked = controller(case.controller).policy.identity.control_questions
    return [(one.id, one.ask.say(case.language)) for one in asked if one.id in known]


def _tries_left(case: Case, means: Means) -> int | None:
    if means is not Means.control_question:
        return None
    current = case.verifications.filter(method=means, status=Verification.Status.OPEN).first()
    return current.attempts_left if current else 0


def _answer(verification: Verification, form: Any, request: HttpRequest) -> bool:
    """Hand the answer on; what goes wrong becomes a message in the form, and nothing typed is lost."""
    if verification.method == Means.email_link:
        tasks.send_link.delay_on_commit(verification.pk)
        return True
    try:
        if flows.submit(verification, _content(form), now=timezone.now()):
            return True
        form.add_error("answer", _("That is not what we have on file. Check it, or choose another question."))
    except Refused as error:
        form.add_error("front", forms.REFUSED[error.code])
    except flows.Closed:
        form.add_error(None, _("This way is used up. Choose another one."))
    return False


def _content(form: Any) -> dict[str, Any]:
    content = dict(form.cleaned_data)
    files = [content.pop(name) for name in ("front", "back") if isinstance(content.get(name), UploadedFile)]
    return {**content, "files": files} if files else content
