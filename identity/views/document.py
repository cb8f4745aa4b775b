"""The pages on which a person shows a document: choose, cover, look once more, send.

With a script the picture is covered on the device and sent as it is seen (`static/public/mask.js`). Without one, for a
PDF, or where the browser cannot open the format, the cleaned picture waits here until the person has covered it;
nobody else sees it before. Only the session that handed a picture in is shown it.
"""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from identity import flows, forms, need
from identity.methods import document
from identity.models import Evidence, Verification
from identity.pictures import covering, hints, staging, vault
from identity.views import limits, staged, whose
from law.identification import Means
from requests_app import rates
from requests_app import vault as files
from requests_app.controllers import controller
from requests_app.door import antivirus
from requests_app.door.clean import Refused
from requests_app.models import Case
from requests_app.tasks import ask_worker
from requests_app.views import frame

USED_UP = gettext_lazy("This way is used up for now. Choose another one, or write to us.")


@require_http_methods(["GET", "HEAD", "POST"])
@frame.of_case
@whose.as_shown
def choose(request: HttpRequest, case: Case) -> HttpResponse:
    """Which document, and its pictures."""
    if Means.document not in need.offered(case, whose.subject(request, case)):
        return redirect("identity:start", case.reference)
    if request.method != "POST":
        return _choose_page(request, case, _form(request, case))
    if request.FILES and not limits.may_upload(request, case, now=timezone.now()):
        return _refused_page(request, case, frame.TOO_MANY, status=429)
    try:
        refused = _take_files(request, case)  # first: a file let in need not be chosen again when a word is missing
    except flows.Closed:
        return _refused_page(request, case, USED_UP, status=409)
    form = _form(request, case)
    for side, code in refused.items():
        form.add_error(side, forms.REFUSED.get(code, forms.REFUSED["unreadable"]))
    if not form.is_valid():
        return _choose_page(request, case, form, status=422)
    staged.remember(request, case, document=form.cleaned_data["document"], typed=form.typed())
    return _onward(request, case)


@require_http_methods(["GET", "HEAD", "POST"])
@frame.of_case
@whose.as_shown
def cover(request: HttpRequest, case: Case, page: int) -> HttpResponse:
    """One cleaned picture under a grid of squares: what is ticked is blackened, at once and for good."""
    evidence = _mine(request, case, page)
    if evidence is None:
        return redirect("identity:document", case.reference)
    if request.method != "POST":
        return _cover_page(request, case, evidence)
    if not rates.allowed("identity_cover", case.reference, now=timezone.now()):
        return _cover_page(request, case, evidence, too_many=True, status=429)
    try:
        boxes = [covering.Box.parse(one) for one in request.POST.getlist("cover")]
    except ValueError:
        raise Http404 from None  # no page of ours sends this
    if boxes:
        try:
            staging.cover(evidence, boxes=boxes, now=timezone.now())
        except (flows.Closed, files.Shredded):  # sent, or taken back, in another window
            return redirect("identity:document", case.reference)
        staged.note(request, case, "covered", page)
    if "again" in request.POST:
        return redirect(f"{request.path}?squares={_squares(request.POST.get('again'))}")
    if page not in staged.noted(request, case, "covered") and "as_it_is" not in request.POST:
        return _cover_page(request, case, evidence, uncovered=True, status=422)
    staged.note(request, case, "looked_at", page)
    return _onward(request, case)


@require_http_methods(["GET", "HEAD", "POST"])
@frame.of_case
@whose.as_shown
def send(request: HttpRequest, case: Case) -> HttpResponse:
    """Every page as staff will see it; the person sends it, or begins again. Looked at anew if there are others now."""
    pages = _pages(request, case)
    if not any(one.side == "front" for one in pages):
        return redirect("identity:document", case.reference)
    if request.method == "POST" and {str(one.pk) for one in pages} == set(request.POST.getlist("page")):
        return _send(request, case, pages)
    return frame.page(request, "identity/document_send.html", {"pages": pages, **_about(case)}, **_frame(case))


@require_POST
@frame.of_case
@whose.as_shown
def again(request: HttpRequest, case: Case) -> HttpResponse:
    """Start over: what was handed in is destroyed at once."""
    for one in _pages(request, case):
        vault.discard(one.verification, now=timezone.now(), pk=one.pk)
    staged.forget(request, case)
    return redirect("identity:document", case.reference)


@require_safe
@frame.of_case
def picture(request: HttpRequest, case: Case, page: int) -> HttpResponse:
    """The person's own picture, before it is sent. Never kept by the browser (`PrivatePages`)."""
    evidence = _mine(request, case, page)
    if evidence is None:
        raise Http404
    return HttpResponse(files.read(evidence.file), content_type="image/jpeg")


def _take_files(request: HttpRequest, case: Case) -> dict[str, str]:
    """Let every file in by the door; side → why it was refused."""
    refused = {}
    now, masked = timezone.now(), request.POST.getlist("masked")
    kind = request.POST.get("document", "")
    sides = [side for side in hints.SIDES.get(kind, ("front", "back")) if side in request.FILES]
    for side in sides:
        upload = request.FILES[side]
        assert isinstance(upload, UploadedFile)
        attempt = flows.start(case, Means.document, now=now, subject=whose.subject(request, case))
        try:
            kept = staging.take(attempt, upload=upload, side=side, masked=side in masked, now=now)
        except Refused as error:
            refused[side] = error.code
        else:
            staged.add(request, case, [one.pk for one in kept])
    return refused


