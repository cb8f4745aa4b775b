"""What the companies have not told yet, what it blocks, and who answers for going on without it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from desk import acts, pages, words
from desk.permissions import Role, companies, of_roles, roles
from policies.promises import ANSWERERS
from requests_app import waivers
from requests_app.controllers import controller
from requests_app.models import Claim, Waiver
from requests_app.states import Stage
from requests_app.waivers import Point

WRONG = {
    "approver_or_administrator": gettext_lazy("Only an approver or an administrator of the company can do this."),
    "no_reason": gettext_lazy("Write why answers may go out without it."),
    "unknown": gettext_lazy("The company is not asked this any more."),
    "blocks_nothing": gettext_lazy("It blocks nothing, so there is nothing to waive."),
    "taken": gettext_lazy("Somebody else has waived it already."),
}
WAITS = frozenset({Stage.TRIAGE, Stage.COLLECTING, Stage.REVIEW, Stage.PREPARING, Stage.APPROVAL})


@dataclass(frozen=True)
class Line:
    """One open point in words. `stops`: what it blocks; empty when it blocks nothing."""

    point: Point
    question: str
    meanwhile: str
    stops: list[Any]


@dataclass(frozen=True)
class Company:
    slug: str
    name: str
    groups: list[tuple[Any, list[Line]]]
    open: int
    may_waive: bool
    history: list[Waiver]


@require_safe
@of_roles(*Role.values)
def show(request: HttpRequest) -> HttpResponse:
    return _page(request)


@require_POST
@of_roles(*Role.values)
def waive(request: HttpRequest, slug: str, question: str) -> HttpResponse:
    _own(request, slug)
    reason = request.POST.get("reason", "")[:4000]
    try:
        acts.waive(slug, question=question, reason=reason, user=request.user, now=timezone.now())
    except waivers.NotAllowed as error:
        status = 403 if error.code == "approver_or_administrator" else 422
        return _page(request, wrong=WRONG[error.code], status=status)
    pages.tell(request, _("Waived. Answers can go out without it; your reason is kept."))
    return redirect(reverse("admin:open_points") + f"#{slug}")


@require_POST
@of_roles(*Role.values)
def take_back(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    _own(request, slug)
    try:
        ended = acts.take_back_waiver(slug, pk=pk, user=request.user, now=timezone.now())
    except waivers.NotAllowed as error:
        return _page(request, wrong=WRONG[error.code], status=403)
    if not ended:
        raise Http404
    pages.tell(request, _("The waiver has ended. The question blocks again."))
    return redirect(reverse("admin:open_points") + f"#{slug}")


def of_claim(claim: Claim) -> list[Line]:
    """What keeps the answer to this claim from going out; empty where nothing is to be released."""
    return _lines(waivers.blocking(claim)) if claim.stage in WAITS else []


def _own(request: HttpRequest, slug: str) -> None:
    """Another company and no company look the same."""
    if not roles(request, slug):
        raise Http404


def _page(request: HttpRequest, *, wrong: Any = "", status: int = 200) -> HttpResponse:
    found = [_company(slug, roles(request, slug)) for slug in companies(request, *Role.values)]
    context = {"companies": found, "wrong": wrong}
    return pages.page(request, "desk/open_points.html", context, title=_("Open points"), status=status)


def _company(slug: str, own: frozenset[str]) -> Company:
    lines = _lines(waivers.points(slug))
    groups = [
        (words.ANSWERERS[who], [line for line in lines if line.point.question.answers == who]) for who in ANSWERERS
    ]
    return Company(
        slug=slug,
        name=controller(slug).policy.legal_name,
        groups=[(who, of_them) for who, of_them in groups if of_them],
        open=sum(1 for line in lines if line.stops and line.point.waiver is None),
        may_waive=bool(own & waivers.MAY_WAIVE),
        history=list(waivers.history(slug)),
    )


def _lines(points: Iterable[Point]) -> list[Line]:
    return [
        Line(
            point, _said(point.question.question), _said(point.question.meanwhile),
            [words.BLOCKS[one] for one in point.blocks],
        )
        for point in points
    ]  # fmt: skip


def _said(text: Any) -> str:
    """In the reader's language where the company speaks it; else in the company's own words."""
    spoken = pages.language()
    said: str = text.say(spoken if spoken in text.languages() else text.languages()[0])
    return said
