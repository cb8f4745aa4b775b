"""The download pages: link, one-time code, files. Without the grant of the case they look as if there were nothing."""

import logging
from collections.abc import Callable
from functools import wraps

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fulfilment.handing_over import bundle, delivery
from fulfilment.models import Delivery
from requests_app import access, rates, tasks, vault
from requests_app.controllers import controller
from requests_app.models import AccessLink
from requests_app.views import frame

log = logging.getLogger(__name__)
LET_IN, PROVED = "downloads", "downloads_proved"
PROVED_FOR = 30 * 60
"""Seconds in which files can be fetched after the code, from this browser only."""


def _of_delivery(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view gets the `Delivery` this session was let in to, by its own link or by the status page."""

    @wraps(view)
    def wrapped(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
        now = timezone.now()
        found = Delivery.objects.select_related("claim__case", "bundle__file", "bundle__pdf", "link").filter(
            pk=pk, claim__case__reference=reference
        ).first()  # fmt: skip
        by_link = bool(found) and request.session.get(LET_IN, {}).get(str(pk)) == found.link_id
        if found is None or not (by_link or access.granted(request, reference, now=now)):
            return redirect("public:new_link")
        return view(request, found)

    return never_cache(wrapped)


@require_safe
def open_link(request: HttpRequest, secret: str) -> HttpResponse:
    """The only time the secret stands in an address."""
    now = timezone.now()
    if not rates.allowed("redeem", access.caller(request), now=now):
        return frame.wait(request, "redeem")
    link = access.redeem(secret, AccessLink.Purpose.DOWNLOAD, now=now)
    made = Delivery.objects.filter(link=link).first() if link else None
    if made is None:
        return redirect("public:new_link")
    request.session.cycle_key()
    request.session[LET_IN] = {**request.session.get(LET_IN, {}), str(made.pk): made.link_id}
    return redirect("fulfilment:download", made.claim.case.reference, made.pk)


@require_http_methods(["GET", "HEAD"])
@_of_delivery
def download(request: HttpRequest, made: Delivery) -> HttpResponse:
    return _page(request, made)


@require_POST
@_of_delivery
def code(request: HttpRequest, made: Delivery) -> HttpResponse:
    """Send a code, or check the one given."""
    now = timezone.now()
    if "code" not in request.POST:
        sent = delivery.send_code(made, now=now)
        tasks.post_letters()
        return _page(request, made, sent=sent, too_many=not sent, status=200 if sent else 429)
    if not delivery.redeem(made, request.POST["code"][:20], now=now):
        made.refresh_from_db()
        return _page(request, made, sent=True, wrong=True, status=422)
    request.session[PROVED] = {**request.session.get(PROVED, {}), str(made.pk): int(now.timestamp())}
    return redirect("fulfilment:download", made.claim.case.reference, made.pk)


@require_safe
@_of_delivery
def file(request: HttpRequest, made: Delivery) -> HttpResponse | FileResponse:
    """The archive, decrypted as a whole before the first byte leaves: a damaged one is never handed out."""
    now = timezone.now()
    if not delivery.alive(made, now=now) or not _is_proved(request, made):
        return redirect("fulfilment:download", made.claim.case.reference, made.pk)
    try:
        clear = vault.open_clear(made.bundle.file)
    except bundle.UNREADABLE:
        log.error("bundle cannot be read", extra={"case": made.claim.case.reference, "code": "bundle_unreadable"})
        return _page(request, made, broken=True, status=503)
    if request.method == "GET":
        delivery.log_download(made, now=now, what="zip")
    name = f"{made.claim.case.reference}-{made.claim.right}.zip"
    response = FileResponse(clear, as_attachment=True, filename=name, content_type="application/zip")
    response["Cache-Control"] = "no-store"
    return response


def _is_proved(request: HttpRequest, made: Delivery) -> bool:
    proved_at = request.session.get(PROVED, {}).get(str(made.pk), 0)
    return bool(timezone.now().timestamp() - proved_at < PROVED_FOR)


def _page(request: HttpRequest, made: Delivery, *, status: int = 200, **said: bool) -> HttpResponse:
    case = made.claim.case
    proved = _is_proved(request, made)
    context = {
        "made": made, "alive": delivery.alive(made, now=timezone.now()), "proved": proved,
        "size": made.bundle.file.size,
        "passphrase": made.passphrase if proved else "", "records": made.bundle.records,
        "here": reverse("fulfilment:download", args=[case.reference, made.pk]), **said,
    }  # fmt: skip
    template = "fulfilment/download.html"
    return frame.page(request, template, context, controller=controller(case.controller), case=case, status=status)
