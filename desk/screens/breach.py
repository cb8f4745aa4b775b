"""The breach register: what happened in a case, the 72 hours, the report, and the whole register (Art. 33(5); R-77)."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from desk import acts, pages
from desk.permissions import CASE_ROLES, Role, of_case, of_roles, roles
from desk.screens.letter_by_hand import ONE_A_LINE, contact_of, text, whom_to_ask
from desk.words import company_name
from fulfilment.models import Incident
from fulfilment.telling import incidents
from requests_app import queries
from requests_app.models import Case

LISTS = ("data", "measures")
WRONG: dict[str, Any] = {
    "missing": gettext_lazy("Write this: the register needs it (Art. 33)."),
    "future": gettext_lazy("That moment has not been yet."),
    "before_aware": gettext_lazy("Nobody reports a breach before knowing of it."),
    "after_report": gettext_lazy("It was reported before this moment."),
    "reported": gettext_lazy("The report has been written down already."),
}


def moment(label: Any, **more: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    wrong = {"required": gettext_lazy("Write the day and the hour.")}
    return forms.DateTimeField(label=label, widget=widget, error_messages=wrong, **more)


class BreachForm(forms.Form):
    """The fields of Art. 33(3) and 33(5)."""

    aware_at = moment(
        gettext_lazy("When did you become aware of it?"),
        help_text=gettext_lazy("From this hour run 72 hours, also over a weekend or a holiday."),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What kind of breach?"), choices=Incident.Kind.choices, widget=forms.RadioSelect
    )
    happened = text(gettext_lazy("What happened"))
    got = text(gettext_lazy("Who got or saw the data"), required=False)
    told = text(
        gettext_lazy("Who was told what, and when"),
        required=False,
        hint=gettext_lazy("Whoever got the data by mistake, the data protection officer, the other person."),
    )
    data = text(gettext_lazy("Which data"), hint=ONE_A_LINE)
    people = forms.CharField(label=gettext_lazy("About how many people, and of what kind"), max_length=200)
    records = forms.CharField(label=gettext_lazy("About how many records"), max_length=200)
    contact = whom_to_ask()
    consequences = text(gettext_lazy("Likely consequences"))
    measures = text(gettext_lazy("What has been done and is being done"), hint=ONE_A_LINE)
    risk = forms.ChoiceField(
        label=gettext_lazy("How great is the risk to people?"), choices=Incident.Risk.choices, widget=forms.RadioSelect
    )
    why_no_risk = text(gettext_lazy("If a risk is unlikely: why"), required=False)


class ReportForm(forms.Form):
    reported_at = moment(gettext_lazy("When was it reported to the authority?"))
    why_late = text(gettext_lazy("If later than 72 hours: why"), required=False)


@require_http_methods(["GET", "HEAD", "POST"])
@of_case(Role.CASEWORKER)
def new(request: HttpRequest, case: Case) -> HttpResponse:
    form = BreachForm(request.POST or None, initial={"contact": contact_of(case)})
    if request.method == "POST" and form.is_valid():
        try:
            incident = acts.record_breach(case, **_recorded(form), user=request.user, now=timezone.now())
        except incidents.NotTrue as error:
            form.add_error(error.field, WRONG[error.code])
        else:
            pages.tell(request, _("Recorded. The 72 hours run from the hour you gave."))
            return redirect("admin:breach", case.reference, incident.pk)
    return _page(request, case, {"form": form}, title=_("Record a breach"))


@require_http_methods(["GET", "HEAD", "POST"])
@of_case(*CASE_ROLES)
def show(request: HttpRequest, case: Case, pk: int) -> HttpResponse:
    """The entry, its hours, and what can still be added: an approver reads, a caseworker writes."""
    incident = get_object_or_404(Incident.objects.select_related("recorded_by", "letter"), pk=pk, case=case)
    incident.case = case
    may_write = Role.CASEWORKER in roles(request, case.controller)
    form = BreachForm(request.POST if "save" in request.POST else None, initial=_before(incident))
    report = ReportForm(request.POST if "report" in request.POST else None)
    if request.method == "POST" and may_write:
        chosen = form if "save" in request.POST else report
        if chosen.is_valid() and _write(request, incident, chosen):
            return redirect("admin:breach", case.reference, incident.pk)
    to_report = not incident.reported_at and incident.risk != Incident.Risk.NONE
    context = {
        "incident": incident,
        "left": hours(incident, now=timezone.now()),
        "form": form if may_write else None,
        "report": report if may_write and (to_report or report.errors) else None,
        "facts": _told(incident),
    }
    return _page(request, case, context, title=_("Breach"))


@require_safe
@of_roles(*CASE_ROLES)
def register(request: HttpRequest) -> HttpResponse:
    """Every breach of the companies whose cases one may see, newest first."""
    found = Incident.objects.filter(case__in=queries.cases(request.user)).select_related("case")  # type: ignore[arg-type]
    lines = [(one, hours(one, now=timezone.now()), company_name(one.case.controller)) for one in found]
    return pages.page(request, "desk/breaches.html", {"lines": lines}, title=_("Register of breaches"))


def hours(incident: Incident, *, now: datetime) -> dict[str, Any]:
    """What is left of the 72 hours, in words and as a shade."""
    left = incidents.clock(incident, now=now)
    if incident.reported_at:
        return {"shade": "closed", "text": _("Reported"), "by": left.by}
    if left.done:
        return {"shade": "closed", "text": _("Not to be reported"), "by": left.by}
    if left.hours < 0:
        said = ngettext("%(n)d hour late", "%(n)d hours late", -left.hours) % {"n": -left.hours}
        return {"shade": "late", "text": said, "by": left.by}
    said = ngettext("%(n)d hour left", "%(n)d hours left", left.hours) % {"n": left.hours}
    return {"shade": "soon" if left.hours <= 24 else "fine", "text": said, "by": left.by}


def _write(request: HttpRequest, incident: Incident, form: forms.Form) -> bool:
    try:
        if isinstance(form, ReportForm):
            acts.report_breach(incident, **form.cleaned_data, user=request.user, now=timezone.now())
            pages.tell(request, _("The report is written down."))
        else:
            acts.amend_breach(incident, **_recorded(form), user=request.user, now=timezone.now())
            pages.tell(request, _("Saved."))
    except incidents.NotTrue as error:
        form.add_error(error.field, WRONG[error.code])
        return False
    return True


def _recorded(form: forms.Form) -> dict[str, Any]:
    data = dict(form.cleaned_data)
    own = {name: data.pop(name) for name in ("aware_at", "kind", "risk")}
    split = {name: [line.strip() for line in data[name].splitlines() if line.strip()] for name in LISTS}
    return {**own, "facts": {**{name: value.strip() for name, value in data.items()}, **split}}


def _before(incident: Incident) -> dict[str, Any]:
    facts = {name: "\n".join(value) if isinstance(value, list) else value for name, value in incident.facts.items()}
    return {**facts, "aware_at": incident.aware_at, "kind": incident.kind, "risk": incident.risk}


def _told(incident: Incident) -> list[tuple[Any, Any]]:
    """The entry as label and words, for whoever may only read."""
    labels = {name: field.label for name, field in BreachForm.base_fields.items()} | {
        "why_late": ReportForm.base_fields["why_late"].label
    }
    facts = _before(incident)
    return [(labels[name], facts[name]) for name in labels if name in incident.facts and facts[name]]


def _page(request: HttpRequest, case: Case, context: dict[str, Any], *, title: str) -> HttpResponse:
    wrong = any(one is not None and one.errors for one in (context.get("form"), context.get("report")))
    return pages.case_page(request, case, "desk/breach.html", context, title=title, status=422 if wrong else 200)
