"""Messages to the person, and notes for colleagues, which the person never sees."""

from django import forms
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from desk import acts, pages
from desk.permissions import CASE_ROLES, Role, of_case, roles
from requests_app import vault
from requests_app.door.refusals import SENTENCES, Refused
from requests_app.fields import Files
from requests_app.messages import LONGEST
from requests_app.models import Attachment, Case


class MessageForm(forms.Form):
    body = forms.CharField(
        label=gettext_lazy("Text"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Write something first.")},
    )  # fmt: skip
    files = Files(label=gettext_lazy("Files"), required=False)


@require_POST
@of_case(*CASE_ROLES)
def write(request: HttpRequest, case: Case) -> HttpResponse:
    """An approver may write notes; the person hears from the caseworker only."""
    form, internal = MessageForm(request.POST, request.FILES), request.POST.get("to") != "person"
    if not internal and Role.CASEWORKER not in roles(request, case.controller):
        return pages.back_to(request, case, wrong=_("Only a caseworker writes to the person."), part="messages")
    if not form.is_valid():
        wrong = " ".join(str(line) for lines in form.errors.values() for line in lines)
        return pages.back_to(request, case, wrong=wrong, part="messages")
    data = form.cleaned_data
    written = {"body": data["body"], "files": data["files"], "internal": internal}
    try:
        acts.write(case, **written, user=request.user, now=timezone.now())
    except Refused as refused:
        return pages.back_to(request, case, wrong=str(SENTENCES[refused.code]), part="messages")
    said = _("The note is kept.") if internal else _("Sent. The person gets a mail that says there is news.")
    return pages.back_to(request, case, said=said, part="messages")


@require_safe
@of_case()
def file(request: HttpRequest, case: Case, pk: int) -> HttpResponse | FileResponse:
    found = get_object_or_404(Attachment.objects.select_related("file"), pk=pk, message__case=case)
    try:
        clear = vault.open_clear(found.file)
    except vault.Shredded:
        raise Http404 from None
    acts.looked(case, "viewed_file", user=request.user, now=timezone.now(), each=True, file=found.pk)
    # Always saved, never shown: what somebody sent must not run as a page of ours.
    return FileResponse(clear, as_attachment=True, filename=found.filename, content_type=found.file.content_type)
