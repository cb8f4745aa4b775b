"""A proof of identity is looked at and decided; and what a colleague saw without the portal is written down."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from desk import acts, case_parts, identity_acts, pages, proof_parts, words
from desk.permissions import Role, of_case
from desk.screens.proof_forms import KNOWN, LOGIN, PLACES, REGISTER, SeenForm, VerdictForm
from identity import flows, need
from identity.attempts import UNDECIDED
from identity.models import Verification
from law.identification import Means
from requests_app import vault
from requests_app.controllers import controller
from requests_app.models import Case

Subject = Verification.Subject
PRIVATE = {"Cache-Control": "no-store, private"}
GONE = 410


@require_http_methods(["GET", "HEAD", "POST"])
@of_case(Role.CASEWORKER)
def check(request: HttpRequest, case: Case, pk: int) -> HttpResponse:
    """The pictures beside what was said, and the decision. Whatever is decided, the pictures are gone with it."""
    verification = get_object_or_404(case.verifications.select_related("decided_by"), pk=pk)
    verification.case = case
    if verification.status == Verification.Status.OPEN:
        raise Http404  # the person is still at it
    if verification.status != Verification.Status.SUBMITTED:
        return _gone(request, verification)
    today = pages.today_of(case.controller)
    wished = verification.memory.get("typed", {}).get("how")
    form = VerdictForm(
        request.POST or None, means=verification.method, today=today,
        country=controller(case.controller).policy.country,
        initial={"document": verification.document, "on": today, "how": wished},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        return _decide(request, verification, form)
    context = {"form": form, **proof_parts.of(verification, now=timezone.now(), language=pages.language())}
    status = 422 if form.errors else 200
    return pages.case_page(
        request, case, "desk/identity_check.html", context, title=_("Check the proof of identity"), status=status
    )


@require_GET
@of_case(Role.CASEWORKER)
def picture(request: HttpRequest, case: Case, pk: int, page: int) -> HttpResponse:
    """One page of a document, straight from the vault; each look is written down, and no browser may keep it."""
    verification = get_object_or_404(case.verifications, pk=pk)
    if verification.status not in UNDECIDED:
        return HttpResponse(status=GONE, headers=PRIVATE)
    now = timezone.now()
    left = proof_parts.shown(verification, now=now)
    found = left.filter(pk=page, verification__status=Verification.Status.SUBMITTED).first()
    if found is None:
        raise Http404
    try:
        content = vault.read(found.file)
    except (vault.Shredded, FileNotFoundError):
        return HttpResponse(status=GONE, headers=PRIVATE)
    acts.looked(
        case, "viewed_evidence", user=request.user, now=now, each=True, file=found.pk, attempt=pk, side=found.side
    )
    return HttpResponse(content, content_type="image/jpeg", headers=PRIVATE)


@require_http_methods(["GET", "HEAD", "POST"])
@of_case(Role.CASEWORKER)
def seen(request: HttpRequest, case: Case) -> HttpResponse:
    """What a colleague saw in person, on a call or in a register."""
    if not need.waiting_claims(case):
        return pages.back_to(request, case, wrong=words.why_not("stage"), part="identity")
    country, today = controller(case.controller).policy.country, pages.today_of(case.controller)
    form = SeenForm(request.POST or None, speaks=bool(case.representative), country=country, today=today)
    if request.method == "POST" and form.is_valid():
        try:
            identity_acts.identity_seen(case, **_seen(form.cleaned_data), user=request.user, now=timezone.now())
        except flows.Closed:
            return pages.back_to(request, case, wrong=words.why_not("taken"), part="identity")
        return pages.back_to(request, case, said=_recorded(case), part="identity")
    context = {"form": form, "dead": proof_parts.the_dead(case)}
    return pages.case_page(
        request, case, "desk/identity_seen.html", context, title=_("Record proof seen"),
        status=422 if form.errors else 200,
    )  # fmt: skip


def _seen(data: dict[str, Any]) -> dict[str, Any]:
    """The answers of `SeenForm` as a proof: by which means, about whom."""
    if data.get("what") == "authority":
        return {
            "means": Means.representative, "subject": Subject.PERSON, "how": "seen_on_paper",
            "document": data["authority"], "on": data["on"],
        }  # fmt: skip
    by = {LOGIN: Means.login, REGISTER: Means.representative}
    document = data["document"] if data["how"] in PLACES else ""
    return {
        "means": by.get(data["how"], Means.in_person), "subject": data.get("what") or Subject.PERSON,
        "how": data["how"], "document": document, "on": data["on"],
    }  # fmt: skip


def _decide(request: HttpRequest, verification: Verification, form: forms.Form) -> HttpResponse:
    data, now, case = form.cleaned_data, timezone.now(), verification.case
    try:
        if data["decision"] == "again":
            identity_acts.ask_again(verification, reason=data["again"], user=request.user, now=now)
            return pages.back_to(request, case, said=_("Asked again. A letter says what was wrong."), part="identity")
        if data["decision"] == "refuse":
            identity_acts.refuse_proof(verification, reason=data["refuse"], user=request.user, now=now)
            return pages.back_to(request, case, said=_("Not accepted. A letter says why."), part="identity")
        _accept(verification, data, user=request.user, now=now)
    except flows.Closed:
        return pages.back_to(request, case, wrong=words.why_not("taken"), part="identity")
    return pages.back_to(request, case, said=_recorded(case), part="identity")


def _accept(verification: Verification, data: dict[str, Any], *, user: Any, now: Any) -> None:
    if verification.method != Means.in_person:
        identity_acts.accept_proof(verification, reason="", document=data.get("document", ""), user=user, now=now)
        return
    known = data["document"] == KNOWN
    identity_acts.identity_seen(
        verification.case, means=Means.in_person, subject=verification.subject, on=data["on"], user=user, now=now,
        how=KNOWN if known else data["how"], document="" if known else data["document"],
    )  # fmt: skip


def _recorded(case: Case) -> Any:
    waits = need.waiting_claims(case)
    return _("Recorded. More proof is still needed: see below what.") if waits else _("Recorded. The claims go on.")


def _gone(request: HttpRequest, verification: Verification) -> HttpResponse:
    """Decided or destroyed: nothing is left to look at but who decided what, and when."""
    context = {
        "verification": verification,
        "means": words.MEANS.get(verification.method, verification.method),
        "document": (words.DOCUMENTS | words.AUTHORITIES).get(verification.document, ""),
        "why": case_parts.why(verification.reason),
        "looks": proof_parts.looks(verification),
    }
    title = _("This has been decided; the picture is gone")
    return pages.case_page(request, verification.case, "desk/identity_gone.html", context, title=title, status=GONE)
