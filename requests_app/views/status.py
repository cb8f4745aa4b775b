"""The pages of one case: receipt, status, messages, letters, withdrawal."""

from contextlib import suppress
from typing import Any
from urllib.parse import quote

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from law.deadlines import local_day
from letters.pdf import to_pdf
from requests_app import access, correspondence, forms, lifecycle, messages, rates, tasks, timeline, vault, withdrawal
from requests_app.controllers import controller
from requests_app.door import antivirus
from requests_app.door.refusals import SENTENCES, Refused
from requests_app.models import Attachment, Case, Letter
from requests_app.plain_words import LETTERS, RIGHTS
from requests_app.views import frame


@require_safe
@frame.of_case
def receipt(request: HttpRequest, case: Case) -> HttpResponse:
    secret = request.session.get("secrets", {}).get(case.reference)
    context = {
        **_clock(case),
        "email": correspondence.address_of(case) if case.letters.filter(kind="acknowledgement").exists() else "",
        "given": correspondence.address_of(case),
        "secret_url": access.absolute(reverse("public:secret", args=[secret])) if secret else "",
        "identity_url": timeline.identity_url(case),
    }
    return _page(request, "public/receipt.html", case, context)


@require_safe
@frame.of_case
def status(request: HttpRequest, case: Case) -> HttpResponse:
    return _status_page(request, case, form=forms.Message())


def _status_page(request: HttpRequest, case: Case, *, form: forms.Message, status: int = 200) -> HttpResponse:
    context = {
        **_clock(case),
        "lines": timeline.lines(case),
        "identity_url": timeline.identity_url(case),
        "download_url": timeline.download_url(case),
        "told_url": timeline.told_url(case),
        "letters": [(number, letter, _title(letter)) for number, letter in reversed([*enumerate(_letters(case), 1)])],
        "thread": list(case.messages.filter(internal=False).prefetch_related("attachments__file")),
        "can_withdraw": bool(withdrawal.open_claims(case)),
        "form": form,
        "takes_files": antivirus.takes_files(),
        "scanned": antivirus.configured(),
    }
    response = _page(request, "public/status.html", case, context, status=status)
    messages.mark_read(case, by_person=True, now=timezone.now())
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@frame.of_case
def write(request: HttpRequest, case: Case) -> HttpResponse:
    if request.method != "POST":
        return redirect("public:status", case.reference)
    form, now = forms.Message(request.POST, request.FILES), timezone.now()
    if not form.is_valid():
        return _status_page(request, case, form=form, status=422)
    if not rates.allowed("message", case.reference, now=now):
        form.add_error(None, frame.TOO_MANY)
        return _status_page(request, case, form=form, status=429)
    try:
        messages.from_person(case, body=form.cleaned_data["body"], files=form.cleaned_data["files"], now=now)
    except Refused as refused:
        form.add_error("files", SENTENCES[refused.code])
        return _status_page(request, case, form=form, status=422)
    return redirect(reverse("public:status", args=[case.reference]) + "#messages")


@require_safe
@frame.of_case
def attachment(request: HttpRequest, case: Case, pk: int) -> HttpResponse | FileResponse:
    found = get_object_or_404(Attachment, pk=pk, message__case=case, message__internal=False)
    try:
        clear = vault.open_clear(found.file)
    except vault.Shredded:
        raise Http404 from None
    # Always saved, never shown: what somebody sent must not run as a page of ours.
    return FileResponse(clear, as_attachment=True, filename=found.filename, content_type=found.file.content_type)


@require_safe
@frame.of_case
def letter(request: HttpRequest, case: Case, number: int) -> HttpResponse:
    found = _letter(case, number)
    if found.read_at is None:
        Letter.objects.filter(pk=found.pk).update(read_at=timezone.now())
    return _page(request, "public/letter.html", case, {"letter": found, "number": number, "title": _title(found)})


@require_safe
@frame.of_case
def letter_pdf(request: HttpRequest, case: Case, number: int) -> HttpResponse:
    found = _letter(case, number)
    name = quote(f"{case.reference}-{found.kind}.pdf")
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    day = local_day(found.created_at, tz=controller(case.controller).policy.tz)
    return HttpResponse(to_pdf(found.html, day=day), content_type="application/pdf", headers=headers)


@require_http_methods(["GET", "HEAD", "POST"])
@frame.of_case
def withdraw(request: HttpRequest, case: Case) -> HttpResponse:
    can = withdrawal.open_claims(case)
    if not can:
        return redirect("public:status", case.reference)
    if request.method != "POST":
        return _page(request, "public/withdraw.html", case, {"claims": _named(can)})
    chosen = [claim for claim in can if str(claim.pk) in request.POST.getlist("claim")]
    if not chosen:
        return _page(request, "public/withdraw.html", case, {"claims": _named(can), "missing": True}, status=422)
    # Should a worker or a colleague have moved a claim in this instant, the status page says where it stands now.
    with suppress(lifecycle.NotPossible, withdrawal.NothingToWithdraw):
        withdrawal.withdraw(case, claims=chosen, now=timezone.now())
    tasks.post_letters()
    return redirect("public:status", case.reference)


def _named(claims: list[Any]) -> list[tuple[Any, Any]]:
    return [(claim, RIGHTS[claim.right].ask) for claim in claims]


def _title(letter: Letter) -> Any:
    """What a letter is called here; several about recipients are told apart by the deed in their subject."""
    if letter.kind == "recipients_list":
        return letter.subject.removesuffix(f" [{letter.case.reference}]")
    return LETTERS[letter.kind]


def _letters(case: Case) -> Any:
    return case.letters.filter(kind__in=LETTERS).order_by("pk")


def _letter(case: Case, number: int) -> Letter:
    """The first, second … letter the person can read. Its own number would count what went to an address on file, too:
    a gap would tell a stranger who is a customer.
    """
    found = _letters(case)[number - 1 : number] if number else ()
    if not found:
        raise Http404
    return found[0]


def _clock(case: Case) -> dict[str, Any]:
    today = local_day(timezone.now(), tz=controller(case.controller).policy.tz)
    standings = timeline.standings(case, today=today, language=get_language() or case.language)
    return {"standings": standings, "one": timeline.same_day(standings), "today": today}


def _page(
    request: HttpRequest, template: str, case: Case, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    return frame.page(request, template, context, controller=controller(case.controller), case=case, status=status)
