"""A correction: what every source holds, kind by kind, the right value entered once, and what is refused (Art. 16)."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from connectors.errors import ConnectorError
from desk import acts, change_acts, pages, words
from desk.permissions import Role, of_claim, roles
from desk.screens.answer_form import RefusedPart
from fulfilment import approval
from fulfilment.changing import corrections, holdings
from fulfilment.planning import restricted
from law.rights import Right
from requests_app.lifecycle import NotPossible
from requests_app.models import Claim
from requests_app.states import Stage

PAGE, VALUES = 100, 8
"""Rows on a page, and different values of a kind in the overview: a person has only so many eyes."""


class ValueForm(forms.Form):
    """The right value, and where it belongs."""

    at = forms.MultipleChoiceField(error_messages={"required": gettext_lazy("Tick where the new value belongs.")})
    new = forms.CharField(
        label=gettext_lazy("The right value"), required=False, max_length=4000,
        help_text=gettext_lazy("Written once, for everything ticked. Left empty, the field is emptied."),
    )  # fmt: skip

    def __init__(self, *args: Any, shown: list[holdings.Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["at"].choices = [(unit.id, unit.id) for unit in shown]  # type: ignore[attr-defined]


class SubmitForm(RefusedPart):
    """What is told beside the changes: a statement of completion, and what is refused and why."""

    statement_text = forms.CharField(
        label=gettext_lazy("Statement that completes the data"), required=False, max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("In the person's words (Art. 16). It is kept with the case and sent to the recipients."),
    )  # fmt: skip
    statement_kept = forms.CharField(
        label=gettext_lazy("Where the statement now stands beside the data"), required=False, max_length=300,
        help_text=gettext_lazy("The system and the place, so that whoever uses the data reads it too."),
    )  # fmt: skip
    field_order = ("statement_text", "statement_kept", "grounds", "reasons")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("statement_text") and not data.get("statement_kept"):
            self.add_error("statement_kept", _("Say where the statement stands, so that it is read with the data."))
        return data


@require_http_methods(["GET", "HEAD", "POST"])
@of_claim()
def show(request: HttpRequest, claim: Claim) -> HttpResponse:
    """Every kind of data found, with what each source holds; and, when all is entered, the way on."""
    _only_collected(claim)
    form = SubmitForm(
        request.POST if request.method == "POST" else None,
        claim=claim,
        initial={**claim.decision, "grounds": claim.grounds},
    )
    if request.method == "POST":
        if done := _submit(request, claim, form):
            return done
        return _show(request, claim, form, status=422)
    return _show(request, claim, form)


def _show(request: HttpRequest, claim: Claim, form: SubmitForm, *, wrong: Any = "", status: int = 200) -> HttpResponse:
    found = holdings.kinds(claim, language=pages.language())
    acts.looked(claim.case, "viewed_records", user=request.user, now=timezone.now(), claim=claim)
    context = {
        "claim": claim, "kinds": [(one, *_shown(one)) for one in found], "form": form, "wrong": wrong,
        "chosen": sum(one.corrections for one in found), "may": _may(request, claim), **_said(claim),
        "restrictions": restricted.of_case(claim.case),
    }  # fmt: skip
    return pages.case_page(
        request, claim.case, "desk/rectify.html", context, title=_("Correct the data"), status=status
    )


def _shown(kind: holdings.Kind) -> tuple[list[dict[str, Any]], int]:
    """(values side by side, how many more different ones there are)."""
    rows = _values(kind)
    return rows, len(kind.values) - len(rows)


def _values(kind: holdings.Kind) -> list[dict[str, Any]]:
    """The different values side by side: which systems hold each, how often, and what is to become of it."""
    rows: list[dict[str, Any]] = []
    by_value: dict[str, list[holdings.Holding]] = {}
    for one in kind.holdings:
        by_value.setdefault(one.text, []).append(one)
    for value in _few(kind.values, by_value):
        holding = by_value[value]
        wanted = [one.correction for one in holding if one.correction]
        rows.append({
            "text": value, "count": len(holding), "systems": list(dict.fromkeys(one.system for one in holding)),
            "new": list(dict.fromkeys(one.new for one in wanted)), "changed": len(wanted),
            "by_hand": sum(one.by_hand for one in wanted), "shared": any(one.shared for one in holding),
        })  # fmt: skip
    return rows


def _few(values: Sequence[str], by_value: Mapping[str, list[holdings.Holding]]) -> list[str]:
    """The values most rows hold, and every one that is to be changed."""
    return [
        value for number, value in enumerate(values)
        if number < VALUES or any(one.correction for one in by_value[value])
    ]  # fmt: skip


def _said(claim: Claim) -> dict[str, Any]:
    """The person's words and what they sent, beside the data."""
    sent = claim.case.messages.filter(author=None, internal=False).prefetch_related("attachments__file")
    return {
        "statement": claim.scope.get("statement", ""), "about": claim.scope.get("about", ""),
        "evidence": [message for message in sent if message.body or message.attachments.all()],
    }  # fmt: skip


