"""Identity by hand: ask on a doubt, record what was seen, look at a document and decide, close without proof."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from desk import acts, case_parts, pages, words
from desk.permissions import Role, of_case
from identity import asking, flows
from identity.models import Evidence, Verification
from law.identification import Means
from requests_app import vault
from requests_app.lifecycle import NotPossible
from requests_app.models import Case

WRONG = ("not_readable", "other_person", "expired", "not_genuine", "too_little")
REQUIRED = {"required": gettext_lazy("Choose one.")}


class DoubtForm(forms.Form):
    doubt = forms.ChoiceField(
        label=gettext_lazy("What is the doubt?"), choices=list(words.DOUBTS.items()), widget=forms.RadioSelect,
        error_messages=REQUIRED,
    )  # fmt: skip
    facts = forms.CharField(
        label=gettext_lazy("The facts, for colleagues"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Kept as an internal note: the person does not see it."),
        error_messages={"required": gettext_lazy("Write what the doubt rests on (Art. 12(6)).")},
    )  # fmt: skip


class SeenForm(forms.Form):
    means = forms.ChoiceField(
        label=gettext_lazy("How was it seen?"), widget=forms.RadioSelect, error_messages=REQUIRED,
        choices=[(one.value, words.MEANS[one.value]) for one in (Means.in_person, Means.representative)],
    )  # fmt: skip
    how = forms.ChoiceField(
        label=gettext_lazy("What was seen?"),
        choices=list(words.SEEN.items()),
        widget=forms.RadioSelect,
        error_messages=REQUIRED,
    )


class VerdictForm(forms.Form):
    accepted = forms.ChoiceField(
        label=gettext_lazy("Does it show that this is the person?"), widget=forms.RadioSelect, error_messages=REQUIRED,
        choices=[("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))],
    )  # fmt: skip
    reason = forms.ChoiceField(
        label=gettext_lazy("If not, why?"),
        choices=[("", "–"), *((code, words.NOT_PROVED[code]) for code in WRONG)],
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("accepted") == "no" and not data.get("reason"):
            self.add_error("reason", _("Choose why not."))
        return data


class CloseForm(forms.Form):
    facts = forms.CharField(
        label=gettext_lazy("What was asked, and what came"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("In the person's language; the letter quotes it."),
        error_messages={"required": gettext_lazy("Write the facts: the person will read them.")},
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@of_case(Role.CASEWORKER)
def ask(request: HttpRequest, case: Case) -> HttpResponse:
    form = DoubtForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            paused = acts.ask_identity(case, **form.cleaned_data, user=request.user, now=timezone.now())
        except (asking.NothingWaits, NotPossible):
            return pages.back_to(request, case, wrong=words.why_not("stage"), part="identity")
        said = _("Asked. The clock stands still until the answer.") if paused else _("Asked. The clock keeps running.")
        return pages.back_to(request, case, said=said, part="identity")
    return _form(request, case, form, "desk/identity_ask.html", title=_("Ask for proof of identity"))


@require_http_methods(["GET", "HEAD", "POST"])
@of_case(Role.CASEWORKER)
def seen(request: HttpRequest, case: Case) -> HttpResponse:
    form = SeenForm(request.POST or None)
    if not flows.waiting_claims(case):
        return pages.back_to(request, case, wrong=words.why_not("stage"), part="identity")
    if request.method == "POST" and form.is_valid():
        acts.identity_seen(case, **form.cleaned_data, user=request.user, now=timezone.now())
        return pages.back_to(request, case, said=_("Recorded. The claims go on."), part="identity")
    return _form(request, case, form, "desk/identity_seen.html", title=_("Record proof seen"))


@require_http_methods(["GET", "HEAD", "POST"])
@of_case(Role.CASEWORKER)
def close(request: HttpRequest, case: Case) -> HttpResponse:
    form = CloseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            acts.close_unidentified(case, facts=form.cleaned_data["facts"], user=request.user, now=timezone.now())
        except asking.NothingWaits:
            return pages.back_to(request, case, wrong=words.why_not("stage"), part="identity")
        return pages.back_to(request, case, said=_("Closed. The letter says why, and that an answer reopens it."))
    return _form(request, case, form, "desk/identity_close.html", title=_("Close: identity not proved"))


@require_http_methods(["GET", "HEAD", "POST"])
@of_case(Role.CASEWORKER)
def check(request: HttpRequest, case: Case, pk: int) -> HttpResponse:
    """The pictures and the decision. Whatever is decided, the pictures are gone with it."""
    verification = get_object_or_404(case.verifications, pk=pk)
    if verification.status != Verification.Status.SUBMITTED:
        return pages.back_to(request, case, wrong=_("This has been decided; the picture is gone."), part="identity")
    form = VerdictForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        accepted = form.cleaned_data["accepted"] == "yes"
        reason = "" if accepted else form.cleaned_data["reason"]
        try:
            acts.decide_identity(verification, accepted=accepted, reason=reason, user=request.user, now=timezone.now())
        except flows.Closed:
            return pages.back_to(request, case, wrong=words.why_not("taken"), part="identity")
        said = (
            _("Accepted. The picture has been destroyed.")
            if accepted
            else _("Not accepted. The picture has been destroyed.")
        )
        return pages.back_to(request, case, said=said, part="identity")
    context = {
        "verification": verification,
        "pages": list(verification.evidence.all()),
        "means": words.MEANS[verification.method],
    }
    return _form(request, case, form, "desk/identity_check.html", title=_("Check the proof of identity"), **context)


@require_safe
@of_case(Role.CASEWORKER)
def picture(request: HttpRequest, case: Case, pk: int, page: int) -> HttpResponse:
    """One page of a document, straight from the vault; each look is written down, and no browser may keep it."""
    found = get_object_or_404(
        Evidence.objects.select_related("file"), pk=page, verification=pk, verification__case=case,
        verification__status=Verification.Status.SUBMITTED,
    )  # fmt: skip
    try:
        content = vault.read(found.file)
    except (vault.Shredded, FileNotFoundError):
        raise Http404 from None
    acts.looked(case, "viewed_evidence", user=request.user, now=timezone.now(), each=True, file=found.pk)
    return HttpResponse(content, content_type="image/jpeg", headers={"Cache-Control": "no-store, private"})


def _form(
    request: HttpRequest, case: Case, form: forms.Form, template: str, *, title: Any, **more: Any
) -> HttpResponse:
    context = {"form": form, "identity": case_parts.identity(case), **more}
    return pages.case_page(request, case, template, context, title=title, status=422 if form.errors else 200)
