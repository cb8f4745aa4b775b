"""The second person reads exactly what goes out, and releases it by its digest; or sends it back with a word."""

from typing import Any

from django import forms
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from desk import acts, pages, words
from desk.grounds import refusal
from desk.permissions import Role, of_claim, roles
from desk.screens import automated, erasure_plan, objection, rectification, restriction
from fulfilment import answer, approval
from fulfilment.handing_over import bundle
from fulfilment.planning import plans
from law.rights import Right
from requests_app import lifecycle, vault
from requests_app.lifecycle import NotPossible
from requests_app.models import Claim
from requests_app.states import Act, Actor, Stage

MOVES_DATA = ("granted", "partly_granted")


class BackForm(forms.Form):
    why = forms.CharField(
        label=gettext_lazy("What should be mended?"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Say what should be mended.")},
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@of_claim()
def show(request: HttpRequest, claim: Claim) -> HttpResponse:
    if claim.stage != Stage.APPROVAL:
        return pages.back_to(request, claim.case, wrong=words.why_not("stage"))
    form = BackForm(request.POST if "back" in request.POST else None)
    if request.method == "POST" and (done := _act(request, claim, form)):
        return done
    return _page(request, claim, form)


def _act(request: HttpRequest, claim: Claim, form: BackForm) -> HttpResponse | None:
    if Role.APPROVER not in roles(request, claim.case.controller):
        return pages.back_to(request, claim.case, wrong=words.why_not("approver"))
    now = timezone.now()
    try:
        if "back" not in request.POST:
            confirmed = "confirmed" in request.POST
            acts.approve(
                claim, digest=request.POST.get("digest", ""), confirmed=confirmed, user=request.user, now=now
            )  # fmt: skip
            return pages.back_to(request, claim.case, said=_("Approved. It goes out now."))
        if form.is_valid():
            acts.send_back(claim, why=form.cleaned_data["why"], user=request.user, now=now)
            return pages.back_to(request, claim.case, said=_("Sent back; your words are an internal note."))
    except (NotPossible, approval.NotReady) as error:
        why = pages.sentences(getattr(error, "reasons", ()))
        return pages.back_to(request, claim.case, wrong=" ".join([str(words.why_not(error.code)), *why]))
    return None


def _page(request: HttpRequest, claim: Claim, form: BackForm) -> HttpResponse:
    acts.looked(claim.case, "viewed_answer", user=request.user, now=timezone.now(), claim=claim)
    code = lifecycle.why_not(claim, Act.APPROVE, actor=Actor.STAFF, user=request.user)
    if code is None and Role.APPROVER not in roles(request, claim.case.controller):
        code = "approver"
    context = {
        "claim": claim, "right": words.right_title(claim.right), "outcome": words.OUTCOMES.get(claim.outcome, ""),
        "grounds": [refusal(one) for one in claim.grounds], "digest": approval.digest(claim),
        "why_not": words.why_not(code) if code else "", "form": form, **_content(claim),
        "two_people": approval.two_people(claim.grounds),
    }  # fmt: skip
    title = _("Approve: %(right)s") % {"right": words.right_title(claim.right)}
    return pages.case_page(
        request, claim.case, "desk/approve.html", context, title=title, status=422 if form.errors else 200
    )


def _content(claim: Claim) -> dict[str, Any]:
    """What would go out: the bundle, the plan, or the letter."""
    if claim.outcome in MOVES_DATA and claim.right in (Right.access, Right.portability):
        return {"bundle": bundle.latest(claim)}
    if claim.outcome in MOVES_DATA and claim.right == Right.erasure:
        plan = plans.current(claim)
        return {"plan": plan, "groups": erasure_plan.groups(claim, plan) if plan else []}
    letter = answer.rendered(claim, written=pages.today_of(claim.case.controller))
    if claim.outcome in MOVES_DATA and claim.right == Right.rectification:
        return {"letter": letter, "changes": rectification.changes(claim)}
    if claim.outcome in MOVES_DATA and claim.right == Right.restriction:
        return {"letter": letter, "resting": restriction.resting(claim)}
    if claim.right == Right.automated_decision and claim.decision.get("reviewer_id"):
        return {"letter": letter, "reviewed": automated.reviewed(claim)}
    if claim.right == Right.objection and claim.decision.get("weighings"):
        return {"letter": letter, "weighed": objection.weighed(claim)}
    return {"letter": letter}


@require_safe
@of_claim()
def bundle_file(request: HttpRequest, claim: Claim, what: str) -> HttpResponse | FileResponse:
    """The bundle itself, as the person would get it: the PDF to read, or the whole archive."""
    made = bundle.latest(claim)
    file = {"pdf": made.pdf, "zip": made.file}.get(what) if made else None
    if file is None:
        raise Http404
    try:
        clear = vault.open_clear(file)
    except vault.Shredded:
        raise Http404 from None
    acts.looked(claim.case, "viewed_answer", user=request.user, now=timezone.now(), claim=claim, each=True, file=what)
    name = f"{claim.case.reference}-{claim.right}.{what}"
    response = FileResponse(clear, as_attachment=True, filename=name, content_type=file.content_type)
    response["Cache-Control"] = "no-store"
    return response
