"""The review of an automated decision by whoever is logged in: their name stands in the letter (Art. 22(3))."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from desk import acts, pages, words
from desk.permissions import Role, of_claim, roles
from fulfilment import answer, approval
from fulfilment.collecting import records
from fulfilment.extract import shape
from fulfilment.planning.plans import NoPlan
from fulfilment.weighing import automated
from law.human_review import RESULTS
from law.rights import Right
from requests_app.controllers import controller
from requests_app.lifecycle import NotPossible
from requests_app.models import Claim
from requests_app.states import Stage

ROWS = 3
"""Values that can be changed in one go; more are done by hand."""
MOST = 60
"""Records of a table that can be chosen from."""


def _text(label: Any, *, rows: int = 3, hint: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=8000, widget=forms.Textarea(attrs={"rows": rows}), help_text=hint
    )


class ReviewForm(forms.Form):
    decision_id = forms.ChoiceField(
        label=gettext_lazy("Which decision"), widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose the decision.")},
    )  # fmt: skip
    which = forms.CharField(
        label=gettext_lazy("When, and about what"), required=False, max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("In the person's language, such as the day and the order."),
    )  # fmt: skip
    view = _text(gettext_lazy("The person's own view"), hint=gettext_lazy("What they contest, in their words."))
    explanation = _text(
        gettext_lazy("How the decision came about"),
        rows=4,
        hint=gettext_lazy("The procedure and principles actually applied, in plain words; not a formula. One a line."),
    )
    outcome_of_review = forms.ChoiceField(label=gettext_lazy("Result"), required=False, widget=forms.RadioSelect)
    holds = _text(gettext_lazy("What applies now"), rows=2)
    reasons = _text(gettext_lazy("Why, in this case"))
    todo = _text(
        gettext_lazy("What somebody must change in a system by hand"),
        rows=2,
        hint=gettext_lazy("The letter waits until it is written down as done."),
    )
    saw_all = forms.BooleanField(label=gettext_lazy("I have looked at all the data that matter"), required=False)
    has_authority = forms.BooleanField(
        label=gettext_lazy("I have the authority to change the decision"), required=False
    )

    def __init__(self, *args: Any, claim: Claim, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(one.id, shape.say(one.name, pages.language())) for one in automated.decisions(claim)]
        self.fields["decision_id"].choices = [*named, (automated.OTHER, _("Another one"))]  # type: ignore[attr-defined]
        if not named:  # a company that told of no decision: there is nothing to choose between
            self.fields["decision_id"].widget, self.initial["decision_id"] = forms.HiddenInput(), automated.OTHER
        self.fields["outcome_of_review"].choices = [(code, words.REVIEWS[code]) for code in RESULTS]  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        data = self.cleaned_data
        lines = [line.strip() for line in data["explanation"].splitlines() if line.strip()]
        return {name: value.strip() if isinstance(value, str) else value for name, value in data.items()} | {
            "explanation": lines
        }


class ValueForm(forms.Form):
    """One value in one record, if it is to hold something else."""

    place = forms.ChoiceField(label=gettext_lazy("Record"), required=False)
    column = forms.ChoiceField(label=gettext_lazy("Column"), required=False)
    value = forms.CharField(label=gettext_lazy("It shall hold"), required=False, max_length=1000)

    def __init__(self, *args: Any, places: dict[str, "Place"], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = places
        columns = dict.fromkeys(name for place in places.values() for name in place.columns)
        self.fields["place"].choices = [("", "–"), *((id, place.label) for id, place in places.items())]  # type: ignore[attr-defined]
        self.fields["column"].choices = [("", "–"), *((name, name) for name in columns)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        place = self.places.get(data.get("place", ""))
        if place and data.get("column") not in place.columns:
            self.add_error("column", _("Choose a column of that record."))
        return data

    def said(self) -> dict[str, Any] | None:
        place = self.places.get(self.cleaned_data.get("place", ""))
        if place is None:
            return None
        given = {"column": self.cleaned_data["column"], "value": self.cleaned_data["value"] or None}
        return {"source": place.source, "collection": place.collection, "number": place.number, **given}


class Place:
    """A record of this person that can be chosen."""

    def __init__(self, table: records.TableView, view: records.RecordView) -> None:
        self.source, self.collection, self.number = table.source, table.collection, view.number
        self.columns = [field.name for field in view.fields]
        said = ", ".join(field.text for field in view.fields[:4] if field.text)
        self.label = f"{table.source_name}: {table.label} {view.number + 1} ({said[:60]})"
        self.id = f"{table.source}/{table.collection}/{view.number}"


@require_http_methods(["GET", "HEAD", "POST"])
@of_claim()
def review(request: HttpRequest, claim: Claim) -> HttpResponse:
    if claim.right != Right.automated_decision:
        raise Http404
    if claim.stage != Stage.REVIEW:
        return pages.back_to(request, claim.case, wrong=words.why_not("stage"))
    form = ReviewForm(request.POST or None, claim=claim, initial=_before(claim))
    places = {place.id: place for place in _places(claim)}
    rows = [
        ValueForm(request.POST or None, places=places, prefix=f"v{number}", initial=initial)
        for number, initial in enumerate(_values_before(claim))
    ]
    if request.method != "POST":
        return _page(request, claim, form, rows)
    if Role.CASEWORKER not in roles(request, claim.case.controller):
        return pages.back_to(request, claim.case, wrong=words.why_not("caseworker"))
    if not all(one.is_valid() for one in (form, *rows)):
        return _page(request, claim, form, rows, status=422)
    said = form.said() | {"values": [given for row in rows if (given := row.said())]}
    try:
        if "submit" in request.POST:
            acts.review_decision(claim, said, user=request.user, now=timezone.now())
            return pages.back_to(request, claim.case, said=_("Submitted. A second person can approve it now."))
        claim.decision = automated.prepared(claim, said, reviewer=request.user)  # on this object only
        claim.outcome, claim.grounds = "granted", []
        letter = answer.rendered(claim, written=pages.today_of(claim.case.controller))
    except NotPossible as error:
        return pages.back_to(request, claim.case, wrong=words.why_not(error.code))
    except (approval.NotReady, NoPlan) as error:
        wrong, missing = words.why_not(error.code), getattr(error, "reasons", ())
        return _page(request, claim, form, rows, wrong=wrong, reasons=missing, status=422)
    except (ValueError, KeyError):
        return _page(request, claim, form, rows, wrong=words.why_not("letter_incomplete"), status=422)
    return _page(request, claim, form, rows, letter=letter)


def _before(claim: Claim) -> dict[str, Any]:
    """What was written before it was sent back; at first, what the person and the policy say."""
    named = automated.decisions(claim)
    logic = [shape.say(one.logic, claim.case.language) for one in named if one.logic]
    first = {
        "which": claim.scope.get("statement", "")[:500], "explanation": "\n".join(logic),
        "view": claim.scope.get("view") or claim.scope.get("statement", ""),
        "decision_id": named[0].id if len(named) == 1 else "",
    }  # fmt: skip
    kept = {**claim.decision, "explanation": "\n".join(claim.decision.get("explanation", ()))}
    return {**kept, "saw_all": False, "has_authority": False} if claim.decision else first


def _values_before(claim: Claim) -> list[dict[str, Any]]:
    kept = [
        {"place": f"{one['source']}/{one['collection']}/{one['number']}", **one}
        for one in claim.decision.get("values", ())
    ]
    return kept + [{}] * max(0, ROWS - len(kept))


def _places(claim: Claim) -> Iterator[Place]:
    language = pages.language()
    for table in records.tables(claim, language=language) if claim.collected.exists() else ():
        found = records.records(
            claim, source=table.source, collection=table.collection, language=language, first=0, count=MOST
        )
        yield from (Place(table, view) for view in found if not view.shared)


def _page(
    request: HttpRequest, claim: Claim, form: ReviewForm, rows: list[ValueForm], *, wrong: Any = "", reasons: Any = (),
    letter: Any = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    acts.looked(claim.case, "viewed_records", user=request.user, now=timezone.now(), claim=claim)
    ours = controller(claim.case.controller)
    language = pages.language()
    context = {
        "claim": claim, "form": form, "rows": rows if rows[0].places else [], "wrong": wrong, "letter": letter,
        "reasons": pages.sentences(reasons), "statement": claim.scope.get("statement", ""),
        "about": claim.scope.get("about", ""), "name": automated.name_of(request.user),
        "tables": records.tables(claim, language=language) if claim.collected.exists() else [],
        "listed": [
            {"name": shape.say(one.name, language), "when": shape.say(one.when, language),
             "effect": shape.say(one.effect, language), "logic": shape.say(one.logic, language)}
            for one in ours.policy.automated_decisions
        ],
        "values_open": any(row.errors or row["place"].value() for row in rows),
        "may": Role.CASEWORKER in roles(request, claim.case.controller),
    }  # fmt: skip
    title = _("Review the automated decision")
    return pages.case_page(request, claim.case, "desk/automated.html", context, title=title, status=status)


def reviewed(claim: Claim) -> dict[str, Any]:
    """What was reviewed, for whoever approves it: the view, and each value that is to change, old and new."""
    wanted = automated.values(claim.decision)
    found = automated.records(claim, {one.place for one in wanted})
    ours, language = controller(claim.case.controller), pages.language()
    lines = []
    for one in wanted:
        system, label, _explain = shape.named(ours, one.source, one.collection, language=language)
        old = found[one.place].fields.get(one.column) if one.place in found else None
        lines.append({"where": f"{system}: {label}", "column": one.column, "old": old, "new": one.value})
    return {"view": claim.decision.get("view", ""), "values": lines, "todo": claim.decision.get("todo", "")}
