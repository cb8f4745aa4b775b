"""What needs somebody now: counts that are links to exactly those cases."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from desk import needs, pages, permissions
from requests_app import queries


def show(request: HttpRequest) -> HttpResponse:
    if not permissions.works_on_cases(request):
        return redirect("admin:people")
    today = pages.today_of(permissions.companies(request, *permissions.CASE_ROLES)[0])
    cases = queries.cases(request.user)  # type: ignore[arg-type]
    counts = needs.counts(cases.prefetch_related(None), user=request.user, today=today)
    context = {
        "counts": counts,
        "mine": cases.filter(assignee=request.user, closed_at=None).count(),
        "open": cases.filter(closed_at=None).count(),
        "nothing": not any(count for _need, count in counts),
    }
    return pages.page(request, "desk/home.html", context, title=_("What needs you now"))
