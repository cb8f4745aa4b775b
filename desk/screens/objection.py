"""The balancing of an objection, written down for each purpose it is about (Art. 21(1)). An incomplete one refuses
nothing; direct marketing in it is not weighed but stopped."""

from collections.abc import Mapping
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
from fulfilment.extract import shape
from fulfilment.planning.plans import NoPlan
from fulfilment.weighing import objection
from law.balancing import reach
from law.reasons import Reason, say
from law.rights import Right
from policies.promises import Purpose
from requests_app.lifecycle import NotPossible
from requests_app.models import Claim
from requests_app.states import Stage

TEXTS: Mapping[str, Any] = {
    "interests": gettext_lazy("The company's compelling legitimate grounds"),
    "necessity": gettext_lazy("Why it does not go without these data"),
    "effect": gettext_lazy("What it means for this person"),
    "safeguards": gettext_lazy("What lessens that"),
    "legal_claim": gettext_lazy("Or the legal claim the data is needed for"),
}

ORDER = ("weighed", "absolute", "outside")


class SituationForm(forms.Form):
    situation = forms.CharField(
        label=gettext_lazy("The person's particular situation"), required=False, max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("In their own words, or as far as it is known. A refusal must have looked at it."),
    )  # fmt: skip


class PurposeForm(forms.Form):
    """One purpose: whether the objection is about it and, where it can be weighed, the weighing."""

    about = forms.BooleanField(label=gettext_lazy("The objection is about this"), required=False)

    def __init__(self, *args: Any, purpose: Purpose, **kwargs: Any) -> None:
        super().__init__(*args, prefix=purpose.id, **kwargs)
        self.purpose = purpose
        self.reach, self.why = reach(purpose.basis, direct_marketing=purpose.direct_marketing)
        self.name = shape.say(purpose.name, pages.language())
        self.explains = say(self.why, pages.language())
        self.interest = shape.say(purpose.interest, pages.language())
        self.bases = ", ".join(f"6(1)({letter})" for letter in purpose.basis)
        if self.reach != "weighed":
            return
        self.fields["conclusion"] = forms.ChoiceField(
            label=_("Conclusion"), required=False, widget=forms.RadioSelect,
            choices=[("stop", _("It stops")), ("continue", _("It goes on: our grounds weigh more"))],
        )  # fmt: skip
        for name, label in TEXTS.items():
            self.fields[name] = forms.CharField(
                label=label, required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2})
            )

    def weighing(self) -> dict[str, Any]:
        said = {name: value for name, value in self.cleaned_data.items() if name != "about"}
        return {"purpose": self.purpose.id, **said}


@require_http_methods(["GET", "HEAD", "POST"])
@of_claim()
def weigh(request: HttpRequest, claim: Claim) -> HttpResponse:
    if claim.right != Right.objection:
        raise Http404
    if claim.stage != Stage.REVIEW:
        return pages.back_to(request, claim.case, wrong=words.why_not("stage"))
    situation, forms_of = _forms(request, claim)
    if request.method != "POST":
        return _page(request, claim, situation, forms_of)
    if Role.CASEWORKER not in roles(request, claim.case.controller):
        return pages.back_to(request, claim.case, wrong=words.why_not("caseworker"))
    if not all(form.is_valid() for form in (situation, *forms_of)):
        return _page(request, claim, situation, forms_of, status=422)
    weighings = [form.weighing() for form in forms_of if form.cleaned_data["about"]]
    said = {"situation": situation.cleaned_data["situation"].strip(), "weighings": weighings}
    if any(form.reach == "absolute" and form.cleaned_data["about"] for form in forms_of):
        if acts.stop_marketing(claim, user=request.user, now=timezone.now()):
            pages.tell(request, _("Direct marketing is not weighed: it stops at once, by a claim of its own."))
    if "save" in request.POST:
        return _save(request, claim, said)
    if "submit" in request.POST:
        return _submit(request, claim, situation, forms_of, said)
    return _preview(request, claim, situation, forms_of, said)


