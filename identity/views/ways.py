"""The page that says why we ask and which ways there are, and those of the ways that need no page of their own.

They look the same whoever is known to a source and whoever is not.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from identity import flows, forms, need, speaker_forms, tries
from identity.models import Verification
from identity.tries import Left
from identity.views import limits, link, whose
from law.identification import Means
from law.reasons import say
from requests_app.controllers import controller
from requests_app.door.clean import Refused
from requests_app.models import Case
from requests_app.views import frame

FORMS: dict[Means, Any] = {Means.in_person: speaker_forms.MeetingForm}


@dataclass(frozen=True)
class Way:
    """One means as the page shows it. `left`: tries, and when there are new ones."""

    means: Means
    left: Left


@require_http_methods(["GET", "HEAD"])
@frame.of_case
def start(request: HttpRequest, case: Case) -> HttpResponse:
    """Why we ask, how sure we must be, and the ways to show it."""
    whose.remember(request, case, subject=Verification.Subject.PERSON)  # whoever comes here chooses anew
    required, now = need.required(case), timezone.now()
    offered = [Way(means, tries.left(case, means, now=now)) for means in need.offered(case)]
    context = {
        "ways": [way for way in offered if way.left.tries or link.sent(case, way.means, now=now)],
        "resting": [way for way in offered if way.left.again_at],
        "reasons": [say(reason, get_language() or case.language) for reason in required.reasons],
        "needed": required.level,
        "reached": need.reached(case),
        "waiting": case.verifications.filter(status=Verification.Status.SUBMITTED).exists(),
        "link_sent": link.sent(case, Means.email_link, now=now),
        "done": not need.waiting_claims(case),
    }
    return frame.page(request, "identity/start.html", context, controller=controller(case.controller), case=case)


@require_http_methods(["GET", "HEAD", "POST"])
@frame.of_case
@whose.as_shown
def method(request: HttpRequest, case: Case, means: str) -> HttpResponse:
    subject, now = whose.subject(request, case), timezone.now()
    chosen = next((one for one in need.offered(case, subject) if one == means), None)
    if chosen not in FORMS:
        return redirect("identity:start", case.reference)
    form, status = FORMS[chosen](), 200
    if request.method == "POST":
        form = FORMS[chosen](request.POST, request.FILES)
        status = _answer(request, case, chosen, form, subject=subject, now=now)
    if status == 302:
        return whose.back(request, case)
    context = {"form": form, "means": chosen}
    page = f"identity/{chosen}.html"
    return frame.page(request, page, context, controller=controller(case.controller), case=case, status=status)


def _answer(request: HttpRequest, case: Case, means: Means, form: Any, *, subject: str, now: datetime) -> int:
    """Hand the answer on; what goes wrong becomes a message in the form, and nothing typed is lost."""
    uploads = bool(request.FILES)
    if not limits.within(request, case, now=now) or (uploads and not limits.may_upload(request, case, now=now)):
        form.add_error(None, frame.TOO_MANY)
        return 429
    if not form.is_valid():
        return 422
    try:
        flows.submit(flows.start(case, means, now=now, subject=subject), _content(form), now=now)
    except Refused as error:
        form.add_error("front", forms.REFUSED[error.code])
        return 422
    except flows.Closed:
        form.add_error(None, _("This way is used up for now. Choose another one, or write to us."))
        return 409
    return 302


def _content(form: Any) -> dict[str, Any]:
    content = dict(form.cleaned_data)
    files = {name: content.pop(name) for name in ("front", "back") if isinstance(content.get(name), UploadedFile)}
    return {**content, "files": files} if files else content