def _submit(request: HttpRequest, claim: Claim, form: SubmitForm) -> HttpResponse | None:
    if Role.CASEWORKER not in roles(request, claim.case.controller):
        return pages.back_to(request, claim.case, wrong=words.why_not("caseworker"))
    if not form.is_valid():
        return None
    data = form.cleaned_data
    said = {name: data[name].strip() for name in ("statement_text", "statement_kept", "reasons")}
    try:
        acts.submit(
            claim, outcome="granted", user=request.user, now=timezone.now(), grounds=data["grounds"], decision=said
        )
    except NotPossible as error:
        return pages.back_to(request, claim.case, wrong=words.why_not(error.code))
    except approval.NotReady as error:
        claim.refresh_from_db(fields=["outcome", "grounds", "decision"])
        wrong = " ".join([str(words.why_not(error.code)), *pages.sentences(error.reasons)])
        return _show(request, claim, form, wrong=wrong, status=422)
    return pages.back_to(request, claim.case, said=_("Submitted. A second person can approve it now."))


@require_http_methods(["GET", "HEAD", "POST"])
@of_claim()
def kind(request: HttpRequest, claim: Claim, key: str) -> HttpResponse:
    """One kind of data in every source: tick where the new value belongs. POST: keep it, or drop it."""
    _only_collected(claim)
    chosen = holdings.kind(claim, key, language=pages.language())
    if chosen is None:
        raise Http404
    page = Paginator(chosen.units, PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    form = ValueForm(request.POST if "keep" in request.POST else None, shown=shown, initial=_before(request, chosen))
    if request.method == "POST" and (done := _act(request, claim, chosen, form, shown)):
        return done
    acts.looked(claim.case, "viewed_records", user=request.user, now=timezone.now(), claim=claim, field=key)
    ticked = set(form["at"].value() or ())
    context = {
        "claim": claim, "kind": chosen, "page": page, "values": chosen.values[:VALUES], "form": form,
        "may": _may(request, claim), **_said(claim),
        "rows": [
            (unit, unit.id in ticked, words.UNCORRECTABLE.get(unit.first.why_not, unit.first.why_not))
            for unit in shown
        ],
    }  # fmt: skip
    status = 422 if form.errors else 200
    return pages.case_page(request, claim.case, "desk/rectify_kind.html", context, title=chosen.label, status=status)


def _before(request: HttpRequest, kind: holdings.Kind) -> dict[str, Any]:
    """What was entered before; else the rows that hold the value asked for, the commonest one unless told."""
    entered = [unit for unit in kind.units if unit.first.correction]
    if entered:
        correction = entered[0].first.correction
        return {"at": [unit.id for unit in entered], "new": (correction.new if correction else "") or ""}
    place = request.GET.get("old", "0")
    old = kind.values[int(place)] if place.isdigit() and int(place) < len(kind.values) else kind.values[0]
    same = [unit for unit in kind.units if unit.first.text == old and not unit.first.why_not and not unit.first.shared]
    return {"at": [unit.id for unit in same], "new": ""}


def _act(
    request: HttpRequest, claim: Claim, kind: holdings.Kind, form: ValueForm, shown: list[holdings.Unit]
) -> HttpResponse | None:
    if Role.CASEWORKER not in roles(request, claim.case.controller):
        return pages.back_to(request, claim.case, wrong=words.why_not("caseworker"))
    given: dict[str, Any] = {"user": request.user, "now": timezone.now()}
    try:
        if "drop" in request.POST:
            change_acts.drop_correction(claim, kind, **given)
            pages.tell(request, _("Nothing of this kind is changed."))
        elif form.is_valid():
            count = change_acts.correct(
                claim,
                kind,
                new=form.cleaned_data["new"],
                at=form.cleaned_data["at"],
                shown=[unit.id for unit in shown],
                **given,
            )
            text = ngettext("%(n)d value will be changed.", "%(n)d values will be changed.", count) % {"n": count}
            pages.tell(request, text)
        else:
            return None
    except corrections.NotNow as error:
        form.add_error("at" if error.code == "rows" else "new", _wrong(error))
        return None
    except ConnectorError:
        form.add_error(None, words.why_not("source_down"))
        return None
    return pages.to_claim_page("rectify", claim)


def _wrong(error: corrections.NotNow) -> str:
    said = str(words.NOT_TAKEN.get(error.code, words.why_not(error.code)))
    return f"{error.column}: {said}" if error.column else said


def _only_collected(claim: Claim) -> None:
    if claim.right != Right.rectification or not claim.steps.filter(name="collect").exists():
        raise Http404


def _may(request: HttpRequest, claim: Claim) -> bool:
    return claim.stage == Stage.REVIEW and Role.CASEWORKER in roles(request, claim.case.controller)


def changes(claim: Claim) -> list[dict[str, Any]]:
    """What the frozen plan changes, for the second person: each value that is to become another."""
    rows = [
        {"system": one.system, "table": one.table, "label": one.label, "old": one.text, "shared": one.shared,
         "new": one.correction.new or "–", "by_hand": one.correction.by_hand}
        for kind in holdings.kinds(claim, language=pages.language()) for one in kind.holdings if one.correction
    ]  # fmt: skip
    counted: dict[str, dict[str, Any]] = {}
    for row in rows:
        counted.setdefault(repr(row), row)
    return list(counted.values())