def _forms(request: HttpRequest, claim: Claim) -> tuple[SituationForm, list[PurposeForm]]:
    given = request.POST or None
    before = {one["purpose"]: {**one, "about": True} for one in claim.decision.get("weighings", ())}
    words_of_person = claim.decision.get("situation") or claim.scope.get("statement", "")
    situation = SituationForm(given, initial={"situation": words_of_person})
    asked = {} if "weighings" in claim.decision else {one: {"about": True} for one in claim.scope.get("purposes", ())}
    own = [PurposeForm(given, purpose=one, initial=(asked | before).get(one.id)) for one in objection.purposes(claim)]
    return situation, sorted(own, key=lambda form: ORDER.index(form.reach))


def _save(request: HttpRequest, claim: Claim, said: dict[str, Any]) -> HttpResponse:
    acts.save_balancing(claim, said, user=request.user, now=timezone.now())
    pages.tell(request, _("Saved. Nothing has been decided yet."))
    return pages.to_claim_page("weigh", claim)


def _submit(
    request: HttpRequest, claim: Claim, situation: SituationForm, forms_of: list[PurposeForm], said: dict[str, Any]
) -> HttpResponse:
    try:
        acts.submit(claim, outcome="granted", user=request.user, now=timezone.now(), decision=said)
    except NotPossible as error:
        return pages.back_to(request, claim.case, wrong=words.why_not(error.code))
    except approval.NotReady as error:
        claim.refresh_from_db(fields=["outcome", "grounds", "decision"])
        wrong = words.why_not(error.code)
        return _page(request, claim, situation, forms_of, wrong=wrong, reasons=error.reasons, status=422)
    return pages.back_to(request, claim.case, said=_("Submitted. A second person can approve it now."))


def _preview(
    request: HttpRequest, claim: Claim, situation: SituationForm, forms_of: list[PurposeForm], said: dict[str, Any]
) -> HttpResponse:
    try:  # on this object only: nothing is saved before it is submitted
        claim.outcome, claim.grounds, claim.decision = objection.proposal(claim, said, ())
        letter = answer.rendered(claim, written=pages.today_of(claim.case.controller))
    except NoPlan as error:
        missing = getattr(error, "reasons", ())
        wrong = words.why_not(error.code)
        return _page(request, claim, situation, forms_of, wrong=wrong, reasons=missing, status=422)
    except (ValueError, KeyError):
        return _page(request, claim, situation, forms_of, wrong=words.why_not("letter_incomplete"), status=422)
    return _page(request, claim, situation, forms_of, letter=letter)


def _page(
    request: HttpRequest, claim: Claim, situation: SituationForm, forms_of: list[PurposeForm], *, wrong: Any = "",
    reasons: Any = (), letter: Any = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    acts.looked(claim.case, "viewed_answer", user=request.user, now=timezone.now(), claim=claim)
    context = {
        "claim": claim, "situation": situation, "purposes": forms_of, "wrong": wrong, "letter": letter,
        "reasons": pages.sentences(reasons), "outcome": words.OUTCOMES.get(claim.outcome, "") if letter else "",
        "statement": claim.scope.get("statement", ""), "about": claim.scope.get("about", ""),
        "may": Role.CASEWORKER in roles(request, claim.case.controller),
    }  # fmt: skip
    return pages.case_page(
        request, claim.case, "desk/weigh.html", context, title=_("Weigh the objection"), status=status
    )


def weighed(claim: Claim) -> list[dict[str, Any]]:
    """What was weighed, for whoever approves it: each purpose with what becomes of it and the texts behind that."""
    pairs = zip(claim.decision.get("weighings", ()), claim.decision.get("verdicts", ()), strict=True)
    return [
        {
            "purpose": verdict["purpose"],
            "stops": verdict["stops"],
            "why": say(Reason.from_json(verdict["reason"]), pages.language()),
            "texts": [(label, one[name]) for name, label in TEXTS.items() if one.get(name)],
        }
        for one, verdict in pairs
    ]
