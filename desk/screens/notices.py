"""Those who received the person's data: who has been told of what, who has not, and what staff write down about it."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from desk import acts, pages, words
from desk.permissions import Role, of_case, roles
from fulfilment.models import RecipientNotice
from fulfilment.telling import notices
from law.rights import Right
from requests_app.fields import DateInput
from requests_app.models import Case, Claim
from requests_app.states import Stage

Status, Way = RecipientNotice.Status, RecipientNotice.Way
OUTCOMES = (Status.SENT, Status.CONFIRMED, Status.NOT_DISCLOSED, Status.IMPOSSIBLE)


class SettleForm(forms.Form):
    """What came of the notices ticked."""

    status = forms.ChoiceField(
        label=gettext_lazy("What came of it"), widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what came of it.")},
    )  # fmt: skip
    on = forms.DateField(
        label=gettext_lazy("When"), widget=DateInput(), error_messages={"required": gettext_lazy("Write the day.")}
    )
    how = forms.CharField(
        label=gettext_lazy("How it was told; or the reason why it is impossible, or was never needed"),
        widget=forms.Textarea(attrs={"rows": 3}), max_length=2000,
        error_messages={"required": gettext_lazy("Write how, or why: it must be possible to show it later.")},
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["status"].choices = [(code, words.NOTICE_OUTCOMES[code]) for code in OUTCOMES]  # type: ignore[attr-defined]


class AgainForm(forms.Form):
    to = forms.EmailField(
        label=gettext_lazy("To another e-mail address"), required=False,
        help_text=gettext_lazy("Empty: the way the company's register has today."),
    )  # fmt: skip


class AddForm(forms.Form):
    """Art. 17(2): another controller who links to, or copies, what the company had made public."""

    name = forms.CharField(
        label=gettext_lazy("Who"), max_length=200, error_messages={"required": gettext_lazy("Write who it is.")}
    )
    email = forms.EmailField(
        label=gettext_lazy("Its e-mail address"), required=False,
        help_text=gettext_lazy("Empty: somebody of you tells it."),
    )  # fmt: skip
    link = forms.URLField(
        label=gettext_lazy("Where it is shown"), required=False, assume_scheme="https", max_length=500
    )


@require_http_methods(["GET", "HEAD", "POST"])
@of_case()
def show(request: HttpRequest, case: Case) -> HttpResponse:
    if request.method != "POST":
        acts.looked(case, "viewed_recipients", user=request.user, now=timezone.now())
        return _page(request, case)
    if Role.CASEWORKER not in roles(request, case.controller):
        return pages.back_to(request, case, wrong=words.why_not("caseworker"))
    for name, act in {"settle": _settle, "again": _again, "add": _add, "person": _person}.items():
        if name in request.POST:
            return act(request, case)
    return _page(request, case, status=422)


def _settle(request: HttpRequest, case: Case) -> HttpResponse:
    form, ticked = SettleForm(request.POST), _ticked(request, case)
    if not form.is_valid() or not ticked:
        wrong = "" if ticked else _("Tick the recipients it is about.")
        return _page(request, case, settle=form, wrong=wrong, status=422)
    try:
        acts.settle_notices(ticked, user=request.user, now=timezone.now(), **form.cleaned_data)
    except notices.NotAllowed as error:
        return _page(request, case, settle=form, wrong=words.why_not(f"notice_{error.code}"), status=422)
    count = len(ticked)
    pages.tell(request, ngettext("Written down for %(n)d recipient.", "Written down for %(n)d recipients.", count)
               % {"n": count})  # fmt: skip
    return redirect("admin:recipients", case.reference)


def _again(request: HttpRequest, case: Case) -> HttpResponse:
    form, ticked = AgainForm(request.POST), _ticked(request, case)
    if not form.is_valid() or not ticked:
        wrong = "" if ticked else _("Tick the recipients it is about.")
        return _page(request, case, again=form, wrong=wrong, status=422)
    try:
        acts.send_notices_again(ticked, to=form.cleaned_data["to"], user=request.user, now=timezone.now())
    except notices.NotAllowed as error:
        return _page(request, case, again=form, wrong=words.why_not(f"notice_{error.code}"), status=422)
    pages.tell(request, _("It goes out again; an earlier link to it has ended."))
    return redirect("admin:recipients", case.reference)


def _add(request: HttpRequest, case: Case) -> HttpResponse:
    form, claim = AddForm(request.POST), _erasure(case)
    if claim is None or not form.is_valid():
        return _page(request, case, add=form, status=422)
    acts.add_notice(claim, user=request.user, now=timezone.now(), **form.cleaned_data)
    pages.tell(request, _("Added. A notice with an address goes out by itself."))
    return redirect("admin:recipients", case.reference)


def _person(request: HttpRequest, case: Case) -> HttpResponse:
    written = acts.tell_the_person(case, user=request.user, now=timezone.now())
    if not written:
        return _page(request, case, wrong=_("Nobody had to be told yet."), status=422)
    pages.tell(request, _("The person finds the list on the status page."))
    return redirect("admin:recipients", case.reference)


def _ticked(request: HttpRequest, case: Case) -> list[RecipientNotice]:
    chosen = [int(number) for number in request.POST.getlist("numbers") if number.isdigit()]
    return list(notices.of_case(case).filter(pk__in=chosen))


def _erasure(case: Case) -> Claim | None:
    """Art. 17(2) is part of the duty to erase: the claim that was carried out, in whole or in part."""
    done = case.claims.filter(right=Right.erasure, outcome__in=("granted", "partly_granted"))
    return done.filter(stage__in=(Stage.DELIVERING, Stage.CLOSED)).first()


def _page(request: HttpRequest, case: Case, *, wrong: Any = "", status: int = 200, **given: Any) -> HttpResponse:
    today = pages.today_of(case.controller)
    found = list(notices.of_case(case))
    context = {
        "groups": _groups(found, today=today),
        "settle": given.get("settle") or SettleForm(initial={"on": today}),
        "again": given.get("again") or AgainForm(),
        "add": given.get("add") or AddForm(),
        "may_add": _erasure(case) is not None,
        "may": Role.CASEWORKER in roles(request, case.controller),
        "wrong": wrong,
    }
    return pages.case_page(request, case, "desk/recipients.html", context, title=_("Recipients"), status=status)


def _groups(found: list[RecipientNotice], *, today: Any) -> list[dict[str, Any]]:
    """By what they are told, in the order it happened."""
    groups: dict[tuple[int, int, str], list[RecipientNotice]] = {}
    for notice in found:
        groups.setdefault((notice.claim_id, notice.round, notice.what), []).append(notice)
    return [
        {
            "title": rows[0].get_what_display(),  # type: ignore[attr-defined]
            "right": words.right_title(rows[0].claim.right),
            "made": rows[0].made_at,
            "rows": [(one, words.NOTICE_STATES[one.status], _shade(one, today), _unread(one)) for one in rows],
        }
        for rows in groups.values()
    ]


def _shade(notice: RecipientNotice, today: Any) -> str:
    if notice.status in (Status.WAITING, Status.FAILED):
        return "late" if notice.answer_by < today or notice.status == Status.FAILED else "soon"
    return "soon" if notice.status == Status.DECLINED else "fine"


def _unread(notice: RecipientNotice) -> bool:
    """The mail went out, and nobody there has read whom it concerns."""
    return notice.way == Way.LETTER and notice.status == Status.SENT and notice.opened_at is None