def _form(request: HttpRequest, case: Case) -> forms.DocumentForm:
    here = {one.side for one in _pages(request, case)}
    birth_date = document.birth_date_helps(controller(case.controller))
    if request.method == "POST":
        return forms.DocumentForm(request.POST, request.FILES, staged=here, birth_date=birth_date)
    return forms.DocumentForm(staged=here, birth_date=birth_date, initial=staged.typed(request, case))


def _onward(request: HttpRequest, case: Case) -> HttpResponse:
    """To the next picture that must be covered; when all are, to the last look; what the device covered, to staff."""
    pages = _pages(request, case)
    kind = staged.typed(request, case).get("document", "")
    for one in pages:
        if one.side not in hints.SIDES[kind]:
            vault.discard(one.verification, now=timezone.now(), pk=one.pk)
    pages = [one for one in pages if one.side in hints.SIDES[kind]]
    uncovered = [one for one in pages if not one.masked_by]
    if pages and not uncovered:
        return _send(request, case, pages)
    looked_at = staged.noted(request, case, "looked_at")
    following = next((one for one in uncovered if one.pk not in looked_at), None)
    if following:
        return redirect("identity:document_cover", case.reference, following.pk)
    return redirect("identity:document_send", case.reference)


def _send(request: HttpRequest, case: Case, pages: list[Evidence]) -> HttpResponse:
    now, said, verification = timezone.now(), staged.typed(request, case), pages[0].verification
    if not limits.within(request, case, now=now):
        return _refused_page(request, case, frame.TOO_MANY, status=429)
    typed = {name: value for name, value in said.items() if name != "document"}
    try:
        staging.send(verification, shown=[one.pk for one in pages], document=said["document"], typed=typed, now=now)
    except Refused:  # destroyed meanwhile: the hour is over
        return redirect("identity:document", case.reference)
    except flows.Closed:
        return _refused_page(request, case, USED_UP, status=409)
    ask_worker("identity.tasks.read_document", verification.pk)
    staged.forget(request, case)
    return redirect("identity:start", case.reference)


def _pages(request: HttpRequest, case: Case) -> list[Evidence]:
    """What this session handed in and has not sent, in the order of the sides."""
    mine = Evidence.objects.filter(
        pk__in=staged.pages(request, case), verification__case=case, verification__method=Means.document,
        verification__status=Verification.Status.OPEN, verification__subject=whose.subject(request, case),
        file__shredded_at=None,
    ).select_related("file", "verification")  # fmt: skip
    return sorted(mine, key=lambda one: (one.side != "front", one.pk))


def _mine(request: HttpRequest, case: Case, page: int) -> Evidence | None:
    return next((one for one in _pages(request, case) if one.pk == page), None)


def _refused_page(request: HttpRequest, case: Case, why: Any, *, status: int) -> HttpResponse:
    form = _form(request, case)
    form.add_error(None, why)
    return _choose_page(request, case, form, status=status)


def _choose_page(request: HttpRequest, case: Case, form: forms.DocumentForm, *, status: int = 200) -> HttpResponse:
    pages = _pages(request, case)
    context = {
        "form": form,
        "pages": pages,
        "gone": bool(staged.pages(request, case)) and not pages,
        "front": [one for one in pages if one.side == "front"],
        "back": [one for one in pages if one.side == "back"],
        "front_title": _("Cover what we do not need: front"),
        "back_title": _("Cover what we do not need: back"),
        "speaks": whose.subject(request, case) == Verification.Subject.REPRESENTATIVE,
        **_about(case),
    }
    return frame.page(request, "identity/document.html", context, status=status, **_frame(case))


def _cover_page(
    request: HttpRequest, case: Case, evidence: Evidence, *, uncovered: bool = False, too_many: bool = False,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    squares = _squares(request.GET.get("squares"))
    width, height = covering.size(files.read(evidence.file))
    pages = [one for one in _pages(request, case) if not one.masked_by]
    kind = staged.typed(request, case).get("document", "")
    context = {
        "page": evidence,
        "number": pages.index(evidence) + 1,
        "of": len(pages),
        "width": width,
        "height": height,
        "rows": covering.squares(width, height, columns=covering.COLUMNS[squares]),
        "squares": squares,
        "uncovered": uncovered,
        "too_many": frame.TOO_MANY if too_many else "",
        "hints": [hint for hint in hints.of(kind) if hint.side == evidence.side],
        **_about(case),
    }
    return frame.page(request, "identity/document_cover.html", context, status=status, **_frame(case))


def _squares(asked: str | None) -> str:
    return asked if asked in covering.COLUMNS else "large"


def _about(case: Case) -> dict[str, Any]:
    """What every one of these pages says: what must be seen, what is covered, and when the picture is gone."""
    return {
        "left_visible": hints.LEFT_VISIBLE,
        "covered": hints.COVERED,
        "kinds": forms.DOCUMENTS,
        "destroy_by": vault.limit(case, now=timezone.now()),
        "scanned": antivirus.configured(),
    }


def _frame(case: Case) -> dict[str, Any]:
    return {"controller": controller(case.controller), "case": case}
