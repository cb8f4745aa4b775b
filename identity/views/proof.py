"""The page behind the link that went to the address on file."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from identity import attempts, flows
from identity.models import Verification
from law.identification import Means
from requests_app import access, rates, summary
from requests_app.controllers import controller
from requests_app.models import AccessLink
from requests_app.tasks import post_letters
from requests_app.views import frame


@require_http_methods(["GET", "HEAD", "POST"])
def proof(request: HttpRequest, secret: str) -> HttpResponse:
    """The link that went to the address on file. A button, so that a mail scanner that follows links proves nothing."""
    now = timezone.now()
    if not rates.allowed("proof", access.caller(request), now=now):
        return frame.wait(request, "proof")
    link = access.find(secret, AccessLink.Purpose.PROOF, now=now)
    verification = attempts.current(link.case, Means.email_link) if link else None
    if not link or not verification:
        return _gone(request)
    company = controller(link.case.controller)
    frame.speak(request, controller=company, case=link.case)
    if request.method != "POST":
        return frame.page(request, "identity/proof.html", {"asked": summary.asked(link.case)}, controller=company)
    if not _proved(secret, verification):
        return _gone(request)
    post_letters()
    # Whoever reads the mail at the address on file may see the case: it is the person.
    access.grant(request, access.issue(link.case, AccessLink.Purpose.STATUS, now=now)[0])
    return redirect("identity:start", link.case.reference)


def _proved(secret: str, verification: Verification) -> bool:
    now = timezone.now()
    try:
        with transaction.atomic():  # a link used up without its proof would lock the person out
            redeemed = access.redeem(secret, AccessLink.Purpose.PROOF, now=now)
            return redeemed is not None and flows.open_link(verification, redeemed, now=now)
    except flows.Closed:
        return False


def _gone(request: HttpRequest) -> HttpResponse:
    return frame.page(request, "identity/gone.html", {}, status=410)
