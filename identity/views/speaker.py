"""The page of whoever acts for another: what lets them, who they are themselves, and what the person confirms."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from identity import flows, forms, need, speaker_forms, speaking
from identity.models import Verification
from identity.pictures import vault
from identity.views import limits, whose
from law.identification import Means
from law.reasons import say
from law.representation import Part
from requests_app.controllers import controller
from requests_app.door import antivirus
from requests_app.door.clean import Refused
from requests_app.models import Case
from requests_app.views import frame

Status, Subject = Verification.Status, Verification.Subject


@require_http_methods(["GET", "HEAD", "POST"])
@frame.of_case
def show(request: HttpRequest, case: Case) -> HttpResponse:
    """What is needed, where each part stands, and the form for the authority."""
    if not case.representative:
        return redirect("identity:start", case.reference)
    if request.method == "POST" and "means" in request.POST:
        return _themselves(request, case, request.POST["means"])
    form, status = speaker_forms.AuthorityForm(), 200
    if request.method == "POST" and Part.authority in speaking.missing(case) and not _waiting(case).exists():
        form = speaker_forms.AuthorityForm(request.POST, request.FILES)
        status = _hand_in(request, case, form, now=timezone.now())
    if status == 302:
        return redirect("identity:representative", case.reference)
    company = controller(case.controller)
    context = {"form": form, **_parts(case), "scanned": antivirus.configured(), "takes_files": antivirus.takes_files()}
    return frame.page(request, "identity/representative.html", context, controller=company, case=case, status=status)


def _themselves(request: HttpRequest, case: Case, means: str) -> HttpResponse:
    """From here on the usual pages are about whoever acts, until the first page of identity is opened again."""
    if means not in need.offered(case, Subject.REPRESENTATIVE):
        return redirect("identity:representative", case.reference)
    whose.remember(request, case, subject=Subject.REPRESENTATIVE)
    return redirect("identity:method", case.reference, means)


def _hand_in(request: HttpRequest, case: Case, form: Any, *, now: datetime) -> int:
    """The status of the answer; 302 when the paper has come in."""
    if not limits.within(request, case, now=now) or not limits.may_upload(request, case, now=now):
        form.add_error(None, frame.TOO_MANY)
        return 429
    if not form.is_valid():
        return 422
    files = {side: form.cleaned_data[side] for side in ("front", "back") if form.cleaned_data.get(side)}
    try:
        attempt = flows.start(case, Means.representative, now=now)
        flows.submit(attempt, {"document": form.cleaned_data["document"], "files": files}, now=now)
    except Refused as error:
        form.add_error("front", forms.REFUSED[error.code])
        return 422
    except flows.Closed:
        form.add_error(None, _("This way is used up for now. Choose another one, or write to us."))
        return 409
    return 302


def _waiting(case: Case) -> QuerySet[Verification]:
    """A paper that has come in and that nobody has looked at."""
    return case.verifications.filter(status=Status.SUBMITTED, method=Means.representative, subject=Subject.PERSON)


def _parts(case: Case) -> dict[str, Any]:
    """Where each of the three stands."""
    missing, asked = speaking.missing(case), speaking.asked_of(case)
    own = case.verifications.filter(status=Status.SUBMITTED, subject=Subject.REPRESENTATIVE)
    language = get_language() or case.language
    return {
        "person": case.person.get("name", ""),
        "speaker": (case.representative or {}).get("name", ""),
        "kind": speaker_forms.KINDS.get(speaking.authority(case) or "", ("",))[0],
        "authority_missing": Part.authority in missing,
        "authority_waits": _waiting(case).exists(),
        "speaker_missing": Part.speaker in missing,
        "speaker_waits": own.exists(),
        "ways": need.offered(case, Subject.REPRESENTATIVE),
        "person_asked": asked is None or Part.person in asked.parts,
        "person_known": need.reached(case) >= need.required(case).level,
        "reasons": [say(reason, language) for reason in asked.reasons] if asked else [],
        "destroy_by": vault.limit(case, now=timezone.now()),
    }
