"""A letter as it was frozen, and sending again one that could not be delivered."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from desk import acts, pages, words
from desk.permissions import Role, of_case, roles
from requests_app import access, outbox
from requests_app.fields import DateInput
from requests_app.models import Case

SECRET = frozenset({
    "confirm_email", "proof_link", "download_code", "delivery_ready", "bundle_sent", "passphrase", "recipient_notice",
    "owner_asked", "owner_reminded", "owner_escalated",
})  # fmt: skip
"""Letters that open something for whoever reads them; staff see that they went out, not what they say."""


class AgainForm(forms.Form):
    to = forms.EmailField(label=gettext_lazy("Another address, if the old one is wrong"), required=False)


class PostedForm(forms.Form):
    on = forms.DateField(label=gettext_lazy("Posted on"), widget=DateInput())


@require_safe
@of_case()
def show(request: HttpRequest, case: Case, pk: int) -> HttpResponse:
    letter = get_object_or_404(case.letters, pk=pk)
    title = words.LETTERS.get(letter.kind, letter.kind)
    failed = letter.failed_at and not letter.sent_at
    again = failed and Role.CASEWORKER in roles(request, case.controller)
    secret = letter.kind in SECRET
    context = {
        "letter": letter, "may_send_again": again, "may_readdress": outbox.may_readdress(letter), "form": AgainForm(),
        "secret": secret, "may_post": again and letter.error == outbox.NO_ADDRESS, "posted": PostedForm(),
        "body": access.without_secrets(letter.body),
    }  # fmt: skip
    return pages.case_page(request, case, "desk/letter.html", context, title=title)


@require_POST
@of_case(Role.CASEWORKER)
def again(request: HttpRequest, case: Case, pk: int) -> HttpResponse:
    letter, form = get_object_or_404(case.letters, pk=pk), AgainForm(request.POST)
    if not form.is_valid():
        return pages.back_to(request, case, wrong=_("Write a whole e-mail address."), part="letters")
    try:
        acts.send_letter_again(letter, to=form.cleaned_data["to"], user=request.user, now=timezone.now())
    except outbox.AddressFixed:
        return pages.back_to(request, case, wrong=_("This letter may go to no other address."), part="letters")
    return pages.back_to(request, case, said=_("The letter is tried again."), part="letters")


@require_POST
@of_case(Role.CASEWORKER)
def posted(request: HttpRequest, case: Case, pk: int) -> HttpResponse:
    """A letter to somebody without an e-mail address went by post."""
    letter, form = get_object_or_404(case.letters.select_related("claim"), pk=pk), PostedForm(request.POST)
    if not form.is_valid():
        return pages.back_to(request, case, wrong=_("Write the day it was posted."), part="letters")
    try:
        acts.letter_posted(letter, on=form.cleaned_data["on"], user=request.user, now=timezone.now())
    except outbox.NotPosted:
        return pages.back_to(request, case, wrong=_("It cannot have been posted, or not in time."), part="letters")
    return pages.back_to(request, case, said=_("Written down: it went by post."), part="letters")
