"""Review of what was collected for access or portability: table by table, page by page, never all at once."""

from typing import Any

from django import forms
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from desk import acts, pages, words
from desk.grounds import refusal
from desk.permissions import Role, of_claim, roles
from fulfilment import approval
from fulfilment.collecting import noted, records
from fulfilment.collecting.review import NotNow
from fulfilment.handing_over import access, bundle
from law.decisions import grounds_for
from law.rights import Right
from requests_app.controllers import controller
from requests_app.lifecycle import NotPossible
from requests_app.models import Claim
from requests_app.states import Stage

PAGE = 25


class WithholdForm(forms.Form):
    """What to do with the records ticked, or with one field of them."""

    numbers = forms.TypedMultipleChoiceField(
        coerce=int,
        error_messages={
            "required": gettext_lazy("Tick the records it is about."),
            "invalid_choice": gettext_lazy("Tick the records it is about."),
        },
    )
    field = forms.ChoiceField(label=gettext_lazy("What"), required=False)
    ground = forms.ChoiceField(label=gettext_lazy("Ground"))
    reason = forms.CharField(
        label=gettext_lazy("The facts, in the person's language"),
        help_text=gettext_lazy("For Norway § 16 (f) and Denmark § 22: the interests you weighed."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=4000,
        error_messages={"required": gettext_lazy("Write the reason: the person will read it.")},
    )

    def __init__(self, *args: Any, claim: Claim, shown: list[records.RecordView], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["numbers"].choices = [(one.number, one.number) for one in shown]  # type: ignore[attr-defined]
        whole = [("", _("the whole record"))]
        columns = shown[0].fields if shown else ()
        self.fields["field"].choices = whole + [(one.name, one.label) for one in columns]  # type: ignore[attr-defined]
        self.fields["ground"].choices = ground_choices(claim)  # type: ignore[attr-defined]


class Numbered(Paginator):
    """Pages over numbers; the records themselves are read for the page shown only."""

    def __init__(self, total: int) -> None:
        super().__init__(range(total), PAGE)

    @cached_property
    def count(self) -> int:
        return len(self.object_list)  # type: ignore[arg-type]


def ground_choices(claim: Claim, *, whole: bool = False) -> list[tuple[str, str]]:
    """What this right can be refused on. `whole`: also what is said of a request and not of a record (Art. 12(5))."""
    country = controller(claim.case.controller).policy.country
    grounds = grounds_for(Right(claim.right), country=country)
    return [(one.code, refusal(one.code)) for one in grounds if whole or not one.two_people]


@require_http_methods(["GET", "HEAD", "POST"])
@of_claim()
def tables(request: HttpRequest, claim: Claim) -> HttpResponse:
    """All tables, what is withheld, what is missing for a whole answer; and, when all is decided, the way on."""
    if request.method == "POST":
        return _one_person(request, claim) if "root" in request.POST else _submit(request, claim)
    return _tables(request, claim)


def _tables(request: HttpRequest, claim: Claim, *, wrong: Any = "", status: int = 200) -> HttpResponse:
    _only_readable(claim)
    acts.looked(claim.case, "viewed_records", user=request.user, now=timezone.now(), claim=claim)
    extract = records.extract(claim)
    found = records.tables(claim, language=pages.language())
    seen = noted.of(claim)
    context = {
        "claim": claim,
        "noted": seen,
        "people": noted.people(claim, seen),
        "tables": found,
        "undecided": sum(one.undecided for one in found),
        "records": sum(one.count for one in found),
        "withheld": extract.withheld,
        "gaps": [(words.GAPS.get(gap.what, gap.what), gap.id) for gap in access.gaps(extract)],
        "bundle": bundle.latest(claim),
        "may": claim.stage == Stage.REVIEW and Role.CASEWORKER in roles(request, claim.case.controller),
        "wrong": wrong,
    }
    title = _("Review: %(right)s") % {"right": words.right_title(claim.right)}
    return pages.case_page(request, claim.case, "desk/review.html", context, title=title, status=status)


def _one_person(request: HttpRequest, claim: Claim) -> HttpResponse:
    """Two people fit, and a caseworker has seen which of them asks: what hangs on that row is handed out."""
    if Role.CASEWORKER not in roles(request, claim.case.controller):
        return pages.back_to(request, claim.case, wrong=words.why_not("caseworker"))
    given: dict[str, Any] = {"user": request.user, "now": timezone.now()}
    chosen = [one for one in noted.people(claim, noted.of(claim)) if str(one.number) == request.POST["root"]]
    try:
        for (source, collection), numbers in (place for one in chosen for place in one.held.items()):
            acts.hand_out(claim, source=source, collection=collection, numbers=numbers, **given)
    except NotNow as error:
        return pages.back_to(request, claim.case, wrong=words.why_not(error.code))
    return pages.to_claim_page("review", claim)


def _submit(request: HttpRequest, claim: Claim) -> HttpResponse:
    if Role.CASEWORKER not in roles(request, claim.case.controller):
        return pages.back_to(request, claim.case, wrong=words.why_not("caseworker"))
    try:
        acts.submit(claim, outcome="granted", user=request.user, now=timezone.now())
    except NotPossible as error:
        return pages.back_to(request, claim.case, wrong=words.why_not(error.code))
    except approval.NotReady as error:
        wrong = " ".join([str(words.why_not(error.code)), *pages.sentences(error.reasons)])
        return _tables(request, claim, wrong=wrong, status=422)
    return pages.back_to(request, claim.case, said=_("Submitted. A second person can approve it now."))


@require_http_methods(["GET", "HEAD", "POST"])
@of_claim()
def table(request: HttpRequest, claim: Claim, source: str, collection: str) -> HttpResponse:
    """One page of one table. POST: withhold, or hand out, what is ticked."""
    _only_readable(claim)
    views = {(one.source, one.collection): one for one in records.tables(claim, language=pages.language())}
    view = views.get((source, collection))
    if view is None:
        raise Http404
    page = Numbered(view.count).get_page(request.GET.get("page"))
    shown = _shown(claim, view, page)
    form = WithholdForm(claim=claim, shown=shown)
    if request.method == "POST":
        form, answer = _decide(request, claim, view, shown)
        if answer is not None:
            return answer
    place = {"source": source, "collection": collection, "page": page.number}
    acts.looked(claim.case, "viewed_records", user=request.user, now=timezone.now(), claim=claim, **place)
    order = list(views)
    here = order.index((source, collection))
    context = {
        "claim": claim,
        "table": view,
        "page": page,
        "records": [(one, words.RECORD_STATES[one.state]) for one in shown],
        "form": form,
        "next": views[order[here + 1]] if here + 1 < len(order) else None,
        "may": claim.stage == Stage.REVIEW and Role.CASEWORKER in roles(request, claim.case.controller),
    }
    status = 422 if form.errors else 200
    return pages.case_page(request, claim.case, "desk/review_table.html", context, title=view.label, status=status)


def _shown(claim: Claim, view: records.TableView, page: Page) -> list[records.RecordView]:  # type: ignore[type-arg]
    return records.records(
        claim,
        source=view.source,
        collection=view.collection,
        language=pages.language(),
        first=(page.number - 1) * PAGE,
        count=PAGE,
    )


def _decide(
    request: HttpRequest, claim: Claim, view: records.TableView, shown: list[records.RecordView]
) -> tuple[WithholdForm, HttpResponse | None]:
    place = {"source": view.source, "collection": view.collection}
    form = WithholdForm(request.POST, claim=claim, shown=shown)
    if Role.CASEWORKER not in roles(request, claim.case.controller):
        return form, pages.back_to(request, claim.case, wrong=words.why_not("caseworker"))
    given: dict[str, Any] = {"user": request.user, "now": timezone.now(), **place}
    try:
        if "show" in request.POST:
            number, _colon, field = request.POST["show"].partition(":")
            acts.show_field(claim, number=int(number), field=field, **given)
        elif "release" in request.POST:
            numbers = [one.number for one in shown if str(one.number) in request.POST.getlist("numbers")]
            if not numbers:
                form.is_valid()
                for name in ("ground", "reason", "field"):
                    form.errors.pop(name, None)
                return form, None
            acts.hand_out(claim, numbers=numbers, **given)
        elif form.is_valid():
            count = acts.withhold(claim, **form.cleaned_data, **given)
            pages.tell(request, ngettext("%(n)d record withheld.", "%(n)d records withheld.", count) % {"n": count})
        else:
            return form, None
    except (NotNow, ValueError) as error:
        return form, pages.back_to(request, claim.case, wrong=words.why_not(getattr(error, "code", "stage")))
    return form, redirect(request.get_full_path())


@require_POST
@of_claim(Role.CASEWORKER)
def preview(request: HttpRequest, claim: Claim) -> HttpResponse:
    """Make the bundle as it would go out now; it is made anew, and counted again, when the answer is submitted."""
    if claim.stage != Stage.REVIEW:
        return pages.back_to(request, claim.case, wrong=words.why_not("stage"))
    try:
        acts.preview(claim, now=timezone.now())
    except bundle.Empty:
        return _tables(request, claim, wrong=words.why_not("no_data"), status=422)
    except ValueError:  # an Art. 15 letter that would lack a part
        return _tables(request, claim, wrong=words.why_not("letter_incomplete"), status=422)
    return pages.to_claim_page("review", claim)


def _only_readable(claim: Claim) -> None:
    if claim.right not in (Right.access, Right.portability) or not claim.collected.exists():
        raise Http404
