"""The case page: one column, read from top to bottom. Nothing on it is editable that has a rule behind it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from desk import acts, case_parts, pages, words
from desk.permissions import Role, of_case, of_claim, roles
from desk.screens.queue import colleagues_of
from desk.screens.talk import MessageForm
from requests_app.assignment import NotOfCompany
from requests_app.lifecycle import NotPossible
from requests_app.models import Case, Claim
from requests_app.withdrawal import NothingToWithdraw

DONE: dict[str, tuple[Callable[..., Any], Any]] = {
    "start": (acts.start, gettext_lazy("Collecting has started.")),
    "decide": (acts.decide, gettext_lazy("Write the answer now.")),
    "recollect": (acts.recollect, gettext_lazy("The sources are read again.")),
    "retry": (acts.retry, gettext_lazy("The failed steps are tried again.")),
    "take_back": (acts.take_back, gettext_lazy("Back in review.")),
    "resume": (acts.resume, gettext_lazy("The clock runs again.")),
    "offer_again": (acts.offer_again, gettext_lazy("A new link has been sent.")),
    "withdraw": (acts.withdraw, gettext_lazy("Closed as taken back; a letter confirms it.")),
    "reopen": (acts.reopen, gettext_lazy("Reopened.")),
}


@require_safe
@of_case()
def show(request: HttpRequest, case: Case) -> HttpResponse:
    now = timezone.now()
    own = roles(request, case.controller)
    unread = set(case.messages.filter(author=None, read_at=None).values_list("pk", flat=True))
    acts.looked(case, "viewed_case", user=request.user, now=now)
    if Role.CASEWORKER in own:
        acts.read_messages(case, now=now)
    context = {
        **case_parts.all_of(case, user=request.user, roles=own),
        "unread": unread,
        "form": MessageForm(),
        "colleagues": colleagues_of(request, case.controller),
        "is_caseworker": Role.CASEWORKER in own,
    }
    return pages.case_page(request, case, "desk/case.html", context, title=case.reference)


@require_POST
@of_claim(Role.CASEWORKER)
def do(request: HttpRequest, claim: Claim, act: str) -> HttpResponse:
    """A button that needs no more than a click."""
    if act not in DONE:
        raise Http404
    function, said = DONE[act]
    try:
        function(claim, user=request.user, now=timezone.now())
    except NotPossible as error:
        return pages.back_to(request, claim.case, wrong=words.why_not(error.code))
    except NothingToWithdraw:
        return pages.back_to(request, claim.case, wrong=words.why_not("stage"))
    if act == "decide":
        messages.info(request, said)
        return pages.to_claim_page("answer", claim)
    return pages.back_to(request, claim.case, said=said, part=claim.right)


@require_POST
@of_case(Role.CASEWORKER)
def assign(request: HttpRequest, case: Case) -> HttpResponse:
    chosen = request.POST.get("to", "")
    to = colleagues_of(request, case.controller).filter(pk=chosen).first() if chosen.isdigit() else None
    try:
        acts.assign(case, to, user=request.user, now=timezone.now())
    except NotOfCompany:
        return pages.back_to(request, case, wrong=_("That person is no caseworker of this company."))
    return pages.back_to(request, case, said=_("Assigned.") if to else _("Nobody has the case now."))
