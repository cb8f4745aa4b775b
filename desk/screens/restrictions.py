"""The restrictions in force: what rests since when and why, what is done by hand, and telling that one will end."""

from datetime import date
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from desk import acts, change_acts, grounds, pages, words
from desk.permissions import CASE_ROLES, Role, companies, of_case, of_roles, roles
from fulfilment.changing import restriction
from fulfilment.models import Restriction
from fulfilment.planning import by_hand, restricted
from law import restriction as law
from requests_app.fields import DateInput
from requests_app.models import Case
from requests_app.states import Stage


class LiftForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why it ends, in the person's language"), max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Write the reason: the person will read it.")},
    )  # fmt: skip
    lift_on = forms.DateField(label=gettext_lazy("The day on which it ends"), widget=DateInput())


@require_safe
@of_roles(*CASE_ROLES)
def every(request: HttpRequest) -> HttpResponse:
    """All that are in force, of every company one works for."""
    own = companies(request, *CASE_ROLES)
    rows = [(one, _about(one)) for slug in own for one in restricted.in_force(slug)]
    return pages.page(request, "desk/restrictions.html", {"rows": rows}, title=_("Data that is only stored"))


@require_http_methods(["GET", "HEAD", "POST"])
@of_case()
def one(request: HttpRequest, case: Case, pk: int) -> HttpResponse:
    """One restriction: what it covers and means. POST: announce its end, or go on after all."""
    held = Restriction.objects.filter(pk=pk, case=case).select_related("claim", "plan__file").first()
    if held is None:
        raise Http404
    held.case = held.claim.case = case
    lift = LiftForm(request.POST if "announce" in request.POST else None, initial={"lift_on": _earliest(held)})
    if request.method == "POST" and (done := _act(request, held, lift)):
        return done
    acts.looked(case, "viewed_records", user=request.user, now=timezone.now(), claim=held.claim)
    context = {
        "held": held, **_about(held), "what": restriction.what(held, language=pages.language()), "lift": lift,
        "means": pages.sentences(law.storage_only()), "earliest": _earliest(held),
        "may": Role.CASEWORKER in roles(request, case.controller),
    }  # fmt: skip
    status = 422 if lift.errors else 200
    return pages.case_page(request, case, "desk/restriction.html", context, title=_("Only stored"), status=status)


def _act(request: HttpRequest, held: Restriction, lift: LiftForm) -> HttpResponse | None:
    if Role.CASEWORKER not in roles(request, held.case.controller):
        return pages.back_to(request, held.case, wrong=words.why_not("caseworker"))
    given: dict[str, Any] = {"user": request.user, "now": timezone.now()}
    said: Any = ""
    try:
        if "announce" in request.POST:
            if not lift.is_valid():
                return None
            change_acts.announce_lifting(held, **lift.cleaned_data, **given)
            said = _("The person has been told. It ends by itself on that day.")
        elif "keep_on" in request.POST:
            change_acts.keep_restricted(held, **given)
            said = _("It goes on. Write to the person that it does.")
    except restriction.NotNow as error:
        if error.code == "too_soon":
            lift.add_error("lift_on", " ".join(pages.sentences(error.reasons)))
            return None
        return pages.back_to(request, held.case, wrong=words.why_not(error.code))
    pages.tell(request, said)
    return redirect("admin:restriction", held.case.reference, held.pk)


def _about(held: Restriction) -> dict[str, Any]:
    return {
        "company": words.company_name(held.case.controller), "ground": grounds.rests(held.ground),
        "why": held.get_why_display(), "tasks": by_hand.to_do().filter(claim=held.claim).count(),
        "settled": held.claim.stage == Stage.CLOSED,
    }  # fmt: skip


def _earliest(held: Restriction) -> date:
    return restriction.earliest(held, now=timezone.now())
