"""The erasure plan: what becomes of every record and why, the undecided first; a person decides those by hand."""

from datetime import date
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from connectors.errors import ConnectorError
from desk import acts, pages, words
from desk.permissions import Role, of_claim, roles
from desk.screens.review import ground_choices
from fulfilment import approval
from fulfilment.collecting import noted, records
from fulfilment.extract import shape
from fulfilment.models import Plan
from fulfilment.planning import plans
from fulfilment.removing import certificate
from law.decisions import GROUNDS
from law.reasons import Reason, say
from law.rights import Right
from requests_app.controllers import controller
from requests_app.fields import DateInput
from requests_app.lifecycle import NotPossible
from requests_app.models import Claim
from requests_app.states import Stage

PAGE = 25
ORDER = ("undetermined", "hold", "retain", "anonymise", "erase", "by_hand", "not_theirs")


class FateForm(forms.Form):
    number = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    outcome = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        widget=forms.RadioSelect,
        choices=[(code, words.FATES[code]) for code in plans.OUTCOMES],
        error_messages={"required": gettext_lazy("Choose what should happen.")},
    )
    ground = forms.ChoiceField(label=gettext_lazy("Ground for keeping"), required=False)
    provision = forms.CharField(
        label=gettext_lazy("The provision that obliges the company"), required=False, max_length=300,
        help_text=gettext_lazy("Where the ground is a legal obligation: the act and its section."),
    )  # fmt: skip
    keep_through = forms.DateField(label=gettext_lazy("Keep until"), required=False, widget=DateInput())
    reason = forms.CharField(
        label=gettext_lazy("Reason, in the person's language"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=4000,
        error_messages={"required": gettext_lazy("Write the reason: the person will read it.")},
    )

    def __init__(self, *args: Any, claim: Claim, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ground"].choices = [("", "–"), *ground_choices(claim)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("outcome") == "retain" and not data.get("ground"):
            self.add_error("ground", _("To keep data, choose the ground."))
        if data.get("ground") and GROUNDS[data["ground"]].needs_provision and not data.get("provision"):
            self.add_error("provision", _("Name the provision: the person must be able to look it up (Art. 12(4))."))
        return data


@require_http_methods(["GET", "HEAD", "POST"])
@of_claim()
def show(request: HttpRequest, claim: Claim) -> HttpResponse:
    if request.method == "POST":
        return _submit(request, claim)
    return _show(request, claim)


def _show(request: HttpRequest, claim: Claim, *, wrong: Any = "", status: int = 200) -> HttpResponse:
    plan = _plan_of(claim)
    acts.looked(claim.case, "viewed_records", user=request.user, now=timezone.now(), claim=claim, plan=plan.version)
    seen = noted.of(claim)
    context = {
        "claim": claim,
        "noted": seen,
        "people": noted.people(claim, seen),
        "plan": plan,
        "groups": groups(claim, plan),
        "state": words.PLAN_STATES[plan.status],
        "counts": [(words.FATES.get(fate, fate), count) for fate, count in plans.by_outcome(plan).items()],
        "letter": _certificate(claim, plan),
        "may": _may(request, claim),
        "wrong": wrong,
        "waits": _waits(claim),
    }
    return pages.case_page(request, claim.case, "desk/plan.html", context, title=_("Erasure plan"), status=status)


def groups(claim: Claim, plan: Plan) -> list[dict[str, Any]]:
    """Rows of the plan by what becomes of them, the undecided first; each with its reasons in words."""
    ours, language = controller(claim.case.controller), pages.language()
    grouped: dict[str, list[dict[str, Any]]] = {}
    for row in plan.summary:
        system, label, _explain = shape.named(ours, row["source"], row["collection"], language=language)
        said = [_say(reason) for reason in row["reasons"]]
        grouped.setdefault(row["outcome"], []).append(
            {
                **row,
                "system": system,
                "until": _day(row["keep_through"]),
                "label": label,
                "why": list(dict.fromkeys(said)),
                "held": words.HELD_FOR.get(row["held_for"], row["held_for"]),
                "stripped": row["action"] == "strip",
            }
        )
    return [
        {
            "fate": fate,
            "title": words.FATES[fate],
            "rows": grouped[fate],
            "count": sum(row["count"] for row in grouped[fate]),
        }
        for fate in ORDER
        if fate in grouped
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@of_claim()
def table(request: HttpRequest, claim: Claim, source: str, collection: str) -> HttpResponse:
    """The records of one table with their fate, and the form to decide them: all that are open, or one."""
    plan = _plan_of(claim)
    fates = plans.of_table(plan, source, collection)
    if not fates:
        raise Http404
    chosen = request.GET.get("record", "")
    number = int(chosen) if chosen.isdigit() and int(chosen) < len(fates) else None
    form = FateForm(request.POST or None, claim=claim, initial={"number": number})
    if request.method == "POST" and (done := _decide(request, claim, form, source, collection)):
        return done
    shown = Paginator(fates, PAGE).get_page(request.GET.get("page"))
    rows = _rows(claim, source, collection, shown)
    place = {"source": source, "collection": collection, "page": shown.number}
    acts.looked(claim.case, "viewed_records", user=request.user, now=timezone.now(), claim=claim, **place)
    system, label, _explain = shape.named(
        controller(claim.case.controller), source, collection, language=pages.language()
    )
    context = {
        "claim": claim,
        "plan": plan,
        "rows": rows,
        "page": shown,
        "form": form,
        "system": system,
        "number": number,
        "open": sum(fate["outcome"] == "undetermined" for fate in fates),
        "may": _may(request, claim),
    }
    return pages.case_page(
        request, claim.case, "desk/plan_table.html", context, title=label, status=422 if form.errors else 200
    )


def _rows(claim: Claim, source: str, collection: str, shown: Any) -> list[dict[str, Any]]:
    read = records.records(
        claim,
        source=source,
        collection=collection,
        language=pages.language(),
        first=shown.start_index() - 1,
        count=PAGE,
    )
    by_number = {one.number: one for one in read}
    return [
        {
            "record": by_number.get(fate["number"]),
            "number": fate["number"],
            "open": fate["outcome"] == "undetermined",
            "title": words.FATES[fate["outcome"]],
            "why": [_say(reason) for reason in fate["reasons"]],
            "held": words.HELD_FOR.get(fate["held_for"], fate["held_for"]),
            "until": _day(fate["keep_through"]),
        }
        for fate in shown
    ]


def _decide(request: HttpRequest, claim: Claim, form: FateForm, source: str, collection: str) -> HttpResponse | None:
    if not _may(request, claim):
        return pages.back_to(request, claim.case, wrong=words.why_not("caseworker"))
    if not form.is_valid():
        return None
    try:
        acts.decide_fate(
            claim, source=source, collection=collection, user=request.user, now=timezone.now(), **form.cleaned_data
        )
    except ConnectorError as error:
        code = "outdated" if error.code == "plan_outdated" else error.code
        return pages.back_to(request, claim.case, wrong=words.why_not(code))
    pages.tell(request, _("Decided. The plan has been made and rehearsed anew."))
    return pages.to_claim_page("plan", claim)


def _submit(request: HttpRequest, claim: Claim) -> HttpResponse:
    if Role.CASEWORKER not in roles(request, claim.case.controller):
        return pages.back_to(request, claim.case, wrong=words.why_not("caseworker"))
    try:
        acts.submit(claim, outcome="granted", user=request.user, now=timezone.now())
    except NotPossible as error:
        return pages.back_to(request, claim.case, wrong=words.why_not(error.code))
    except approval.NotReady as error:
        wrong = " ".join([str(words.why_not(error.code)), *pages.sentences(error.reasons)])
        return _show(request, claim, wrong=wrong, status=422)
    return pages.back_to(request, claim.case, said=_("Submitted. A second person can approve it now."))


def _certificate(claim: Claim, plan: Plan) -> Any:
    if plan.undecided or certificate.outcome(plan) == "no_data":
        return None
    return certificate.rendered(plan, written=pages.today_of(claim.case.controller))


def _day(text: str | None) -> date | str:
    return date.fromisoformat(text) if text else ""


def _say(data: dict[str, Any]) -> str:
    try:
        return say(Reason.from_json(data), pages.language())
    except KeyError:
        return str(data.get("code", ""))


def _plan_of(claim: Claim) -> Plan:
    plan = plans.current(claim) if claim.right == Right.erasure else None
    if plan is None:
        raise Http404
    return plan


def _may(request: HttpRequest, claim: Claim) -> bool:
    return claim.stage == Stage.REVIEW and Role.CASEWORKER in roles(request, claim.case.controller)


def _waits(claim: Claim) -> bool:
    """Whether a copy of the data is still on its way to the same person: nothing is erased before (R-44)."""
    return claim.case.claims.filter(right__in=(Right.access, Right.portability)).exclude(stage=Stage.CLOSED).exists()
