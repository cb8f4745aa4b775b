"""The monthly runs: what each company's policy says is over, read and released by an approver the first time."""

from collections.abc import Callable
from itertools import groupby
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from desk import acts, pages, run_words
from desk.permissions import Role, companies, of_roles, roles
from desk.words import company_name
from fulfilment.extract.shape import say
from fulfilment.models import RetentionRun
from fulfilment.routine import report, runs, tally

SHOWN = 60
Status = RetentionRun.Status


@require_safe
@of_roles(*Role.values)
def show(request: HttpRequest) -> HttpResponse:
    slugs = companies(request, *Role.values)
    found = RetentionRun.objects.filter(controller__in=slugs)[:SHOWN]
    context = {"runs": [_brief(run) for run in found]}
    return pages.page(request, "desk/runs.html", context, title=_("What has expired"))


@require_safe
@of_roles(*Role.values)
def one(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _own(request, pk))


@require_POST
@of_roles(*Role.values)
def act(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Approve by digest, stop, or look through everything again."""
    run = _own(request, pk)
    try:
        said = ACTS[what](request, run)
    except KeyError:
        raise Http404 from None
    except runs.NotPossible as error:
        status = 403 if error.code == "not_approver" else 409
        return _page(request, run, wrong=run_words.WRONG[error.code], status=status)
    pages.tell(request, said)
    return redirect("admin:run", pk)


def _approve(request: HttpRequest, run: RetentionRun) -> Any:
    acts.approve_run(run, digest=request.POST.get("digest", ""), user=request.user, now=timezone.now())
    return _("Approved. It is carried out within minutes; this page tells how far it is.")


def _stop(request: HttpRequest, run: RetentionRun) -> Any:
    acts.stop_run(run, user=request.user, now=timezone.now())
    return _("Stopped: no further page is begun. What has been done stays done; the next run is next month.")


def _again(request: HttpRequest, run: RetentionRun) -> Any:
    acts.rehearse_run_again(run, user=request.user, now=timezone.now())
    return _("The sources are looked through anew. Nothing is changed before somebody has read the report.")


ACTS: dict[str, Callable[[HttpRequest, RetentionRun], Any]] = {"approve": _approve, "stop": _stop, "again": _again}


def waiting(slugs: list[str]) -> int:
    """Runs of these companies that somebody must read."""
    return RetentionRun.objects.filter(controller__in=slugs, status=Status.TO_APPROVE).count()


def _own(request: HttpRequest, pk: int) -> RetentionRun:
    """Another company's run and no run look the same."""
    run = RetentionRun.objects.filter(pk=pk, controller__in=companies(request, *Role.values)).first()
    if run is None:
        raise Http404
    return run


def _brief(run: RetentionRun) -> dict[str, Any]:
    deeds = sum(row["count"] for row in run.summary if row["action"])
    return {
        "run": run, "company": company_name(run.controller), "state": run_words.STATES[run.status], "deeds": deeds,
        "done": sum(run.proof.get("done", {}).values()), "waits": run.status == Status.TO_APPROVE,
    }  # fmt: skip


def _page(request: HttpRequest, run: RetentionRun, *, wrong: Any = "", status: int = 200) -> HttpResponse:
    told = report.of(run, language=pages.language())
    may = bool(roles(request, run.controller) & set(runs.APPROVERS))
    context = {
        **_brief(run), "report": told, "groups": _groups(told), "wrong": wrong, "may": may,
        "blocked": [say(point.question.question, pages.language()) for point in tally.open_points(run.controller)]
        if run.status == Status.TO_APPROVE else [],
        "stoppable": run.status in runs.ALIVE and run.stopped_by_id is None,
        "repeatable": run.approved_at is None and run.status in (*runs.BEFORE, Status.STOPPED),
        "did": [(run_words.DEEDS[deed], count) for deed, count in told.did.items()],
        "left": [(run_words.LEFT[why], count) for why, count in told.left.items()],
        "failed": [(run_words.FAILED.get(code, code), count) for code, count in told.failed.items()],
    }  # fmt: skip
    title = _("What has expired at %(company)s") % {"company": company_name(run.controller)}
    return pages.page(request, "desk/run.html", context, title=title, status=status)


def _groups(told: report.Report) -> list[dict[str, Any]]:
    """Lines by what becomes of the rows, in the order of the report; each with its reasons in words."""
    return [
        {
            "deed": deed, "title": run_words.DEEDS[deed], "meaning": run_words.MEANING.get(deed, ""),
            "count": sum(line.count for line in lines), "acts": any(line.action for line in lines),
            "lines": [
                {"line": one, "why": run_words.why(one.why), "period": run_words.period(one.period)} for one in lines
            ],
        }
        for deed, found in groupby(told.lines, key=lambda line: line.deed)
        for lines in [list(found)]
    ]  # fmt: skip
