"""A restriction asked for: which ground of the law, which data, and how each system is told (Art. 18)."""

from collections import Counter
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from desk import acts, grounds, pages, words
from desk.permissions import Role, of_claim, roles
from desk.screens.answer_form import RefusedPart
from fulfilment import approval
from fulfilment.collecting import records
from fulfilment.extract import shape
from fulfilment.models import Plan
from fulfilment.planning import plans, restricted
from law import restriction as law
from law.rights import Right
from policies.load import Controller
from requests_app.controllers import controller
from requests_app.lifecycle import NotPossible
from requests_app.models import Claim
from requests_app.states import Stage


class RestrictForm(RefusedPart):
    letter = forms.ChoiceField(
        label=gettext_lazy("Ground"), widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose the ground.")},
    )  # fmt: skip
    tables = forms.MultipleChoiceField(
        label=gettext_lazy("Data that is only stored"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Tick the data it is about.")},
    )  # fmt: skip
    field_order = ("letter", "tables", "grounds", "reasons")

    def __init__(self, *args: Any, claim: Claim, found: list[records.TableView], **kwargs: Any) -> None:
        super().__init__(*args, claim=claim, **kwargs)
        self.fields["letter"].choices = [(code, grounds.rests(code)) for code in law.GROUNDS]  # type: ignore[attr-defined]
        self.fields["tables"].choices = [(_id(one), _label(one, claim)) for one in found]  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@of_claim()
def choose(request: HttpRequest, claim: Claim) -> HttpResponse:
    if claim.right != Right.restriction or not claim.steps.filter(name="collect").exists():
        raise Http404
    found = records.tables(claim, language=pages.language())
    form = RestrictForm(
        request.POST if request.method == "POST" else None, claim=claim, found=found, initial=_before(claim, found)
    )
    if request.method == "POST":
        if done := _submit(request, claim, form, found):
            return done
        return _page(request, claim, form, found, status=422)
    return _page(request, claim, form, found)


def _page(
    request: HttpRequest, claim: Claim, form: RestrictForm, found: list[records.TableView], *, wrong: Any = "",
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    acts.looked(claim.case, "viewed_records", user=request.user, now=timezone.now(), claim=claim)
    context = {
        "claim": claim, "form": form, "found": found, "wrong": wrong, "statement": claim.scope.get("statement", ""),
        "about": claim.scope.get("about", ""), "means": pages.sentences(law.storage_only()),
        "restrictions": restricted.of_case(claim.case),
        "may": claim.stage == Stage.REVIEW and Role.CASEWORKER in roles(request, claim.case.controller),
    }  # fmt: skip
    title = _("Only store the data")
    return pages.case_page(request, claim.case, "desk/restrict.html", context, title=title, status=status)


def _submit(
    request: HttpRequest, claim: Claim, form: RestrictForm, found: list[records.TableView]
) -> HttpResponse | None:
    if Role.CASEWORKER not in roles(request, claim.case.controller):
        return pages.back_to(request, claim.case, wrong=words.why_not("caseworker"))
    if not form.is_valid():
        return None
    data = form.cleaned_data
    tables = [[one.source, one.collection] for one in found if _id(one) in data["tables"]]
    said = {"letter": data["letter"], "tables": tables, "reasons": data["reasons"].strip()}
    try:
        acts.submit(
            claim, outcome="granted", user=request.user, now=timezone.now(), grounds=data["grounds"], decision=said
        )
    except NotPossible as error:
        return pages.back_to(request, claim.case, wrong=words.why_not(error.code))
    except approval.NotReady as error:
        claim.refresh_from_db(fields=["outcome", "grounds", "decision"])
        wrong = " ".join([str(words.why_not(error.code)), *pages.sentences(error.reasons)])
        return _page(request, claim, form, found, wrong=wrong, status=422)
    return pages.back_to(request, claim.case, said=_("Submitted. A second person can approve it now."))


def _before(claim: Claim, found: list[records.TableView]) -> dict[str, Any]:
    """What was chosen before it was sent back; at first, the ground the person ticked and everything found."""
    chosen = {tuple(one) for one in claim.decision.get("tables", ())}
    ticked = [_id(one) for one in found if _place(one) in chosen or (not chosen and one.count > one.shared)]
    return {"letter": claim.scope.get("ground"), **claim.decision, "tables": ticked, "grounds": claim.grounds}


def _place(one: records.TableView) -> tuple[str, str]:
    return (one.source, one.collection)


def _id(one: records.TableView) -> str:
    return f"{one.source}/{one.collection}"


def _label(one: records.TableView, claim: Claim) -> str:
    how = _("marked in the system") if _marked(controller(claim.case.controller), one) else _("by hand")
    others = ngettext("%(n)d also somebody else's", "%(n)d also somebody else's", one.shared) % {"n": one.shared}
    return f"{one.label}, {one.source_name} ({one.count}{', ' + others if one.shared else ''}): {how}"


def _marked(company: Controller, one: records.TableView) -> bool:
    """Whether the map says how this table is told, or another of the same system that it follows."""
    tables = company.sources[one.source].collections.values()
    return _bears_own(company, one.source, one.collection) or any(
        one.collection in table.restrict.covers for table in tables if table.restrict
    )


def _bears_own(company: Controller, source: str, collection: str) -> bool:
    table = company.sources[source].collections.get(collection)
    return bool(table and table.restrict)


def resting(claim: Claim) -> list[dict[str, Any]]:
    """What the frozen plan restricts, table by table, and how each system is told.

    A table with a mark of its own that the plan leaves alone bears it for another restriction.
    """
    plan = plans.current(claim, purpose=Plan.Purpose.RESTRICT)
    if plan is None:
        return []
    body, ours, language = plans.read(plan), controller(claim.case.controller), pages.language()
    by_hand = {(source, collection): count for source, collection, count in body["about"]["unmarked"]}
    marked = {(row["source"], row["collection"]) for row in plan.summary}
    counted = Counter((row["source"], row["collection"]) for row in body["fates"])
    told = []
    for place in sorted({*counted, *by_hand}):
        system, table, _explain = shape.named(ours, *place, language=language)
        told.append({
            "system": system, "table": table, "count": max(counted[place], by_hand.get(place, 0)),
            "by_hand": place in by_hand, "marked": place in marked, "already": _bears_own(ours, *place),
        })  # fmt: skip
    return told
