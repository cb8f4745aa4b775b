"""The decision in words: for the rights that are answered by letter, and for refusals and "no data" of any right."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from desk import acts, pages, words
from desk.permissions import Role, of_claim
from desk.screens.answer_form import AnswerForm
from fulfilment import answer, approval
from law.reasons import Reason
from requests_app import lateness
from requests_app.lifecycle import NotPossible
from requests_app.models import Claim
from requests_app.states import Stage


@require_http_methods(["GET", "HEAD", "POST"])
@of_claim(Role.CASEWORKER)
def decide(request: HttpRequest, claim: Claim) -> HttpResponse:
    """The form; "preview" shows the letter beside it, "submit" hands it to a second person."""
    if claim.stage != Stage.REVIEW:
        return pages.back_to(request, claim.case, wrong=words.why_not("stage"))
    form = AnswerForm(request.POST or None, claim=claim, late=_late(claim), initial=_before(claim))
    if request.method != "POST" or not form.is_valid():
        return _page(request, claim, form, status=422 if form.errors else 200)
    if "submit" in request.POST:
        return _submit(request, claim, form)
    return _preview(request, claim, form)


def _submit(request: HttpRequest, claim: Claim, form: AnswerForm) -> HttpResponse:
    chosen = {"outcome": form.cleaned_data["outcome"], "grounds": form.cleaned_data.get("grounds", [])}
    try:
        acts.submit(claim, user=request.user, now=timezone.now(), decision=form.decision(), **chosen)
    except NotPossible as error:
        return pages.back_to(request, claim.case, wrong=words.why_not(error.code))
    except approval.NotReady as error:
        return _page(request, claim, form, wrong=words.why_not(error.code), reasons=error.reasons, status=422)
    return pages.back_to(request, claim.case, said=_("Submitted. A second person can approve it now."))


def _preview(request: HttpRequest, claim: Claim, form: AnswerForm) -> HttpResponse:
    claim.outcome, claim.grounds = form.cleaned_data["outcome"], form.cleaned_data.get("grounds", [])
    claim.decision = form.decision()  # on this object only: nothing is saved before it is submitted
    try:
        letter = answer.rendered(claim, written=pages.today_of(claim.case.controller))
    except (ValueError, KeyError):
        return _page(request, claim, form, wrong=words.why_not("letter_incomplete"), status=422)
    return _page(request, claim, form, letter=letter)


def _page(
    request: HttpRequest,
    claim: Claim,
    form: AnswerForm,
    *,
    wrong: Any = "",
    reasons: tuple[Reason, ...] = (),
    letter: Any = None,
    status: int = 200,
) -> HttpResponse:
    right = words.right_title(claim.right)
    context = {
        "claim": claim,
        "form": form,
        "right": right,
        "wrong": wrong,
        "reasons": pages.sentences(reasons),
        "letter": letter,
        "statement": claim.scope.get("statement", ""),
        "about": claim.scope.get("about", ""),
    }
    title = _("Answer: %(right)s") % {"right": right}
    return pages.case_page(request, claim.case, "desk/answer.html", context, title=title, status=status)


def _late(claim: Claim) -> bool:
    """A refusal has to give its reason for coming only now, unless that is written down already (Art. 12(4))."""
    late = bool(claim.notice_by) and pages.today_of(claim.case.controller) > claim.notice_by
    return late and not lateness.noted(claim)


def _before(claim: Claim) -> dict[str, Any]:
    """What was written before the answer was sent back; what somebody confirmed is confirmed anew."""
    said = {
        name: "\n".join(map(str, value)) if isinstance(value, list) else value
        for name, value in claim.decision.items()
    }
    return {**said, "outcome": claim.outcome, "grounds": claim.grounds, "confirmed": False}
